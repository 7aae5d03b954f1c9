"""Lab: what is on the wire: VRRP advertisements and gratuitous ARP, seen at the bridge's ports."""

from __future__ import annotations

import ctypes
import socket
import struct

import msgspec

ETH_P_ALL = 3
PACKET_OUTGOING = 4
_SO_ATTACH_FILTER = 26
_RECEIVE_BYTES = 1 << 20
# Classic BPF: ARP, or IPv4 with protocol 112; everything else is dropped before it costs anything.
_FILTER = (
    (0x28, 0, 0, 12),  # ldh the type
    (0x15, 3, 0, 0x0806),  # ARP: take it
    (0x15, 0, 3, 0x0800),  # not IPv4: drop it
    (0x30, 0, 0, 23),  # ldb the protocol
    (0x15, 0, 1, 112),
    (0x06, 0, 0, 0x40000),
    (0x06, 0, 0, 0),
)


class Advert(msgspec.Struct, frozen=True):
    """An advertisement: VRRP `version` 2 or 3, `addresses` as sent."""

    source: str
    destination: str
    version: int
    vrid: int
    priority: int
    addresses: tuple[str, ...] = ()


class GratuitousArp(msgspec.Struct, frozen=True):
    """An ARP packet in which the sender's and the target's address are the same."""

    address: str
    mac: str


def parse(frame: bytes) -> Advert | GratuitousArp | None:
    """Read an Ethernet frame; None for whatever is neither, for any bytes."""
    if len(frame) < 34:
        return None
    kind = frame[12:14]
    if kind == b"\x08\x06":
        return _arp(frame[14:])
    if kind == b"\x08\x00" and frame[23] == 112:
        return _advert(frame[14:])
    return None


def _arp(packet: bytes) -> GratuitousArp | None:
    if len(packet) < 28 or packet[:6] != b"\x00\x01\x08\x00\x06\x04" or packet[14:18] != packet[24:28]:
        return None
    return GratuitousArp(socket.inet_ntoa(packet[14:18]), packet[8:14].hex(":"))


def _advert(packet: bytes) -> Advert | None:
    header = (packet[0] & 15) * 4
    length = int.from_bytes(packet[2:4], "big")
    body = packet[header:length]
    if header < 20 or len(body) < 8 or body[0] & 15 != 1:
        return None
    count = body[3]
    listed = body[8 : 8 + 4 * count]
    addresses = tuple(socket.inet_ntoa(listed[at : at + 4]) for at in range(0, len(listed) - 3, 4))
    source, destination = socket.inet_ntoa(packet[12:16]), socket.inet_ntoa(packet[16:20])
    return Advert(source, destination, body[0] >> 4, body[1], body[2], addresses)


def open_socket() -> socket.socket:
    """Return a non-blocking packet socket on all interfaces of the caller's network namespace."""
    opened = socket.socket(socket.AF_PACKET, socket.SOCK_RAW, socket.htons(ETH_P_ALL))
    code = b"".join(struct.pack("HBBI", *line) for line in _FILTER)
    buffer = ctypes.create_string_buffer(code, len(code))
    program = struct.pack("HL", len(_FILTER), ctypes.addressof(buffer))
    opened.setsockopt(socket.SOL_SOCKET, _SO_ATTACH_FILTER, program)
    opened.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, _RECEIVE_BYTES)
    opened.setblocking(False)
    return opened


def receive(opened: socket.socket) -> tuple[str, Advert | GratuitousArp] | None:
    """Take one frame that entered a port: the port's name and what it is. BlockingIOError when none is left.

    Frames on their way out are the same ones again, at the other ports; they count as nothing (None).
    """
    frame, (interface, _, direction, *_) = opened.recvfrom(2048)
    seen = parse(frame)
    return (interface, seen) if seen and direction != PACKET_OUTGOING else None
