"""What the engine and its two children say to each other.

The engine sends `Configure` first, then orders; a child sends reports, events, and an answer to each `Tick`
(the WatchDog's counter: the engine counts up, the child's answer sets it back).
"""

from __future__ import annotations

import msgspec

from lvstui.model.check import AdminState, CheckerStatus, VirtualServerStatus
from lvstui.model.configuration import Configuration
from lvstui.model.endpoint import Endpoint, ServiceKey
from lvstui.model.event import Event
from lvstui.model.ipvs import Plane, Table
from lvstui.model.vrrp import InstanceStatus


class Configure(msgspec.Struct, frozen=True, kw_only=True, tag="configure"):
    """First message to a child. What a predecessor last reported lets a replacement go on without a flap.

    `resume_instances`: instances a crashed vrrp child reported within their master-down interval;
    those that were MASTER go on as MASTER. `resume_checkers`/`resume_servers`: verdicts to start from.
    `adjustments`: instance name to operator's adjustment. `admin`: operator's states of real servers.
    `plane` None: the child chooses (kernel where it works).
    """

    configuration: Configuration
    resume_instances: tuple[InstanceStatus, ...] = ()
    resume_checkers: tuple[CheckerStatus, ...] = ()
    resume_servers: tuple[VirtualServerStatus, ...] = ()
    adjustments: dict[str, int] = {}
    admin: tuple[tuple[ServiceKey, Endpoint, AdminState], ...] = ()
    plane: Plane | None = None


class SetAdjustment(msgspec.Struct, frozen=True, tag="set_adjustment"):
    """To vrrp: the operator's part of an instance's priority."""

    instance: str
    adjustment: int


class SetAdmin(msgspec.Struct, frozen=True, tag="set_admin"):
    """To health: the operator's state of a real server."""

    service: ServiceKey
    real_server: Endpoint
    admin: AdminState


class Tick(msgspec.Struct, frozen=True, tag="tick"):
    """To a child: the WatchDog's counter now."""

    counter: int


class Stop(msgspec.Struct, frozen=True, tag="stop"):
    """To a child: end in an orderly way (priority 0, VIPs and table removed) and exit."""


Order = Configure | SetAdjustment | SetAdmin | Tick | Stop


class Tock(msgspec.Struct, frozen=True, tag="tock"):
    """From a child: its loop runs; `counter` repeats the Tick's."""

    counter: int


class Ready(msgspec.Struct, frozen=True, tag="ready"):
    """From a child: sockets are open, timers run. `notes` are sentences for the operator (missing rights, plane)."""

    notes: tuple[str, ...] = ()


class VrrpReport(msgspec.Struct, frozen=True, tag="vrrp"):
    """From vrrp: all instances; sent at each change and at least every second."""

    instances: tuple[InstanceStatus, ...]


class HealthReport(msgspec.Struct, frozen=True, kw_only=True, tag="health"):
    """From health: sent at each change and at least every second. `plane_note`: why this plane."""

    plane: Plane
    plane_note: str = ""
    table: Table
    virtual_servers: tuple[VirtualServerStatus, ...] = ()
    checkers: tuple[CheckerStatus, ...] = ()


class Happened(msgspec.Struct, frozen=True, tag="happened"):
    """From a child: an event."""

    event: Event


class Failed(msgspec.Struct, frozen=True, tag="failed"):
    """From a child, before it exits: it cannot work, and why. The engine does not restart it in a loop."""

    message: str


Report = Tock | Ready | VrrpReport | HealthReport | Happened | Failed
