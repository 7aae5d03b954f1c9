"""`ipvsadm -L` of version 1.31, byte for byte, out of a table."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from enum import StrEnum

from lvstui.ipvs.ipvsadm_order import destinations_in_ipvsadm_order, in_ipvsadm_order
from lvstui.ipvs.service_key import AF_INET6, family_of, identity
from lvstui.model.endpoint import Endpoint, Protocol, ServiceKey
from lvstui.model.ipvs import Counters, Destination, Rates, Service, Table

EndpointName = Callable[[Endpoint, Protocol | None], str]


class Columns(StrEnum):
    """Which columns a listing has: ipvsadm's options of the same name."""

    PLAIN = ""
    STATS = "stats"
    RATE = "rate"
    THRESHOLDS = "thresholds"
    PERSISTENT = "persistent-conn"


def numeric(endpoint: Endpoint, _protocol: Protocol | None) -> str:
    """Return the name that ipvsadm prints with -n."""
    return str(endpoint)


def listing(
    table: Table,
    *,
    stats: bool = False,
    rate: bool = False,
    thresholds: bool = False,
    persistent: bool = False,
    exact: bool = False,
    sort: bool = True,
    only: ServiceKey | None = None,
    name: EndpointName = numeric,
) -> str:
    """Return the whole listing, ending in a newline.

    `only`: one service, without the version line (`-L -t ...`). `sort` False: `--nosort`. `name` is asked for the
    text of each address with port (protocol None: of a mark); without -n ipvsadm asks the name services there.
    """
    columns = _columns(stats, rate, thresholds, persistent)
    lines: list[str] = []
    if only is None:
        lines.append(f"IP Virtual Server version {table.version} (size={table.size})")
    lines.extend(_titles(columns))
    services = in_ipvsadm_order(table.services) if sort else list(table.services)
    for service in services:
        if only is None or identity(service.key) == identity(only):
            lines.extend(_service_lines(service, columns, exact, sort, name))
    return "\n".join(lines) + "\n"


def _columns(stats: bool, rate: bool, thresholds: bool, persistent: bool) -> Columns:
    if stats:
        return Columns.STATS
    if rate:
        return Columns.RATE
    if thresholds:
        return Columns.THRESHOLDS
    return Columns.PERSISTENT if persistent else Columns.PLAIN


_LOCAL = "Prot LocalAddress:Port"
_REMOTE = "  -> RemoteAddress:Port"
_STATS_TITLES = ("Conns", "InPkts", "OutPkts", "InBytes", "OutBytes")
_RATE_TITLES = ("CPS", "InPPS", "OutPPS", "InBPS", "OutBPS")


def _titles(columns: Columns) -> tuple[str, str]:
    match columns:
        case Columns.PLAIN:
            return (f"{_LOCAL} Scheduler Flags", f"{_REMOTE}           Forward Weight ActiveConn InActConn")
        case Columns.STATS:
            return (f"{_LOCAL:<33}" + "".join(f" {title:>8}" for title in _STATS_TITLES), _REMOTE)
        case Columns.RATE:
            return (f"{_LOCAL:<33}" + "".join(f" {title:>8}" for title in _RATE_TITLES), _REMOTE)
        case Columns.THRESHOLDS:
            titles = f" {'Uthreshold':<10} {'Lthreshold':<10} {'ActiveConn':<10} {'InActConn':<10}"
            return (f"{_LOCAL:<33}{titles}", _REMOTE)
        case Columns.PERSISTENT:
            titles = f" {'Weight':<9} {'PersistConn':<11} {'ActiveConn':<10} {'InActConn':<10}"
            return (f"{_LOCAL:<33}{titles}", _REMOTE)


def _service_lines(service: Service, columns: Columns, exact: bool, sort: bool, name: EndpointName) -> Iterator[str]:
    label = _service_label(service.key, name)
    if columns is Columns.STATS:
        yield f"{label:<33}" + _counters(service.counters, exact)
    elif columns is Columns.RATE:
        yield f"{label:<33}" + _numbers(_fields(service.rates), exact)
    else:
        yield f"{label} {service.scheduler}{_options(service)}"
    destinations = list(service.destinations)
    protocol = None if service.key.fwmark else service.key.protocol
    for destination in destinations_in_ipvsadm_order(destinations) if sort else destinations:
        yield _destination_line(destination, protocol, columns, exact, name)


def _service_label(key: ServiceKey, name: EndpointName) -> str:
    ipv6 = family_of(key.address) == AF_INET6
    if key.fwmark:
        # ipvsadm prints the mark as a signed integer.
        mark = key.fwmark - 0x100000000 if key.fwmark & 0x80000000 else key.fwmark
        return f"FWM  {mark} IPv6" if ipv6 else f"FWM  {mark}"
    label = f"{key.protocol:<4} {name(key.endpoint, key.protocol)}"
    return label if ipv6 else label[:33]


def _flags(service: Service) -> str:
    """The third flag means nothing to sh and mh: ipvsadm passes it over, but not its brackets."""
    if not service.flags:
        return ""
    unnamed = "flag-3" if service.scheduler in ("sh", "mh") else ""
    return f" ({','.join(word for word in service.flags if word != unnamed)})"


def _options(service: Service) -> str:
    text = _flags(service)
    if service.persistence_timeout:
        text += f" persistent {service.persistence_timeout}"
        unmasked = "128" if family_of(service.key.address) == AF_INET6 else "255.255.255.255"
        if service.netmask != unmasked:
            text += f" mask {service.netmask}"
        if service.persistence_engine:
            text += f" pe {service.persistence_engine}"
    return text + " ops" if service.one_packet else text


def _destination_line(
    destination: Destination, protocol: Protocol | None, columns: Columns, exact: bool, name: EndpointName
) -> str:
    label = name(destination.endpoint, protocol)
    if family_of(destination.endpoint.address) != AF_INET6:
        label = label[:28]
    head = f"  -> {label:<28}"
    live = f"{destination.active_connections:<10} {destination.inactive_connections:<10}"
    match columns:
        case Columns.PLAIN:
            return f"{head} {destination.forwarding:<7} {destination.weight:<6} {live}"
        case Columns.STATS:
            return head + _counters(destination.counters, exact)
        case Columns.RATE:
            first, last = _fields(destination.rates)[:3], _fields(destination.rates)[3:]
            return head + "".join(f" {number:>8}" for number in first) + _numbers(last, exact)
        case Columns.THRESHOLDS:
            return f"{head} {destination.upper_threshold:<10} {destination.lower_threshold:<10} {live}"
        case Columns.PERSISTENT:
            return f"{head} {destination.weight:<9} {destination.persistent_connections:<11} {live}"


def _fields(record: Counters | Rates) -> tuple[int, ...]:
    return (record.connections, record.packets_in, record.packets_out, record.bytes_in, record.bytes_out)


def _counters(counters: Counters, exact: bool) -> str:
    return _numbers(_fields(counters), exact)


def _numbers(numbers: tuple[int, ...], exact: bool) -> str:
    return "".join(_number(number, exact) for number in numbers)


# Below the limit, divided by the divisor, with the suffix, eight wide.
_SCALES = ((10**9, 10**3, "K"), (10**11, 10**6, "M"), (10**14, 10**9, "G"))


def _number(number: int, exact: bool) -> str:
    if exact:
        return f"{number:>{max(9, len(str(number)) + 1)}}"
    if number < 10**8:
        return f"{number:>9}"
    for limit, divisor, suffix in _SCALES:
        if number < limit:
            return f"{number // divisor:>8}{suffix}"
    return f"{number // 10**12:>8}T"
