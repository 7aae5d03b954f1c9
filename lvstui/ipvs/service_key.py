"""The key of a service as the kernel sees it: address family, and either a mark or protocol, address and port."""

from __future__ import annotations

import ipaddress
from functools import lru_cache

from lvstui.errors import PacketError
from lvstui.model.endpoint import Protocol, ServiceKey

AF_INET = 2
AF_INET6 = 10
PROTOCOL_NUMBERS = {Protocol.TCP: 6, Protocol.UDP: 17, Protocol.SCTP: 132}
PROTOCOLS = {number: protocol for protocol, number in PROTOCOL_NUMBERS.items()}

Identity = tuple[int, int] | tuple[int, int, str, int]


def family_of(address: str) -> int:
    """Return AF_INET or AF_INET6 of canonical address text; a fwmark service is IPv6 if its address is."""
    return AF_INET6 if ":" in address else AF_INET


def identity(key: ServiceKey) -> Identity:
    """Return what makes two keys the same service: a mark's protocol, address and port mean nothing."""
    family = family_of(key.address)
    if key.fwmark:
        return (family, key.fwmark)
    return (family, PROTOCOL_NUMBERS[key.protocol], key.address, key.port)


def fwmark_key(family: int, fwmark: int) -> ServiceKey:
    """Return the key of a fwmark service as the model writes it."""
    return ServiceKey(Protocol.TCP, "::" if family == AF_INET6 else "0.0.0.0", 0, fwmark)


def packed_address(address: str) -> bytes:
    """Return 16 bytes: network order, zero-filled behind an IPv4 address, as the kernel wants them.

    ValueError if it is no address.
    """
    if ":" not in address:
        octets = bytes(map(int, address.split(".")))
        if len(octets) == 4:
            return octets + bytes(12)
    return _packed(address)


@lru_cache(maxsize=4096)
def _packed(address: str) -> bytes:
    return ipaddress.ip_address(address).packed.ljust(16, b"\0")


@lru_cache(maxsize=65536)
def _address(family: int, packed: bytes) -> str:
    if family == AF_INET:
        return str(ipaddress.IPv4Address(packed[:4]))
    return str(ipaddress.IPv6Address(packed))


def unpacked_address(family: int, payload: memoryview) -> str:
    """Return the text of an address of 4 or 16 bytes; PacketError for a wrong size or family."""
    packed = bytes(payload)
    if family == AF_INET and len(packed) in (4, 16):
        return _address(AF_INET, packed[:4])
    if family == AF_INET6 and len(packed) == 16:
        return _address(AF_INET6, packed)
    raise PacketError("ipvs_address", f"family {family}, {len(packed)} bytes")
