"""IPVS requests of generic netlink, as bytes (measured on Linux 6.1).

A destination costs one struct.pack, so programming thousands of them is bound by the kernel, not by this file.
"""

from __future__ import annotations

import struct
from functools import lru_cache

from lvstui.ipvs import netlink
from lvstui.ipvs.attributes import (
    FLAGS_OURS,
    FORWARDING_NUMBERS,
    VERSION,
    Command,
    ServiceAttribute,
    Top,
    flag_bits,
    prefix_length,
)
from lvstui.ipvs.service_key import AF_INET, AF_INET6, PROTOCOL_NUMBERS, family_of, packed_address
from lvstui.model.endpoint import Endpoint, ServiceKey
from lvstui.model.ipvs import Destination, Service

# Attributes one after the other: length and type, value, padding to four bytes.
_KEY = struct.Struct("=HHHH HHHH HH16s HH2sH".replace(" ", ""))
_FWMARK_KEY = struct.Struct("=HHHHHHI")
_NESTED = struct.Struct("=HH")
_DESTINATION_KEY = struct.Struct("=HH HH16s HH2sH HHHH".replace(" ", ""))
_DESTINATION = struct.Struct("=HH HH16s HH2sH HHI HHI HHI HHI HHHH".replace(" ", ""))
_FLAGS = struct.Struct("=HHII")
_NUMBER = struct.Struct("=HHI")
_MASK = struct.Struct("=HH4s")
_PORTS = struct.Struct("!H")


def _key_attributes(key: ServiceKey) -> bytes:
    family = family_of(key.address)
    if key.fwmark:
        return _FWMARK_KEY.pack(6, ServiceAttribute.FAMILY, family, 0, 8, ServiceAttribute.FWMARK, key.fwmark)
    head = (6, ServiceAttribute.FAMILY, family, 0, 6, ServiceAttribute.PROTOCOL, PROTOCOL_NUMBERS[key.protocol], 0)
    address = (20, ServiceAttribute.ADDRESS, packed_address(key.address))
    return _KEY.pack(*head, *address, 6, ServiceAttribute.PORT, _PORTS.pack(key.port), 0)


# Changes come service by service: a few are enough, and a table of thousands costs no memory for it.
@lru_cache(maxsize=64)
def _named(key: ServiceKey) -> bytes:
    body = _key_attributes(key)
    return _NESTED.pack(4 + len(body), Top.SERVICE) + body


def _full(service: Service) -> bytes:
    key = service.key
    length = prefix_length(key, service.netmask)
    if family_of(key.address) == AF_INET6:
        mask = struct.pack("=I", length)
    else:
        mask = struct.pack("!I", (0xFFFFFFFF << (32 - length)) & 0xFFFFFFFF)
    body = _key_attributes(key)
    body += netlink.attribute(ServiceAttribute.SCHEDULER, service.scheduler.encode("ascii", "replace") + b"\0")
    body += _FLAGS.pack(12, ServiceAttribute.FLAGS, flag_bits(service), FLAGS_OURS)
    body += _NUMBER.pack(8, ServiceAttribute.TIMEOUT, service.persistence_timeout)
    body += _MASK.pack(8, ServiceAttribute.NETMASK, mask)
    # Without this attribute SET_SERVICE removes the engine: wanted without one, that is what is wanted.
    if service.persistence_engine:
        body += netlink.attribute(
            ServiceAttribute.ENGINE, service.persistence_engine.encode("ascii", "replace") + b"\0"
        )
    return _NESTED.pack(4 + len(body), Top.SERVICE) + body


# The values that never change, as plain numbers: an IntEnum costs as much to pack as all the rest.
_TOP_DESTINATION = int(Top.DESTINATION)
_DEL_DEST = int(Command.DEL_DEST)


def _destination_key(endpoint: Endpoint) -> bytes:
    return _DESTINATION_KEY.pack(
        *(_DESTINATION_KEY.size, _TOP_DESTINATION),
        *(20, 1, packed_address(endpoint.address)),
        *(6, 2, _PORTS.pack(endpoint.port), 0),
        *(6, 11, family_of(endpoint.address), 0),
    )


def _destination(destination: Destination) -> bytes:
    endpoint = destination.endpoint
    address = endpoint.address
    return _DESTINATION.pack(
        *(_DESTINATION.size, _TOP_DESTINATION, 20, 1),
        packed_address(address),
        *(6, 2),
        _PORTS.pack(endpoint.port),
        *(0, 8, 3),
        FORWARDING_NUMBERS[destination.forwarding],
        *(8, 4),
        destination.weight,
        *(8, 5),
        destination.upper_threshold,
        *(8, 6),
        destination.lower_threshold,
        *(6, 11),
        AF_INET6 if ":" in address else AF_INET,
        0,
    )


def service_request(family: int, command: Command, service: Service, sequence: int, flags: int = 0) -> bytes:
    """Return NEW_SERVICE or SET_SERVICE with all that the service is (not its destinations)."""
    return netlink.request(family, command, VERSION, sequence, flags, _full(service))


def service_key_request(family: int, command: Command, key: ServiceKey, sequence: int, flags: int = 0) -> bytes:
    """Return DEL_SERVICE, GET_SERVICE or (with NLM_F_DUMP) GET_DEST for one service."""
    return netlink.request(family, command, VERSION, sequence, flags, _named(key))


def destination_request(
    family: int, command: Command, key: ServiceKey, destination: Destination, sequence: int, flags: int = 0
) -> bytes:
    """Return NEW_DEST or SET_DEST (with everything: the kernel knows no partial change), or DEL_DEST."""
    body = _destination_key(destination.endpoint) if command == _DEL_DEST else _destination(destination)
    return netlink.request(family, command, VERSION, sequence, flags, _named(key) + body)


def services_dump(family: int, sequence: int) -> bytes:
    """Return the question for all services."""
    return netlink.request(family, Command.GET_SERVICE, VERSION, sequence, netlink.NLM_F_DUMP, b"")


def destinations_dump(family: int, key: ServiceKey, sequence: int) -> bytes:
    """Return the question for all destinations of a service (none and no error if there is no such service)."""
    return service_key_request(family, Command.GET_DEST, key, sequence, netlink.NLM_F_DUMP)


def info_request(family: int, sequence: int) -> bytes:
    """Return the question for IPVS's version and the size of its connection table."""
    return netlink.request(family, Command.GET_INFO, VERSION, sequence, netlink.NLM_F_ACK, b"")
