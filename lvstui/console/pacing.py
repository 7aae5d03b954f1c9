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

from rich.console import RenderableType
from textual.app import App
from textual.screen import Screen

WRITES_WAITING = 9
"""Three frames of at most three writes; Textual blocks at 30."""
GRACE_SECONDS = 2.0
CATCH_UP_SECONDS = 0.1
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


class PacedApp(App[int]):
    """An application that drops frames rather than wait for its terminal, and ends when the terminal is gone."""

    def __init__(self) -> None:
        super().__init__()
        self._terminal = TerminalGuard(self._leave)  # made here, because Textual has not changed the terminal yet
        self.guard: TerminalGuard | None = None
        self._missed_frame = False

    def watch_terminal(self) -> None:
        """Begin (on mount), unless this is a test without a terminal."""
        if not self.is_headless:
            self.guard = self._terminal
            self.guard.install(asyncio.get_running_loop())
            self.set_interval(CATCH_UP_SECONDS, self._catch_up)

    def _leave(self, status: int) -> None:
        self.exit(status, return_code=status)

    def action_leave(self) -> None:
        """Quit the console, and nothing else."""
        if self.guard:
            self.guard.watch_exit(0)
        self._leave(0)

    async def action_quit(self) -> None:
        """Quit by Textual's own key."""
        self.action_leave()

    def action_redraw(self) -> None:
        """Paint everything again, after line noise or dropped frames."""
        self.refresh(layout=True)
        self.screen.refresh(layout=True)

    def _display(self, screen: Screen[Any], renderable: RenderableType | None) -> None:
        if self.guard and is_behind(self):
            self._missed_frame = True
            return
        super()._display(screen, renderable)

    def _catch_up(self) -> None:
        if self._missed_frame and not is_behind(self):
            self._missed_frame = False
            self.action_redraw()
