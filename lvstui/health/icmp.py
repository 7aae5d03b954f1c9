"""Health: ICMP echo messages (RFC 792, RFC 4443) as octets."""

from __future__ import annotations

import struct

_HEADER = struct.Struct("!BBHHH")
_REQUEST = {4: 8, 6: 128}
_REPLY = {4: 0, 6: 129}


def checksum(data: bytes) -> int:
    """Return the internet checksum (RFC 1071)."""
    if len(data) % 2:
        data += b"\0"
    total = sum(struct.unpack(f"!{len(data) // 2}H", data))
    while total >> 16:
        total = (total & 0xFFFF) + (total >> 16)
    return int(~total & 0xFFFF)


def echo_request(version: int, identifier: int, sequence: int, payload: bytes) -> bytes:
    """Return an echo request for IP `version` 4 or 6; for 6 the kernel fills in the checksum."""
    empty = _HEADER.pack(_REQUEST[version], 0, 0, identifier, sequence) + payload
    if version == 6:
        return empty
    return _HEADER.pack(_REQUEST[version], 0, checksum(empty), identifier, sequence) + payload


def is_reply(datagram: bytes, version: int, identifier: int | None, sequence: int, payload: bytes) -> bool:
    """Whether an ICMP message (no IP header) answers exactly that request; `identifier` None: do not compare it."""
    if len(datagram) < _HEADER.size:
        return False
    kind, code, _, its_identifier, its_sequence = _HEADER.unpack_from(datagram)
    return (
        kind == _REPLY[version]
        and code == 0
        and its_sequence == sequence
        and (identifier is None or its_identifier == identifier)
        and datagram[_HEADER.size :] == payload
    )


def without_ip_header(datagram: bytes) -> bytes:
    """Return what follows the IPv4 header of a datagram from a raw socket, b"" if there is nothing sound."""
    if not datagram or datagram[0] >> 4 != 4:
        return b""
    length = (datagram[0] & 0x0F) * 4
    return datagram[length:] if length >= 20 else b""
