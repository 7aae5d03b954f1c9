"""A console on a pseudo-terminal of ours, with directors that answer from a thread."""

from __future__ import annotations

import asyncio
import contextlib
import fcntl
import os
import pty
import select
import signal
import struct
import sys
import termios
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pyte

from tests.console import demo

ROOT = Path(__file__).resolve().parents[2]
_RUN = (
    "import sys; from pathlib import Path; from lvstui.console.app import run; "
    "place = Path({folder!r}); "
    "sys.exit(run([(name, place / (name + '.sock')) for name in ('lb1', 'lb2')], place / 'lab.sock'))"
)


@contextlib.contextmanager
def directors(folder: Path) -> Iterator[None]:
    """Serve lb1, lb2 and a lab in `folder`."""
    is_ready = threading.Event()
    loop = asyncio.new_event_loop()
    task = loop.create_task(demo.serve(folder, is_ready))

    def work() -> None:
        with contextlib.suppress(asyncio.CancelledError):
            loop.run_until_complete(task)

    thread = threading.Thread(target=work, daemon=True)
    thread.start()
    assert is_ready.wait(5)
    try:
        yield
    finally:
        loop.call_soon_threadsafe(task.cancel)
        thread.join(5)
        loop.close()


class Terminal:
    """A console process and the screen that its output paints. `status` is known once it has ended."""

    def __init__(self, folder: Path, columns: int = 80, rows: int = 24, setup: str = "") -> None:
        self.screen = pyte.Screen(columns, rows)
        self.stream = pyte.ByteStream(self.screen)
        self.output = b""
        self.status: int | None = None
        self.pid, self.fd = pty.fork()
        if self.pid == 0:
            os.chdir(ROOT)
            fcntl.ioctl(0, termios.TIOCSWINSZ, struct.pack("HHHH", rows, columns, 0, 0))
            os.environ.update(TERM="xterm-256color", COLORTERM="truecolor")
            code = f"{setup}\n" + _RUN.format(folder=str(folder))
            os.execv(sys.executable, [sys.executable, "-c", code])

    def resize(self, columns: int, rows: int) -> None:
        """Give the terminal another size."""
        self.screen.resize(rows, columns)
        fcntl.ioctl(self.fd, termios.TIOCSWINSZ, struct.pack("HHHH", rows, columns, 0, 0))

    def attributes(self) -> list[Any]:
        """Return the terminal's settings (termios)."""
        return termios.tcgetattr(self.fd)

    def read(self, seconds: float = 0.05) -> None:
        """Take what the console has written within `seconds`."""
        if not select.select([self.fd], [], [], seconds)[0]:
            return
        with contextlib.suppress(OSError):
            data = os.read(self.fd, 1 << 16)
            self.output += data
            self.stream.feed(data)

    def text(self) -> str:
        """Return what is on the screen."""
        return "\n".join(self.screen.display)

    def until(self, is_so: Callable[[], bool], seconds: float = 10.0) -> None:
        """Read until something is so."""
        end = time.monotonic() + seconds
        while not is_so():
            assert time.monotonic() < end, f"still not so:\n{self.text()}"
            self.read()

    def shows(self, *words: str) -> None:
        """Read until all words are on the screen."""
        self.until(lambda: all(word in self.text() for word in words))

    def press(self, keys: str) -> None:
        """Type."""
        os.write(self.fd, keys.encode())

    def ended(self, *, is_reading: bool = True, seconds: float = 10.0) -> int:
        """Wait for the end of the process and return its exit status (negative: the signal)."""
        end = time.monotonic() + seconds
        while self.status is None:
            pid, status = os.waitpid(self.pid, os.WNOHANG)
            if pid:
                self.status = os.waitstatus_to_exitcode(status)
                break
            assert time.monotonic() < end, f"it did not end:\n{self.text()}"
            if is_reading:
                self.read()
            else:
                time.sleep(0.05)
        for _ in range(20):
            if is_reading:
                self.read(0.01)
        return self.status

    def cpu_seconds(self) -> float:
        """Return the processor time that the console has used."""
        fields = Path(f"/proc/{self.pid}/stat").read_text().rpartition(")")[2].split()
        return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")

    def close(self) -> None:
        """End the process if it still runs, and the terminal."""
        if self.status is None:
            os.kill(self.pid, signal.SIGKILL)
            os.waitpid(self.pid, 0)
        with contextlib.suppress(OSError):
            os.close(self.fd)


@contextlib.contextmanager
def terminal(folder: Path, columns: int = 80, rows: int = 24, setup: str = "") -> Iterator[Terminal]:
    """Run a console on a terminal of this size; `setup` is Python that its process runs before."""
    made = Terminal(folder, columns, rows, setup)
    try:
        yield made
    finally:
        made.close()
