"""The private parts of Textual that pacing leans on are still there; a terminal that hung up is seen."""

from __future__ import annotations

import os
import pty
from pathlib import Path
from queue import Queue
from types import SimpleNamespace
from typing import Any, cast

from textual.drivers._writer_thread import MAX_QUEUED_WRITES, WriterThread
from textual.drivers.linux_driver import LinuxDriver

from lvstui.console import pacing
from lvstui.console.app import ConsoleApp


def test_textuals_writer_still_has_a_bounded_queue_where_we_look() -> None:
    thread = WriterThread(cast(Any, None))
    assert isinstance(thread._queue, Queue)
    assert thread._queue.maxsize == MAX_QUEUED_WRITES
    assert pacing.WRITES_WAITING < MAX_QUEUED_WRITES - 15, "frames under way must still fit"
    assert "_writer_thread" in LinuxDriver.__init__.__code__.co_names


def test_an_app_still_paints_through_display() -> None:
    assert "_display" in {name for kind in ConsoleApp.__mro__[1:] for name in vars(kind)}
    assert "is_headless" in dir(ConsoleApp)


def test_writes_are_counted_and_too_many_mean_behind() -> None:
    queue: Queue[str] = Queue()
    app = cast(Any, SimpleNamespace(_driver=SimpleNamespace(_writer_thread=SimpleNamespace(_queue=queue))))
    for _ in range(pacing.WRITES_WAITING):
        queue.put("frame")
    assert not pacing.is_behind(app)
    queue.put("frame")
    assert pacing.is_behind(app)


def test_without_a_terminal_nothing_waits() -> None:
    assert pacing.writes_waiting(ConsoleApp([("lb1", Path("/nowhere"))])) == 0


def test_a_hang_up_is_seen() -> None:
    controller, terminal = pty.openpty()
    assert not pacing.is_hung_up(terminal)
    os.close(controller)
    assert pacing.is_hung_up(terminal)
    os.close(terminal)
    assert pacing.is_hung_up(terminal)
