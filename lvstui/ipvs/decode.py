"""IPVS's answers, read: attributes by number, never by place; what is unknown is passed over.

User-mode Linux and other machines without cheap unaligned access send padding attributes that x86 never sends.
"""

from __future__ import annotations

from functools import lru_cache
from typing import NamedTuple

from lvstui.errors import PacketError
from lvstui.ipvs import netlink
from lvstui.ipvs.attributes import (
    FLAG_ONE_PACKET,
    FLAG_PERSISTENT,
    FORWARDING_MASK,
    FORWARDING_METHODS,
    Command,
    DestinationAttribute,
    InfoAttribute,
    ServiceAttribute,
    Top,
    flag_words,
    netmask_text,
)
from lvstui.ipvs.service_key import AF_INET, AF_INET6, PROTOCOLS, fwmark_key, unpacked_address
from lvstui.ipvs.stats import statistics
from lvstui.model.endpoint import Endpoint, ServiceKey
from lvstui.model.ipvs import Counters, Destination, ForwardingMethod, Rates, Service
from lvstui.safety import clean

_NAME_LIMIT = 16


class Info(NamedTuple):
    """IPVS's version as ipvsadm prints it, and the size of the connection table."""

    version: str
    size: int


def info(message: netlink.Message) -> Info:
    """Return what a GET_INFO was answered; PacketError if it is malformed."""
    found = netlink.generic_attributes(message)
    version = _number(found, InfoAttribute.VERSION)
    text = f"{version >> 16 & 0xFF}.{version >> 8 & 0xFF}.{version & 0xFF}"
    return Info(text, _number(found, InfoAttribute.SIZE))


def service(message: netlink.Message) -> Service | None:
    """Return the service of one answer, without its destinations.

    None: one that the model has no words for (another protocol), so nobody's here. PacketError if it is malformed.
    """
    if netlink.command_of(message) != Command.NEW_SERVICE:
        raise PacketError("ipvs_command", "not a service")
    nested = netlink.generic_attributes(message).get(Top.SERVICE)
    if nested is None:
        raise PacketError("ipvs_attribute", "no service in the answer")
    found = netlink.attributes(nested)
    family = _number(found, ServiceAttribute.FAMILY)
    if family not in (AF_INET, AF_INET6):
        return None
    key = _key(family, found)
    if key is None:
        return None
    flags = _flags(found)
    scheduler = _name(found, ServiceAttribute.SCHEDULER)
    counters, rates = _statistics(found, ServiceAttribute.STATS, ServiceAttribute.STATS64)
    return Service(
        key=key,
        scheduler=scheduler,
        persistence_timeout=_number(found, ServiceAttribute.TIMEOUT) if flags & FLAG_PERSISTENT else 0,
        netmask=_netmask(family, found),
        one_packet=bool(flags & FLAG_ONE_PACKET),
        flags=flag_words(scheduler, flags),
        persistence_engine=_name(found, ServiceAttribute.ENGINE),
        counters=counters,
        rates=rates,
    )


def destination(message: netlink.Message, service_family: int) -> Destination:
    """Return the destination of one answer; PacketError if it is malformed."""
    if netlink.command_of(message) != Command.NEW_DEST:
        raise PacketError("ipvs_command", "not a destination")
    nested = netlink.generic_attributes(message).get(Top.DESTINATION)
    if nested is None:
        raise PacketError("ipvs_attribute", "no destination in the answer")
    found = netlink.attributes(nested)
    family = _number(found, DestinationAttribute.FAMILY, 0) or service_family
    forwarding = _number(found, DestinationAttribute.FORWARDING) & FORWARDING_MASK
    counters, rates = _statistics(found, DestinationAttribute.STATS, DestinationAttribute.STATS64)
    return Destination(
        endpoint=Endpoint(
            unpacked_address(family, _required(found, DestinationAttribute.ADDRESS)),
            _port(_required(found, DestinationAttribute.PORT)),
        ),
        # "Bypass" (4) is the only other one; a table never holds it unless somebody asked the kernel for nonsense.
        forwarding=FORWARDING_METHODS.get(forwarding, ForwardingMethod.LOCAL),
        weight=_number(found, DestinationAttribute.WEIGHT),
        upper_threshold=_number(found, DestinationAttribute.UPPER_THRESHOLD, 0),
        lower_threshold=_number(found, DestinationAttribute.LOWER_THRESHOLD, 0),
        active_connections=_number(found, DestinationAttribute.ACTIVE, 0),
        inactive_connections=_number(found, DestinationAttribute.INACTIVE, 0),
        persistent_connections=_number(found, DestinationAttribute.PERSISTENT, 0),
        counters=counters,
        rates=rates,
    )


Found = dict[int, memoryview]


def _required(found: Found, kind: int) -> memoryview:
    payload = found.get(kind)
    if payload is None:
        raise PacketError("ipvs_attribute", f"attribute {int(kind)} is missing")
    return payload


def _number(found: Found, kind: int, default: int | None = None) -> int:
    payload = found.get(kind)
    if payload is not None:
        return netlink.unsigned(payload)
    if default is None:
        raise PacketError("ipvs_attribute", f"attribute {int(kind)} is missing")
    return default


def _name(found: Found, kind: int) -> str:
    payload = found.get(kind)
    return _clean_name(bytes(payload)) if payload is not None else ""


@lru_cache(maxsize=64)
def _clean_name(payload: bytes) -> str:
    return clean(netlink.text(payload), _NAME_LIMIT)


def _port(payload: memoryview) -> int:
    if len(payload) != 2:
        raise PacketError("ipvs_port", f"{len(payload)} bytes")
    return int.from_bytes(payload, "big")


def _flags(found: Found) -> int:
    payload = found.get(ServiceAttribute.FLAGS)
    if payload is None or len(payload) < 4:
        raise PacketError("ipvs_attribute", "no flags")
    return netlink.unsigned(payload[:4])


def _key(family: int, found: Found) -> ServiceKey | None:
    if ServiceAttribute.FWMARK in found:
        return fwmark_key(family, _number(found, ServiceAttribute.FWMARK))
    protocol = PROTOCOLS.get(_number(found, ServiceAttribute.PROTOCOL))
    if protocol is None:
        return None
    address = unpacked_address(family, _required(found, ServiceAttribute.ADDRESS))
    return ServiceKey(protocol, address, _port(_required(found, ServiceAttribute.PORT)))


def _netmask(family: int, found: Found) -> str:
    payload = _required(found, ServiceAttribute.NETMASK)
    if len(payload) != 4:
        raise PacketError("ipvs_netmask", f"{len(payload)} bytes")
    if family == AF_INET6:
        return netmask_text(family, netlink.unsigned(payload))
    # Masks with holes can be set by others; their dotted form is what ipvsadm prints.
    return unpacked_address(AF_INET, payload)


def _statistics(found: Found, narrow: int, wide: int) -> tuple[Counters, Rates]:
    """Return counters and rates: 64 bits wide where the kernel has them (4.1 and later)."""
    payload = found.get(wide)
    if payload is None:
        payload = found.get(narrow)
    if payload is None:
        return Counters(), Rates()
    return statistics(payload)
