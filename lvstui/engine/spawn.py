"""Engine: starting a child and learning of its death, without threads and without the shell."""

from __future__ import annotations

import contextlib
import ctypes
import os
import signal
import socket
import sys
from pathlib import Path

_PR_SET_PDEATHSIG = 1


class Process:
    """A child process with its end of the channel. `pidfd` turns readable when it ends."""

    def __init__(self, module: str, keep: tuple[int, ...] = ()) -> None:
        """Start `python -P -m module FD`. `keep` are descriptors that it inherits besides (the engine's lock).

        -P: a file in the working directory that is named like a module is not run.
        """
        ours, theirs = socket.socketpair()
        inherited = (theirs.fileno(), *keep)
        for descriptor in inherited:
            os.set_inheritable(descriptor, True)
        try:
            self.pid = os.posix_spawn(
                sys.executable,
                [sys.executable, "-P", "-m", module, str(theirs.fileno())],
                os.environ,
                file_actions=[(os.POSIX_SPAWN_OPEN, 0, "/dev/null", os.O_RDONLY, 0)],
                setsigmask=[],
                setsigdef=[signal.SIGTERM, signal.SIGCHLD, signal.SIGPIPE],
            )
        except OSError:
            ours.close()
            raise
        finally:
            for descriptor in inherited:
                os.set_inheritable(descriptor, False)
            theirs.close()
        self.channel_end = ours
        self.pidfd = os.pidfd_open(self.pid)
        self._status: int | None = None

    def poll(self) -> int | None:
        """Return how it ended (exit status, or minus the signal), None while it lives. Reaps it."""
        if self._status is None:
            try:
                pid, status = os.waitpid(self.pid, os.WNOHANG)
            except ChildProcessError:
                pid, status = self.pid, 0
            if pid:
                self._status = os.waitstatus_to_exitcode(status)
        return self._status

    def signal(self, number: int) -> None:
        """Send a signal; nothing happens if it has ended."""
        if self._status is None:
            with contextlib.suppress(ProcessLookupError):
                signal.pidfd_send_signal(self.pidfd, number)

    def close(self) -> None:
        """Give the descriptor back; call it once, after the end."""
        os.close(self.pidfd)


def how_it_ended(status: int) -> str:
    """Say an exit status in words: "exited with status 1", "was ended by SIGKILL"."""
    if status >= 0:
        return f"exited with status {status}"
    try:
        return f"was ended by {signal.Signals(-status).name}"
    except ValueError:
        return f"was ended by signal {-status}"


def settle_in_child() -> None:
    """In a child, first thing: end when the engine ends, leave terminal signals to it, hand no descriptor down."""
    ctypes.CDLL(None, use_errno=True).prctl(_PR_SET_PDEATHSIG, signal.SIGTERM, 0, 0, 0)
    # Ctrl-C and a hang-up reach the whole group of a terminal; the engine decides what they mean.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    signal.signal(signal.SIGHUP, signal.SIG_IGN)
    for name in os.listdir("/proc/self/fd"):
        if int(name) > 2:
            try:
                os.set_inheritable(int(name), False)
            except OSError:
                continue  # the descriptor of this very listing


def pss_bytes(pid: int) -> int:
    """Return the proportional memory of a process (shared pages counted once), 0 if it cannot be read."""
    try:
        for line in Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines():
            if line.startswith("Pss:"):
                return int(line.split()[1]) * 1024
    except (OSError, ValueError, IndexError):
        pass
    return 0
