"""Track scripts: real processes, their results, time-outs, and that never two run at once."""

from __future__ import annotations

import asyncio
import itertools
import os
import time
from pathlib import Path

import pytest

from lvstui.model.configuration import ScriptCommand, TrackScript
from lvstui.vrrp.io.scripts import ScriptRunner, command_line, describe, environment, identity


class Results:
    """What a runner reported, with the time since the start."""

    def __init__(self) -> None:
        self.start = time.monotonic()
        self.rows: list[tuple[float, bool, str]] = []

    def __call__(self, name: str, ok: bool, detail: str) -> None:
        assert name == "chk"
        self.rows.append((time.monotonic() - self.start, ok, detail))

    @property
    def plain(self) -> list[tuple[bool, str]]:
        return [(ok, detail) for _, ok, detail in self.rows]


def shell(line: str, interval: float = 10.0, timeout: float = 0.0) -> TrackScript:
    return TrackScript("chk", ScriptCommand((), shell=line), interval=interval, timeout=timeout)


async def run(script: TrackScript, seconds: float) -> Results:
    results = Results()
    runner = ScriptRunner(script, results)
    await runner.start()
    await asyncio.sleep(seconds)
    await runner.stop()
    assert not runner.running
    return results


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        ("exit 0", (True, "exit 0")),
        ("exit 1", (False, "exit 1")),
        ("exit 255", (False, "exit 255")),
        ("kill -9 $$", (False, "signal SIGKILL")),
        ("[ ! -e /no/down/file ]", (True, "exit 0")),
        ("test -e /no/such/file", (False, "exit 1")),
        ("echo much; echo more >&2; cat; exit 3", (False, "exit 3")),
        ("head -c 3000000 /dev/zero; exit 4", (False, "exit 4")),
    ],
)
async def test_the_first_result_comes_at_once(line: str, expected: tuple[bool, str]) -> None:
    results = await run(shell(line), 0.15)
    assert results.plain == [expected]


async def test_a_program_without_a_shell_gets_its_arguments_untouched(tmp_path: Path) -> None:
    program = tmp_path / "check"
    program.write_text(f'#!/bin/sh\nprintf "%s|" "$@" > {tmp_path}/seen\n')
    program.chmod(0o755)
    results = await run(TrackScript("chk", ScriptCommand((str(program), "a b", "$HOME", ";"))), 0.2)
    assert results.plain == [(True, "exit 0")]
    assert (tmp_path / "seen").read_text() == "a b|$HOME|;|"


@pytest.mark.parametrize("kind", ["missing", "not executable", "no program", "a directory"])
async def test_what_cannot_be_executed_has_failed_and_is_tried_again(tmp_path: Path, kind: str) -> None:
    plain = tmp_path / "plain"
    plain.write_text("exit 0\n")
    argv = {
        "missing": ("/no/such/program",),
        "not executable": (str(plain),),
        "no program": (),
        "a directory": (str(tmp_path),),
    }[kind]
    results = await run(TrackScript("chk", ScriptCommand(argv), interval=0.1), 0.25)
    assert 2 <= len(results.rows) <= 3
    assert all(not ok and detail.startswith("cannot run: ") for ok, detail in results.plain)


async def test_a_script_that_vanishes_turns_from_good_to_bad(tmp_path: Path) -> None:
    program = tmp_path / "check"
    program.write_text("#!/bin/sh\nexit 0\n")
    program.chmod(0o755)
    results = Results()
    runner = ScriptRunner(TrackScript("chk", ScriptCommand((str(program),)), interval=0.1), results)
    await runner.start()
    await asyncio.sleep(0.15)
    program.unlink()
    await asyncio.sleep(0.2)
    await runner.stop()
    assert results.rows[0][1]
    assert results.plain[-1] == (False, "cannot run: No such file or directory")


async def test_the_interval_counts_from_the_last_start() -> None:
    results = await run(shell("sleep 0.08; exit 0", interval=0.2), 0.95)
    assert len(results.rows) == 5
    starts = [at - 0.08 for at, _, _ in results.rows]
    gaps = [b - a for a, b in itertools.pairwise(starts)]
    assert 0.15 <= sum(gaps) / len(gaps) <= 0.4


async def test_never_two_at_once_and_due_runs_are_skipped(tmp_path: Path) -> None:
    line = f"echo start >> {tmp_path}/log; sleep 0.35; echo end >> {tmp_path}/log"
    await run(shell(line, interval=0.1, timeout=5.0), 0.95)
    words = (tmp_path / "log").read_text().split()
    assert words[:4] == ["start", "end", "start", "end"]
    assert words.count("start") == 3


async def test_a_time_out_is_reported_at_once_and_ends_the_whole_group(tmp_path: Path) -> None:
    line = f"sleep 60 & echo $! > {tmp_path}/child; echo $$ > {tmp_path}/parent; wait"
    results = await run(shell(line, interval=5.0, timeout=0.2), 0.5)
    assert results.plain == [(False, "timed out after 0.2 s")]
    assert 0.2 <= results.rows[0][0] < 0.35
    for name in ("child", "parent"):
        assert not alive(int((tmp_path / name).read_text()))


async def test_who_ignores_sigterm_gets_sigkill_two_seconds_later(tmp_path: Path) -> None:
    results = Results()
    line = f"trap '' TERM; echo $$ > {tmp_path}/pid; while :; do sleep 0.1; done"
    runner = ScriptRunner(shell(line, interval=0.3), results)
    await runner.start()
    await asyncio.sleep(1.2)
    pid = int((tmp_path / "pid").read_text())
    assert alive(pid)
    assert results.plain == [(False, "timed out after 0.3 s")]  # and no second process meanwhile
    await asyncio.sleep(1.3)
    assert not alive(pid)
    await runner.stop()
    assert all(row == (False, "timed out after 0.3 s") for row in results.plain)


async def test_stop_ends_a_stubborn_script_soon_and_reports_nothing(tmp_path: Path) -> None:
    results = Results()
    runner = ScriptRunner(shell(f"trap '' TERM; echo $$ > {tmp_path}/pid; while :; do sleep 0.1; done"), results)
    await runner.start()
    await asyncio.sleep(0.2)
    begin = time.monotonic()
    await runner.stop()
    assert time.monotonic() - begin < 1.5
    assert not alive(int((tmp_path / "pid").read_text()))
    assert results.rows == []
    await runner.stop()


async def test_descriptors_do_not_leak() -> None:
    before = len(os.listdir("/proc/self/fd"))
    await run(shell("exit 0", interval=0.02), 0.5)
    assert len(os.listdir("/proc/self/fd")) == before


def test_the_environment_holds_nothing_that_changes_programs(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("LD_PRELOAD", "LD_LIBRARY_PATH", "LD_AUDIT", "IFS", "BASH_ENV", "ENV"):
        monkeypatch.setenv(name, "x")
    monkeypatch.setenv("HARMLESS", "yes")
    assert environment()["HARMLESS"] == "yes"
    assert environment().keys() & {"LD_PRELOAD", "LD_LIBRARY_PATH", "LD_AUDIT", "IFS", "BASH_ENV", "ENV"} == set()


async def test_the_script_is_in_its_own_group_and_ordinary_class(tmp_path: Path) -> None:
    await run(shell(f"ps -o pgid=,pid=,cls= -p $$ > {tmp_path}/ps"), 0.3)
    group, pid, scheduling = (tmp_path / "ps").read_text().split()
    assert group == pid != str(os.getpgrp())
    assert scheduling == "TS"


@pytest.fixture
def open_directory(tmp_path: Path) -> Path:
    """A directory that any user can write to, its parents passable."""
    tmp_path.chmod(0o777)
    for parent in tmp_path.parents:
        if parent.stat().st_uid == os.geteuid() and str(parent).startswith("/tmp/"):
            parent.chmod(parent.stat().st_mode | 0o011)
    return tmp_path


@pytest.mark.root
async def test_user_and_group_are_taken(open_directory: Path) -> None:
    line = f"(id -un; id -Gn) > {open_directory}/id"
    command = ScriptCommand((), shell=line, user="nobody", group="daemon")
    results = await run(TrackScript("chk", command), 0.3)
    assert results.plain == [(True, "exit 0")]
    assert (open_directory / "id").read_text().split() == ["nobody", "daemon"]


async def test_a_user_that_does_not_exist_is_a_failure() -> None:
    results = await run(TrackScript("chk", ScriptCommand(("/bin/true",), user="no-such-user")), 0.1)
    assert results.plain == [(False, "cannot run: there is no user 'no-such-user'")]
    with pytest.raises(ValueError, match="no group"):
        identity(ScriptCommand((), group="no-such-group"))
    assert identity(ScriptCommand(())) == {}


def test_a_shell_line_goes_to_bash_or_sh() -> None:
    wanted = "/bin/bash" if os.access("/bin/bash", os.X_OK) else "/bin/sh"
    assert command_line(ScriptCommand((), shell="a && b")) == [wanted, "-c", "a && b"]
    assert command_line(ScriptCommand(("a", "b"))) == ["a", "b"]


def test_statuses_in_words() -> None:
    assert [describe(s) for s in (0, 7, -15, -9, -200)] == [
        "exit 0",
        "exit 7",
        "signal SIGTERM",
        "signal SIGKILL",
        "signal 200",
    ]


def alive(pid: int) -> bool:
    """Whether the process exists and is no zombie."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except FileNotFoundError:
        return False
