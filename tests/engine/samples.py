"""Records that the engine's tests share."""

from __future__ import annotations

from lvstui.model.check import AdminState, RealServerStatus, VirtualServerStatus
from lvstui.model.configuration import Configuration, GlobalSettings, RealServer, VirtualServer, VrrpInstance
from lvstui.model.endpoint import Endpoint, Protocol, ServiceKey
from lvstui.model.event import Event, EventKind, Severity
from lvstui.model.vip import Vip
from lvstui.model.vrrp import InstanceStatus, VipStatus, VrrpState

VIP = Vip("192.0.2.100", 32, "eth0", "eth0:1")
KEY = ServiceKey(Protocol.TCP, "192.0.2.100", 80)
RS1, RS2 = Endpoint("192.0.2.11", 80), Endpoint("192.0.2.12", 80)
SORRY = Endpoint("127.0.0.1", 80)


def configuration(sorry: bool = True, path: str = "lb1.conf") -> Configuration:
    """One instance, one service, two real servers."""
    return Configuration(
        path=path,
        settings=GlobalSettings(router_id="LVS_01"),
        instances=(VrrpInstance(name="VI_1", interface="eth0", vrid=61, priority=100, vips=(VIP,)),),
        virtual_servers=(
            VirtualServer(
                key=KEY,
                sorry_server=SORRY if sorry else None,
                real_servers=(RealServer(endpoint=RS1), RealServer(endpoint=RS2, weight=2)),
            ),
        ),
    )


def instance(**changes: object) -> InstanceStatus:
    """A MASTER that holds its VIP."""
    values: dict[str, object] = {
        "name": "VI_1",
        "vrid": 61,
        "interface": "eth0",
        "version": 2,
        "state": VrrpState.MASTER,
        "since_at": 1.0,
        "since_time": 1.0,
        "base_priority": 100,
        "effective_priority": 100,
        "master_down_interval": 3.6,
        "vips": (VipStatus(VIP, True),),
    }
    return InstanceStatus(**{**values, **changes})  # type: ignore[arg-type]


def real(
    endpoint: Endpoint, up: bool = True, weight: int = 1, admin: AdminState = AdminState.READY
) -> RealServerStatus:
    """A real server as health reports it."""
    return RealServerStatus(
        endpoint=endpoint, configured_weight=1, weight=weight, up=up, in_table=up, admin=admin, since_at=1.0
    )


def service(*servers: RealServerStatus, quorum: int = 1, sorry_active: bool = False) -> VirtualServerStatus:
    """A virtual server as health reports it."""
    servers = servers or (real(RS1), real(RS2, weight=2))
    alive = sum(server.weight for server in servers if server.up)
    return VirtualServerStatus(
        key=KEY,
        quorum=quorum,
        alive_weight=alive,
        quorum_up=alive >= quorum,
        sorry_server=SORRY,
        sorry_active=sorry_active,
        real_servers=servers,
    )


def event(text: str = "(VI_1) Entering MASTER STATE", subject: str = "", reason: str = "") -> Event:
    """A state change; `subject` is the mail's."""
    return Event(
        time=1_700_000_000.0,
        at=1.0,
        kind=EventKind.VRRP_STATE,
        severity=Severity.NOTICE,
        subject="VI_1",
        text=text,
        reason=reason,
        mail_subject=subject,
    )
