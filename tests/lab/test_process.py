"""Processes of the lab."""

from __future__ import annotations

import asyncio
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from lvstui.lab.process import command_in, gone, kill, script, start, start_time, stop


def test_a_process_is_known_by_pid_and_start_time() -> None:
    assert start_time(os.getpid()) > 0
    with subprocess.Popen(["sleep", "30"]) as sleeper:
        assert start_time(sleeper.pid) >= start_time(os.getpid())
        sleeper.kill()
        time.sleep(0.05)
        assert start_time(sleeper.pid) == 0  # a zombie does nothing any more
    assert start_time(sleeper.pid) == 0


def test_a_name_with_blanks_and_brackets_is_read_right(tmp_path: Path) -> None:
    odd = tmp_path / "a) Z 1"
    odd.symlink_to("/bin/sleep")
    with subprocess.Popen([str(odd), "30"]) as sleeper:
        assert start_time(sleeper.pid) > 0
        sleeper.kill()


async def test_stop_ends_what_obeys() -> None:
    process = start(["sleep", "30"])
    await stop(process)
    assert process.returncode == -signal.SIGTERM


async def test_stop_ends_what_does_not_obey() -> None:
    ready = "import signal, sys; signal.signal(15, signal.SIG_IGN); print(flush=True); signal.pause()"
    process = start([sys.executable, "-S", "-c", ready], stdout=subprocess.PIPE)
    assert process.stdout
    process.stdout.readline()
    await stop(process, 0.1)
    assert process.returncode == -signal.SIGKILL
    process.stdout.close()


async def test_gone_says_no_in_time() -> None:
    process = start(["sleep", "30"])
    begin = asyncio.get_running_loop().time()
    assert not await gone(process, 0.1)
    assert asyncio.get_running_loop().time() - begin < 1
    kill(process.pid)
    assert await gone(process, 5)


def test_a_signal_to_nobody_is_fine() -> None:
    with subprocess.Popen(["true"]) as process:
        process.wait()
    kill(process.pid)


def test_what_it_says_goes_to_the_log(tmp_path: Path) -> None:
    process = start(["sh", "-c", "echo out; echo err >&2"], log=tmp_path / "log")
    process.wait()
    assert (tmp_path / "log").read_text() == "out\nerr\n"


def test_the_small_programs_exist() -> None:
    for name in ("webserver.py", "traffic.py", "view.py"):
        assert Path(script(name)[-1]).is_file()


def test_the_command_enters_and_dies_with_the_lab() -> None:
    words = command_in("ns1", ["engine"], view=7, death="TERM")
    assert words[:3] == ["setpriv", "--pdeathsig", "TERM"]
    assert "--net=/run/netns/ns1" in words
    assert "--mount=/proc/7/ns/mnt" in words
    assert words[-2:] == ["--", "engine"]
    assert not any("--mount" in word for word in command_in("ns1", ["engine"]))


@pytest.mark.root
def test_children_do_not_outlive_a_killed_lab(tmp_path: Path) -> None:
    code = f"""
import subprocess, sys
subprocess.Popen(["setpriv", "--pdeathsig", "KILL", "sleep", "60"])
p = subprocess.Popen(["setpriv", "--pdeathsig", "KILL", "sleep", "61"])
open({str(tmp_path / "pid")!r}, "w").write(str(p.pid)); print(flush=True); sys.stdin.read()
"""
    with subprocess.Popen([sys.executable, "-c", code], stdin=subprocess.PIPE, stdout=subprocess.PIPE) as parent:
        assert parent.stdout
        parent.stdout.readline()
        child = int((tmp_path / "pid").read_text())
        time.sleep(0.05)
        parent.kill()
    time.sleep(0.1)
    assert start_time(child) == 0
