"""The state of VRRP instances, as reported by the vrrp process.

States are keepalived's words; RFC 9568 says Initialize, Backup, Active for the first three.
Moments named `*_at` are seconds of CLOCK_MONOTONIC (shared by all processes of a machine); `*_time` is UTC epoch.
"""

from __future__ import annotations

from enum import StrEnum

import msgspec

from lvstui.model.vip import Vip


class VrrpState(StrEnum):
    """INIT: not started. FAULT: cannot take part (interface down, zero-weight tracker failing)."""

    INIT = "INIT"
    BACKUP = "BACKUP"
    MASTER = "MASTER"
    FAULT = "FAULT"


class PartKind(StrEnum):
    """What contributes to an effective priority."""

    SCRIPT = "script"
    INTERFACE = "interface"
    MANUAL = "manual"


class PriorityPart(msgspec.Struct, frozen=True):
    """One contribution to an effective priority.

    `weight` as configured, `value` what it adds now; `ok` None: no result yet. `detail` e.g. "exit 1, 3 of 3".
    """

    kind: PartKind
    name: str
    weight: int
    value: int
    ok: bool | None = None
    detail: str = ""
    since_at: float = 0.0


class Peer(msgspec.Struct, frozen=True):
    """A director heard on the wire for this VRID."""

    address: str
    priority: int
    last_heard_at: float
    adverts: int
    advert_interval: float = 1.0
    vips: tuple[str, ...] = ()
    rejected: int = 0
    last_rejection: str = ""


class VipStatus(msgspec.Struct, frozen=True):
    """A VIP and whether the kernel of this director holds it now; `error` if it could not be added."""

    vip: Vip
    held: bool
    error: str = ""


class InstanceStatus(msgspec.Struct, frozen=True, kw_only=True):
    """All there is to know of an instance.

    `effective_priority` = clamp(base + parts, 1..254), 255 never changes (keepalived: vrrp_track.c).
    `timer_at` is the next advert (MASTER) or the end of the master-down interval (BACKUP).
    `reason` is one sentence: why it is in this state. `counters` carry keepalived's JSON names.
    """

    name: str
    vrid: int
    interface: str
    version: int
    state: VrrpState
    since_at: float
    since_time: float
    reason: str = ""
    base_priority: int
    effective_priority: int
    parts: tuple[PriorityPart, ...] = ()
    preempt: bool = True
    preempt_delay: float = 0.0
    advert_interval: float = 1.0
    master_down_interval: float = 0.0
    source_address: str = ""
    master_address: str = ""
    master_priority: int = 0
    timer_at: float = 0.0
    peers: tuple[Peer, ...] = ()
    vips: tuple[VipStatus, ...] = ()
    counters: dict[str, int] = {}
