"""The state of checkers, real servers and virtual servers, as reported by the health process."""

from __future__ import annotations

from enum import StrEnum

import msgspec

from lvstui.model.endpoint import Endpoint, ServiceKey


class CheckCode(StrEnum):
    """The outcome of a probe; L4/L7 codes are HAProxy's, known to those who read its status page."""

    INITIAL = "INI"  # no probe yet
    UNCHECKED = "UNK"  # in maintenance: checks are paused
    L3OK = "L3OK"  # echo answered
    L3TIMEOUT = "L3TOUT"  # no echo within the time
    L3UNREACHABLE = "L3UNR"  # no route, host unreachable
    L4OK = "L4OK"  # connection accepted
    L4TIMEOUT = "L4TOUT"  # no answer to the connection
    L4CONNECTION = "L4CON"  # refused or unreachable
    L7OK = "L7OK"  # the reply is as wanted
    L7TIMEOUT = "L7TOUT"  # connected, then too slow
    L7RESPONSE = "L7RSP"  # not a valid reply, or too long
    L7STATUS = "L7STS"  # another status code
    L7DIGEST = "L7DIG"  # another page than the digest says
    SCRIPT_OK = "SCROK"
    SCRIPT_FAILED = "SCR"  # exit status is in the detail
    SCRIPT_TIMEOUT = "SCRTOUT"
    CONFIGURATION = "CFG"  # the check cannot run here (script missing, address not local)


class AdminState(StrEnum):
    """What an operator wants of a real server."""

    READY = "ready"
    DRAIN = "drain"  # weight 0: no new connections, checks go on
    MAINT = "maint"  # no traffic and no checks


class CheckerStatus(msgspec.Struct, frozen=True, kw_only=True):
    """One checker of one real server.

    `up` None: no verdict yet. `failures` consecutive, `retries` allowed. `latency` seconds of the last probe.
    """

    service: ServiceKey
    real_server: Endpoint
    index: int
    kind: str
    target: str
    up: bool | None
    code: CheckCode = CheckCode.INITIAL
    detail: str = ""
    latency: float = 0.0
    last_at: float = 0.0
    next_at: float = 0.0
    since_at: float = 0.0
    interval: float = 60.0
    failures: int = 0
    retries: int = 0


class RealServerStatus(msgspec.Struct, frozen=True, kw_only=True):
    """A real server: configured, checked, overridden, and what was programmed.

    `up`: all its checkers are up. `in_table`: it is in the wanted table. `weight`: the wanted weight now.
    """

    endpoint: Endpoint
    configured_weight: int
    weight: int
    up: bool
    in_table: bool
    admin: AdminState = AdminState.READY
    since_at: float = 0.0


class VirtualServerStatus(msgspec.Struct, frozen=True, kw_only=True):
    """Quorum and pool of a virtual server. `quorum_up` False: below quorum; `sorry_active`: the sorry server serves."""

    key: ServiceKey
    quorum: int
    alive_weight: int
    quorum_up: bool
    sorry_server: Endpoint | None = None
    sorry_active: bool = False
    real_servers: tuple[RealServerStatus, ...] = ()
