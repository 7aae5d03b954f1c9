"""What was recorded from Linux 6.1.176 (fixtures/netlink), as a table."""

from __future__ import annotations

import json
from functools import cache
from pathlib import Path
from typing import Any

import msgspec

from lvstui.ipvs import decode, netlink
from lvstui.ipvs.service_key import family_of
from lvstui.model.ipvs import Service, Table

FIXTURES = Path(__file__).parents[2] / "fixtures/netlink"


def golden(name: str) -> str:
    """Return a recorded listing of ipvsadm 1.31."""
    return (FIXTURES / name).read_text(encoding="utf-8")


@cache
def dump() -> dict[str, Any]:
    """Return the recorded answers, in hexadecimal."""
    found: dict[str, Any] = json.loads(golden("dump.json"))
    return found


def message(text: str) -> netlink.Message:
    """Return the one message of a recorded datagram."""
    (found,) = netlink.messages(bytes.fromhex(text))
    return found


@cache
def table() -> Table:
    """Return the recorded table, decoded."""
    services: list[Service] = []
    for entry in dump()["services"]:
        service = decode.service(message(entry["msg"]))
        assert service is not None
        family = family_of(service.key.address)
        destinations = tuple(decode.destination(message(text), family) for text in entry["dests"])
        services.append(msgspec.structs.replace(service, destinations=destinations))
    return Table(version="1.2.1", size=4096, services=tuple(services))
