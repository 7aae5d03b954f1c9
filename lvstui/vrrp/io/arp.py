"""Gratuitous ARP: tells the neighbours of an interface which hardware address answers for a VIP."""

from __future__ import annotations

import os
import socket
import struct

from lvstui.errors import KernelError, MisuseError

_ETH_P_ARP = 0x0806
_BROADCAST = b"\xff" * 6
_ARP_ETHERNET_IPV4 = struct.pack("!HHBB", 1, 0x0800, 6, 4)
_REQUEST = struct.pack("!H", 1)


def gratuitous_frame(mac: bytes, address: str) -> bytes:
    """The whole Ethernet frame: a broadcast ARP request with sender = target = `address`.

    RFC 9568 6.4.2 with errata 7947 and 7949; the target hardware address is broadcast as keepalived has it, which
    some switches and hosts want. `mac` must be 6 octets and `address` dotted IPv4, else MisuseError.
    """
    if len(mac) != 6:
        raise MisuseError(f"gratuitous ARP needs a hardware address of 6 octets, not {len(mac)}")
    try:
        protocol_address = socket.inet_pton(socket.AF_INET, address)
    except OSError:
        raise MisuseError(f"gratuitous ARP needs an IPv4 address, not {address!r}") from None
    header = _BROADCAST + mac + struct.pack("!H", _ETH_P_ARP)
    return header + _ARP_ETHERNET_IPV4 + _REQUEST + mac + protocol_address + _BROADCAST + protocol_address


class Announcer:
    """One packet socket for all interfaces; it receives nothing. Raises KernelError without CAP_NET_RAW."""

    def __init__(self) -> None:
        try:
            self._socket = socket.socket(socket.AF_PACKET, socket.SOCK_RAW | socket.SOCK_NONBLOCK, 0)
        except OSError as error:
            raise _refused(error, "open", "ARP socket") from None

    def gratuitous(self, interface: str, mac: bytes, address: str) -> None:
        """Send one gratuitous ARP for `address` out of `interface`; KernelError if it cannot leave now."""
        frame = gratuitous_frame(mac, address)
        try:
            self._socket.sendto(frame, (interface, _ETH_P_ARP))
        except OSError as error:
            raise _refused(error, "announce", f"{address} on {interface}") from None

    def close(self) -> None:
        """Close the socket; may be called twice."""
        self._socket.close()


def _refused(error: OSError, operation: str, subject: str) -> KernelError:
    code = error.errno or 0
    return KernelError(code, operation, subject, os.strerror(code))
