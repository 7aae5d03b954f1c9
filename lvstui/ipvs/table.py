"""Wanted against actual: which changes make the table what it should be, in which order.

Pure and shared by both planes. What is not wanted and was never ours is not looked at; a left-over service with
the key of a wanted one is taken over and corrected (keepalived leaves it as it is); existing entries are edited,
never deleted and made again, since that would lose their connections and, in the kernel, cost a scan of its trash.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from enum import StrEnum

import msgspec

from lvstui.ipvs.attributes import flag_bits, prefix_length
from lvstui.ipvs.service_key import Identity, identity
from lvstui.model.endpoint import Endpoint, ServiceKey
from lvstui.model.ipvs import Destination, Service, Table


class Verb(StrEnum):
    """What a change does."""

    ADD = "add"
    EDIT = "edit"
    DELETE = "delete"


class Change(msgspec.Struct, frozen=True):
    """One change of a service, or, with `destination`, of one of its destinations."""

    verb: Verb
    service: Service
    destination: Destination | None = None

    @property
    def subject(self) -> str:
        """What is changed, for people."""
        if self.destination is None:
            return str(self.service.key)
        return f"{self.service.key} -> {self.destination.endpoint}"

    def __str__(self) -> str:
        if self.verb is Verb.DELETE:
            return f"{self.verb} {self.subject}"
        if self.destination is None:
            return f"{self.verb} {self.subject} {self.service.scheduler}"
        return f"{self.verb} {self.subject} {self.destination.forwarding} weight {self.destination.weight}"


def changes(wanted: Iterable[Service], actual: Table, ours: frozenset[ServiceKey]) -> tuple[Change, ...]:
    """Return the changes that turn `actual` into `wanted`, to be made in this order.

    Within a service: additions, then edits that raise a weight, other edits, deletions, so that there is no moment
    without a destination where that can be avoided. `ours`: services that we made or took over before; those that
    are no longer wanted are deleted, last of all. An empty result means that all is as wanted.
    """
    present = {identity(service.key): service for service in actual.services}
    needed: set[Identity] = set()
    result: list[Change] = []
    for service in wanted:
        if identity(service.key) in needed:
            continue
        needed.add(identity(service.key))
        result.extend(_of_service(service, present.get(identity(service.key))))
    for key in sorted(ours):
        if identity(key) in present and identity(key) not in needed:
            result.append(Change(Verb.DELETE, present[identity(key)]))
    return tuple(result)


def same_service(left: Service, right: Service) -> bool:
    """Whether two services are set alike (scheduler, persistence, flags), whatever their destinations and counters."""
    return _settings(left) == _settings(right)


def same_destination(left: Destination, right: Destination) -> bool:
    """Whether two destinations are set alike (forwarding, weight, thresholds), whatever their counters."""
    return (left.forwarding, left.weight, left.upper_threshold, left.lower_threshold) == (
        right.forwarding,
        right.weight,
        right.upper_threshold,
        right.lower_threshold,
    )


def _settings(service: Service) -> tuple[str, int, int, int | str, str]:
    try:
        mask: int | str = prefix_length(service.key, service.netmask)
    except ValueError:
        mask = service.netmask  # somebody else's mask with holes: like nothing of ours
    timeout, engine = service.persistence_timeout, service.persistence_engine
    return (service.scheduler, timeout, flag_bits(service), mask, engine)


def _of_service(service: Service, actual: Service | None) -> Iterator[Change]:
    if actual is None:
        yield Change(Verb.ADD, service)
    elif not same_service(service, actual):
        yield Change(Verb.EDIT, service)
    present = {destination.endpoint: destination for destination in actual.destinations} if actual else {}
    yield from _of_destinations(service, present)


def _of_destinations(service: Service, present: dict[Endpoint, Destination]) -> Iterator[Change]:
    raised: list[Change] = []
    lowered: list[Change] = []
    needed: set[Endpoint] = set()
    for destination in service.destinations:
        if destination.endpoint in needed:
            continue
        needed.add(destination.endpoint)
        existing = present.get(destination.endpoint)
        if existing is None:
            yield Change(Verb.ADD, service, destination)
        elif not same_destination(destination, existing):
            place = raised if destination.weight > existing.weight else lowered
            place.append(Change(Verb.EDIT, service, destination))
    yield from raised
    yield from lowered
    for endpoint, destination in present.items():
        if endpoint not in needed:
            yield Change(Verb.DELETE, service, destination)
