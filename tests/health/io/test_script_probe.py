"""MISC_CHECK: scripts that do, that do not, and that will not end."""

from __future__ import annotations

import asyncio
import os
import time
from pathlib import Path

import pytest

from lvstui.health.io.script_probe import identity, probe_script
from lvstui.model.check import CheckCode
from lvstui.model.configuration import MiscChecker, ScriptCommand
from tests.health.cast import RS1, misc, timing


def script(path: Path, text: str, mode: int = 0o755) -> str:
    path.write_text(text)
    path.chmod(mode)
    return str(path)


def shell(text: str, limit: float = 0.0) -> MiscChecker:
    return MiscChecker(
        endpoint=RS1, timing=timing(delay_loop=5.0), command=ScriptCommand((), shell=text), timeout=limit
    )


def alive(pid: int) -> bool:
    try:
        return Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()[0] != "Z"
    except FileNotFoundError:
        return False


@pytest.mark.parametrize(
    ("status", "dynamic", "ok", "weight"),
    [
        (0, False, True, None),
        (1, False, False, None),
        (7, False, False, None),
        (0, True, True, None),
        (1, True, False, None),
        (2, True, True, 0),
        (7, True, True, 5),
        (255, True, True, 253),
    ],
)
async def test_exit_statuses(status: int, dynamic: bool, ok: bool, weight: int | None) -> None:
    outcome = await probe_script(misc(["/bin/sh", "-c", f"exit {status}"], dynamic=dynamic))
    assert (outcome.ok, outcome.weight) == (ok, weight)
    assert f"exited with status {status}" in outcome.detail
    assert outcome.code is (CheckCode.SCRIPT_OK if ok else CheckCode.SCRIPT_FAILED)


async def test_a_signal_is_a_failure_also_when_dynamic() -> None:
    outcome = await probe_script(misc(["/bin/sh", "-c", "kill -11 $$"], dynamic=True))
    assert (outcome.ok, outcome.detail) == (False, "due to signal 11")


async def test_a_shell_line() -> None:
    assert (await probe_script(shell("[ 1 = 1 ] && true"))).ok
    assert not (await probe_script(shell("[ 1 = 2 ] && true"))).ok


async def test_what_it_is_given(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LD_PRELOAD", "")
    monkeypatch.setenv("LD_LIBRARY_PATH", "/nowhere")
    monkeypatch.setenv("IFS", "x")
    monkeypatch.setenv("KEPT", "yes")
    out = tmp_path / "out"
    held = os.open("/dev/null", os.O_RDONLY)
    os.set_inheritable(held, True)
    path = script(
        tmp_path / "s.sh",
        f"#!/bin/sh\nexec > {out}\nenv\nreadlink /proc/$$/fd/0 /proc/$$/fd/2\nls /proc/$$/fd\n"
        "ps -o pgid= -p $$\necho $$\n",
    )
    try:
        assert (await probe_script(misc([path, "a b"]))).ok
    finally:
        os.close(held)
    text = out.read_text()
    assert "KEPT=yes" in text
    assert "LD_PRELOAD" not in text
    assert "LD_LIBRARY_PATH" not in text
    words = text.split()
    assert words[-1] == words[-2], "a process group of its own"
    descriptors = words[words.index("/dev/null") : -2]
    assert set(descriptors) - {"10"} == {"/dev/null", "0", "1", "2"}, "10 is the shell's own"


async def test_ended_in_time_although_it_writes_without_end() -> None:
    assert (await probe_script(shell("head -c 50000000 /dev/zero; exit 0"))).ok


@pytest.mark.parametrize(
    "text",
    ["sleep 60", "trap '' TERM; while :; do sleep 60; done", "sleep 60 & sleep 60 & wait"],
    ids=["sleeps", "ignores SIGTERM", "has children"],
)
async def test_one_that_does_not_end_is_killed_with_its_group(
    text: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("lvstui.health.io.script_probe.KILL_AFTER", 0.2)
    started = time.monotonic()
    outcome = await probe_script(shell(f"echo $$ > {tmp_path}/pid; {text}", 0.2))
    assert (outcome.ok, outcome.code, outcome.detail) == (
        False,
        CheckCode.SCRIPT_TIMEOUT,
        "no result within 0.2 s",
    )
    assert time.monotonic() - started < 1.0
    pid = int((tmp_path / "pid").read_text())
    await asyncio.sleep(0.05)
    assert not any(alive(member) for member in members_of(pid))


def members_of(group: int) -> list[int]:
    found = []
    for entry in Path("/proc").iterdir():
        if entry.name.isdigit():
            try:
                fields = (entry / "stat").read_text().rsplit(")", 1)[1].split()
            except OSError:
                continue
            if int(fields[2]) == group:
                found.append(int(entry.name))
    return found


async def test_a_probe_that_is_cancelled_kills_its_script(tmp_path: Path) -> None:
    task = asyncio.create_task(probe_script(shell(f"echo $$ > {tmp_path}/pid; exec sleep 60")))
    for _ in range(200):
        await asyncio.sleep(0.01)
        if (tmp_path / "pid").exists() and (tmp_path / "pid").read_text():
            break
    task.cancel()
    await asyncio.gather(task, return_exceptions=True)
    assert not alive(int((tmp_path / "pid").read_text()))


async def test_the_time_out_is_the_delay_loop_unless_given() -> None:
    started = time.monotonic()
    outcome = await probe_script(misc(["/bin/sleep", "9"], delay_loop=0.1))
    assert outcome.code is CheckCode.SCRIPT_TIMEOUT
    assert time.monotonic() - started < 1.0


async def test_one_that_cannot_run_is_a_failure_that_says_so(tmp_path: Path) -> None:
    missing = await probe_script(misc([str(tmp_path / "gone.sh")]))
    assert (missing.ok, missing.code) == (False, CheckCode.CONFIGURATION)
    assert missing.detail == f"cannot run {tmp_path}/gone.sh: No such file or directory"
    plain = await probe_script(misc([script(tmp_path / "plain", "exit 0\n", 0o644)]))
    assert "Permission denied" in plain.detail
    nobody = MiscChecker(endpoint=RS1, timing=timing(), command=ScriptCommand(("/bin/true",), user="no-such-user"))
    assert (await probe_script(nobody)).detail == "cannot run /bin/true: no user no-such-user"
    nul = await probe_script(misc(["/bin/true", "a\0b"]))
    assert nul.ok is False
    assert (await probe_script(misc([]))).ok is False


async def test_a_script_without_its_first_line_is_a_shell_s(tmp_path: Path) -> None:
    path = script(tmp_path / "bare.sh", '[ "$1" = "x y" ]\n')
    assert (await probe_script(misc([path, "x y"]))).ok


@pytest.mark.root
async def test_it_runs_as_the_user_of_the_file() -> None:
    command = ScriptCommand((), shell='[ "$(id -un):$(id -gn)" = nobody:nogroup ]', user="nobody", group="nogroup")
    outcome = await probe_script(MiscChecker(endpoint=RS1, timing=timing(), command=command))
    assert outcome.ok, outcome


def test_as_ourselves_nothing_is_changed() -> None:
    assert identity(ScriptCommand(("x",))) == {}
    with pytest.raises(LookupError, match="no group no-such-group"):
        identity(ScriptCommand(("x",), group="no-such-group"))


async def test_no_descriptor_and_no_zombie_is_left() -> None:
    before, dead = len(os.listdir("/proc/self/fd")), zombies()
    for _ in range(5):
        await probe_script(shell("exit 1"))
    assert len(os.listdir("/proc/self/fd")) == before
    assert zombies() == dead


def zombies() -> list[str]:
    children = Path("/proc/thread-self/children").read_text().split()
    return [pid for pid in children if not alive(int(pid))]
