"""The console on a real pseudo-terminal: what headless tests cannot see."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.terminal.terminal import directors, terminal

pytestmark = pytest.mark.terminal

# In the console's own process: it writes down each 50 ms that its event loop is alive (CLOCK_MONOTONIC is the same
# in all processes), and paints everything 20 times a second.
PULSE = """
import asyncio, pathlib, time
from lvstui.console.app import ConsoleApp
mounted = ConsoleApp.on_mount
async def beat():
    while True:
        await asyncio.sleep(0.05)
        pathlib.Path({path!r}).write_text(str(time.monotonic()))
def on_mount(self):
    mounted(self)
    self.beating = asyncio.get_running_loop().create_task(beat())
    self.set_interval(0.05, self.action_redraw)
ConsoleApp.on_mount = on_mount
"""
# The console installs its own handler; it is taken away, so that SIGHUP stays ignored.
NOHUP = """
import asyncio.unix_events, signal
signal.signal(signal.SIGHUP, signal.SIG_IGN)
asyncio.unix_events._UnixSelectorEventLoop.add_signal_handler = lambda *arguments: None
"""


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    made = tmp_path_factory.mktemp("directors")
    with directors(made):
        yield made


def test_it_paints_is_used_and_leaves_the_terminal_as_it_was(folder: Path) -> None:
    with terminal(folder) as screen:
        before = screen.attributes()
        screen.shows("lb1 ◆ MASTER", "3 IPVS table", "192.168.77.21:80", "6 Lab", "q quit")
        assert screen.attributes() != before
        screen.press("2")
        screen.shows("Enter apply")
        screen.press("\x1b[D\x1b[D")
        screen.shows("100 → 98", "at 98 lb2 takes VI_1")
        screen.press("\x03")
        screen.shows("q leaves the console; the engine goes on")
        screen.press("q")
        assert screen.ended() == 0
        assert screen.attributes() == before
        for sequence in (b"\x1b[?1049l", b"\x1b[?25h", b"\x1b[?2004l", b"\x1b[?1004l", b"\x1b[<u", b"\x1b[?7h"):
            assert sequence in screen.output
        assert b"\x1b[?1000h" not in screen.output, "the mouse is off unless asked for"
        assert b"\x1b[?1003h" not in screen.output


def test_keys_that_come_in_one_burst_go_where_the_first_of_them_led(folder: Path) -> None:
    with terminal(folder) as screen:
        screen.shows("live", "192.168.77.21:80")
        screen.press("2\x1b[D\x1b[D")
        screen.shows("100 → 98")
        screen.press("\x1b[D\x1b[D\r\t\tjk")
        screen.shows("100 → 96", "━ 4 Checkers", "manual part -4 is set")
        screen.press("?")
        screen.shows("Help")
        screen.press("5\t")
        screen.press("q")
        screen.shows("━ 4 Checkers")
        screen.press("\x11")
        assert screen.ended() == 0


def test_the_first_live_screen_comes_within_a_second_or_two(folder: Path) -> None:
    with terminal(folder) as screen:
        start = time.monotonic()
        screen.shows("192.168.77.21:80", "live")
        assert time.monotonic() - start < 2.0
        screen.press("q")
        assert screen.ended() == 0


def test_it_follows_the_size_of_the_terminal(folder: Path) -> None:
    with terminal(folder, 120, 40) as screen:
        screen.shows("VRRPv2", "1 VIPs", "6 Lab")
        screen.resize(40, 10)
        os.kill(screen.pid, signal.SIGWINCH)
        screen.until(lambda: "1 VIPs" not in screen.text() and "IPVS table" in screen.text())
        screen.resize(80, 24)
        os.kill(screen.pid, signal.SIGWINCH)
        screen.shows("1 VIPs", "6 Lab", "q quit")


def test_a_terminal_that_stops_reading_does_not_stop_the_console(folder: Path, tmp_path: Path) -> None:
    pulse = tmp_path / "pulse"
    with terminal(folder, setup=PULSE.format(path=str(pulse))) as screen:
        screen.shows("192.168.77.21:80", "live")
        time.sleep(4.0)  # 80 repaints that nobody reads
        assert time.monotonic() - float(pulse.read_text()) < 1.0, "the event loop waits for the terminal"
        screen.press("5")
        screen.shows("live", "q quit", "━ 5 Events")


@pytest.mark.parametrize(("number", "status"), [(signal.SIGHUP, 129), (signal.SIGTERM, 143)])
def test_a_signal_ends_it_in_order(folder: Path, number: signal.Signals, status: int) -> None:
    with terminal(folder) as screen:
        before = screen.attributes()
        screen.shows("live")
        os.kill(screen.pid, number)
        assert screen.ended() == status
        assert screen.attributes() == before
        assert b"\x1b[?1049l" in screen.output


def test_a_signal_ends_it_even_if_nobody_reads(folder: Path, tmp_path: Path) -> None:
    with terminal(folder, setup=PULSE.format(path=str(tmp_path / "pulse"))) as screen:
        before = screen.attributes()
        screen.shows("live")
        time.sleep(2.0)
        os.kill(screen.pid, signal.SIGTERM)
        assert screen.ended(is_reading=False, seconds=6) == 143
        assert screen.attributes() == before


@pytest.mark.parametrize("setup", ["", NOHUP], ids=["hup", "nohup"])
def test_a_terminal_that_is_gone_ends_it_without_a_busy_loop(folder: Path, setup: str) -> None:
    with terminal(folder, setup=setup) as screen:
        screen.shows("live")
        used = screen.cpu_seconds()
        os.close(screen.fd)
        end = time.monotonic() + 8
        while os.waitpid(screen.pid, os.WNOHANG) == (0, 0):
            assert time.monotonic() < end, "it lives on without a terminal"
            assert screen.cpu_seconds() - used < 4.0
            time.sleep(0.05)
        screen.status = 0


def test_without_a_terminal_it_says_what_to_use_instead(folder: Path) -> None:
    code = "import sys; from lvstui.console.app import run; sys.exit(run([]))"
    command = [sys.executable, "-c", code]
    done = subprocess.run(command, stdin=subprocess.DEVNULL, capture_output=True, text=True, check=False)
    assert done.returncode == 2
    assert "needs a terminal" in done.stderr
