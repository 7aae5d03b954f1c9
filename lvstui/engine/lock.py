"""Engine: one engine in a network namespace. Two would fight over the same addresses and the same table."""

from __future__ import annotations

import fcntl
import os
import time
from pathlib import Path
from types import TracebackType

import msgspec

from lvstui.errors import AlreadyRunning
from lvstui.safety import clean

LOCK_DIRECTORY = Path("/run/lvstui")
PATIENCE_SECONDS = 6.0


class Holder(msgspec.Struct, frozen=True):
    """Who holds a lock, as written in its file."""

    pid: int
    configuration: str
    socket: str


class NamespaceLock:
    """An exclusive lock named after the network namespace; held until released by all who inherited it.

    The children of the engine inherit it. So an engine that starts after another was killed waits until the
    children of that one have withdrawn their addresses, and cannot have its own withdrawn by them.
    """

    def __init__(self, configuration: Path, socket: Path, directory: Path | None = None) -> None:
        override = os.environ.get("LVSTUI_LOCK_DIR")
        directory = directory or (Path(override) if override else LOCK_DIRECTORY)
        self.path = directory / f"netns-{os.stat('/proc/self/ns/net').st_ino}.lock"
        self._holder = Holder(os.getpid(), str(configuration), str(socket))
        self.descriptor = -1

    def __enter__(self) -> NamespaceLock:
        """Take the lock; AlreadyRunning names who has it. Waits up to 6 s for the children of a dead holder."""
        self.path.parent.mkdir(mode=0o750, parents=True, exist_ok=True)
        self.descriptor = os.open(self.path, os.O_RDWR | os.O_CREAT | os.O_NOFOLLOW | os.O_CLOEXEC, 0o640)
        deadline = time.monotonic() + PATIENCE_SECONDS
        while not self._try():
            holder = self._read()
            if holder is None or _lives(holder.pid) or time.monotonic() > deadline:
                os.close(self.descriptor)
                self.descriptor = -1
                raise AlreadyRunning(_refusal(holder))
            time.sleep(0.02)
        os.ftruncate(self.descriptor, 0)
        os.pwrite(self.descriptor, msgspec.json.encode(self._holder) + b"\n", 0)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        os.close(self.descriptor)
        self.descriptor = -1

    def _try(self) -> bool:
        try:
            fcntl.flock(self.descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            return False
        return True

    def _read(self) -> Holder | None:
        try:
            return msgspec.json.decode(os.pread(self.descriptor, 65536, 0), type=Holder)
        except (msgspec.MsgspecError, UnicodeDecodeError):
            return None


def _lives(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except (ProcessLookupError, OverflowError):
        return False
    except PermissionError:
        pass
    return True


def _refusal(holder: Holder | None) -> str:
    if holder is None:
        return "another engine runs in this network namespace (it has not said who it is yet)"
    if not _lives(holder.pid):
        return f"the engine with pid {holder.pid} is gone, but its children have not ended yet; try again"
    return (
        f"another engine runs in this network namespace: pid {holder.pid}, "
        f"configuration {clean(holder.configuration)}, socket {clean(holder.socket)}"
    )
