"""Console: everything that is known of one thing, as lines for a page."""

from __future__ import annotations

from lvstui.console import format
from lvstui.console.glyphs import SEVERITY, VRRP
from lvstui.console.lines import Line, line, wrap
from lvstui.console.panes.checkers import sign_of
from lvstui.console.panes.slider import part_state
from lvstui.console.panes.target import Target
from lvstui.console.panes.vips import peers_pieces, vip_pieces
from lvstui.console.view import View
from lvstui.model.check import CheckerStatus, VirtualServerStatus
from lvstui.model.event import Event
from lvstui.model.ipvs import Destination
from lvstui.model.snapshot import ProcessStatus
from lvstui.model.vrrp import InstanceStatus

_TEXT_WIDTH = 88


def fact(name: str, value: object, style: str = "") -> Line:
    """Return `name   value`."""
    return line((f"   {name:<18}", "dim"), (str(value) or "-", style))


def heading(text: str) -> Line:
    """Return the title of a section."""
    return line((f" {text}", "title"))


def instance_lines(one: InstanceStatus, view: View) -> list[Line]:
    """Return all of a VRRP instance."""
    lines = [
        fact("state", VRRP[one.state].text, VRRP[one.state].style),
        fact("since", f"{format.moment(one.since_time)} ({format.age(view.now - one.since_at)})"),
        fact("because", view.named(one.reason)),
        fact("interface", f"{one.interface}, source {one.source_address or 'unknown'}"),
        fact("VRRP", f"version {one.version}, vrid {one.vrid}, advertises every {one.advert_interval:g} s"),
        fact(
            "master",
            f"{view.name_of(one.master_address)} priority {one.master_priority}" if one.master_address else "unknown",
        ),
        fact("master-down", f"{one.master_down_interval:.3f} s"),
        fact("preempts", "yes" if one.preempt else "no"),
        line(),
        heading("Priority"),
        fact("base", one.base_priority),
    ]
    for part in one.parts:
        word, style = part_state(part) if part.kind != "manual" else ("set by an operator", "")
        lines.append(
            fact(part.name, f"{format.signed(part.value)}  {word}  weight {part.weight} {part.detail}".rstrip(), style)
        )
    lines += [fact("effective", one.effective_priority, "strong")]
    for override in view.snapshot.priority_overrides if view.snapshot else ():
        if override.instance == one.name:
            lines.append(
                fact("override", f"{override.adjustment:+d} {_by(override.who, override.since_time, override.why)}")
            )
    lines += [line(), heading("Addresses")]
    lines += [Line((("   ", ""), *vip_pieces(vip, one.state))) for vip in one.vips]
    lines += [line(), heading("Peers")]
    lines += [Line((("   ", ""), *pieces)) for pieces in peers_pieces(one, view)]
    lines += [fact(f"adverts of {view.names.get(peer.address, peer.address)}", peer.adverts) for peer in one.peers]
    lines += [line(), heading("Counters")]
    return lines + [fact(name, number) for name, number in one.counters.items()]


def server_lines(target: Target, view: View) -> list[Line]:
    """Return all of a real server: configured, override, actual, checked."""
    snapshot = view.snapshot
    if snapshot is None:
        return [line("   no picture")]
    lines: list[Line] = [fact("virtual server", target.service)]
    for virtual in snapshot.virtual_servers:
        if virtual.key == target.service:
            lines += _pool_lines(virtual, target)
    for override in snapshot.server_overrides:
        if (override.service, override.real_server) == target:
            lines.append(fact("override", f"{override.admin} {_by(override.who, override.since_time, override.why)}"))
    for service in snapshot.table.services:
        for one in service.destinations:
            if (service.key, one.endpoint) == target:
                lines += _table_lines(one)
    for checker in snapshot.checkers:
        if (checker.service, checker.real_server) == target:
            lines += [line(), heading(f"Checker {checker.kind}"), *checker_lines(checker, view)]
    return lines


def _pool_lines(virtual: VirtualServerStatus, target: Target) -> list[Line]:
    reached = "reached" if virtual.quorum_up else "NOT reached"
    lines = [fact("quorum", f"alive weight {virtual.alive_weight}, quorum {virtual.quorum} {reached}")]
    for server in virtual.real_servers:
        if server.endpoint == target.real_server:
            lines += [
                fact("weight", f"{server.weight} (configured {server.configured_weight})"),
                fact("operator wants", server.admin),
                fact("checks say", "up" if server.up else "DOWN", "up" if server.up else "down"),
            ]
    return lines


def _table_lines(one: Destination) -> list[Line]:
    return [
        line(),
        heading("In the table"),
        fact("forwarding", one.forwarding),
        fact("weight", one.weight),
        fact("ActiveConn", one.active_connections),
        fact("InActConn", one.inactive_connections),
        fact("PersistConn", one.persistent_connections),
        fact("Conns", one.counters.connections),
        fact("InPkts OutPkts", f"{one.counters.packets_in} {one.counters.packets_out}"),
        fact("InBytes OutBytes", f"{one.counters.bytes_in} {one.counters.bytes_out}"),
    ]


def checker_lines(one: CheckerStatus, view: View) -> list[Line]:
    """Return all of a checker."""
    sign = sign_of(one, view.now)
    return [
        fact("verdict", sign.text, sign.style),
        fact("code", one.code),
        fact("detail", one.detail),
        fact("asks", one.target),
        fact("latency", format.latency(one.latency)),
        fact("last probe", f"{format.age(view.now - one.last_at)} ago" if one.last_at else "never"),
        fact("next probe", f"in {format.age(one.next_at - view.now)}" if one.next_at else "none planned"),
        fact("verdict since", format.age(view.now - one.since_at) if one.since_at else "-"),
        fact("interval", f"{one.interval:g} s"),
        fact("failures", f"{one.failures} in a row, {one.retries + 1} bring it down"),
    ]


def event_lines(name: str, event: Event) -> list[Line]:
    """Return all of an event."""
    sign = SEVERITY[event.severity]
    lines = [
        fact("director", name),
        fact("time", format.moment(event.time)),
        fact("severity", sign.text, sign.style),
        fact("kind", event.kind),
        fact("about", event.subject),
        line(),
        *(line(f"   {row}") for row in wrap(event.text, _TEXT_WIDTH)),
    ]
    if event.reason:
        lines += [line(), *(line((f"   {row}", "dim")) for row in wrap(f"because {event.reason}", _TEXT_WIDTH))]
    return lines


def engine_lines(view: View) -> list[Line]:
    """Return the engine: processes, plane, warnings, overrides."""
    snapshot = view.snapshot
    if snapshot is None:
        return [line(f"   {view.problem or 'no picture yet'}")]
    lines = [
        fact("director", f"{snapshot.director} ({snapshot.router_id})"),
        fact("lvstui", snapshot.version),
        fact("configuration", snapshot.configuration_path),
        fact("runs since", format.moment(snapshot.started_time)),
        fact("plane", f"{snapshot.plane or 'not known yet'} {snapshot.plane_note}".rstrip()),
        fact("generation", snapshot.generation),
        line(),
        heading("Processes"),
    ]
    for process in snapshot.processes:
        lines += _process_lines(process, view.now)
    lines += [line(), heading("Warnings")]
    lines += [line((f"   {row}", "warn")) for warning in snapshot.warnings for row in wrap(warning, _TEXT_WIDTH)]
    lines += [line(("   none", "dim"))] if not snapshot.warnings else []
    lines += [line(), heading("Set by operators")]
    for priority in snapshot.priority_overrides:
        lines.append(
            fact(
                priority.instance,
                f"priority {priority.adjustment:+d} {_by(priority.who, priority.since_time, priority.why)}",
            )
        )
    for server in snapshot.server_overrides:
        lines.append(fact(str(server.real_server), f"{server.admin} {_by(server.who, server.since_time, server.why)}"))
    if not snapshot.priority_overrides and not snapshot.server_overrides:
        lines.append(line(("   nothing", "dim")))
    return lines


def _process_lines(process: ProcessStatus, now: float) -> list[Line]:
    word, style = ("alive", "up") if process.alive else ("DOWN", "down")
    parts = (
        f"pid {process.pid}",
        f"up {format.age(now - process.started_at)}",
        format.memory(process.memory_bytes),
        f"{process.restarts} restarts",
        f"answered {format.short_age(now - process.answered_at)} ago",
    )
    head = line((f"   {process.name:<18}", "dim"), (f"{word:<6}", style), ", ".join(parts))
    notes = [row for note in process.notes for row in wrap(note, _TEXT_WIDTH - 21)]
    return [head, *(line((f"   {'':<18}{row}", "dim")) for row in notes)]


def _by(who: str, since: float, why: str) -> str:
    return f"by {who}, {format.moment(since)}{f': {why}' if why else ''}"
