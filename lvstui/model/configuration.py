"""What a keepalived.conf means: the configured truth, as frozen records.

Durations are seconds (float). Words are keepalived's; defaults are keepalived 2.2.7's.
"""

from __future__ import annotations

from enum import StrEnum

import msgspec

from lvstui.model.endpoint import Endpoint, ServiceKey
from lvstui.model.ipvs import ForwardingMethod
from lvstui.model.vip import Vip


class ScriptCommand(msgspec.Struct, frozen=True):
    """A program with its arguments, run without a shell unless `shell` holds the whole command line.

    `user` and `group` are names or "" for the engine's own.
    """

    argv: tuple[str, ...]
    shell: str = ""
    user: str = ""
    group: str = ""

    def __str__(self) -> str:
        return self.shell or " ".join(self.argv)


class GlobalSettings(msgspec.Struct, frozen=True):
    """`global_defs`: mail and names. An empty `smtp_server` means: no mail."""

    router_id: str = ""
    notification_email: tuple[str, ...] = ()
    notification_email_from: str = ""
    smtp_server: Endpoint | None = None
    smtp_helo_name: str = ""
    smtp_connect_timeout: float = 30.0
    smtp_alert: bool | None = None
    smtp_alert_vrrp: bool | None = None
    smtp_alert_checker: bool | None = None
    script_user: str = ""
    script_group: str = ""
    enable_script_security: bool = False


class TrackScript(msgspec.Struct, frozen=True):
    """`vrrp_script`: a program whose exit status moves priorities (weight 0: FAULT while it fails).

    `weight` -253..253. `rise` and `fall` are consecutive results needed after the first one.
    `timeout` 0 means: the interval.
    """

    name: str
    command: ScriptCommand
    interval: float = 1.0
    timeout: float = 0.0
    weight: int = 0
    reverse: bool = False
    rise: int = 1
    fall: int = 1
    init_fail: bool = False


class TrackedScript(msgspec.Struct, frozen=True):
    """A script named in an instance's `track_script`; weight and reverse already resolved for this instance."""

    name: str
    weight: int
    reverse: bool = False


class TrackedInterface(msgspec.Struct, frozen=True):
    """An interface named in `track_interface`; weight 0: FAULT while it is down."""

    name: str
    weight: int = 0
    reverse: bool = False


class AuthenticationType(StrEnum):
    """VRRPv2 authentication (RFC 2338): none or a clear-text password of 8 octets."""

    NONE = "NONE"
    PASS = "PASS"


class Authentication(msgspec.Struct, frozen=True):
    """Authentication of an instance; the password never leaves this record for a screen or a log."""

    kind: AuthenticationType = AuthenticationType.NONE
    password: str = ""

    def __repr__(self) -> str:
        return f"Authentication({self.kind}, ********)"


class GarpSettings(msgspec.Struct, frozen=True):
    """Gratuitous ARP: how often at takeover, how long until the second set, refresh (0 = off)."""

    master_repeat: int = 5
    master_delay: float = 5.0
    refresh: float = 0.0
    refresh_repeat: int = 1
    lower_priority_repeat: int = 5
    lower_priority_delay: float = 5.0


class VrrpInstance(msgspec.Struct, frozen=True, kw_only=True):
    """`vrrp_instance`. `state` MASTER is only a hint: all but priority 255 start as BACKUP.

    `advert_interval` v2: whole seconds 1..255; v3: 0.01..40.95. `multicast_source` and `unicast_source` are
    addresses or "". With `unicast_peers` adverts go to them instead of 224.0.0.18.
    """

    name: str
    interface: str
    vrid: int
    state: str = "BACKUP"
    priority: int = 100
    version: int = 2
    advert_interval: float = 1.0
    authentication: Authentication = Authentication()
    vips: tuple[Vip, ...] = ()
    excluded_vips: tuple[Vip, ...] = ()
    track_scripts: tuple[TrackedScript, ...] = ()
    track_interfaces: tuple[TrackedInterface, ...] = ()
    preempt: bool = True
    preempt_delay: float = 0.0
    garp: GarpSettings = GarpSettings()
    multicast_source: str = ""
    unicast_source: str = ""
    unicast_peers: tuple[str, ...] = ()
    smtp_alert: bool = False
    lower_priority_no_advert: bool = False
    higher_priority_send_advert: bool = False
    skip_check_advert_address: bool = False
    checksum_as_v2: bool = False


class StatusRange(msgspec.Struct, frozen=True):
    """Accepted HTTP status codes, both ends included, within 100..599."""

    first: int
    last: int


class UrlCheck(msgspec.Struct, frozen=True):
    """One `url` block. No `statuses`: 200..299 are good. `digest`: MD5 of the body in hexadecimal, or ""."""

    path: str = "/"
    statuses: tuple[StatusRange, ...] = ()
    digest: str = ""
    virtual_host: str = ""


class CheckTiming(msgspec.Struct, frozen=True, kw_only=True):
    """Timing shared by all checkers, inheritance (virtual server, real server, checker) already resolved.

    First check after 1 s + random(0..warmup). `retries` extra tries, `delay_before_retry` apart, after the
    first round (in the first round one failure is enough). One success brings up.
    """

    delay_loop: float = 60.0
    connect_timeout: float = 5.0
    retries: int = 1
    delay_before_retry: float = 1.0
    warmup: float = 60.0
    alpha: bool = False


class HttpChecker(msgspec.Struct, frozen=True, kw_only=True, tag="HTTP_GET"):
    """`HTTP_GET`: ask `endpoint` for each url in turn, one per delay_loop."""

    endpoint: Endpoint
    timing: CheckTiming
    urls: tuple[UrlCheck, ...]
    http_version: str = "1.0"
    virtual_host: str = ""
    bind_address: str = ""


class TcpChecker(msgspec.Struct, frozen=True, kw_only=True, tag="TCP_CHECK"):
    """`TCP_CHECK`: a connection must be accepted."""

    endpoint: Endpoint
    timing: CheckTiming
    bind_address: str = ""


class PingChecker(msgspec.Struct, frozen=True, kw_only=True, tag="PING_CHECK"):
    """`PING_CHECK`: an ICMP echo must be answered."""

    endpoint: Endpoint
    timing: CheckTiming
    bind_address: str = ""


class MiscChecker(msgspec.Struct, frozen=True, kw_only=True, tag="MISC_CHECK"):
    """`MISC_CHECK`: a script; exit 0 is good. `dynamic`: exit 2..255 sets the weight to status-2.

    `timeout` 0 means delay_loop.
    """

    endpoint: Endpoint
    timing: CheckTiming
    command: ScriptCommand
    timeout: float = 0.0
    dynamic: bool = False


Checker = HttpChecker | TcpChecker | PingChecker | MiscChecker


class RealServer(msgspec.Struct, frozen=True, kw_only=True):
    """`real_server`. No checkers: always up. `alpha`: down until its first good check."""

    endpoint: Endpoint
    weight: int = 1
    forwarding: ForwardingMethod = ForwardingMethod.MASQUERADE
    upper_threshold: int = 0
    lower_threshold: int = 0
    inhibit_on_failure: bool = False
    alpha: bool = False
    smtp_alert: bool = True
    checkers: tuple[Checker, ...] = ()


class VirtualServer(msgspec.Struct, frozen=True, kw_only=True):
    """`virtual_server`. `persistence_timeout` seconds, 0 = none; `persistence_netmask` dotted or prefix."""

    key: ServiceKey
    scheduler: str = "wlc"
    forwarding: ForwardingMethod = ForwardingMethod.MASQUERADE
    persistence_timeout: int = 0
    persistence_netmask: str = "255.255.255.255"
    one_packet: bool = False
    scheduler_flags: tuple[str, ...] = ()
    quorum: int = 1
    hysteresis: int = 0
    sorry_server: Endpoint | None = None
    sorry_forwarding: ForwardingMethod = ForwardingMethod.MASQUERADE
    sorry_inhibit: bool = False
    smtp_alert: bool = False
    real_servers: tuple[RealServer, ...] = ()


class Configuration(msgspec.Struct, frozen=True, kw_only=True):
    """A whole file. `path` is where it was read from (for people)."""

    path: str = ""
    settings: GlobalSettings = GlobalSettings()
    scripts: tuple[TrackScript, ...] = ()
    instances: tuple[VrrpInstance, ...] = ()
    virtual_servers: tuple[VirtualServer, ...] = ()
