"""`lvstui status`: how a director is, in a page of text, and in an exit status for machines."""

from __future__ import annotations

from collections.abc import Iterator
from enum import IntEnum
from typing import Any

import click
import msgspec

from lvstui.model.check import AdminState, RealServerStatus, VirtualServerStatus
from lvstui.model.snapshot import DirectorSnapshot
from lvstui.model.vrrp import InstanceStatus, VrrpState

STALE_SECONDS = 3.0


class Health(IntEnum):
    """How a director is; the exit status of `lvstui status`."""

    WELL = 0
    DEGRADED = 1
    DOWN = 2


def report(result: Any, output: str) -> int:
    """Print a snapshot as it came over the socket; returns the exit status."""
    snapshot = msgspec.convert(result, DirectorSnapshot)
    health, reasons = judge(snapshot)
    if output == "json":
        verdict = {"health": health.name.lower(), "reasons": reasons, "snapshot": snapshot}
        click.echo(msgspec.json.format(msgspec.json.encode(verdict)).decode())
    else:
        click.echo("\n".join(lines(snapshot, health, reasons)))
    return int(health)


def judge(snapshot: DirectorSnapshot) -> tuple[Health, tuple[str, ...]]:
    """Return how the director is, and every reason why it is not well.

    Down: a child is gone, an instance is in FAULT, a virtual server has nobody to serve. Degraded: less than
    configured. What an operator wants (drain, maint, the slider) is no fault.
    """
    found = [*_processes(snapshot), *_instances(snapshot), *_services(snapshot)]
    worst = max((health for health, _ in found), default=Health.WELL)
    return worst, tuple(text for _, text in sorted(found, key=lambda item: -item[0]))


def _processes(snapshot: DirectorSnapshot) -> Iterator[tuple[Health, str]]:
    for process in snapshot.processes:
        if not process.alive:
            yield Health.DOWN, f"the {process.name} process does not run"
    for name, moment in snapshot.reported_at.items():
        age = snapshot.now_at - moment
        if age > STALE_SECONDS:
            yield Health.DEGRADED, f"{name} has not reported for {age:.0f} s"


def _instances(snapshot: DirectorSnapshot) -> Iterator[tuple[Health, str]]:
    for one in snapshot.instances:
        if one.state in (VrrpState.FAULT, VrrpState.INIT):
            yield Health.DOWN, f"{one.name} is in {one.state}: {one.reason}"
        for part in one.parts:
            if part.ok is False:
                yield Health.DEGRADED, f"{one.name}: {part.kind} {part.name} fails ({part.detail})"
        for vip in one.vips:
            if vip.error:
                yield Health.DOWN, f"{one.name}: {vip.vip}: {vip.error}"
            elif one.state is VrrpState.MASTER and not vip.held:
                yield Health.DOWN, f"{one.name} is MASTER and does not hold {vip.vip}"


def _services(snapshot: DirectorSnapshot) -> Iterator[tuple[Health, str]]:
    for service in snapshot.virtual_servers:
        serving = [server for server in service.real_servers if server.in_table and server.weight > 0 and server.up]
        if service.sorry_active:
            yield Health.DEGRADED, f"{service.key}: the sorry server {service.sorry_server} serves"
        elif not serving:
            yield Health.DOWN, f"{service.key}: nobody serves"
        elif not service.quorum_up:
            yield Health.DEGRADED, f"{service.key}: below quorum ({service.alive_weight} of {service.quorum})"
        for server in service.real_servers:
            if not server.up and server.admin is not AdminState.MAINT:
                yield Health.DEGRADED, f"{service.key}: {server.endpoint} is down"


def lines(snapshot: DirectorSnapshot, health: Health, reasons: tuple[str, ...]) -> Iterator[str]:
    """Yield the page."""
    plane = f", {snapshot.plane} plane" if snapshot.plane else ""
    yield f"{snapshot.director} ({snapshot.router_id or 'no router_id'}): {health.name.lower()}{plane}"
    for reason in reasons:
        yield f"  ! {reason}"
    for one in snapshot.instances:
        yield _instance_line(one, snapshot.now_at)
    for service in snapshot.virtual_servers:
        yield _service_line(service)
        for server in service.real_servers:
            yield _server_line(server, snapshot.now_at)
    for priority in snapshot.priority_overrides:
        what = f"{priority.instance} priority {priority.adjustment:+d}"
        yield f"override: {what} by {priority.who} {priority.why}".rstrip()
    for override in snapshot.server_overrides:
        what = f"{override.service} -> {override.real_server} {override.admin}"
        yield f"override: {what} by {override.who} {override.why}".rstrip()
    for process in snapshot.processes:
        memory = process.memory_bytes / 1048576
        yield f"process {process.name}: pid {process.pid}, {memory:.1f} MB, {process.restarts} restarts"


def _instance_line(one: InstanceStatus, now: float) -> str:
    vips = " ".join(f"{vip.vip}{'*' if vip.held else ''}" for vip in one.vips)
    age = max(0.0, now - one.since_at)
    return (
        f"{one.name} (VRID {one.vrid}, {one.interface}): {one.state} for {age:.0f} s, "
        f"priority {one.effective_priority} of {one.base_priority}, VIPs {vips}"
    )


def _service_line(service: VirtualServerStatus) -> str:
    state = "sorry server" if service.sorry_active else "up" if service.quorum_up else "below quorum"
    return f"{service.key}: {state}, weight {service.alive_weight}, quorum {service.quorum}"


def _server_line(server: RealServerStatus, now: float) -> str:
    age = max(0.0, now - server.since_at)
    admin = "" if server.admin is AdminState.READY else f", {server.admin}"
    state = "up" if server.up else "down"
    return f"  {server.endpoint}: {state} for {age:.0f} s, weight {server.weight} of {server.configured_weight}{admin}"
