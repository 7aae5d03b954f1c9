"""Console: living with a terminal that reads slowly, stalls, or is gone. All that touches Textual's privates is here.

Textual hands frames to a thread through a queue of 30 and waits when it is full, so that a terminal that does not
read stops the event loop. Frames are dropped instead while older ones wait, and the screen is painted anew later.
"""

from __future__ import annotations

import asyncio
import contextlib
import os
import select
import signal
import sys
import termios
import threading
from collections.abc import Callable
from typing import Any

from textual.app import App

WRITES_WAITING = 9
"""Three frames of at most three writes; Textual blocks at 30."""
GRACE_SECONDS = 2.0
HANGUP_STATUS = 128 + signal.SIGHUP


def writes_waiting(app: App[Any]) -> int:
    """Return how many writes the terminal has not taken yet (0 where there is no terminal)."""
    thread = getattr(app._driver, "_writer_thread", None)
    return thread._queue.qsize() if thread is not None else 0


def is_behind(app: App[Any]) -> bool:
    """Whether a new frame had better be dropped."""
    return writes_waiting(app) > WRITES_WAITING


def is_hung_up(fd: int) -> bool:
    """Whether the terminal at `fd` is gone for good."""
    poll = select.poll()
    poll.register(fd, select.POLLHUP)
    with contextlib.suppress(OSError):
        return any(flags & (select.POLLHUP | select.POLLERR | select.POLLNVAL) for _, flags in poll.poll(0))
    return True


class TerminalGuard:
    """Ends the console when its terminal hangs up, and leaves the terminal as it was found, even when it does not read.

    `leave` asks the console to end; if it has not after GRACE_SECONDS (its output may be stuck), the process is ended.
    """

    def __init__(self, leave: Callable[[int], None]) -> None:
        self._leave = leave
        self._fd = sys.__stdin__.fileno() if sys.__stdin__ else 0
        self._attributes: list[Any] | None = None
        self._timer: threading.Timer | None = None
        with contextlib.suppress(termios.error, OSError, ValueError):
            self._attributes = termios.tcgetattr(self._fd)

    def install(self, loop: asyncio.AbstractEventLoop) -> None:
        """Listen for SIGHUP and SIGTERM."""
        for number in (signal.SIGHUP, signal.SIGTERM):
            loop.add_signal_handler(number, self.end, 128 + number)

    def check(self) -> None:
        """Look whether the terminal is still there (SIGHUP may be ignored, as under nohup)."""
        if self._attributes is not None and is_hung_up(self._fd):
            self.end(HANGUP_STATUS)

    def end(self, status: int) -> None:
        """Leave in order, or after a grace without."""
        if self._timer is None:
            self.watch_exit(status)
            self._leave(status)

    def watch_exit(self, status: int) -> None:
        """From now on the process has GRACE_SECONDS to end."""
        self._timer = threading.Timer(GRACE_SECONDS, self._give_up, (status,))
        self._timer.daemon = True
        self._timer.start()

    def _give_up(self, status: int) -> None:
        with contextlib.suppress(termios.error, OSError):
            if self._attributes is not None:
                termios.tcflush(self._fd, termios.TCOFLUSH)
                termios.tcsetattr(self._fd, termios.TCSANOW, self._attributes)
        os._exit(status)
