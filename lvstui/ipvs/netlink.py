"""The frame of (generic) netlink: headers, attributes, errors. Bytes in, bytes out.

Source: include/uapi/linux/netlink.h and genetlink.h. Everything is in the machine's own byte order.
"""

from __future__ import annotations

import struct
import sys
from collections.abc import Iterator
from typing import NamedTuple

from lvstui.errors import PacketError

Buffer = bytes | bytearray | memoryview

NLMSG_NOOP = 1
NLMSG_ERROR = 2
NLMSG_DONE = 3
NLM_F_REQUEST = 0x1
NLM_F_ACK = 0x4
NLM_F_DUMP = 0x300
GENL_ID_CTRL = 16
CTRL_CMD_GETFAMILY = 3
CTRL_ATTR_FAMILY_ID = 1
CTRL_ATTR_FAMILY_NAME = 2

_HEADER = struct.Struct("=IHHII")
_GENERIC = struct.Struct("=BBH")
_ATTRIBUTE = struct.Struct("=HH")
_REQUEST = struct.Struct("=IHHIIBBH")
_ERROR = struct.Struct("=i")
# The two highest bits of an attribute's type say "nested" and "network byte order"; they are no part of the number.
_TYPE_MASK = 0x3FFF


class Message(NamedTuple):
    """One netlink message; `payload` is what follows its header."""

    kind: int
    flags: int
    sequence: int
    payload: memoryview


def request(family: int, command: int, version: int, sequence: int, flags: int, body: bytes) -> bytes:
    """Return a generic netlink request: both headers and `body` (attributes, already padded)."""
    length = _REQUEST.size + len(body)
    return _REQUEST.pack(length, family, flags | NLM_F_REQUEST, sequence, 0, command, version, 0) + body


def attribute(kind: int, payload: Buffer) -> bytes:
    """Return one attribute, padded to four bytes."""
    return _ATTRIBUTE.pack(4 + len(payload), kind) + bytes(payload) + bytes(-len(payload) % 4)


def messages(datagram: Buffer) -> Iterator[Message]:
    """Yield the messages of a datagram; PacketError where its lengths contradict each other."""
    view = memoryview(datagram)
    offset, end = 0, len(view)
    while offset < end:
        if end - offset < _HEADER.size:
            raise PacketError("netlink_header", f"{end - offset} bytes left")
        length, kind, flags, sequence, _ = _HEADER.unpack_from(view, offset)
        if length < _HEADER.size or offset + length > end:
            raise PacketError("netlink_length", f"{length} of {end - offset} bytes")
        yield Message(kind, flags, sequence, view[offset + _HEADER.size : offset + length])
        offset += length + (-length % 4)


def attributes(payload: memoryview) -> dict[int, memoryview]:
    """Return the attributes by number (the last of a kind counts, as in the kernel); PacketError for bad lengths.

    Unknown numbers and padding are returned as any other: who asks, picks what he knows.
    """
    found: dict[int, memoryview] = {}
    offset, end = 0, len(payload)
    unpack = _ATTRIBUTE.unpack_from
    while end - offset >= 4:
        length, kind = unpack(payload, offset)
        if length < 4 or offset + length > end:
            raise PacketError("netlink_attribute", f"{length} of {end - offset} bytes")
        found[kind & _TYPE_MASK] = payload[offset + 4 : offset + length]
        offset += (length + 3) & ~3
    return found


def generic_attributes(message: Message) -> dict[int, memoryview]:
    """Return the attributes behind the generic header of a message; PacketError if there is none."""
    if len(message.payload) < _GENERIC.size:
        raise PacketError("generic_header", f"{len(message.payload)} bytes")
    return attributes(message.payload[_GENERIC.size :])


def command_of(message: Message) -> int:
    """Return the command in the generic header; PacketError if there is none."""
    if len(message.payload) < _GENERIC.size:
        raise PacketError("generic_header", f"{len(message.payload)} bytes")
    return message.payload[0]


def error_of(message: Message) -> int:
    """Return the errno (positive) of an NLMSG_ERROR or NLMSG_DONE message, 0 for an acknowledgement."""
    if len(message.payload) < _ERROR.size:
        if message.kind == NLMSG_DONE:
            return 0
        raise PacketError("netlink_error", f"{len(message.payload)} bytes")
    code: int = _ERROR.unpack_from(message.payload)[0]
    return -code


def unsigned(payload: memoryview) -> int:
    """Return a number of 1, 2, 4 or 8 bytes in host order; PacketError for another size."""
    if len(payload) not in (1, 2, 4, 8):
        raise PacketError("netlink_number", f"{len(payload)} bytes")
    return int.from_bytes(payload, sys.byteorder)


def text(payload: bytes) -> str:
    """Return a zero-terminated ASCII string."""
    return payload.split(b"\0", 1)[0].decode("ascii", "replace")


def family_request(name: str, sequence: int) -> bytes:
    """Return the question for a generic netlink family's number; the kernel loads its module for it."""
    body = attribute(CTRL_ATTR_FAMILY_NAME, name.encode("ascii") + b"\0")
    return request(GENL_ID_CTRL, CTRL_CMD_GETFAMILY, 1, sequence, NLM_F_ACK, body)


def family_id(message: Message) -> int:
    """Return the family's number out of the answer; PacketError if it has none."""
    payload = generic_attributes(message).get(CTRL_ATTR_FAMILY_ID)
    if payload is None:
        raise PacketError("generic_family", "no number in the answer")
    return unsigned(payload)
