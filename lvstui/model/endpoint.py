"""Where something is reached: an address with a port, and the key of a virtual server.

Addresses are kept as canonical text ("10.0.0.1", "2001:db8::1"): readable in every record, and JSON as it is.
"""

from __future__ import annotations

import ipaddress
from enum import StrEnum

import msgspec


class Protocol(StrEnum):
    """Transport protocols that IPVS balances."""

    TCP = "TCP"
    UDP = "UDP"
    SCTP = "SCTP"


def canonical_address(text: str) -> str:
    """Return the canonical text of an IPv4 or IPv6 address; ValueError if it is none."""
    return str(ipaddress.ip_address(text))


def bracketed(address: str) -> str:
    """Return the address as it stands before a port: IPv6 in brackets."""
    return f"[{address}]" if ":" in address else address


class Endpoint(msgspec.Struct, frozen=True, order=True):
    """An address (canonical text) and a port (0..65535)."""

    address: str
    port: int

    def __str__(self) -> str:
        return f"{bracketed(self.address)}:{self.port}"

    @classmethod
    def parse(cls, text: str) -> Endpoint:
        """Read `10.0.0.1:80` or `[2001:db8::1]:80`; ValueError says what is wrong."""
        address, separator, port = text.rpartition(":")
        if not separator or not port.isascii() or not port.isdigit() or int(port) > 65535:
            raise ValueError(f"{text!r} is not ADDRESS:PORT")
        if address.startswith("[") and address.endswith("]"):
            address = address[1:-1]
        elif ":" in address:
            raise ValueError(f"{text!r}: write an IPv6 address in brackets")
        return cls(canonical_address(address), int(port))


class ServiceKey(msgspec.Struct, frozen=True, order=True):
    """What identifies a virtual server: protocol, address and port, or a firewall mark (fwmark > 0)."""

    protocol: Protocol
    address: str
    port: int
    fwmark: int = 0

    def __str__(self) -> str:
        if self.fwmark:
            return f"FWM {self.fwmark}"
        return f"{bracketed(self.address)}:{self.port}/{self.protocol.lower()}"

    @property
    def endpoint(self) -> Endpoint:
        """Address and port of a service that is not a firewall mark."""
        return Endpoint(self.address, self.port)

    @classmethod
    def parse(cls, text: str) -> ServiceKey:
        """Read `10.0.0.1:80`, `10.0.0.1:80/tcp`, `[::1]:80/udp` or `FWM 7`; the protocol defaults to TCP."""
        if text.upper().startswith("FWM "):
            return cls(Protocol.TCP, "0.0.0.0", 0, int(text[4:]))
        place, _, protocol = text.partition("/")
        endpoint = Endpoint.parse(place)
        return cls(Protocol((protocol or "tcp").upper()), endpoint.address, endpoint.port)
