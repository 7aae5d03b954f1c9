"""Console: pane 3, the IPVS table in ipvsadm's own columns and words, with what lvstui knows of each line."""

from __future__ import annotations

from typing import NamedTuple

from lvstui.console import actions, format
from lvstui.console.actions import Where
from lvstui.console.glyphs import DOWN, DRAIN, FOREIGN, MAINT, MISSING, QUORUM, SORRY, UP, Sign
from lvstui.console.lines import Line, Piece, Pieces
from lvstui.console.panes.target import Target
from lvstui.console.table.columns import Column, Row, cell, choose, heading
from lvstui.console.table.live_table import LiveTable, indented
from lvstui.console.view import View
from lvstui.model.check import AdminState, RealServerStatus, VirtualServerStatus
from lvstui.model.endpoint import ServiceKey
from lvstui.model.ipvs import Counters, Destination, Rates, Service

REMOTE_WIDTH = 33
_REST = (
    Column("forward", "Forward", 7, 2),
    Column("weight", "Weight", 6),
    Column("active", "ActiveConn", 10, 1),
    Column("inactive", "InActConn", 9, 3),
    Column("state", "State", 9),
    Column("since", "Since", 6, 4),
    Column("conns", "Conns", 6, 5, True),
    Column("cps", "CPS", 5, 6, True),
    Column("in_pps", "InPPS", 6, 7, True),
    Column("out_pps", "OutPPS", 6, 8, True),
    Column("in_bps", "InBPS", 6, 9, True),
    Column("out_bps", "OutBPS", 6, 10, True),
)


class Entry(NamedTuple):
    """A line of the table: `server` is None for a virtual server's own line."""

    key: str
    service: ServiceKey
    server: Destination | None
    known: RealServerStatus | None
    sign: Sign


class IpvsPane(LiveTable):
    """The table of the director on screen; a real server under the cursor can be drained and returned."""

    BINDINGS = actions.bindings(Where.LISTS, Where.TABLE)
    number = 3
    title = "IPVS table"
    empty = "no virtual server"

    def __init__(self, *, id: str) -> None:
        super().__init__(id=id)
        self.targets: dict[str, Target] = {}

    def present(self, view: View) -> None:
        """Show the picture."""
        snapshot = view.snapshot
        found = entries(view)
        longest = max((len(str(one.server.endpoint)) + 5 for one in found if one.server), default=0)
        self.columns = (
            Column("remote", "  -> RemoteAddress:Port", max(REMOTE_WIDTH, longest), least=max(24, longest)),
            *_REST,
        )
        self.targets = {one.key: Target(one.service, one.server.endpoint) for one in found if one.server and one.known}
        self.aside = ()
        if snapshot and snapshot.plane:
            style = "" if not self.is_stale else "stale"
            self.aside = (
                (f"{snapshot.plane} plane", style),
                (f": {snapshot.plane_note}" if snapshot.plane_note else "", "dim"),
            )
        self.empty = "no virtual server" if snapshot else "waiting for the engine"
        services = {service.key: service for service in snapshot.table.services} if snapshot else {}
        self.selected = self.selected or next(iter(self.targets), "")
        self.show([_row(one, services.get(one.service), view) for one in found])

    def head_lines(self, width: int) -> list[Line]:
        """Return ipvsadm's two lines of titles."""
        if not self.rows:
            return super().head_lines(width)
        titles = heading(choose(self.columns, width - 1))
        return [Line(((" Prot LocalAddress:Port Scheduler Flags", "head"),)), indented(titles)]

    @property
    def target(self) -> Target | None:
        """The real server under the cursor, if it is one of this engine's."""
        return self.targets.get(self.selected)


def entries(view: View) -> list[Entry]:
    """Return the table's lines: what is programmed, and what is configured but not there, in table order."""
    snapshot = view.snapshot
    if snapshot is None:
        return []
    known = {one.key: one for one in snapshot.virtual_servers}
    found: list[Entry] = []
    for service in snapshot.table.services:
        found += _of_service(service, known.pop(service.key, None))
    for missing in known.values():
        found += _of_service(Service(key=missing.key, scheduler=""), missing, is_missing=True)
    return found


def _of_service(service: Service, known: VirtualServerStatus | None, is_missing: bool = False) -> list[Entry]:
    sign = FOREIGN if known is None else MISSING if is_missing else _service_sign(known)
    found = [Entry(str(service.key), service.key, None, None, sign)]
    servers = {one.endpoint: one for one in known.real_servers} if known else {}
    for destination in service.destinations:
        server = servers.pop(destination.endpoint, None)
        if server:
            sign = _server_sign(server, True)
        elif known and known.sorry_server == destination.endpoint:
            sign = SORRY
        else:
            sign = FOREIGN
        found.append(Entry(f"{service.key} {destination.endpoint}", service.key, destination, server, sign))
    for endpoint, server in servers.items():
        absent = Destination(endpoint=endpoint, weight=server.configured_weight)
        found.append(Entry(f"{service.key} {endpoint}", service.key, absent, server, _server_sign(server, False)))
    return found


def _service_sign(known: VirtualServerStatus) -> Sign:
    if known.sorry_active:
        return SORRY
    return UP if known.quorum_up else QUORUM


def _server_sign(server: RealServerStatus, is_there: bool) -> Sign:
    if server.admin is AdminState.MAINT:
        return MAINT
    if not server.up:
        return DOWN
    if server.admin is AdminState.DRAIN:
        return DRAIN
    return UP if is_there else MISSING


def _row(entry: Entry, service: Service | None, view: View) -> Row:
    sign: Piece = entry.sign.piece
    if entry.server is None:
        return Row(
            entry.key,
            {
                "remote": cell(service_text(service, entry.service), "strong" if service else "dim"),
                "state": (sign,),
                **(_numbers(service.counters, service.rates) if service else {}),
            },
            spans=True,
        )
    is_there = service is not None and any(one.endpoint == entry.server.endpoint for one in service.destinations)
    cells: dict[str, Pieces] = {
        "remote": cell(f"  -> {entry.server.endpoint}", "" if is_there else "dim"),
        "state": (sign,),
    }
    if entry.known and entry.known.since_at:
        cells["since"] = cell(format.age(view.now - entry.known.since_at), "dim")
    if is_there:
        cells |= {
            "forward": cell(str(entry.server.forwarding)),
            "weight": cell(str(entry.server.weight), "" if entry.server.weight else "drain"),
            "active": cell(format.count(entry.server.active_connections)),
            "inactive": cell(format.count(entry.server.inactive_connections)),
            **_numbers(entry.server.counters, entry.server.rates),
        }
    else:
        cells["forward"] = cell("not in the table", "dim")
    return Row(entry.key, cells, spans=True)


def _numbers(counters: Counters, rates: Rates) -> dict[str, Pieces]:
    return {
        "conns": cell(format.count(counters.connections)),
        "cps": cell(format.count(rates.connections)),
        "in_pps": cell(format.count(rates.packets_in)),
        "out_pps": cell(format.count(rates.packets_out)),
        "in_bps": cell(format.count(rates.bytes_in)),
        "out_bps": cell(format.count(rates.bytes_out)),
    }


def service_text(service: Service | None, key: ServiceKey) -> str:
    """Return a virtual server as ipvsadm prints it: `TCP  10.0.0.100:80 rr persistent 50`."""
    text = f"FWM  {key.fwmark}" if key.fwmark else f"{key.protocol:<4} {key.endpoint}"
    if service is None or not service.scheduler:
        return text
    words = [text, service.scheduler]
    words += [f"({','.join(service.flags)})"] if service.flags else []
    words += [f"persistent {service.persistence_timeout}"] if service.persistence_timeout else []
    words += [f"mask {service.netmask}"] if service.netmask not in ("255.255.255.255", "128") else []
    words += [f"pe {service.persistence_engine}"] if service.persistence_engine else []
    return " ".join([*words, *(["ops"] if service.one_packet else [])])
