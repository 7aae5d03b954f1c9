"""The whole state of a director at one moment: what the console and `lvstui status` are given."""

from __future__ import annotations

import msgspec

from lvstui.model.check import CheckerStatus, VirtualServerStatus
from lvstui.model.event import Event
from lvstui.model.ipvs import Plane, Table
from lvstui.model.override import PriorityOverride, ServerOverride
from lvstui.model.vrrp import InstanceStatus


class ProcessStatus(msgspec.Struct, frozen=True, kw_only=True):
    """A process of the engine. `answered_at`: its last answer to the WatchDog; `restarts` since start.

    `memory_bytes` is PSS (shared pages counted once).
    """

    name: str
    pid: int
    alive: bool
    started_at: float
    answered_at: float
    restarts: int = 0
    memory_bytes: int = 0
    notes: tuple[str, ...] = ()


class DirectorSnapshot(msgspec.Struct, frozen=True, kw_only=True):
    """`generation` grows with each change; `now_at` (monotonic) and `time` (UTC epoch) say when it was taken."""

    generation: int
    time: float
    now_at: float
    director: str
    router_id: str
    version: str
    configuration_path: str
    started_time: float
    plane: Plane | None = None
    plane_note: str = ""
    processes: tuple[ProcessStatus, ...] = ()
    instances: tuple[InstanceStatus, ...] = ()
    table: Table = Table()
    virtual_servers: tuple[VirtualServerStatus, ...] = ()
    checkers: tuple[CheckerStatus, ...] = ()
    priority_overrides: tuple[PriorityOverride, ...] = ()
    server_overrides: tuple[ServerOverride, ...] = ()
    events: tuple[Event, ...] = ()
    warnings: tuple[str, ...] = ()
    reported_at: dict[str, float] = {}
