"""`lvstui lab` on a terminal: live within three seconds, and gone without a trace when its console is left."""

from __future__ import annotations

import fcntl
import os
import pty
import select
import signal
import struct
import subprocess
import sys
import termios
import time
from collections.abc import Callable, Iterator

import pyte
import pytest

from lvstui.lab.namespace import existing

pytestmark = [pytest.mark.root, pytest.mark.terminal]
COLUMNS, LINES = 160, 45
LIVE_SECONDS = 3.0


class Terminal:
    """A lab with a console on a pseudo-terminal of its own."""

    def __init__(self) -> None:
        self.started_at = time.monotonic()
        self._master, slave = pty.openpty()
        fcntl.ioctl(slave, termios.TIOCSWINSZ, struct.pack("HHHH", LINES, COLUMNS, 0, 0))
        self.process = subprocess.Popen(
            ["setsid", "--ctty", sys.executable, "-m", "lvstui", "lab", "--plane", "userspace"],
            stdin=slave,
            stdout=slave,
            stderr=slave,
            env={**os.environ, "TERM": "xterm-256color"},
        )
        os.close(slave)
        self._screen = pyte.Screen(COLUMNS, LINES)
        self._stream = pyte.ByteStream(self._screen)

    @property
    def text(self) -> str:
        return "\n".join(self._screen.display)

    def until(self, condition: Callable[[str], bool], seconds: float) -> float:
        """Read until the screen fulfils a condition; the seconds since the start, or a failure with the screen."""
        end = time.monotonic() + seconds
        while not condition(self.text):
            assert time.monotonic() < end, self.text
            self._read()
        return time.monotonic() - self.started_at

    def _read(self) -> None:
        if select.select([self._master], [], [], 0.05)[0]:
            try:
                self._stream.feed(os.read(self._master, 65536))
            except OSError:  # the other end is closed
                time.sleep(0.05)

    def press(self, keys: bytes) -> None:
        os.write(self._master, keys)

    def wait(self, seconds: float) -> int:
        end = time.monotonic() + seconds
        while self.process.poll() is None and time.monotonic() < end:
            self._read()
        assert self.process.returncode is not None, self.text
        return self.process.returncode

    def hang_up(self) -> None:
        """As when an SSH session dies: the kernel sends SIGHUP, and nobody reads any more."""
        if self._master >= 0:
            os.close(self._master)
            self._master = -1

    def close(self) -> None:
        self.hang_up()
        if self.process.poll() is None:
            self.process.send_signal(signal.SIGTERM)
            self.process.wait(15)


@pytest.fixture
def terminal() -> Iterator[Terminal]:
    opened = Terminal()
    try:
        yield opened
    finally:
        opened.close()


def live(text: str) -> bool:
    """Whether the screen shows the cluster: instance with its state, table, checkers' targets, the lab's hosts."""
    return all(word in text for word in ("VI_1", "192.168.61.21:80", "BACKUP", "rs1"))


def test_a_live_screen_within_three_seconds_and_nothing_left(terminal: Terminal) -> None:
    assert terminal.until(live, 10) < LIVE_SECONDS
    prefix = f"lvstui-{terminal.process.pid}-"
    assert len(existing(prefix)) == 6
    terminal.until(lambda text: "MASTER" in text, 10)
    terminal.press(b"q")
    assert terminal.wait(15) == 0
    assert existing(prefix) == ()


def test_a_terminal_that_goes_away_takes_the_lab_with_it(terminal: Terminal) -> None:
    terminal.until(live, 10)
    prefix = f"lvstui-{terminal.process.pid}-"
    terminal.hang_up()
    terminal.process.wait(15)
    assert existing(prefix) == ()
