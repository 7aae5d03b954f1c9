"""Facts of a configuration, once from keepalived's own data dump and once from our model, in one vocabulary."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

from lvstui.config.host import AnyHost
from lvstui.model.configuration import (
    Checker,
    Configuration,
    HttpChecker,
    MiscChecker,
    PingChecker,
    TcpChecker,
    VirtualServer,
    VrrpInstance,
)
from lvstui.model.ipvs import ForwardingMethod

METHODS = {
    ForwardingMethod.MASQUERADE: "NAT",
    ForwardingMethod.ROUTE: "DR",
    ForwardingMethod.TUNNEL: "TUN",
    ForwardingMethod.LOCAL: "LOCAL",
}


class CorpusHost(AnyHost):
    """The machine of the corpus: interfaces of the verdict, programs that the dump shows as found."""

    def __init__(self, interfaces: set[str], programs: set[str]) -> None:
        super().__init__("vm")
        self._interfaces = interfaces
        self._programs = programs

    def interface_exists(self, name: str) -> bool:
        return name in self._interfaces

    def find_program(self, name: str) -> Path | None:
        base = name.rsplit("/", 1)[-1]
        return Path("/usr/bin", base) if base in self._programs or base == "bash" else None

    def user_exists(self, name: str) -> bool:
        return name in ("root", "nobody")


# keepalived shows where these links lead, not their names.
_ALIASES = {"pidof", "ss", "nc"}


def corpus_host(verdict: str, dump: str) -> CorpusHost:
    """The host as verdict and dump show it."""
    named = re.search(r"^ifaces:(.*)$", verdict, re.MULTILINE)
    programs = re.findall(r"   (?:Command|script) = '([^' \n]+)", dump)
    interfaces = set(named.group(1).split()) if named else set()
    return CorpusHost(interfaces | {"lo"}, _ALIASES | {program.rsplit("/", 1)[-1] for program in programs})


def keepalived_facts(dump: str) -> set[str]:
    """Instances, services, real servers and checkers of a dump."""
    checkers, _, rest = dump.partition("======== VRRP")
    return (
        set(_service_facts(checkers)) | set(_checker_facts(checkers)) | set(_instance_facts(rest.partition("====")[2]))
    )


def model_facts(configuration: Configuration) -> set[str]:
    """The same of our model."""
    facts: set[str] = set()
    for instance in configuration.instances:
        facts |= set(_our_instance(instance))
    for service in configuration.virtual_servers:
        facts |= set(_our_service(service))
    return facts


def _instance_facts(text: str) -> Iterator[str]:
    name, section = "", ""
    for line in text.splitlines():
        if line.startswith(" VRRP Instance = "):
            name, section = line.removeprefix(" VRRP Instance = "), ""
            yield f"instance {name}"
        elif re.match(r"^ ?\S|^------|^====", line) and name:
            name = ""
        elif name and line.startswith("     "):
            fact = _listed(section, line.split())
            if fact:
                yield f"{name} {fact}"
        elif name:
            key, _, value = line.strip().partition(" = ")
            section = re.sub(r" ?\(\d+\)| ?:$", "", key.rstrip(" :")).strip()
            fact = _scalar(key, value)
            if fact:
                yield f"{name} {fact}"


def _listed(section: str, words: list[str]) -> str:
    if section in ("Virtual IP", "Virtual IP Excluded"):
        label = words[words.index("label") + 1] if "label" in words else ""
        device = words[words.index("dev") + 1]
        address, _, prefix = words[0].partition("/")
        prefix = prefix or ("128" if ":" in address else "32")
        return f"{section} {address}/{prefix} dev {device} {label}".rstrip()
    if section == "Unicast Peer":
        return f"peer {words[0]}"
    if section in ("Tracked scripts", "Tracked interfaces"):
        return f"{section} {words[0]} {words[2]}{' reverse' if 'reverse' in words else ''}"
    return ""


def _scalar(key: str, value: str) -> str:
    if key in ("Interface", "VRRP Version", "Virtual Router ID", "Priority", "Password"):
        return f"{key} {value}"
    if key == "Preempt delay":
        return f"{key} {value.split('.')[0].split()[0]}"
    if key == "Advert interval":
        number, unit = value.split()[:2]
        return f"{key} {float(number) / (1000 if unit.startswith('milli') else 1):g}"
    if key in ("Preempt", "Using smtp notification"):
        return f"{key} {value in ('enabled', 'yes')}"
    if key.startswith("Gratuitous ARP"):
        return f"{key} {value}"
    return f"lower_prio_advert {value}" if key == "Send advert after receive lower priority advert" else ""


def _our_instance(instance: VrrpInstance) -> Iterator[str]:
    name = instance.name
    yield f"instance {name}"
    yield f"{name} Interface {instance.interface}"
    yield f"{name} VRRP Version {instance.version}"
    yield f"{name} Virtual Router ID {instance.vrid}"
    yield f"{name} Priority {instance.priority}"
    yield f"{name} Advert interval {instance.advert_interval:g}"
    yield f"{name} Preempt {instance.preempt}"
    yield f"{name} Using smtp notification {instance.smtp_alert}"
    yield f"{name} lower_prio_advert {'false' if instance.lower_priority_no_advert else 'true'}"
    if instance.preempt_delay:
        yield f"{name} Preempt delay {instance.preempt_delay:.0f}"
    if instance.authentication.password:
        yield f"{name} Password {instance.authentication.password}"
    for section, vips in (("Virtual IP", instance.vips), ("Virtual IP Excluded", instance.excluded_vips)):
        for vip in vips:
            yield f"{name} {section} {vip} dev {vip.interface} {vip.label}".rstrip()
    for peer in instance.unicast_peers:
        yield f"{name} peer {peer}"
    for script in instance.track_scripts:
        yield f"{name} Tracked scripts {script.name} {script.weight}{' reverse' if script.reverse else ''}"
    for interface in instance.track_interfaces:
        yield f"{name} Tracked interfaces {interface.name} {interface.weight}{' reverse' if interface.reverse else ''}"
    garp = instance.garp
    yield f"{name} Gratuitous ARP delay {garp.master_delay:.0f}"
    yield f"{name} Gratuitous ARP repeat {garp.master_repeat}"
    yield f"{name} Gratuitous ARP refresh {garp.refresh:.0f}"
    yield f"{name} Gratuitous ARP refresh repeat {garp.refresh_repeat}"
    yield f"{name} Gratuitous ARP lower priority delay {garp.lower_priority_delay:.0f}"
    yield f"{name} Gratuitous ARP lower priority repeat {garp.lower_priority_repeat}"


_SERVICE_KEYS = {
    "lvs_sched": "scheduler",
    "persistence timeout": "persistence",
    "default forwarding method": "forwarding",
    "quorum": "quorum",
    "sorry server": "sorry",
    "Using smtp notification": "mail",
}
_SERVER_KEYS = {
    "forwarding method": "forwarding",
    "Alpha is": "alpha",
    "Inhibit on failure is": "inhibit",
    "Using smtp notification": "mail",
    "connection limit range": "limits",
}


def _service_facts(text: str) -> Iterator[str]:
    service, server, place = "", "", ""
    for line in text.partition("------< Health checkers")[0].splitlines():
        stripped = line.strip()
        if match := re.match(r"VS VIP = (\S+), VPORT = (\d+)", stripped):
            place, server = f"{match.group(1)}:{match.group(2)}", ""
        elif match := re.match(r"VS FWMARK = (\d+)", stripped):
            service, server, place = f"FWM {match.group(1)}", "", ""
            yield f"service {service}"
        elif stripped.startswith("VS GROUP"):
            service = server = place = ""
        elif match := re.match(r"RIP = (\S+), RPORT = (\d+), WEIGHT = (\d+)", stripped):
            server = f"{service} -> {match.group(1)}:{match.group(2)}"
            if service:
                yield f"{server} weight {match.group(3)}"
        else:
            key, _, value = stripped.partition(" = ")
            if place and key == "protocol":
                service, place = f"{place}/{value.lower()}", ""
                yield f"service {service}"
            if not value:
                key, _, value = stripped.rpartition(" ")
            table = _SERVER_KEYS if server else _SERVICE_KEYS
            if service and key in table and not place:
                yield f"{server or service} {table[key]} {_value(value)}"
            elif place and key == "lvs_sched":
                pending = value
                yield f"scheduler of {place} {pending}"
            elif place and key == "persistence timeout":
                yield f"persistence of {place} {value}"


def _value(value: str) -> str:
    value = value.replace(" -> ", "..").replace(", hysteresis", " hysteresis")
    if match := re.match(r"\[(\S+)\]:\w+:(\d+)$", value):
        return f"{match.group(1)}:{match.group(2)}"
    return {"ON": "yes", "OFF": "no"}.get(value, value)


def _our_service(service: VirtualServer) -> Iterator[str]:
    key = service.key
    name = f"FWM {key.fwmark}" if key.fwmark else f"{key.address}:{key.port}/{key.protocol.lower()}"
    yield f"service {name}"
    if key.fwmark:
        yield f"{name} scheduler {service.scheduler}"
        if service.persistence_timeout:
            yield f"{name} persistence {service.persistence_timeout}"
    else:
        yield f"scheduler of {key.address}:{key.port} {service.scheduler}"
        if service.persistence_timeout:
            yield f"persistence of {key.address}:{key.port} {service.persistence_timeout}"
    yield f"{name} forwarding {METHODS[service.forwarding]}"
    yield f"{name} quorum {service.quorum} hysteresis = {service.hysteresis}"
    yield f"{name} mail {'yes' if service.smtp_alert else 'no'}"
    if service.sorry_server:
        yield f"{name} sorry {service.sorry_server.address}:{service.sorry_server.port}"
    for server in service.real_servers:
        place = f"{name} -> {server.endpoint.address}:{server.endpoint.port}"
        yield f"{place} weight {server.weight}"
        yield f"{place} forwarding {METHODS[server.forwarding]}"
        yield f"{place} alpha {'yes' if server.alpha else 'no'}"
        yield f"{place} inhibit {'yes' if server.inhibit_on_failure else 'no'}"
        yield f"{place} mail {'yes' if server.smtp_alert else 'no'}"
        yield f"{place} limits {server.lower_threshold}..{server.upper_threshold}"
        for checker in server.checkers:
            yield f"check {name} -> {server.endpoint.address}:{server.endpoint.port} {_our_checker(checker)}"


def _our_checker(checker: Checker) -> str:
    kind = {HttpChecker: "HTTP_GET", TcpChecker: "TCP_CHECK", PingChecker: "PING_CHECK", MiscChecker: "MISC_CHECK"}
    timing = checker.timing
    parts = [
        kind[type(checker)],
        f"loop {timing.delay_loop:g} warmup {timing.warmup:g} retry {timing.retries}",
        f"again {timing.delay_before_retry:g} alpha {'yes' if timing.alpha else 'no'}",
    ]
    if not isinstance(checker, MiscChecker):
        parts.append(f"to {checker.endpoint.address}:{checker.endpoint.port} within {timing.connect_timeout:g}")
    if isinstance(checker, HttpChecker):
        for url in checker.urls:
            codes = [str(s.first) if s.first == s.last else f"{s.first}-{s.last}" for s in url.statuses] or ["200-299"]
            parts.append(f"url {url.path} {url.digest} {' '.join(codes)}".replace("  ", " "))
    return "; ".join(parts)


def _checker_facts(text: str) -> Iterator[str]:
    block: list[str] = []
    body = text.partition("------< Health checkers")[2]
    for line in [*body.splitlines()[1:], " end -> end"]:
        if re.match(r"^ \S.* -> ", line) or line.startswith(("------", "====")):
            if block and not block[0].startswith(" end"):
                fact = _checker(block)
                if fact:
                    yield fact
            block = [line] if " -> " in line else []
        elif block:
            block.append(line)


def _checker(block: list[str]) -> str | None:
    match = re.match(r"^ (?:\[(?P<a>\S+)\]:(?P<p>\w+):(?P<n>\d+)|(?P<f>FWM \d+)) -> \[(\S+)\]:\w+:(\d+)", block[0])
    if match is None:
        return None
    name = match["f"] or f"{match['a']}:{match['n']}/{match['p']}"
    values = dict(line.strip().partition(" = ")[::2] for line in block[1:])
    kind = values["Keepalive method"].split(",")[0]
    if kind not in ("HTTP_GET", "TCP_CHECK", "PING_CHECK", "MISC_CHECK"):
        return None
    micro = {key: int(values[key].split()[0]) / 1e6 for key in ("Delay loop", "Warmup")}
    again = values.get("Delay before retry", values["Default delay before retry"])
    parts = [
        kind,
        f"loop {micro['Delay loop']:g} warmup {micro['Warmup']:g} retry {values['Retries']}",
        f"again {int(again.split()[0]) / 1e6:g} alpha {values['Alpha']}",
    ]
    if kind != "MISC_CHECK":
        parts.append(f"to {_value('[' + values['Dest'][1:].replace(']:', ']:x:'))} within {float(values['Timeout']):g}")
    parts.extend(_urls(block))
    return f"check {name} -> {match[5]}:{match[6]} {'; '.join(parts)}"


def _urls(block: list[str]) -> Iterator[str]:
    parts: list[str] = []
    for line in block:
        text = line.strip()
        if text.startswith("Checked url = "):
            if parts:
                yield " ".join(parts)
            parts = ["url", text.removeprefix("Checked url = ")]
        elif parts and text.startswith("digest = "):
            parts.append(text.removeprefix("digest = "))
        elif parts and re.fullmatch(r"[\d-]+", text):
            parts.append(text)
    if parts:
        yield " ".join(parts)
