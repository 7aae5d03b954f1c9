"""Engine: one line for each event, in keepalived's wording, to stderr or a file; a slow log holds up nothing."""

from __future__ import annotations

import os
import queue
import threading
import time
from pathlib import Path

from lvstui.model.event import Event, Severity
from lvstui.safety import clean

MAX_WAITING = 2000
LAST_SECONDS = 1.0


def line_of(event: Event) -> str:
    """Return the event as a log line, dated as keepalived does on its console."""
    moment = time.strftime("%a %b %e %H:%M:%S %Y", time.localtime(event.time))
    mark = {Severity.ERROR: "error: ", Severity.WARNING: "warning: "}.get(event.severity, "")
    reason = f" ({event.reason})" if event.reason else ""
    return f"{moment}: {mark}{clean(event.text + reason, 1000)}"


class EventLog:
    """Writes in a thread of its own, so a terminal that does not read, or a disk that hangs, stops only the log."""

    def __init__(self, path: Path | None) -> None:
        """Open `path` for appending; None: stderr. OSError if it cannot be opened."""
        flags = os.O_WRONLY | os.O_APPEND | os.O_CREAT | os.O_NOFOLLOW | os.O_CLOEXEC
        self._descriptor = 2 if path is None else os.open(path, flags, 0o640)
        self._lines: queue.Queue[str | None] = queue.Queue(MAX_WAITING)
        self._missed = 0
        self._thread = threading.Thread(target=self._write, name="log", daemon=True)
        self._thread.start()

    def write(self, event: Event) -> None:
        """Queue a line; returns at once. Lines that find no place are counted, and the count is logged."""
        try:
            if self._missed:
                self._lines.put_nowait(f"{self._missed} log lines were left out")
                self._missed = 0
            self._lines.put_nowait(line_of(event))
        except queue.Full:
            self._missed += 1

    def close(self) -> None:
        """Give what waits a second to be written."""
        try:
            self._lines.put_nowait(None)
        except queue.Full:
            return
        self._thread.join(LAST_SECONDS)

    def _write(self) -> None:
        while (line := self._lines.get()) is not None:
            try:
                os.write(self._descriptor, f"{line}\n".encode())
            except OSError:
                continue  # a full disk loses log lines, nothing else
