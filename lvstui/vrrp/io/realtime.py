"""The vrrp process's place in the machine: a real-time class and locked memory, where the machine allows them.

An advert every 10 ms on a busy machine: p99 5.9 ms late in the normal class, 0.13 ms in a real-time one.
"""

from __future__ import annotations

import atexit
import ctypes
import os
import resource
import signal
import time
from collections.abc import Callable
from pathlib import Path
from types import FrameType

PRIORITY = 2  # low: below the kernel's own threads, above everything ordinary
RTTIME = 0.25  # seconds of computing without a pause; a limit of 10 ms kills at start-up and takeover
_MCL_CURRENT, _MCL_FUTURE, _MCL_ONFAULT = 1, 2, 4
_CAP_IPC_LOCK = 14


def enter(note: Callable[[str], None]) -> bool:
    """Take SCHED_RR (not inherited by children), bound it by RLIMIT_RTTIME, lock memory. Whether real-time now.

    Never fatal: what is refused is told to `note` in a sentence. Computing longer than 0.25 s without a pause
    gives the class up (SIGXCPU; its default would end the process) so that the machine stays usable; calling
    `enter` again takes it back. Must be called in the main thread, else it does nothing.
    """
    entered = _take_class(note)
    _lock_memory(note)
    return entered


def is_realtime() -> bool:
    """Whether this process runs in a real-time class now."""
    return os.sched_getscheduler(0) & ~os.SCHED_RESET_ON_FORK in (os.SCHED_RR, os.SCHED_FIFO)


def leave() -> None:
    """Back to the ordinary class (always allowed)."""
    os.sched_setscheduler(0, os.SCHED_OTHER | os.SCHED_RESET_ON_FORK, os.sched_param(0))


def _take_class(note: Callable[[str], None]) -> bool:
    def too_long(_signal: int, _frame: FrameType | None) -> None:
        leave()
        note(f"real-time class given up: computed longer than {RTTIME:g} s without a pause")

    try:
        # The handler first: from the limit on, SIGXCPU would end the process.
        signal.signal(signal.SIGXCPU, too_long)
        _, hard = resource.getrlimit(resource.RLIMIT_RTTIME)
        microseconds = int(RTTIME * 1e6)
        if hard != resource.RLIM_INFINITY and hard < microseconds:
            note(f"no real-time class: RLIMIT_RTTIME allows only {hard} µs; adverts may be late on a busy machine")
            return False
        resource.setrlimit(resource.RLIMIT_RTTIME, (microseconds, hard))
        os.sched_setscheduler(0, os.SCHED_RR | os.SCHED_RESET_ON_FORK, os.sched_param(PRIORITY))
        # At its end the interpreter gives SIGXCPU its deadly default back; the class must be gone by then.
        atexit.register(leave)
        # The kernel's count of a former stay is set back by a wake-up only.
        time.sleep(0.0001)
    except (OSError, ValueError) as error:
        reason = error.strerror if isinstance(error, OSError) else str(error)
        note(f"no real-time class ({reason}); adverts may be late on a busy machine")
        return False
    return True


def _lock_memory(note: Callable[[str], None]) -> None:
    if not _may_lock_all():
        note("memory is not locked (no CAP_IPC_LOCK); a machine that swaps may make adverts late")
        return
    libc = ctypes.CDLL(None, use_errno=True)
    # On fault: pages are kept once used, and unused ones cost nothing.
    if libc.mlockall(_MCL_CURRENT | _MCL_FUTURE | _MCL_ONFAULT) != 0:
        note(f"memory is not locked ({os.strerror(ctypes.get_errno())}); a machine that swaps may make adverts late")


def _may_lock_all() -> bool:
    """Whether no limit counts: with one, mlockall succeeds now and an allocation fails later.

    The capability counts only in the machine's own user namespace.
    """
    if resource.getrlimit(resource.RLIMIT_MEMLOCK)[0] == resource.RLIM_INFINITY:
        return True
    status = Path("/proc/self/status").read_text(encoding="ascii", errors="replace")
    effective = next((int(line.split()[1], 16) for line in status.splitlines() if line.startswith("CapEff:")), 0)
    outermost = Path("/proc/self/uid_map").read_text(encoding="ascii").split() == ["0", "0", "4294967295"]
    return outermost and bool(effective >> _CAP_IPC_LOCK & 1)
