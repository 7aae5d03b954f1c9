"""Pictures of the tutorial's cluster, as its engines and its lab would send them."""

from __future__ import annotations

from typing import Any

import msgspec

from lvstui.model.check import AdminState, CheckCode, CheckerStatus, RealServerStatus, VirtualServerStatus
from lvstui.model.endpoint import Endpoint, Protocol, ServiceKey
from lvstui.model.event import Event, EventKind, Severity
from lvstui.model.ipvs import Counters, Destination, ForwardingMethod, Plane, Rates, Service, Table
from lvstui.model.lab import Answers, HostRole, LabHost, LabStatus
from lvstui.model.override import PriorityOverride
from lvstui.model.snapshot import DirectorSnapshot, ProcessStatus
from lvstui.model.vip import Vip
from lvstui.model.vrrp import InstanceStatus, PartKind, Peer, PriorityPart, VipStatus, VrrpState

SERVICE = ServiceKey(Protocol.TCP, "192.168.77.100", 80)
RS1 = Endpoint("192.168.77.21", 80)
RS2 = Endpoint("192.168.77.22", 80)
SORRY = Endpoint("127.0.0.1", 80)
LB1 = "192.168.77.11"
LB2 = "192.168.77.12"
NOW = 100_000.0
TIME = 1_760_000_000.0


def instance(
    state: VrrpState = VrrpState.MASTER,
    *,
    name: str = "VI_1",
    base: int = 100,
    manual: int = 0,
    script_fails: bool = False,
    peer_priority: int = 99,
    source: str = LB1,
    peer: str = LB2,
    now: float = NOW,
) -> InstanceStatus:
    """Return VI_1 of lb1, or of lb2 with the arguments for it."""
    script = -2 if script_fails else 0
    parts = [
        PriorityPart(
            PartKind.SCRIPT, "chk_mt", -2, script, not script_fails, "exit 1" if script_fails else "exit 0", 8.0
        )
    ]
    if manual:
        parts.append(PriorityPart(PartKind.MANUAL, "operator", manual, manual, None, "", now - 5))
    is_master = state is VrrpState.MASTER
    return InstanceStatus(
        name=name,
        vrid=61,
        interface="ens33",
        version=2,
        state=state,
        since_at=now - 252.0,
        since_time=TIME - 252.0,
        reason=f"priority {base} is the highest heard"
        if is_master
        else f"hears the MASTER with priority {peer_priority}",
        base_priority=base,
        effective_priority=base + script + manual,
        parts=tuple(parts),
        advert_interval=1.0,
        master_down_interval=3.0 + (256 - base) / 256,
        source_address=source,
        master_address=source if is_master else peer,
        master_priority=base if is_master else peer_priority,
        timer_at=now + 0.6,
        # A BACKUP does not speak: a MASTER heard its peer before it became MASTER, if ever.
        peers=(Peer(peer, peer_priority, now - (252.0 if is_master else 0.4), 251),),
        vips=(VipStatus(Vip("192.168.77.100", 24, "ens33", "ens33:0"), is_master),),
        counters={"advert_rcvd": 251, "advert_sent": 252, "become_master": 1, "release_master": 0, "invalid_ttl": 0},
    )


def destination(endpoint: Endpoint, weight: int, active: int = 0, inactive: int = 3) -> Destination:
    """Return a real server in the table."""
    return Destination(
        endpoint=endpoint,
        forwarding=ForwardingMethod.ROUTE,
        weight=weight,
        active_connections=active,
        inactive_connections=inactive,
        counters=Counters(1234, 6170, 0, 411_000, 0),
        rates=Rates(5, 25, 0, 1700, 0),
    )


def checker(
    endpoint: Endpoint,
    up: bool | None = True,
    code: CheckCode = CheckCode.L7OK,
    detail: str = "200, 30 bytes",
    *,
    last: float = 3.2,
    failures: int = 0,
    now: float = NOW,
) -> CheckerStatus:
    """Return the HTTP_GET of a real server; `last` seconds since its last probe."""
    return CheckerStatus(
        service=SERVICE,
        real_server=endpoint,
        index=0,
        kind="HTTP_GET",
        target=f"http://{endpoint}/",
        up=up,
        code=code,
        detail=detail,
        latency=0.0013,
        last_at=now - last,
        next_at=now - last + 6,
        since_at=now - 252,
        interval=6.0,
        failures=failures,
        retries=3,
    )


def pool(
    *, rs1: AdminState = AdminState.READY, rs2_up: bool = True, sorry: bool = False, now: float = NOW
) -> VirtualServerStatus:
    """Return the tutorial's virtual server."""
    return VirtualServerStatus(
        key=SERVICE,
        quorum=1,
        alive_weight=0 if sorry else 3 if rs2_up else 1,
        quorum_up=not sorry,
        sorry_server=SORRY,
        sorry_active=sorry,
        real_servers=(
            RealServerStatus(
                endpoint=RS1,
                configured_weight=1,
                weight=0 if rs1 is AdminState.DRAIN else 1,
                up=not sorry,
                in_table=not sorry and rs1 is not AdminState.MAINT,
                admin=rs1,
                since_at=now - 252,
            ),
            RealServerStatus(
                endpoint=RS2,
                configured_weight=2,
                weight=2,
                up=rs2_up and not sorry,
                in_table=rs2_up and not sorry,
                since_at=now - 250,
            ),
        ),
    )


def table(*destinations: Destination) -> Table:
    """Return the table with the tutorial's service."""
    found = destinations or (destination(RS1, 1, 0, 3), destination(RS2, 2, 1, 6))
    service = Service(
        key=SERVICE,
        scheduler="rr",
        destinations=found,
        counters=Counters(2468, 1, 1, 1, 1),
        rates=Rates(10, 50, 0, 3400, 0),
    )
    return Table(services=(service,))


def event(
    ago: float,
    text: str,
    severity: Severity = Severity.INFO,
    kind: EventKind = EventKind.VRRP_STATE,
    reason: str = "",
    *,
    now: float = NOW,
    time: float = TIME,
) -> Event:
    """Return what happened `ago` seconds before now."""
    return Event(time=time - ago, at=now - ago, kind=kind, severity=severity, subject="VI_1", text=text, reason=reason)


def events(now: float = NOW, time: float = TIME) -> tuple[Event, ...]:
    """Return what lb1 tells of its start, newest last."""
    up = "Activating service [192.168.77.2{}]:tcp:80 of [192.168.77.100]:tcp:80"
    return (
        event(262, "lvstui 0.1.0 started with lb1.conf", kind=EventKind.PROCESS, now=now, time=time),
        event(256, "(VI_1) Entering BACKUP STATE (init)", now=now, time=time),
        event(
            252,
            "(VI_1) Entering MASTER STATE",
            Severity.NOTICE,
            reason="master down interval expired",
            now=now,
            time=time,
        ),
        event(250, up.format(1), kind=EventKind.REAL_SERVER, now=now, time=time),
        event(249, up.format(2), kind=EventKind.REAL_SERVER, now=now, time=time),
    )


def director(
    name: str = "lb1",
    *,
    now: float = NOW,
    time: float = TIME,
    one: InstanceStatus | None = None,
    **changes: Any,
) -> DirectorSnapshot:
    """Return a whole picture; `changes` replace fields."""
    base = DirectorSnapshot(
        generation=17,
        time=time,
        now_at=now,
        director=name,
        router_id=f"LVS_{name}",
        version="0.1.0",
        configuration_path=f"/etc/keepalived/{name}.conf",
        started_time=time - 262,
        plane=Plane.USERSPACE,
        plane_note="this kernel has no ip_vs",
        processes=(
            ProcessStatus(
                name="engine", pid=4711, alive=True, started_at=now - 262, answered_at=now, memory_bytes=31_400_000
            ),
            ProcessStatus(
                name="vrrp", pid=4712, alive=True, started_at=now - 261, answered_at=now - 0.3, memory_bytes=24_100_000
            ),
            ProcessStatus(
                name="health",
                pid=4713,
                alive=True,
                started_at=now - 261,
                answered_at=now - 0.3,
                memory_bytes=28_900_000,
            ),
        ),
        instances=(one or instance(now=now),),
        table=table(),
        virtual_servers=(pool(now=now),),
        checkers=(checker(RS1, now=now), checker(RS2, last=1.4, now=now)),
        events=events(now, time),
        reported_at={"vrrp": now - 0.2, "health": now - 0.4},
    )
    return msgspec.structs.replace(base, **changes)


def backup(*, now: float = NOW, time: float = TIME, **changes: Any) -> DirectorSnapshot:
    """Return lb2's picture."""
    one = instance(VrrpState.BACKUP, base=99, peer_priority=100, source=LB2, peer=LB1, now=now)
    told = (event(255, "(VI_1) Entering BACKUP STATE (init)", now=now, time=time),)
    return director("lb2", now=now, time=time, one=one, **{"events": told, **changes})


def drained(now: float = NOW, time: float = TIME) -> DirectorSnapshot:
    """Return lb1 with rs1 drained, rs2 down and an operator's part of the priority."""
    return director(
        now=now,
        time=time,
        one=instance(manual=-2, now=now),
        virtual_servers=(pool(rs1=AdminState.DRAIN, rs2_up=False, now=now),),
        table=table(destination(RS1, 0, 1, 0)),
        checkers=(
            checker(RS1, now=now),
            checker(RS2, False, CheckCode.L7STATUS, "status 500, wanted 200", last=1.4, failures=4, now=now),
        ),
        priority_overrides=(
            PriorityOverride(
                instance="VI_1", adjustment=-2, who="root pts/3", why="kernel update", since_time=time - 5
            ),
        ),
    )


def lab(*, time: float = TIME, down_file: bool = False, rs1_running: bool = True) -> LabStatus:
    """Return the lab's picture."""

    def host(name: str, role: HostRole, address: str, **more: object) -> LabHost:
        values: dict[str, object] = {"running": True, **more}
        return LabHost(name=name, role=role, namespace=f"lab-{name}", addresses=(f"{address}/24",), **values)  # type: ignore[arg-type]

    return LabStatus(
        run="k3f9",
        time=time,
        plane="userspace",
        vip="192.168.77.100",
        hosts=(
            host("lb1", HostRole.DIRECTOR, LB1, down_file=down_file, daemon="lvstui", vips=("192.168.77.100",)),
            host("lb2", HostRole.DIRECTOR, LB2, down_file=False, daemon="lvstui"),
            host("rs1", HostRole.REAL_SERVER, "192.168.77.21", running=rs1_running),
            host("rs2", HostRole.REAL_SERVER, "192.168.77.22"),
            host("client", HostRole.CLIENT, "192.168.77.31"),
        ),
        tally=(
            Answers("rs1", 1234, 5),
            Answers("rs2", 1233, 5),
            Answers("sorry lb1", 3, 0),
            Answers("no answer", 0, 0),
        ),
        recent=("rs1", "rs2") * 5,
        requests=2470,
        failures=0,
        longest_gap_ms=104.0,
    )
