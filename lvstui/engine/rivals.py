"""Engine: another daemon that runs the same protocols here would answer for the same VIPs."""

from __future__ import annotations

import os
from pathlib import Path

PROC = Path("/proc")
RIVAL = "keepalived"


def rivals(proc: Path = PROC) -> tuple[int, ...]:
    """Return the pids of keepalived's parents in this network namespace, lowest first.

    A process that ends meanwhile, or that may not be looked at, is none.
    """
    try:
        own = os.readlink(proc / "self" / "ns" / "net")
    except OSError:
        return ()
    found: dict[int, int] = {}
    for place in proc.iterdir():
        if not place.name.isdigit():
            continue
        try:
            if (place / "comm").read_text().strip() != RIVAL or os.readlink(place / "ns" / "net") != own:
                continue
            # After the last ")": state, ppid (proc_pid_stat(5)); the name may hold anything.
            found[int(place.name)] = int((place / "stat").read_text().rpartition(")")[2].split()[1])
        except (OSError, ValueError, IndexError):
            continue
    return tuple(sorted(pid for pid, parent in found.items() if parent not in found))


def complaint(pids: tuple[int, ...]) -> str:
    """Return a sentence about them, "" if there are none."""
    if not pids:
        return ""
    names = ", ".join(map(str, pids))
    return (
        f"keepalived (pid {names}) runs here and answers for the same VIPs: stop it first (systemctl stop keepalived)"
    )
