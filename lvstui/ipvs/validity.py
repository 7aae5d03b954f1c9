"""What a service must be like before it is programmed: over netlink the kernel itself checks very little.

It takes protocol 0, port 0, one-packet scheduling on TCP, a multicast VIP and lower thresholds above upper ones.
"""

from __future__ import annotations

import errno
import ipaddress
from collections.abc import Iterable

import msgspec

from lvstui.errors import KernelError
from lvstui.ipvs.attributes import FLAG_WORDS, flag_bits, flag_words, prefix_length
from lvstui.ipvs.service_key import family_of
from lvstui.model.endpoint import Endpoint, Protocol, ServiceKey
from lvstui.model.ipvs import Destination, ForwardingMethod, Service

MAX_WEIGHT = 2**31 - 1
MAX_NAME = 15
_SAME_PORT = (ForwardingMethod.ROUTE, ForwardingMethod.TUNNEL)


def programmable(wanted: Iterable[Service]) -> tuple[tuple[Service, ...], tuple[KernelError, ...]]:
    """Return the services as they can be programmed, and an error (EINVAL) for each one, or part, left out.

    Destinations reached by Route or Tunnel get the service's port (0 for a mark): these methods change no port,
    so that is where the packets go (keepalived and ipvsadm do the same). Flags get their scheduler's own words.
    """
    good: list[Service] = []
    errors: list[KernelError] = []
    for service in wanted:
        problem = service_problem(service)
        if problem:
            errors.append(KernelError(errno.EINVAL, "program", str(service.key), problem))
            continue
        kept: dict[Endpoint, Destination] = {}
        for destination in service.destinations:
            placed = _placed(service.key, destination)
            problem = destination_problem(service.key, placed)
            if placed.endpoint in kept:
                problem = "this destination is there twice"
            if problem:
                subject = f"{service.key} -> {destination.endpoint}"
                errors.append(KernelError(errno.EINVAL, "program", subject, problem))
                continue
            kept[placed.endpoint] = placed
        words = flag_words(service.scheduler, flag_bits(service))
        good.append(msgspec.structs.replace(service, flags=words, destinations=tuple(kept.values())))
    return tuple(good), tuple(errors)


def _placed(key: ServiceKey, destination: Destination) -> Destination:
    port = 0 if key.fwmark else key.port
    if destination.forwarding not in _SAME_PORT or destination.endpoint.port == port:
        return destination
    return msgspec.structs.replace(destination, endpoint=Endpoint(destination.endpoint.address, port))


def service_problem(service: Service) -> str:
    """Return what is wrong with a service (its destinations aside), or ""."""
    key = service.key
    if not 0 <= key.fwmark < 2**32:
        return f"a firewall mark is 1..{2**32 - 1}"
    if not key.fwmark:
        problem = _place_problem(service)
        if problem:
            return problem
    if not service.scheduler.isascii() or not 1 <= len(service.scheduler) <= MAX_NAME:
        return f"a scheduler's name has 1..{MAX_NAME} letters"
    if len(service.persistence_engine) > MAX_NAME or not service.persistence_engine.isascii():
        return f"a persistence engine's name has at most {MAX_NAME} letters"
    if not 0 <= service.persistence_timeout < 2**31:
        return "the persistence time-out is out of range"
    unknown = [word for word in service.flags if word not in FLAG_WORDS]
    if unknown:
        return f"unknown scheduler flag {unknown[0]}"
    try:
        prefix_length(key, service.netmask)
    except ValueError as error:
        return str(error)
    return ""


def _place_problem(service: Service) -> str:
    key = service.key
    address = ipaddress.ip_address(key.address)
    if address.is_multicast:
        return "the address is a multicast address"
    if not 0 <= key.port <= 65535:
        return "the port is out of range"
    if key.port == 0 and not service.persistence_timeout:
        return "port 0 (all ports) needs persistence"
    if service.one_packet and key.protocol is not Protocol.UDP:
        return "one-packet scheduling is for UDP"
    return ""


def destination_problem(key: ServiceKey, destination: Destination) -> str:
    """Return what is wrong with a destination of a service, or ""."""
    address = ipaddress.ip_address(destination.endpoint.address)
    if address.is_multicast or address.is_unspecified or str(address) == "255.255.255.255":
        return "the address is not that of a host"
    mixed = family_of(destination.endpoint.address) != family_of(key.address)
    if mixed and destination.forwarding is not ForwardingMethod.TUNNEL:
        return "an address of the other family can only be reached by Tunnel"
    if not 0 <= destination.endpoint.port <= 65535:
        return "the port is out of range"
    if not 0 <= destination.weight <= MAX_WEIGHT:
        return f"a weight is 0..{MAX_WEIGHT}"
    upper, lower = destination.upper_threshold, destination.lower_threshold
    if not (0 <= upper <= MAX_WEIGHT and 0 <= lower <= MAX_WEIGHT):
        return f"a threshold is 0..{MAX_WEIGHT}"
    if lower > upper:
        return "the lower threshold is above the upper one"
    return ""
