"""One line an event, in a thread that may hang without anybody noticing."""

from __future__ import annotations

import os
import time
from pathlib import Path

import msgspec
import pytest

from lvstui.engine import log as log_module
from lvstui.engine.log import EventLog, line_of
from lvstui.model.event import Severity
from tests.engine.samples import event


def test_a_line_is_dated_as_keepalived_does_and_harmless() -> None:
    line = line_of(event("(VI_1) Entering MASTER STATE", reason="a\nb\x1b[2J"))
    moment, _, text = line.partition(": ")
    assert time.mktime(time.strptime(moment, "%a %b %d %H:%M:%S %Y")) == 1_700_000_000
    assert text.startswith("(VI_1) Entering MASTER STATE (a")
    assert "\n" not in line
    assert "\x1b" not in line
    assert ": error: " in line_of(msgspec.structs.replace(event(), severity=Severity.ERROR))


def test_lines_are_appended_to_a_file_for_the_owner(tmp_path: Path) -> None:
    path = tmp_path / "log"
    path.write_text("before\n")
    log = EventLog(path)
    for number in range(100):
        log.write(event(str(number)))
    log.close()
    lines = path.read_text().splitlines()
    assert lines[0] == "before"
    assert [line.rpartition(" ")[2] for line in lines[1:]] == [str(number) for number in range(100)]


def test_a_log_that_cannot_be_opened_is_an_os_error(tmp_path: Path) -> None:
    (tmp_path / "link").symlink_to(tmp_path / "elsewhere")
    for path in (tmp_path / "no" / "log", tmp_path, tmp_path / "link"):
        with pytest.raises(OSError, match=r"."):
            EventLog(path)


def test_a_reader_that_stops_reading_costs_lines_not_time(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(log_module, "MAX_WAITING", 100)
    fifo = tmp_path / "fifo"
    os.mkfifo(fifo)
    reader = os.open(fifo, os.O_RDONLY | os.O_NONBLOCK)
    log = EventLog(fifo)
    started = time.monotonic()
    for _ in range(5000):
        log.write(event("x" * 900))
    assert time.monotonic() - started < 2.0
    os.set_blocking(reader, True)
    seen = b""
    deadline = time.monotonic() + 5
    while b"log lines were left out" not in seen and time.monotonic() < deadline:
        seen += os.read(reader, 1 << 20)
        log.write(event("last"))
    assert b"log lines were left out" in seen
    log.close()
    os.close(reader)
