"""config: `vrrp_instance` blocks to the model, with keepalived's defaults and corrections."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass

from lvstui.config.build_global import VrrpDefaults
from lvstui.config.build_tracking import tracked_interfaces, tracked_scripts
from lvstui.config.build_vips import MAX_VIPS, build_vip, check_interface
from lvstui.config.diagnostics import Report, quoted
from lvstui.config.host import HostView
from lvstui.config.lexer import Word
from lvstui.config.tree import Entry
from lvstui.config.values import address_or_none
from lvstui.model.configuration import (
    Authentication,
    AuthenticationType,
    GarpSettings,
    TrackScript,
    VrrpInstance,
)
from lvstui.model.vip import Vip
from lvstui.safety import clean

OWNER_PRIORITY = 255
MAX_PASSWORD = 8
MAX_V3_INTERVAL = 40.95
IPV6_LATER = "IPv6 VRRP is not done here yet"


@dataclass(frozen=True, slots=True)
class VrrpContext:
    """What all instances share."""

    host: HostView
    report: Report
    defaults: VrrpDefaults
    scripts: Mapping[str, TrackScript]
    defined_scripts: frozenset[str]


def build_instances(root: Entry, context: VrrpContext) -> tuple[VrrpInstance, ...]:
    """All instances that can run; what is missing or doubled is reported."""
    instances: dict[str, VrrpInstance] = {}
    routers: dict[tuple[str, int], str] = {}
    for entry in root.all("vrrp_instance"):
        if not entry.arguments:
            context.report.error(entry.word, "missing-name", "vrrp_instance needs a name; the block is ignored")
            continue
        place = entry.arguments[0]
        if clean(place.text) in instances:
            context.report.error(
                place,
                "duplicate-instance",
                f"vrrp_instance {quoted(place.text)} is defined already; this one is ignored",
            )
            continue
        instance = _build_instance(entry, context)
        if instance is None:
            continue
        router = (instance.interface, instance.vrid)
        if router in routers:
            context.report.error(
                (entry.last("virtual_router_id") or entry).word,
                "duplicate-vrid",
                f"{quoted(instance.name)} and {quoted(routers[router])} both use virtual_router_id {instance.vrid} "
                f"on {instance.interface}",
                "give each instance on an interface its own virtual_router_id, the same on both directors",
                fatal=True,
            )
        routers.setdefault(router, instance.name)
        instances[instance.name] = instance
    return tuple(instances.values())


def _build_instance(entry: Entry, context: VrrpContext) -> VrrpInstance | None:
    report, name = context.report, clean(entry.arguments[0].text)
    interface = _interface(entry, name, context)
    vrid = _vrid(entry, name, report)
    advertised = _addresses(entry, "virtual_ipaddress", interface or "", context)
    if advertised and ":" in advertised[0].address:
        report.no_effect(entry.arguments[0], f"{IPV6_LATER}: instance {quoted(name)} does not run")
        return None
    others = _addresses(entry, "virtual_ipaddress_excluded", interface or "", context)
    strict = entry.optional_boolean("strict_mode", context.defaults.strict) or False
    version = int(entry.number("version", context.defaults.version))
    vips, excluded = _fit(entry, name, advertised, others, strict or version == 3, report)
    state, priority, preempt, delay = _election(entry, name, strict, report)
    source, peers = _unicast(entry, name, report)
    instance = VrrpInstance(
        name=name,
        interface=interface or "",
        vrid=vrid or 0,
        state=state,
        priority=priority,
        version=version,
        advert_interval=_advert_interval(entry, version, report),
        authentication=_authentication(entry, name, version, strict, report),
        vips=vips,
        excluded_vips=excluded,
        track_scripts=tracked_scripts(entry, context.scripts, context.defined_scripts, report),
        track_interfaces=tracked_interfaces(entry, interface or "", context.host, report),
        preempt=preempt,
        preempt_delay=delay,
        garp=_garp(entry, context.defaults.garp, strict),
        multicast_source=_ipv4(entry, "mcast_src_ip", report),
        unicast_source=source,
        unicast_peers=peers,
        smtp_alert=_boolean(entry, "smtp_alert", context.defaults.smtp_alert),
        lower_priority_no_advert=_boolean(
            entry,
            "lower_prio_no_advert",
            strict if context.defaults.lower_priority_no_advert is None else context.defaults.lower_priority_no_advert,
        ),
        higher_priority_send_advert=_boolean(
            entry, "higher_prio_send_advert", context.defaults.higher_priority_send_advert
        ),
        skip_check_advert_address=_boolean(entry, "skip_check_adv_addr", context.defaults.skip_check_advert_address),
        checksum_as_v2=_boolean(entry, "v3_checksum_as_v2", context.defaults.checksum_as_v2),
    )
    return None if interface is None or vrid is None else instance


def _boolean(entry: Entry, name: str, default: bool) -> bool:
    return bool(entry.optional_boolean(name, default))


def _interface(entry: Entry, name: str, context: VrrpContext) -> str | None:
    line = entry.last("interface")
    if line is None:
        context.report.error(
            entry.arguments[0],
            "no-interface",
            f"instance {quoted(name)} has no interface",
            'write "interface NAME" into it',
            fatal=True,
        )
        return None
    word = line.arguments[0]
    if word.text == "lo":
        context.report.error(word, "bad-interface", "the loopback interface cannot carry VRRP", fatal=True)
        return None
    if not check_interface(word, context.host, context.report, "the instance stays in FAULT until it appears"):
        context.report.error(word, "no-interface", f"instance {quoted(name)} has no usable interface", fatal=True)
        return None
    return clean(word.text)


def _vrid(entry: Entry, name: str, report: Report) -> int | None:
    line = entry.last("virtual_router_id")
    if line is None or not isinstance(line.value, int):
        report.error(
            entry.arguments[0],
            "no-vrid",
            f"instance {quoted(name)} has no valid virtual_router_id",
            'write "virtual_router_id N" with N in 1..255, the same on both directors',
            fatal=True,
        )
        return None
    return line.value


def _addresses(entry: Entry, block: str, interface: str, context: VrrpContext) -> list[Vip]:
    found: list[Vip] = []
    report = context.report
    for item in entry.entries(block):
        vip = build_vip(item, interface, context.host, report)
        if vip is None:
            continue
        six = ":" in vip.address
        if block == "virtual_ipaddress" and found and six != (":" in found[0].address):
            report.error(
                item.words[0],
                "mixed-families",
                f"{quoted(item.words[0].text)} is of another address family than the addresses before it; it is "
                "ignored",
                "put it into virtual_ipaddress_excluded",
            )
        elif block != "virtual_ipaddress" and six:
            report.no_effect(item.words[0], f"{IPV6_LATER}: {vip} is not added")
        elif any(vip.address == other.address and vip.interface == other.interface for other in found):
            report.advice(item.words[0], "duplicate-vip", f"{vip.address} is listed already")
        else:
            found.append(vip)
    return found


def _fit(
    entry: Entry, name: str, vips: list[Vip], excluded: list[Vip], needed: bool, report: Report
) -> tuple[tuple[Vip, ...], tuple[Vip, ...]]:
    if not vips and needed:
        report.error(
            entry.arguments[0],
            "no-vip",
            f"instance {quoted(name)} has no virtual address; VRRP version 3 and strict mode need one",
            fatal=True,
        )
    elif not vips:
        report.warning(entry.arguments[0], "no-vip", f"instance {quoted(name)} has no virtual address")
    if len(vips) > MAX_VIPS:
        report.error(
            entry.arguments[0],
            "too-many-vips",
            f"instance {quoted(name)}: only {MAX_VIPS} addresses fit into an advert; the others are not advertised",
        )
    return tuple(vips[:MAX_VIPS]), tuple(vips[MAX_VIPS:] + excluded)


def _election(entry: Entry, name: str, strict: bool, report: Report) -> tuple[str, int, bool, float]:
    """State, base priority, preempt and preempt delay after keepalived's corrections."""
    state = _state(entry, name, report)
    line = entry.last("priority")
    wrong = line is None and any(True for _ in entry.all("priority"))
    priority = int(entry.number("priority", OWNER_PRIORITY if state == "MASTER" and not wrong else 100))
    if strict and (state == "MASTER") != (priority == OWNER_PRIORITY):
        report.warning(
            entry.arguments[0], "strict", f"({name}) strict mode: state MASTER and priority 255 go only together"
        )
        state = "MASTER" if priority == OWNER_PRIORITY else "BACKUP"
    if priority == OWNER_PRIORITY and line is None:
        report.advice(
            entry.arguments[0],
            "owner-priority",
            f"instance {quoted(name)} has state MASTER and no priority: it gets 255, the address owner's",
        )
    preempt_lines = [child for child in entry.all("nopreempt", "preempt")]
    nopreempt = preempt_lines[-1] if preempt_lines and preempt_lines[-1].name == "nopreempt" else None
    delay = entry.number("preempt_delay", 0.0)
    delay_line = entry.last("preempt_delay")
    reason = "state MASTER" if state == "MASTER" else "priority 255" if priority == OWNER_PRIORITY else ""
    if nopreempt is not None and reason:
        report.warning(nopreempt.word, "nopreempt", f"nopreempt does not work with {reason}; it is ignored")
        nopreempt = None
    if delay and reason and delay_line is not None:
        report.warning(delay_line.word, "preempt-delay", f"preempt_delay does not work with {reason}; it is ignored")
        delay = 0.0
    elif delay and nopreempt is not None and delay_line is not None:
        report.warning(delay_line.word, "preempt-delay", "preempt_delay does not work with nopreempt; it is ignored")
        delay = 0.0
    return state, priority, nopreempt is None, delay


def _state(entry: Entry, name: str, report: Report) -> str:
    line = entry.last("state")
    if line is None:
        return "BACKUP"
    word = line.arguments[0]
    if word.text in ("MASTER", "BACKUP"):
        return word.text
    upper = word.text.upper()
    hint = f'write "{upper}"' if upper in ("MASTER", "BACKUP") else "write MASTER or BACKUP"
    report.error(word, "unknown-value", f"{quoted(word.text)} is no state; ({name}) starts as BACKUP", hint)
    return "BACKUP"


def _advert_interval(entry: Entry, version: int, report: Report) -> float:
    line = entry.last("advert_int")
    if line is None or not isinstance(line.value, float):
        return 1.0
    word, value = line.arguments[0], line.value
    if version == 2:
        rounded = max(1.0, float(math.floor(value + 0.5)))
        if rounded != value:
            report.warning(word, "advert-interval", f"version 2 wants whole seconds: advert_int {rounded:.0f} is used")
        return rounded
    if value > MAX_V3_INTERVAL:
        report.warning(word, "advert-interval", f"version 3 allows at most {MAX_V3_INTERVAL} s, which is used")
        return MAX_V3_INTERVAL
    rounded = max(0.01, math.floor(value * 100 + 0.5) / 100)
    if abs(rounded - value) > 1e-9:
        report.warning(word, "advert-interval", f"version 3 counts in 10 ms: advert_int {rounded:.2f} is used")
    return rounded


def _authentication(entry: Entry, name: str, version: int, strict: bool, report: Report) -> Authentication:
    blocks = list(entry.all("authentication"))
    if not blocks:
        return Authentication()
    block = blocks[-1]
    kind = block.last("auth_type")
    password = block.last("auth_pass")
    if kind is not None and kind.value == "AH":
        if entry.value_of(str, "state", "") == "MASTER":
            report.warning(kind.word, "authentication", "AH does not work with state MASTER: keepalived clears it")
        report.no_effect(
            kind.word,
            f"auth_type AH is not done here yet: ({name}) sends and accepts adverts without authentication, "
            "and a peer that uses AH will not understand it",
            'use "auth_type PASS" on both directors',
        )
        return Authentication()
    if version != 2 or strict:
        why = "strict mode" if strict else "VRRP version 3"
        report.warning(block.word, "authentication", f"{why} has no authentication: the block is ignored")
        return Authentication()
    if kind is None:
        report.remark(block.word, "authentication", "authentication without auth_type: the block is ignored")
        return Authentication()
    if password is None or not isinstance(password.value, str) or not password.value:
        report.warning(block.word, "authentication", "authentication without auth_pass: the block is ignored")
        return Authentication()
    secret = password.value.encode()
    if len(secret) > MAX_PASSWORD:
        report.warning(
            password.arguments[0],
            "long-password",
            f"auth_pass is longer than {MAX_PASSWORD} bytes: only the first {MAX_PASSWORD} are used",
        )
    return Authentication(AuthenticationType.PASS, secret[:MAX_PASSWORD].decode("utf-8", "ignore"))


def _garp(entry: Entry, defaults: GarpSettings, strict: bool) -> GarpSettings:
    repeat = int(entry.number("garp_master_repeat", defaults.master_repeat))
    delay = entry.number("garp_master_delay", defaults.master_delay)
    return GarpSettings(
        master_repeat=repeat,
        master_delay=delay,
        refresh=entry.number("garp_master_refresh", defaults.refresh),
        refresh_repeat=int(entry.number("garp_master_refresh_repeat", defaults.refresh_repeat)),
        lower_priority_repeat=int(
            entry.number("garp_lower_prio_repeat", 0 if strict else defaults.lower_priority_repeat)
        ),
        lower_priority_delay=entry.number("garp_lower_prio_delay", 0 if strict else defaults.lower_priority_delay),
    )


def _ipv4(entry: Entry, name: str, report: Report) -> str:
    line = entry.last(name)
    if line is None or not isinstance(line.value, str):
        return ""
    if ":" in line.value:
        report.no_effect(line.arguments[0], f"{IPV6_LATER}: {name} is ignored")
        return ""
    return line.value


def _unicast(entry: Entry, name: str, report: Report) -> tuple[str, tuple[str, ...]]:
    peers: list[str] = []
    for item in entry.entries("unicast_peer"):
        peer = _peer(item.words[0], report)
        if peer and peer not in peers:
            peers.append(peer)
    source = _ipv4(entry, "unicast_src_ip", report)
    lines = list(entry.all("unicast_peer", "unicast_src_ip"))
    if lines and not peers:
        report.warning(
            lines[0].word, "no-peers", f"({name}) no unicast_peer is usable: adverts go to the multicast group"
        )
        source = ""
    return source, tuple(peers)


def _peer(word: Word, report: Report) -> str | None:
    address = address_or_none(word.text)
    if address is None:
        report.error(word, "bad-address", f"{quoted(word.text)} is not an IP address; the peer is ignored")
    elif ":" in address:
        report.no_effect(word, f"{IPV6_LATER}: the peer {address} is ignored")
        return None
    return address
