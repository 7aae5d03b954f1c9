"""Lab: reads what `ipvsadm -Ln` and `lvstui table -n` print, to check a table from outside. Pure."""

from __future__ import annotations

import re

import msgspec

HEADER = (
    r"IP Virtual Server version \d+\.\d+\.\d+ \(size=\d+\)",
    r"Prot LocalAddress:Port Scheduler Flags",
    r"  -> RemoteAddress:Port           Forward Weight ActiveConn InActConn",
)
_SERVICE = re.compile(r"(TCP|UDP|SCTP|FWM) {1,2}(\S+) (\S+)( .*)?")
_DESTINATION = re.compile(r"  -> (\S+) +(Masq|Local|Tunnel|Route) +(\d+) +(\d+) +(\d+) *")


class ListedDestination(msgspec.Struct, frozen=True):
    """A line of a real server."""

    place: str
    forwarding: str
    weight: int
    active: int
    inactive: int


class ListedService(msgspec.Struct, frozen=True):
    """A line of a virtual server, with those below it. `rest`: flags and persistence as printed."""

    protocol: str
    place: str
    scheduler: str
    rest: str
    destinations: tuple[ListedDestination, ...] = ()


def parse(text: str) -> tuple[ListedService, ...]:
    """Read a listing; ValueError names the first line that ipvsadm would not print."""
    lines = text.splitlines()
    for expected, line in zip(HEADER, lines, strict=False):
        if not re.fullmatch(expected, line):
            raise ValueError(f"not a header of ipvsadm: {line!r}")
    if len(lines) < len(HEADER):
        raise ValueError("no header of ipvsadm")
    found: list[ListedService] = []
    for line in lines[len(HEADER) :]:
        if match := _SERVICE.fullmatch(line):
            found.append(ListedService(match[1], match[2], match[3], (match[4] or "").strip()))
        elif (match := _DESTINATION.fullmatch(line)) and found:
            destination = ListedDestination(match[1], match[2], int(match[3]), int(match[4]), int(match[5]))
            found[-1] = msgspec.structs.replace(found[-1], destinations=(*found[-1].destinations, destination))
        else:
            raise ValueError(f"not a line of ipvsadm: {line!r}")
    return tuple(found)


def weights(services: tuple[ListedService, ...], place: str) -> dict[str, int]:
    """Return the real servers of the virtual server at `place` ("192.168.61.100:80") with their weights."""
    return {
        destination.place: destination.weight
        for service in services
        if service.place == place
        for destination in service.destinations
    }
