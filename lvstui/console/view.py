"""Console: what the panes are given to draw: one director's picture, how old it is, and who is who."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from lvstui.console import format
from lvstui.console.source import SILENCE_SECONDS, Source
from lvstui.model.check import AdminState
from lvstui.model.endpoint import Endpoint, ServiceKey
from lvstui.model.event import Event
from lvstui.model.forecast import KnownPeer
from lvstui.model.lab import LabStatus
from lvstui.model.snapshot import DirectorSnapshot
from lvstui.model.vrrp import InstanceStatus, VrrpState

_ADDRESS = re.compile(r"[0-9A-Fa-f:.]*[0-9A-Fa-f]")
CHILD_SILENCE_SECONDS = 4.0
SPLIT_SECONDS = 2.0


@dataclass(frozen=True, slots=True)
class Seat:
    """A director as the header shows it."""

    name: str
    snapshot: DirectorSnapshot | None
    stale: bool
    shown: bool


@dataclass(frozen=True, slots=True)
class PeerSight:
    """What is known of a peer: from its adverts, and from its own engine if this console watches that too.

    `state` is what its engine says, None if nobody tells. `since` seconds since its last advert, None: none heard.
    """

    address: str
    name: str
    priority: int
    state: VrrpState | None = None
    since: float | None = None
    advert_interval: float = 1.0
    rejected: int = 0
    last_rejection: str = ""


@dataclass(frozen=True, slots=True)
class View:
    """`now` is the engine's monotonic clock, standing still once the picture is stale; `age` the picture's, in seconds.

    `names` gives directors' names for addresses. `events` are of all directors, newest first.
    """

    name: str
    snapshot: DirectorSnapshot | None = None
    now: float = 0.0
    age: float = 0.0
    stale: bool = True
    problem: str = ""
    hint: str = ""
    seats: tuple[Seat, ...] = ()
    names: Mapping[str, str] = field(default_factory=dict)
    events: tuple[tuple[str, Event], ...] = ()
    lab: LabStatus | None = None
    lab_stale: bool = True

    def instance(self, name: str) -> InstanceStatus | None:
        """Return the instance of that name, or the first one, or None."""
        instances = self.snapshot.instances if self.snapshot else ()
        return next((one for one in instances if one.name == name), instances[0] if instances else None)

    def admin_of(self, service: ServiceKey, real_server: Endpoint) -> AdminState:
        """Return what an operator set for a real server."""
        for virtual in self.snapshot.virtual_servers if self.snapshot else ():
            for one in virtual.real_servers:
                if virtual.key == service and one.endpoint == real_server:
                    return one.admin
        return AdminState.READY

    def peers_of(self, one: InstanceStatus) -> tuple[PeerSight, ...]:
        """Return the peers of an instance. VRRP backups are silent, so a MASTER hears of them only by their engines."""
        told = {
            other.source_address: other
            for seat in self.seats
            if not seat.shown and not seat.stale and seat.snapshot
            for other in seat.snapshot.instances
            if other.vrid == one.vrid and other.source_address
        }
        found: list[PeerSight] = []
        for peer in one.peers:
            other = told.pop(peer.address, None)
            found.append(
                PeerSight(
                    address=peer.address,
                    name=self.names.get(peer.address, ""),
                    priority=other.effective_priority if other else peer.priority,
                    state=other.state if other else None,
                    since=self.now - peer.last_heard_at if peer.adverts else None,
                    advert_interval=peer.advert_interval,
                    rejected=peer.rejected,
                    last_rejection=peer.last_rejection,
                )
            )
        for address, other in told.items():
            name = self.names.get(address, "")
            found.append(PeerSight(address, name, other.effective_priority, other.state))
        return tuple(found)

    def known_peers(self, one: InstanceStatus) -> tuple[KnownPeer, ...]:
        """Return the peers that take part according to their own engines: what a forecast should know of."""
        return tuple(
            KnownPeer(address=peer.address, priority=peer.priority, name=peer.name)
            for peer in self.peers_of(one)
            if peer.state in (VrrpState.MASTER, VrrpState.BACKUP)
        )

    def named(self, text: str) -> str:
        """Return `text` with directors' names in place of their addresses."""
        return _ADDRESS.sub(lambda match: self.names.get(match[0], match[0]), text)

    def name_of(self, address: str) -> str:
        """Return `lb2 10.0.0.12` where the name is known, otherwise the address."""
        known = self.names.get(address)
        return f"{known} {address}" if known else address


def build(sources: Sequence[Source[DirectorSnapshot]], shown: int, lab: Source[LabStatus] | None, now: float) -> View:
    """Put together what is to be seen now (`now`: monotonic)."""
    source = sources[shown]
    snapshot = source.picture
    age = source.age(now)
    return View(
        name=source.name or (snapshot.director if snapshot else ""),
        snapshot=snapshot,
        now=snapshot.now_at + min(age, SILENCE_SECONDS) if snapshot else 0.0,
        age=age,
        stale=source.is_stale(now),
        problem=source.problem,
        hint=source.hint,
        seats=tuple(
            Seat(
                one.name or (one.picture.director if one.picture else "?"),
                one.picture,
                one.is_stale(now),
                one is source,
            )
            for one in sources
        ),
        names=_names(sources, lab),
        events=_merged(sources),
        lab=lab.picture if lab else None,
        lab_stale=lab.is_stale(now) if lab else True,
    )


def banner(view: View) -> tuple[str, str]:
    """Return the most urgent thing to say across the screen and its style, or two empty strings."""
    snapshot = view.snapshot
    if snapshot is None:
        if not view.problem:
            return f"connecting to {view.name} …", "bar"
        return f"ENGINE UNREACHABLE  {view.name}: {view.problem}. {view.hint or 'Trying again'}", "banner"
    if view.stale:
        why = f": {view.problem}" if view.problem else ""
        return (
            f"STALE {format.age(view.age)}  {view.name} as of {format.clock(snapshot.time)}{why}. Trying again",
            "banner",
        )
    for process in snapshot.processes:
        if not process.alive:
            return (
                f"The {process.name} process is down; the engine starts it again ({process.restarts} restarts)",
                "banner",
            )
    for name, at in snapshot.reported_at.items():
        if view.now - at > CHILD_SILENCE_SECONDS:
            return (
                f"The {name} process is silent for {format.age(view.now - at)}: its part of the picture is old",
                "banner",
            )
    return _split_brain(view), "banner"


def _split_brain(view: View) -> str:
    masters: dict[int, list[str]] = {}
    for seat in view.seats:
        if seat.snapshot is None or seat.stale:
            continue
        for one in seat.snapshot.instances:
            if one.state is VrrpState.MASTER and seat.snapshot.now_at - one.since_at > SPLIT_SECONDS:
                masters.setdefault(one.vrid, []).append(seat.name)
    for vrid, names in masters.items():
        if len(names) > 1:
            return f"TWO MASTERS for vrid {vrid}: {' and '.join(names)} do not hear each other"
    return ""


def _names(sources: Sequence[Source[DirectorSnapshot]], lab: Source[LabStatus] | None) -> dict[str, str]:
    names: dict[str, str] = {}
    if lab and lab.picture:
        for host in lab.picture.hosts:
            names.update({address.partition("/")[0]: host.name for address in host.addresses})
    for source in sources:
        for one in source.picture.instances if source.picture else ():
            if one.source_address:
                names[one.source_address] = source.name or (source.picture.director if source.picture else "")
    return names


def _merged(sources: Sequence[Source[DirectorSnapshot]]) -> tuple[tuple[str, Event], ...]:
    found = [(source.name, event) for source in sources if source.picture for event in source.picture.events]
    return tuple(sorted(found, key=lambda pair: pair[1].time, reverse=True))
