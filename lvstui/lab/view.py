"""Lab: a director's own host name and its own view of the directory in which its down file lies.

Run as a program (`python -S -I view.py NAME SCRATCH [DIRECTORY]`): it takes a mount and a host name namespace of its
own, lays over the nearest existing part of DIRECTORY a writable copy that shows the host's entries, makes DIRECTORY
in it, says "ready", and keeps the namespaces until its standard input ends. Nothing changes on the host.
"""

from __future__ import annotations

import contextlib
import ctypes
import os
import socket
import stat
import sys

_CLONE_NEWNS = 0x00020000
_CLONE_NEWUTS = 0x04000000
_MS_BIND = 0x1000
_MS_REC = 0x4000
_MS_PRIVATE = 0x40000


def nearest(directory: str) -> str:
    """Return the deepest part of `directory` that exists, with symbolic links resolved."""
    place = os.path.realpath(directory)
    while not os.path.isdir(place):
        place = os.path.dirname(place)
    return place


def main(name: str, scratch: str, directory: str = "") -> int:
    """Build the view, say "ready" on standard output, wait for the end of standard input."""
    libc = ctypes.CDLL(None, use_errno=True)
    if libc.unshare(_CLONE_NEWNS | _CLONE_NEWUTS):
        raise OSError(ctypes.get_errno(), "cannot have mount and host name namespaces of its own")
    _mount(None, "/", None, _MS_REC | _MS_PRIVATE)
    socket.sethostname(name)
    if directory:
        place = nearest(directory)
        if place == "/":
            raise OSError(f"no part of {directory} exists; the lab cannot give each director its own")
        _shadow(scratch, place)
        os.makedirs(os.path.realpath(directory), exist_ok=True)
    sys.stdout.write("ready\n")
    sys.stdout.flush()
    sys.stdin.read()
    return 0


def _shadow(scratch: str, place: str) -> None:
    """Lay a tmpfs with the same entries over `place`: directories and files bound, links copied."""
    _mount("tmpfs", scratch, "tmpfs", 0)
    os.chmod(scratch, stat.S_IMODE(os.stat(place).st_mode))
    for entry in os.scandir(place):
        copy = os.path.join(scratch, entry.name)
        if os.path.realpath(entry.path) == os.path.realpath(scratch):
            continue
        # The host goes on living: an entry may be gone by now.
        with contextlib.suppress(FileNotFoundError):
            _copy(entry, copy)
    _mount(scratch, place, None, _MS_BIND | _MS_REC)


def _copy(entry: os.DirEntry[str], copy: str) -> None:
    if entry.is_symlink():
        os.symlink(os.readlink(entry.path), copy)
        return
    if entry.is_dir():
        os.mkdir(copy)
    else:
        os.close(os.open(copy, os.O_CREAT | os.O_WRONLY, 0o600))
    _mount(entry.path, copy, None, _MS_BIND | _MS_REC)


def _mount(source: str | None, target: str, kind: str | None, flags: int) -> None:
    libc = ctypes.CDLL(None, use_errno=True)
    words = [None if word is None else os.fsencode(word) for word in (source, target, kind)]
    if libc.mount(words[0], words[1], words[2], ctypes.c_ulong(flags), None):
        number = ctypes.get_errno()
        raise OSError(number, f"mount {target}: {os.strerror(number)}")


if __name__ == "__main__":
    try:
        sys.exit(main(*sys.argv[1:]))
    except OSError as problem:
        sys.stdout.write(f"{problem.args[-1]}\n")
        sys.exit(1)
