"""A program of this checkout run as an ordinary user, also where root keeps Python or the checkout to itself."""

from __future__ import annotations

import shlex
import stat
import sys
from collections.abc import Sequence
from pathlib import Path

from lvstui.lab.privilege import MARK

ROOT = Path(__file__).resolve().parents[2]
NOBODY = 65534


def barred(directory: Path) -> Path | None:
    """The first part of a path that others may not pass, or None."""
    for part in (*reversed(directory.parents), directory):
        if not part.stat().st_mode & stat.S_IXOTH:
            return part
    return None


def as_nobody(argv: Sequence[str]) -> list[str]:
    """Return the command that runs `python argv` as uid 65534.

    Folders that are barred are shown to it at their own path by bind mounts in a mount namespace of its own.
    """
    needed = dict.fromkeys((ROOT, Path(sys.prefix).resolve(), Path(sys.base_prefix).resolve()))
    covers = {bar: None for place in needed if (bar := barred(place))}
    lines = ["set -e", "stage=$(mktemp -d)", "mount -t tmpfs -o mode=755 none $stage"]
    hidden = [place for place in needed if barred(place)]
    for number, place in enumerate(hidden):
        lines += [f"mkdir $stage/{number}", f"mount --rbind {shlex.quote(str(place))} $stage/{number}"]
    lines += [f"mount -t tmpfs -o mode=755 none {shlex.quote(str(cover))}" for cover in covers]
    for number, place in enumerate(hidden):
        quoted = shlex.quote(str(place))
        lines += [f"mkdir -p {quoted}", f"mount --rbind $stage/{number} {quoted}"]
    user = ["setpriv", "--reuid", str(NOBODY), "--regid", str(NOBODY), "--clear-groups"]
    program = [*user, "env", "-u", MARK, "HOME=/tmp", "PYTHONDONTWRITEBYTECODE=1", sys.executable, *argv]
    lines += ["cd /", f"exec {shlex.join(program)}"]
    return ["unshare", "--mount", "sh", "-c", "\n".join(lines)]
