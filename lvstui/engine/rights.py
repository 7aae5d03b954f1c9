"""Engine: whether this process may do what a director does."""

from __future__ import annotations

import os
from pathlib import Path

_NET_ADMIN, _NET_RAW = 12, 13


def missing(status: str | None = None) -> str:
    """Return a sentence that says which rights are missing, "" if none. `status`: text of /proc/self/status."""
    if status is None:
        status = Path("/proc/self/status").read_text()
    effective = 0
    for line in status.splitlines():
        if line.startswith("CapEff:"):
            effective = int(line.split()[1], 16)
    names = [
        name for name, bit in (("CAP_NET_ADMIN", _NET_ADMIN), ("CAP_NET_RAW", _NET_RAW)) if not effective >> bit & 1
    ]
    if not names:
        return ""
    return f"the engine needs {' and '.join(names)} (uid {os.geteuid()} has not): run it as root"
