"""config: `virtual_server` and `real_server` blocks to the model, with keepalived's defaults and corrections."""

from __future__ import annotations

import ipaddress
from dataclasses import dataclass, replace

import msgspec

from lvstui.config.build_checkers import CheckerContext, Inherited, build_checkers
from lvstui.config.build_scripts import ScriptContext
from lvstui.config.diagnostics import Report, quoted
from lvstui.config.lexer import Word
from lvstui.config.schema import integer
from lvstui.config.tree import Entry
from lvstui.config.values import address_or_none, read_number
from lvstui.model.configuration import RealServer, VirtualServer
from lvstui.model.endpoint import Endpoint, Protocol, ServiceKey
from lvstui.model.ipvs import ForwardingMethod

DEFAULT_PERSISTENCE = 360
_PERSISTENCE = integer(1, 2678400, unit="s")
_PORT = integer(1, 65535, strict=True)
_MARK = integer(0, 2**32 - 1, strict=True)
_METHODS = {"NAT": ForwardingMethod.MASQUERADE, "DR": ForwardingMethod.ROUTE, "TUN": ForwardingMethod.TUNNEL}
_FLAGS = ("flag-1", "flag-2", "flag-3", "sh-port", "sh-fallback", "mh-port", "mh-fallback")


@dataclass(frozen=True, slots=True)
class _Where:
    """The address of a virtual server block, before its protocol is known."""

    address: str
    port: int
    mark: int = 0


def build_services(root: Entry, scripts: ScriptContext, alert: bool | None) -> tuple[VirtualServer, ...]:
    """All virtual servers with at least one real server; `alert` is the global default of smtp_alert (None: unset)."""
    services: dict[ServiceKey, VirtualServer] = {}
    for entry in root.all("virtual_server"):
        where = _where(entry, scripts.report) if entry.arguments else None
        if where is None:
            continue
        service = _Builder(entry, where, scripts, alert).build()
        if service is None:
            continue
        if service.key in services:
            scripts.report.remark(
                entry.arguments[0],
                "duplicate-service",
                f"virtual server {service.key} is defined already; only the real servers of this one are added to it",
            )
            first = services[service.key]
            known = {server.endpoint for server in first.real_servers}
            more = tuple(server for server in service.real_servers if server.endpoint not in known)
            service = msgspec.structs.replace(first, real_servers=first.real_servers + more)
        services[service.key] = service
    return tuple(services.values())


def _where(entry: Entry, report: Report) -> _Where | None:
    first = entry.arguments[0]
    if first.text == "group":
        report.no_effect(first, "virtual_server group is not done here yet: this virtual server does not run")
        return None
    if first.text == "fwmark":
        if len(entry.arguments) < 2:
            report.error(first, "missing-parameter", "virtual_server fwmark needs a number", fatal=True)
            return None
        mark = read_number(_MARK, entry.arguments[1], report)
        if not mark:
            report.error(entry.arguments[1], "bad-fwmark", "the virtual server has no firewall mark; it is skipped")
            return None
        return _Where("::" if _inet6(entry) else "0.0.0.0", 0, int(mark))
    endpoint = read_endpoint(entry.arguments, report, "virtual server")
    return None if endpoint is None else _Where(endpoint.address, endpoint.port)


def _inet6(entry: Entry) -> bool:
    if entry.value_of(str, "ip_family", "inet") == "inet6":
        return True
    servers = [child.arguments[0].text for child in entry.all("real_server", "sorry_server") if child.arguments]
    return bool(servers) and ":" in servers[0]


def read_endpoint(words: tuple[Word, ...], report: Report, what: str) -> Endpoint | None:
    """`ADDRESS [PORT]`; port 0 if it is not given; None if one of them is wrong (reported)."""
    address = address_or_none(words[0].text)
    if address is None:
        report.error(words[0], "bad-address", f"{quoted(words[0].text)} is not an IP address; the {what} is skipped")
        return None
    if len(words) < 2 or words[1].text == "0" or not _is_port(words[1].text):
        if len(words) > 1 and words[1].text != "0":
            report.error(words[1], "bad-port", f"{quoted(words[1].text)} is not a port; the {what} is skipped")
            return None
        return Endpoint(address, 0)
    return Endpoint(address, int(words[1].text))


def _is_port(text: str) -> bool:
    return text.isascii() and text.isdecimal() and len(text) < 9 and 0 < int(text) <= 65535


class _Builder:
    """One virtual server; the steps are in the order in which keepalived decides."""

    def __init__(self, entry: Entry, where: _Where, scripts: ScriptContext, alert: bool | None) -> None:
        self._entry = entry
        self._where = where
        self._scripts = scripts
        self._report = scripts.report
        self._alert = alert
        self._place = entry.arguments[0]
        self._forwarding = self._method(entry, "lb_kind", "lvs_method") or ForwardingMethod.MASQUERADE

    def build(self) -> VirtualServer | None:
        entry, report = self._entry, self._report
        if not any(True for _ in entry.all("real_server")):
            report.warning(self._place, "no-real-server", "the virtual server has no real servers and is ignored")
            return None
        key = self._key()
        persistence = self._persistence(key)
        inherited = Inherited().overridden(entry)
        chosen = entry.last("lvs_sched", "lb_algo")
        if chosen is not None:
            scheduler = str(chosen.value)
        else:
            report.warning(self._place, "no-scheduler", "no scheduler is set: wlc is used")
            scheduler = "wlc"
        real_servers = self._real_servers(key, inherited)
        if not real_servers:
            report.warning(self._place, "no-real-server", "the virtual server has no real servers and is ignored")
            return None
        quorum, hysteresis = self._quorum(real_servers)
        sorry = self._sorry(key)
        return VirtualServer(
            key=key,
            scheduler=scheduler,
            forwarding=self._forwarding,
            persistence_timeout=persistence,
            persistence_netmask=self._netmask(),
            one_packet=self._one_packet(key),
            scheduler_flags=self._flags(scheduler),
            quorum=quorum,
            hysteresis=hysteresis,
            sorry_server=sorry,
            sorry_forwarding=self._method(entry, "sorry_server_lvs_method", quiet=True) or self._forwarding,
            sorry_inhibit=entry.last("sorry_server_inhibit") is not None,
            smtp_alert=bool(entry.optional_boolean("smtp_alert", self._alert or False)),
            real_servers=real_servers,
        )

    def _key(self) -> ServiceKey:
        where, entry = self._where, self._entry
        protocol = entry.last("protocol")
        if where.mark:
            if protocol is not None:
                self._report.warning(
                    protocol.word, "fwmark-protocol", "a fwmark service has no protocol: it is ignored"
                )
            return ServiceKey(Protocol.TCP, where.address, 0, where.mark)
        if protocol is None:
            self._report.warning(
                self._place,
                "no-protocol",
                "no protocol is set: UDP is used, as keepalived does",
                'write "protocol TCP" if that is what is meant',
            )
            return ServiceKey(Protocol.UDP, where.address, where.port)
        return ServiceKey(Protocol(str(protocol.value)), where.address, where.port)

    def _persistence(self, key: ServiceKey) -> int:
        lines = list(self._entry.all("persistence_timeout"))
        timeout = 0
        for line in lines:
            if not line.arguments:
                timeout = DEFAULT_PERSISTENCE
            else:
                timeout = int(read_number(_PERSISTENCE, line.arguments[0], self._report) or timeout)
        if not timeout and not key.port and not key.fwmark:
            self._report.warning(
                self._place, "zero-port", f"port 0 needs persistence: {DEFAULT_PERSISTENCE} s are used"
            )
            return DEFAULT_PERSISTENCE
        return timeout

    def _netmask(self) -> str:
        six = ":" in self._where.address
        line = self._entry.last("persistence_granularity")
        whole = "128" if six else "255.255.255.255"
        if line is None:
            return whole
        text = str(line.value)
        try:
            if six:
                if not 1 <= int(text) <= 128:
                    raise ValueError(text)
                return str(int(text))
            return str(ipaddress.IPv4Network(f"0.0.0.0/{ipaddress.IPv4Address(text)}").netmask)
        except ValueError:
            self._report.error(line.arguments[0], "bad-netmask", f"{quoted(text)} is not a netmask; it is ignored")
            return whole

    def _one_packet(self, key: ServiceKey) -> bool:
        line = self._entry.last("ops")
        if line is not None and key.protocol is not Protocol.UDP and not key.fwmark:
            self._report.warning(line.word, "ops", "ops (one packet scheduling) needs UDP: it is ignored")
            return False
        return line is not None

    def _flags(self, scheduler: str) -> tuple[str, ...]:
        found: list[str] = []
        seen = ""
        for child in self._entry.all("lvs_sched", "lb_algo", *_FLAGS):
            if child.name in ("lvs_sched", "lb_algo"):
                seen = str(child.value)
            elif child.name[:2] in ("sh", "mh") and child.name[:2] != seen:
                self._report.error(
                    child.word,
                    "scheduler-flag",
                    f"{child.name} is ignored: no scheduler {child.name[:2]} is set above it",
                )
            elif child.name not in found:
                found.append(child.name)
        return tuple(flag for flag in found if flag[:2] in ("fl", scheduler[:2]))

    def _method(self, entry: Entry, *names: str, quiet: bool = False) -> ForwardingMethod | None:
        found: ForwardingMethod | None = None
        for line in entry.all(*names):
            if not line.arguments:
                continue
            word = line.arguments[0]
            if word.text not in _METHODS:
                hint = f'write "{word.text.upper()}"' if word.text.upper() in _METHODS else "known are NAT, DR, TUN"
                self._report.error(word, "unknown-value", f"{quoted(word.text)} is no forwarding method", hint)
                continue
            found = _METHODS[word.text]
            if len(line.arguments) > 1:
                self._report.no_effect(line.arguments[1], "tunnel options are accepted and have no effect here yet")
        if found is None and entry is self._entry and not quiet:
            self._report.warning(self._place, "no-method", "no forwarding method is set: NAT is used")
        return found

    def _real_servers(self, key: ServiceKey, inherited: Inherited) -> tuple[RealServer, ...]:
        found: dict[Endpoint, RealServer] = {}
        for entry in self._entry.all("real_server"):
            if not entry.arguments:
                continue
            endpoint = read_endpoint(entry.arguments, self._report, "real server")
            if endpoint is None:
                continue
            forwarding = self._method(entry, "lvs_method") or self._forwarding
            if (":" in endpoint.address) != (":" in key.address) and forwarding is not ForwardingMethod.TUNNEL:
                self._report.error(
                    entry.arguments[0],
                    "family-mismatch",
                    f"{endpoint.address} is of another address family than the virtual server; it is skipped",
                )
                continue
            server = self._real_server(entry, endpoint, forwarding, key, inherited)
            if server.endpoint in found:
                self._report.warning(
                    entry.arguments[0], "duplicate-server", f"real server {server.endpoint} is listed already; ignored"
                )
                continue
            found[server.endpoint] = server
        return tuple(found.values())

    def _real_server(
        self, entry: Entry, endpoint: Endpoint, forwarding: ForwardingMethod, key: ServiceKey, inherited: Inherited
    ) -> RealServer:
        own = inherited.overridden(entry)
        alpha = bool(entry.optional_boolean("alpha", self._entry.last("alpha") is not None))
        context = CheckerContext(self._scripts, replace(own, alpha=alpha), endpoint)
        return RealServer(
            endpoint=self._port(entry, endpoint, forwarding, key, "real server"),
            weight=int(entry.number("weight", self._entry.number("weight", 1))),
            forwarding=forwarding,
            upper_threshold=int(entry.number("uthreshold", 0)),
            lower_threshold=int(entry.number("lthreshold", 0)),
            inhibit_on_failure=bool(
                entry.optional_boolean("inhibit_on_failure", self._entry.optional_boolean("inhibit_on_failure", False))
            ),
            alpha=alpha,
            smtp_alert=bool(entry.optional_boolean("smtp_alert", True if self._alert is None else self._alert)),
            checkers=build_checkers(entry, context),
        )

    def _port(
        self, entry: Entry, endpoint: Endpoint, forwarding: ForwardingMethod, key: ServiceKey, what: str
    ) -> Endpoint:
        if key.fwmark:
            if endpoint.port:
                self._report.warning(
                    entry.word, "fwmark-port", f"the {what} of a fwmark service has no port: {endpoint.port} is ignored"
                )
            return Endpoint(endpoint.address, 0)
        if forwarding is ForwardingMethod.MASQUERADE or endpoint.port == key.port:
            return endpoint
        self._report.warning(
            entry.word,
            "port-mismatch",
            f"{forwarding.lower()} forwarding cannot change the port: the {what} gets port {key.port} "
            f"in place of {endpoint.port}",
        )
        return Endpoint(endpoint.address, key.port)

    def _sorry(self, key: ServiceKey) -> Endpoint | None:
        line = self._entry.last("sorry_server")
        endpoint = read_endpoint(line.arguments, self._report, "sorry server") if line else None
        if line is None or endpoint is None:
            return None
        if (":" in endpoint.address) != (":" in key.address):
            self._report.error(
                line.arguments[0],
                "family-mismatch",
                f"{endpoint.address} is of another address family than the virtual server; it is skipped",
            )
            return None
        method = self._method(self._entry, "sorry_server_lvs_method", quiet=True) or self._forwarding
        return self._port(line, endpoint, method, key, "sorry server")

    def _quorum(self, servers: tuple[RealServer, ...]) -> tuple[int, int]:
        total = sum(server.weight for server in servers)
        quorum = int(self._entry.number("quorum", 1))
        hysteresis = int(self._entry.number("hysteresis", 0))
        line = self._entry.last("quorum")
        if quorum > total:
            self._report.warning(
                line.arguments[0] if line else self._place,
                "quorum",
                f"quorum {quorum} is more than the weight of all real servers ({total}), which is used",
            )
            quorum = total
        if hysteresis >= quorum and (self._entry.last("hysteresis") is not None):
            fitting = max(0, quorum - 1)
            if fitting != hysteresis:
                place = self._entry.last("hysteresis") or self._entry
                self._report.warning(
                    place.word, "hysteresis", f"hysteresis must be less than quorum {quorum}: {fitting} is used"
                )
            hysteresis = fitting
        return quorum, hysteresis
