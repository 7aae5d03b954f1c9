"""The cast of the plays: configured servers and checkers, short to write."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from lvstui.model.configuration import (
    Checker,
    CheckTiming,
    HttpChecker,
    MiscChecker,
    RealServer,
    ScriptCommand,
    TcpChecker,
    UrlCheck,
    VirtualServer,
)
from lvstui.model.endpoint import Endpoint, Protocol, ServiceKey

KEY = ServiceKey(Protocol.TCP, "192.168.61.100", 80)
RS1 = Endpoint("192.168.61.21", 80)
RS2 = Endpoint("192.168.61.22", 80)
SORRY = Endpoint("192.168.61.99", 80)


def timing(**changes: Any) -> CheckTiming:
    """The tutorial's: delay_loop 6, three tries 3 s apart."""
    values = {"delay_loop": 6.0, "connect_timeout": 3.0, "retries": 3, "delay_before_retry": 3.0, "warmup": 6.0}
    return CheckTiming(**{**values, **changes})


def tcp(endpoint: Endpoint = RS1, **changes: Any) -> TcpChecker:
    return TcpChecker(endpoint=endpoint, timing=timing(**changes))


def http(endpoint: Endpoint = RS1, *urls: UrlCheck, **changes: Any) -> HttpChecker:
    return HttpChecker(endpoint=endpoint, timing=timing(**changes), urls=urls or (UrlCheck(),))


def misc(argv: Sequence[str], *, dynamic: bool = False, timeout: float = 0.0, **changes: Any) -> MiscChecker:
    return MiscChecker(
        endpoint=RS1, timing=timing(**changes), command=ScriptCommand(tuple(argv)), dynamic=dynamic, timeout=timeout
    )


def server(endpoint: Endpoint = RS1, *checkers: Checker, weight: int = 1, **changes: Any) -> RealServer:
    return RealServer(endpoint=endpoint, weight=weight, checkers=checkers or (tcp(endpoint),), **changes)


def virtual_server(*servers: RealServer, **changes: Any) -> VirtualServer:
    if not servers:
        servers = (server(RS1, weight=1), server(RS2, weight=2))
    return VirtualServer(key=changes.pop("key", KEY), scheduler="rr", real_servers=servers, **changes)
