"""Lab: processes started inside a host's namespaces, known by pid and start time, and ended by pid."""

from __future__ import annotations

import asyncio
import contextlib
import os
import signal
import subprocess
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import IO

from lvstui.lab.namespace import path_of

HERE = Path(__file__).resolve().parent
STOP_SECONDS = 5.0
_POLL_SECONDS = 0.02


def script(name: str) -> list[str]:
    """Return the command of one of the lab's small stand-alone programs, started without site packages (20 ms)."""
    return [sys.executable, "-S", "-I", str(HERE / name)]


def command_in(namespace: str, argv: Sequence[str], *, view: int | None = None, death: str = "KILL") -> list[str]:
    """Return the command that runs `argv` in a network namespace.

    With `view` it has that process's mounts and host name.
    The kernel sends it the signal `death` when the lab's main thread is gone, however that happened.
    """
    command = ["setpriv", "--pdeathsig", death, "nsenter", f"--net={path_of(namespace)}"]
    if view is not None:
        command += [f"--mount=/proc/{view}/ns/mnt", f"--uts=/proc/{view}/ns/uts"]
    return [*command, "--", *argv]


def start(
    command: Sequence[str],
    *,
    log: Path | None = None,
    stdin: int | None = subprocess.DEVNULL,
    stdout: int | IO[bytes] | None = None,
    environment: Mapping[str, str] | None = None,
    session: bool = True,
) -> subprocess.Popen[bytes]:
    """Start a process; what it says goes to `log` (appended) or nowhere, unless `stdout` says otherwise."""
    with contextlib.ExitStack() as stack:
        sink: int | IO[bytes] = stack.enter_context(log.open("ab")) if log else subprocess.DEVNULL
        return subprocess.Popen(
            command,
            stdin=stdin,
            stdout=sink if stdout is None else stdout,
            stderr=sink,
            env={**os.environ, **environment} if environment else None,
            start_new_session=session,
        )


def start_time(pid: int) -> int:
    """Return when a process started (clock ticks since boot), 0 if there is none; a zombie counts as none."""
    try:
        text = Path(f"/proc/{pid}/stat").read_text()
    except OSError:
        return 0
    fields = text.rpartition(")")[2].split()
    return 0 if fields[0] in "ZX" else int(fields[19])


def kill(pid: int, number: signal.Signals = signal.SIGKILL) -> None:
    """Send a signal; a process that is gone already is fine."""
    with contextlib.suppress(ProcessLookupError):
        os.kill(pid, number)


async def stop(process: subprocess.Popen[bytes], seconds: float = STOP_SECONDS) -> None:
    """End a process with SIGTERM, after `seconds` with SIGKILL, and reap it."""
    if process.poll() is None:
        process.terminate()
    await gone(process, seconds)
    if process.poll() is None:
        process.kill()
    await gone(process, seconds)


async def gone(process: subprocess.Popen[bytes], seconds: float) -> bool:
    """Wait until a process has ended; False if it still runs after `seconds`."""
    loop = asyncio.get_running_loop()
    end = loop.time() + seconds
    while process.poll() is None:
        if loop.time() >= end:
            return False
        await asyncio.sleep(_POLL_SECONDS)
    return True
