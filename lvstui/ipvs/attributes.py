"""The numbers of the kernel's IPVS interface, in tables (include/uapi/linux/ip_vs.h)."""

from __future__ import annotations

from enum import IntEnum

from lvstui.ipvs.service_key import AF_INET6, family_of
from lvstui.model.endpoint import ServiceKey
from lvstui.model.ipvs import ForwardingMethod, Service

FAMILY_NAME = "IPVS"
VERSION = 1


class Command(IntEnum):
    """IPVS_CMD_*: what a request asks for. The answer to GET_INFO is a SET_INFO."""

    NEW_SERVICE = 1
    SET_SERVICE = 2
    DEL_SERVICE = 3
    GET_SERVICE = 4
    NEW_DEST = 5
    SET_DEST = 6
    DEL_DEST = 7
    GET_DEST = 8
    SET_INFO = 14
    GET_INFO = 15


class Top(IntEnum):
    """IPVS_CMD_ATTR_*: what a request or an answer is made of."""

    SERVICE = 1
    DESTINATION = 2


class ServiceAttribute(IntEnum):
    """IPVS_SVC_ATTR_*."""

    FAMILY = 1
    PROTOCOL = 2
    ADDRESS = 3
    PORT = 4
    FWMARK = 5
    SCHEDULER = 6
    FLAGS = 7
    TIMEOUT = 8
    NETMASK = 9
    STATS = 10
    ENGINE = 11
    STATS64 = 12


class DestinationAttribute(IntEnum):
    """IPVS_DEST_ATTR_*."""

    ADDRESS = 1
    PORT = 2
    FORWARDING = 3
    WEIGHT = 4
    UPPER_THRESHOLD = 5
    LOWER_THRESHOLD = 6
    ACTIVE = 7
    INACTIVE = 8
    PERSISTENT = 9
    STATS = 10
    FAMILY = 11
    STATS64 = 12


class InfoAttribute(IntEnum):
    """IPVS_INFO_ATTR_*: they stand where Top stands in other answers."""

    VERSION = 1
    SIZE = 2


FORWARDING_NUMBERS = {
    ForwardingMethod.MASQUERADE: 0,
    ForwardingMethod.LOCAL: 1,
    ForwardingMethod.TUNNEL: 2,
    ForwardingMethod.ROUTE: 3,
}
FORWARDING_METHODS = {number: method for method, number in FORWARDING_NUMBERS.items()}
FORWARDING_MASK = 0x7

FLAG_PERSISTENT = 0x1
FLAG_ONE_PACKET = 0x4
SCHEDULER_FLAGS = (0x8, 0x10, 0x20)
# HASHED (0x2) is the kernel's own; these are the bits that a Service says something about.
FLAGS_OURS = FLAG_PERSISTENT | FLAG_ONE_PACKET | sum(SCHEDULER_FLAGS)

_PLAIN_WORDS = ("flag-1", "flag-2", "flag-3")
_SCHEDULER_WORDS = {
    "sh": ("sh-fallback", "sh-port", "flag-3"),
    "mh": ("mh-fallback", "mh-port", "flag-3"),
}
FLAG_WORDS = {
    word: bit
    for words in (_PLAIN_WORDS, *_SCHEDULER_WORDS.values())
    for word, bit in zip(words, SCHEDULER_FLAGS, strict=True)
}


def flag_bits(service: Service) -> int:
    """Return the kernel's flags of a service; a word that nobody knows counts nothing."""
    bits = FLAG_PERSISTENT if service.persistence_timeout else 0
    if service.one_packet:
        bits |= FLAG_ONE_PACKET
    for word in service.flags:
        bits |= FLAG_WORDS.get(word, 0)
    return bits


def flag_words(scheduler: str, bits: int) -> tuple[str, ...]:
    """Return ipvsadm's words for the scheduler's flags."""
    words = _SCHEDULER_WORDS.get(scheduler, _PLAIN_WORDS)
    return tuple(word for word, bit in zip(words, SCHEDULER_FLAGS, strict=True) if bits & bit)


def prefix_length(key: ServiceKey, netmask: str) -> int:
    """Return the prefix length that a persistence netmask means: "255.255.255.0", "24", or "64" for IPv6.

    A dotted mask of an IPv6 service is the model's default and means 128. ValueError if it is no netmask.
    """
    ipv6 = family_of(key.address) == AF_INET6
    if netmask.isascii() and netmask.isdigit():
        length = int(netmask)
        if not 1 <= length <= (128 if ipv6 else 32):
            raise ValueError(f"{netmask} is no prefix length")
        return length
    octets = netmask.split(".")
    if len(octets) != 4 or not all(part.isascii() and part.isdigit() and int(part) < 256 for part in octets):
        raise ValueError(f"{netmask!r} is no netmask")
    bits = "".join(f"{int(part):08b}" for part in octets)
    if "01" in bits:
        raise ValueError(f"{netmask} is no netmask")
    return 128 if ipv6 else bits.count("1")


def netmask_text(family: int, length: int) -> str:
    """Return a netmask as the model has it: dotted for IPv4, the prefix length for IPv6."""
    if family == AF_INET6:
        return str(length)
    mask = (0xFFFFFFFF << (32 - length)) & 0xFFFFFFFF
    return ".".join(str(mask >> shift & 0xFF) for shift in (24, 16, 8, 0))
