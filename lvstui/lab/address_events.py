"""Lab: addresses as the kernel of a namespace has them, and the moments at which they come and go."""

from __future__ import annotations

import json
import socket
import struct
import subprocess
from collections.abc import Iterator

import msgspec

from lvstui.errors import LabError

_RTMGRP_IPV4_IFADDR = 0x10
_RTM_NEWADDR = 20
_RTM_DELADDR = 21
_IFA_LOCAL = 2
_IFA_LABEL = 3


class AddressChange(msgspec.Struct, frozen=True):
    """An address was added or removed."""

    added: bool
    address: str
    prefix_length: int
    label: str = ""


class HeldAddress(msgspec.Struct, frozen=True):
    """An address that a kernel holds now."""

    interface: str
    address: str
    prefix_length: int
    label: str = ""


def held_addresses(namespace: str) -> tuple[HeldAddress, ...]:
    """Return the IPv4 addresses of a namespace, as `ip -j address` shows them."""
    done = subprocess.run(["ip", "-n", namespace, "-j", "-4", "address", "show"], capture_output=True, check=False)
    if done.returncode:
        raise LabError(f"ip -n {namespace} address: {done.stderr.decode('utf-8', 'replace').strip()}")
    return tuple(
        HeldAddress(link["ifname"], entry["local"], entry["prefixlen"], entry.get("label", ""))
        for link in json.loads(done.stdout or b"[]")
        for entry in link.get("addr_info", ())
        if "local" in entry
    )


def open_socket() -> socket.socket:
    """Return a non-blocking netlink socket that hears of IPv4 addresses in the caller's network namespace."""
    opened = socket.socket(socket.AF_NETLINK, socket.SOCK_RAW, 0)
    opened.bind((0, _RTMGRP_IPV4_IFADDR))
    opened.setblocking(False)
    return opened


def parse(data: bytes) -> Iterator[AddressChange]:
    """Yield the address changes in a netlink datagram; anything else in it is passed over."""
    place = 0
    while place + 16 <= len(data):
        length, kind = struct.unpack_from("=IH", data, place)
        if length < 16:
            return
        message = data[place + 16 : place + length]
        if kind in (_RTM_NEWADDR, _RTM_DELADDR) and len(message) >= 8:
            attributes = dict(_attributes(message[8:]))
            local = attributes.get(_IFA_LOCAL, b"")
            if len(local) == 4:
                label = attributes.get(_IFA_LABEL, b"").rstrip(b"\0").decode("ascii", "replace")
                yield AddressChange(kind == _RTM_NEWADDR, socket.inet_ntoa(local), message[1], label)
        place += (length + 3) & ~3


def _attributes(data: bytes) -> Iterator[tuple[int, bytes]]:
    place = 0
    while place + 4 <= len(data):
        length, kind = struct.unpack_from("=HH", data, place)
        if length < 4:
            return
        yield kind, data[place + 4 : place + length]
        place += (length + 3) & ~3
