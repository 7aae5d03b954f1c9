"""The IPVS table: services and destinations as the kernel (or the userspace plane) holds them."""

from __future__ import annotations

from enum import StrEnum

import msgspec

from lvstui.model.endpoint import Endpoint, ServiceKey


class ForwardingMethod(StrEnum):
    """How packets reach a real server; the values are ipvsadm's words on screen."""

    MASQUERADE = "Masq"
    LOCAL = "Local"
    TUNNEL = "Tunnel"
    ROUTE = "Route"


class Counters(msgspec.Struct, frozen=True):
    """Totals since the entry was made: ipvsadm's Conns InPkts OutPkts InBytes OutBytes."""

    connections: int = 0
    packets_in: int = 0
    packets_out: int = 0
    bytes_in: int = 0
    bytes_out: int = 0


class Rates(msgspec.Struct, frozen=True):
    """Per second, over the estimator's last seconds: CPS InPPS OutPPS InBPS OutBPS (bytes)."""

    connections: int = 0
    packets_in: int = 0
    packets_out: int = 0
    bytes_in: int = 0
    bytes_out: int = 0


class Destination(msgspec.Struct, frozen=True, kw_only=True):
    """A real server in the table. Weight 0 takes no new connection; counts are live."""

    endpoint: Endpoint
    forwarding: ForwardingMethod = ForwardingMethod.MASQUERADE
    weight: int = 1
    upper_threshold: int = 0
    lower_threshold: int = 0
    active_connections: int = 0
    inactive_connections: int = 0
    persistent_connections: int = 0
    counters: Counters = Counters()
    rates: Rates = Rates()


class Service(msgspec.Struct, frozen=True, kw_only=True):
    """A virtual server in the table. `flags`: words of ipvsadm's brackets, e.g. ("sh-port",).

    `netmask` is dotted for IPv4, a prefix length ("64") for IPv6. `persistence_timeout` 0 = not persistent.
    """

    key: ServiceKey
    scheduler: str
    persistence_timeout: int = 0
    netmask: str = "255.255.255.255"
    one_packet: bool = False
    flags: tuple[str, ...] = ()
    persistence_engine: str = ""
    destinations: tuple[Destination, ...] = ()
    counters: Counters = Counters()
    rates: Rates = Rates()


class Table(msgspec.Struct, frozen=True, kw_only=True):
    """The whole table of one plane. `version` as ipvsadm prints it, `size` the connection table's size."""

    version: str = "1.2.1"
    size: int = 4096
    services: tuple[Service, ...] = ()


class Plane(StrEnum):
    """Who forwards: the kernel's IPVS, or lvstui's own process."""

    KERNEL = "kernel"
    USERSPACE = "userspace"
