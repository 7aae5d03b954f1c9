"""Lab: the runs of this machine: each one's folder and record, and what dead ones left behind."""

from __future__ import annotations

import contextlib
import os
import shutil
import time
from pathlib import Path

import msgspec

from lvstui.errors import LabError
from lvstui.lab import topology
from lvstui.lab.namespace import existing, processes_in
from lvstui.lab.process import kill, start_time

RUNS = Path("/run/lvstui-lab")
PREFIX = "lvstui"
_RECORD = "run.json"
_EMPTY_SECONDS = 2.0


class Record(msgspec.Struct, frozen=True):
    """Whose run it is: a pid with its start time (ticks since boot), and the prefix of its namespaces."""

    pid: int
    started: int
    prefix: str


class Run:
    """One run of the lab: a folder below /run/lvstui-lab and a prefix for its namespaces."""

    def __init__(self, runs: Path = RUNS) -> None:
        pid = os.getpid()
        self.name = str(pid)
        self.prefix = f"{PREFIX}-{pid}"
        self.directory = runs / self.name
        self._record = Record(pid, start_time(pid), self.prefix)

    def claim(self) -> None:
        """Make the folder, record first: a folder without a record never shows, so nobody takes it for dead."""
        fresh = self.directory.with_name(f".{self.name}")
        try:
            fresh.mkdir(parents=True, exist_ok=True)
            (fresh / _RECORD).write_bytes(msgspec.json.encode(self._record))
            fresh.rename(self.directory)
        except OSError as error:
            raise LabError(f"cannot write {error.filename}: {error.strerror}") from error

    def folder(self, host: str) -> Path:
        """Return the folder of a host, made if it is not there."""
        place = self.directory / host
        place.mkdir(exist_ok=True)
        return place

    def release(self) -> None:
        """Remove the folder, and the parent if this was the last run."""
        shutil.rmtree(self.directory, ignore_errors=True)
        with contextlib.suppress(OSError):
            self.directory.parent.rmdir()


def clean_dead(runs: Path = RUNS) -> tuple[str, ...]:
    """Remove processes, namespaces and folders of runs whose lab is gone; return their names.

    A run is dead when no process has its pid and start time; a living one is not touched.
    """
    cleaned = []
    for directory in sorted(runs.glob("*")) if runs.is_dir() else ():
        if not directory.name.isdigit():
            continue
        record = _read(directory)
        if start_time(record.pid) == record.started and record.started:
            continue
        empty(record.prefix)
        shutil.rmtree(directory, ignore_errors=True)
        cleaned.append(directory.name)
    return tuple(cleaned)


def empty(prefix: str) -> None:
    """Kill every process in the namespaces of a run, wait until they are gone, and delete the namespaces."""
    namespaces = existing(f"{prefix}-")
    end = time.monotonic() + _EMPTY_SECONDS
    while (found := processes_in(namespaces)) and time.monotonic() < end:
        for pid in found:
            kill(pid)
        time.sleep(0.01)
    if namespaces:
        topology.remove(namespaces)


def _read(directory: Path) -> Record:
    try:
        return msgspec.json.decode((directory / _RECORD).read_bytes(), type=Record)
    except (OSError, msgspec.MsgspecError):
        return Record(0, 0, f"{PREFIX}-{directory.name}")
