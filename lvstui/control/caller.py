"""Control: who is at the other end of the socket, by what the kernel says of the process."""

from __future__ import annotations

import os
import pwd
import socket
import struct
from pathlib import Path

import msgspec

from lvstui.safety import clean

_UNSET_LOGIN = 0xFFFFFFFF


class Caller(msgspec.Struct, frozen=True):
    """A client's process. `who` is for people: "root", "root (alice) pts/3 from 192.0.2.7"."""

    pid: int
    uid: int
    who: str


def of_socket(connection: socket.socket) -> Caller:
    """Return who connected (SO_PEERCRED: as it was at connect time; cannot be forged by an unprivileged client)."""
    size = struct.calcsize("3i")
    pid, uid, _gid = struct.unpack("3i", connection.getsockopt(socket.SOL_SOCKET, socket.SO_PEERCRED, size))
    return Caller(pid, uid, _describe(pid, uid))


def _describe(pid: int, uid: int) -> str:
    words = [_user(uid)]
    login = _login_user(pid, uid)
    if login:
        words.append(f"({login})")
    terminal = _terminal(pid)
    if terminal:
        words.append(terminal)
    remote = _ssh_client(pid)
    if remote:
        words.append(f"from {remote}")
    return clean(" ".join(words), 80)


def _user(uid: int) -> str:
    try:
        return pwd.getpwuid(uid).pw_name
    except KeyError:
        return f"uid {uid}"


def _read(pid: int, name: str, limit: int = 65536) -> bytes:
    try:
        with Path(f"/proc/{pid}/{name}").open("rb") as file:
            return file.read(limit)
    except OSError:
        return b""


def _login_user(pid: int, uid: int) -> str:
    text = _read(pid, "loginuid").strip()
    if not text.isdigit() or int(text) in (_UNSET_LOGIN, uid):
        return ""
    return _user(int(text))


def _terminal(pid: int) -> str:
    # The command name may hold spaces and parentheses, so count fields after the last ')'.
    fields = _read(pid, "stat").rpartition(b")")[2].split()
    number = int(fields[4]) if len(fields) > 4 and fields[4].lstrip(b"-").isdigit() else 0
    if number <= 0:
        return ""
    major, minor = os.major(number), os.minor(number)
    if 136 <= major <= 143:
        return f"pts/{(major - 136) * 256 + minor}"
    return f"tty{minor}" if major == 4 and minor < 64 else ""


def _ssh_client(pid: int) -> str:
    for entry in _read(pid, "environ").split(b"\0"):
        if entry.startswith((b"SSH_CLIENT=", b"SSH_CONNECTION=")):
            words = entry.partition(b"=")[2].split()
            return clean(words[0], 45) if words else ""
    return ""
