"""Engine: the names that this host's own /etc/hosts gives to addresses; no resolver is ever asked.

A forecast or a header says "lb2" where the file knows it, and the address where it does not.
"""

from __future__ import annotations

import ipaddress
from pathlib import Path

from lvstui.safety import clean

HOSTS = Path("/etc/hosts")
_LONGEST_NAME = 64
_LARGEST_FILE = 1 << 20


def director_names(path: Path = HOSTS) -> dict[str, str]:
    """Return canonical address → first name in the file; the first line of an address counts, as for the C library.

    Unreadable files and lines that are none give no names and no error.
    """
    try:
        with path.open("rb") as file:
            data = file.read(_LARGEST_FILE)
    except OSError:
        return {}
    names: dict[str, str] = {}
    for line in data.decode("utf-8", "replace").splitlines():
        words = line.partition("#")[0].split()
        if len(words) < 2:
            continue
        try:
            address = str(ipaddress.ip_address(words[0]))
        except ValueError:
            continue
        names.setdefault(address, clean(words[1], _LONGEST_NAME))
    return names
