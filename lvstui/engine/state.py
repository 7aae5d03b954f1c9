"""Engine: the one state tree: what is configured, what operators set, what the children report, what happened."""

from __future__ import annotations

from collections import deque

import msgspec

from lvstui import __version__
from lvstui.engine.overrides import Overrides
from lvstui.model.check import CheckerStatus, VirtualServerStatus
from lvstui.model.configuration import Configuration
from lvstui.model.event import Event
from lvstui.model.ipvs import Plane, Table
from lvstui.model.snapshot import DirectorSnapshot, ProcessStatus
from lvstui.model.vrrp import InstanceStatus
from lvstui.model.worker import HealthReport, VrrpReport

EVENTS_KEPT = 500
EVENTS_SHOWN = 200


class State:
    """Everything the engine knows. `generation` grows when something changes that an operator decides by."""

    def __init__(self, configuration: Configuration, director: str, started_time: float) -> None:
        self.configuration = configuration
        self.overrides = Overrides()
        self.generation = 1
        self.warnings: tuple[str, ...] = ()
        self.processes: dict[str, ProcessStatus] = {}
        self.instances: tuple[InstanceStatus, ...] = ()
        self.virtual_servers: tuple[VirtualServerStatus, ...] = ()
        self.checkers: tuple[CheckerStatus, ...] = ()
        self.table = Table()
        self.plane: Plane | None = None
        self.plane_note = ""
        self.reported_at: dict[str, float] = {}
        self.events: deque[Event] = deque(maxlen=EVENTS_KEPT)
        self._director = director
        self._started_time = started_time
        self._decisive: dict[str, object] = {}

    def happened(self, event: Event) -> None:
        """Remember an event (it changes nothing that is decided by)."""
        self.events.append(event)

    def take_vrrp(self, report: VrrpReport, now: float) -> None:
        """Take over what vrrp reports."""
        self.instances = report.instances
        self.reported_at["vrrp"] = now
        self._decide_by("vrrp", tuple(_decisive(instance) for instance in report.instances))

    def take_health(self, report: HealthReport, now: float) -> None:
        """Take over what health reports."""
        self.virtual_servers, self.checkers = report.virtual_servers, report.checkers
        self.table, self.plane, self.plane_note = report.table, report.plane, report.plane_note
        self.reported_at["health"] = now
        self._decide_by("health", report.virtual_servers)

    def take_process(self, status: ProcessStatus) -> None:
        """Take over how a process is."""
        before = self.processes.get(status.name)
        self.processes[status.name] = status
        if before is None or (before.pid, before.alive) != (status.pid, status.alive):
            self.generation += 1

    def instance(self, name: str) -> InstanceStatus | None:
        """Return the reported status of an instance."""
        return next((instance for instance in self.instances if instance.name == name), None)

    def snapshot(self, now: float, time: float) -> DirectorSnapshot:
        """Return the whole as one record; `now` monotonic, `time` UTC."""
        events = tuple(self.events)[-EVENTS_SHOWN:]
        return DirectorSnapshot(
            generation=self.generation,
            time=time,
            now_at=now,
            director=self._director,
            router_id=self.configuration.settings.router_id,
            version=__version__,
            configuration_path=self.configuration.path,
            started_time=self._started_time,
            plane=self.plane,
            plane_note=self.plane_note,
            processes=tuple(self.processes.values()),
            instances=self.instances,
            table=self.table,
            virtual_servers=self.virtual_servers,
            checkers=self.checkers,
            priority_overrides=self.overrides.priorities,
            server_overrides=self.overrides.servers,
            events=events,
            warnings=self.warnings,
            reported_at=dict(self.reported_at),
        )

    def _decide_by(self, source: str, decisive: object) -> None:
        if self._decisive.get(source) != decisive:
            self._decisive[source] = decisive
            self.generation += 1


def _decisive(instance: InstanceStatus) -> object:
    """What of an instance an operator decides by: not its counters, timers and ages."""
    peers = tuple(msgspec.structs.replace(peer, last_heard_at=0.0, adverts=0, rejected=0) for peer in instance.peers)
    parts = tuple((part.kind, part.name, part.value, part.ok) for part in instance.parts)
    return (
        instance.name,
        instance.state,
        instance.effective_priority,
        instance.master_address,
        instance.master_priority,
        instance.vips,
        parts,
        peers,
    )
