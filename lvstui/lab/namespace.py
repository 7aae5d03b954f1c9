"""Lab: network namespaces by name: who runs in them, and calls made from within one."""

from __future__ import annotations

import ctypes
import os
from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import TypeVar

from lvstui.errors import LabError

NETNS = Path("/run/netns")
_CLONE_NEWNET = 0x40000000
T = TypeVar("T")


def path_of(namespace: str) -> Path:
    """Return the file that stands for a named network namespace."""
    return NETNS / namespace


def within(namespace: str, action: Callable[[], T]) -> T:
    """Run `action` inside a namespace and return its result; sockets made there stay there.

    It runs on a thread of its own: a thread that has changed its namespace is not used again.
    """

    def visit() -> T:
        _enter(namespace)
        return action()

    with ThreadPoolExecutor(max_workers=1) as pool:
        return pool.submit(visit).result()


def _enter(namespace: str) -> None:
    libc = ctypes.CDLL(None, use_errno=True)
    try:
        handle = os.open(path_of(namespace), os.O_RDONLY | os.O_CLOEXEC)
    except OSError as error:
        raise LabError(f"the namespace {namespace} is not there: {error.strerror}") from error
    try:
        if libc.setns(handle, _CLONE_NEWNET):
            raise LabError(f"cannot enter the namespace {namespace}: {os.strerror(ctypes.get_errno())}")
    finally:
        os.close(handle)


def processes_in(namespaces: Iterable[str]) -> dict[int, str]:
    """Return the processes that run in these namespaces: pid to namespace."""
    inodes: dict[int, str] = {}
    for name in namespaces:
        try:
            inodes[path_of(name).stat().st_ino] = name
        except OSError:
            continue
    found: dict[int, str] = {}
    if not inodes:
        return found
    for entry in os.listdir("/proc"):
        if not entry.isdigit():
            continue
        try:
            inode = os.stat(f"/proc/{entry}/ns/net").st_ino
        except OSError:
            continue
        if inode in inodes:
            found[int(entry)] = inodes[inode]
    return found


def existing(prefix: str) -> tuple[str, ...]:
    """Return the named namespaces whose name starts with `prefix`."""
    try:
        return tuple(sorted(name for name in os.listdir(NETNS) if name.startswith(prefix)))
    except OSError:
        return ()
