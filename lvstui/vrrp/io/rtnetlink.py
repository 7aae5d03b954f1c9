"""A small rtnetlink codec and conversation: what addresses and links need of it, and nothing else.

Why not pyroute2: any part of it imports the whole package (measured: 0.10 to 0.26 s and 25 MB in a process whose
start and memory are bounded), for four message types.
"""

from __future__ import annotations

import contextlib
import errno
import os
import socket
import struct
from collections.abc import Iterator
from typing import NamedTuple

from lvstui.errors import KernelError

RTM_NEWLINK, RTM_DELLINK, RTM_GETLINK, RTM_SETLINK = 16, 17, 18, 19
RTM_NEWADDR, RTM_DELADDR, RTM_GETADDR = 20, 21, 22
RTMGRP_LINK = 0x1
RTMGRP_IPV4_IFADDR = 0x10
NLM_F_REQUEST, NLM_F_ACK, NLM_F_DUMP = 0x1, 0x4, 0x300
NLM_F_CREATE, NLM_F_EXCL = 0x400, 0x200
_NLM_F_DUMP_INTR = 0x10
_NLMSG_ERROR, _NLMSG_DONE = 2, 3
_SOL_NETLINK, _NETLINK_EXT_ACK, _NETLINK_GET_STRICT_CHK = 270, 11, 12
_SO_RCVBUFFORCE = 33
_HEADER = struct.Struct("=IHHII")
_BUFFER = 1 << 16
_ATTEMPTS = 5
_ANSWER_TIME = 2.0  # seconds; the kernel answers within the system call that sends


class Message(NamedTuple):
    """One netlink message; `body` is what follows the 16 octets of header."""

    kind: int
    flags: int
    sequence: int
    body: bytes


def attribute(kind: int, value: bytes) -> bytes:
    """One attribute, padded to 4 octets; `value` at most 65531 octets."""
    return struct.pack("=HH", len(value) + 4, kind) + value + bytes(-len(value) % 4)


def attributes(data: bytes) -> dict[int, bytes]:
    """Attributes by kind (flag bits removed); stops at the first that does not fit, so any bytes are accepted."""
    found: dict[int, bytes] = {}
    offset = 0
    while offset + 4 <= len(data):
        length, kind = struct.unpack_from("=HH", data, offset)
        if length < 4 or offset + length > len(data):
            break
        found[kind & 0x3FFF] = data[offset + 4 : offset + length]
        offset += (length + 3) & ~3
    return found


def messages(datagram: bytes) -> Iterator[Message]:
    """The messages of a datagram; stops at the first that does not fit, so any bytes are accepted."""
    offset = 0
    while offset + 16 <= len(datagram):
        length, kind, flags, sequence, _ = _HEADER.unpack_from(datagram, offset)
        if length < 16 or offset + length > len(datagram):
            break
        yield Message(kind, flags, sequence, datagram[offset + 16 : offset + length])
        offset += (length + 3) & ~3


def open_socket(groups: int = 0) -> socket.socket:
    """A non-blocking rtnetlink socket, subscribed to `groups`; KernelError if there is none to be had."""
    try:
        opened = socket.socket(socket.AF_NETLINK, socket.SOCK_RAW | socket.SOCK_CLOEXEC, 0)
    except OSError as error:
        raise refused(error.errno or 0, "open", "rtnetlink socket") from None
    with contextlib.suppress(OSError):  # only a privileged process may exceed net.core.rmem_max
        opened.setsockopt(socket.SOL_SOCKET, _SO_RCVBUFFORCE, 1 << 20)
    for option in (_NETLINK_EXT_ACK, _NETLINK_GET_STRICT_CHK):
        with contextlib.suppress(OSError):  # kernels before 4.12 and 4.20: fewer words, no filtered dumps
            opened.setsockopt(_SOL_NETLINK, option, 1)
    opened.bind((0, groups))
    opened.setblocking(False)
    return opened


def refused(code: int, operation: str, subject: str, detail: str = "") -> KernelError:
    """The KernelError of an errno, with what to do where rights are missing."""
    hint = " (needs root or CAP_NET_ADMIN)" if code in (errno.EPERM, errno.EACCES) else ""
    return KernelError(code, operation, subject, (detail or os.strerror(code)) + hint)


class Conversation:
    """Asks the kernel and waits for its answer, synchronously (some tens of microseconds each).

    The socket listens to no group, so that answers never mix with events. Datagrams of other senders than the
    kernel, and answers to earlier questions, are dropped.
    """

    def __init__(self) -> None:
        self._socket = open_socket()
        self._socket.setblocking(True)
        self._socket.settimeout(_ANSWER_TIME)
        self._sequence = 0

    def close(self) -> None:
        """Close the socket; may be called twice."""
        self._socket.close()

    def ask(self, kind: int, flags: int, body: bytes, operation: str, subject: str) -> list[Message]:
        """Send one request; the messages that answer it. KernelError(operation, subject) if the kernel refuses.

        A dump that changed while it was read is read again, up to five times.
        """
        for _ in range(_ATTEMPTS):
            self._sequence = (self._sequence + 1) & 0xFFFFFFFF
            request = _HEADER.pack(16 + len(body), kind, NLM_F_REQUEST | flags, self._sequence, 0) + body
            try:
                self._socket.sendto(request, (0, 0))
                answer, interrupted = self._collect(operation, subject)
            except TimeoutError:
                raise refused(errno.ETIMEDOUT, operation, subject) from None
            except OSError as error:
                if error.errno == errno.ENOBUFS:
                    continue
                raise refused(error.errno or 0, operation, subject) from None
            if not interrupted:
                return answer
        raise refused(errno.EAGAIN, operation, subject, "the kernel's answer kept changing while it was read")

    def _collect(self, operation: str, subject: str) -> tuple[list[Message], bool]:
        answer: list[Message] = []
        interrupted = False
        while True:
            datagram, sender = self._socket.recvfrom(_BUFFER)
            if sender[0] != 0:
                continue
            for message in messages(datagram):
                if message.sequence != self._sequence:
                    continue
                interrupted = interrupted or bool(message.flags & _NLM_F_DUMP_INTR)
                if message.kind in (_NLMSG_ERROR, _NLMSG_DONE):
                    _check(message, operation, subject)
                    return answer, interrupted
                answer.append(message)


def _check(message: Message, operation: str, subject: str) -> None:
    """Raise what an NLMSG_ERROR or NLMSG_DONE carries, with the kernel's own sentence where it gives one."""
    code = -struct.unpack_from("=i", message.body)[0] if len(message.body) >= 4 else 0
    if code <= 0:
        return
    detail = ""
    if message.kind == _NLMSG_ERROR and message.flags & 0x200 and len(message.body) >= 20:
        # Extended acknowledgement: after the error and the request (its header only if NLM_F_CAPPED).
        request = 16 if message.flags & 0x100 else max(16, struct.unpack_from("=I", message.body, 4)[0])
        text = attributes(message.body[4 + ((request + 3) & ~3) :]).get(1, b"")
        detail = text.rstrip(b"\0").decode("ascii", "replace")
        detail = f"{os.strerror(code)}: {detail}" if detail else ""
    raise refused(code, operation, subject, detail)
