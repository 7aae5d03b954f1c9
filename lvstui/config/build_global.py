"""config: `global_defs` to the model, and the defaults that it sets for the instances."""

from __future__ import annotations

import ipaddress
import re
from dataclasses import dataclass

from lvstui.config.build_scripts import read_user
from lvstui.config.diagnostics import Report, quoted
from lvstui.config.host import DEFAULT_SCRIPT_USER, HostView
from lvstui.config.schema import integer
from lvstui.config.tree import Entry
from lvstui.config.values import read_number
from lvstui.model.configuration import GarpSettings, GlobalSettings
from lvstui.model.endpoint import Endpoint
from lvstui.safety import clean

SMTP_PORT = 25
DEFAULT_GARP = GarpSettings()
_PORT = integer(1, 65535, SMTP_PORT)
_HOST_NAME = re.compile(r"[A-Za-z0-9_]([A-Za-z0-9_.-]{0,250}[A-Za-z0-9_.])?")


@dataclass(frozen=True, slots=True)
class VrrpDefaults:
    """What `global_defs` says for every instance; None where an instance's own default follows from others."""

    version: int = 2
    garp: GarpSettings = DEFAULT_GARP
    lower_priority_no_advert: bool | None = None
    higher_priority_send_advert: bool = False
    skip_check_advert_address: bool = False
    checksum_as_v2: bool = False
    strict: bool = False
    smtp_alert: bool = False


@dataclass(frozen=True, slots=True)
class GlobalPart:
    """The settings, the defaults, and whether the script user of the file exists here."""

    settings: GlobalSettings
    vrrp: VrrpDefaults
    user_known: bool


def gather(root: Entry) -> Entry:
    """All `global_defs` blocks as one; later lines win."""
    together = Entry(root.words)
    for block in root.all("global_defs"):
        together.children.extend(block.children)
    return together


def build_global(root: Entry, host: HostView, report: Report) -> GlobalPart:
    """Build the global settings; wrong lines are reported and left at their default."""
    block = gather(root)
    node = clean(host.node_name())
    emails = tuple(clean(word.text) for entry in block.entries("notification_email") for word in entry.words)
    for entry in block.all("notification_email"):
        if not entry.children:
            report.warning(entry.closing, "empty-block", "notification_email is empty: nobody is mailed")
    router = clean(block.value_of(str, "router_id", "")) or node
    alert = block.optional_boolean("smtp_alert")
    user, group, known = _script_user(block, host, report)
    timeout = block.number("smtp_connect_timeout", 30)
    settings = GlobalSettings(
        router_id=router,
        notification_email=emails,
        notification_email_from=clean(block.value_of(str, "notification_email_from", "")) or f"keepalived@{node}",
        smtp_server=_smtp_server(block, report),
        smtp_helo_name=clean(block.value_of(str, "smtp_helo_name", "")) or node,
        smtp_connect_timeout=timeout or 1.0,
        smtp_alert=alert,
        smtp_alert_vrrp=block.optional_boolean("smtp_alert_vrrp"),
        smtp_alert_checker=block.optional_boolean("smtp_alert_checker"),
        script_user=user,
        script_group=group,
        enable_script_security=block.last("enable_script_security") is not None,
    )
    vrrp_alert = block.optional_boolean("smtp_alert_vrrp", alert)
    return GlobalPart(settings, _vrrp_defaults(block, bool(vrrp_alert), report), known)


def _smtp_server(block: Entry, report: Report) -> Endpoint | None:
    entry = block.last("smtp_server")
    if entry is None or not entry.arguments:
        return None
    host = entry.arguments[0]
    port = read_number(_PORT, entry.arguments[1], report) if len(entry.arguments) > 1 else SMTP_PORT
    try:
        address = str(ipaddress.ip_address(host.text))
    except ValueError:
        if not _HOST_NAME.fullmatch(host.text) or re.fullmatch(r"[0-9.]+", host.text):
            report.error(
                host, "bad-address", f"smtp_server {quoted(host.text)} is no host name and no address: no mail is sent"
            )
            return None
        address = host.text
    return Endpoint(address, int(port or SMTP_PORT))


def _script_user(block: Entry, host: HostView, report: Report) -> tuple[str, str, bool]:
    entry = block.last("script_user")
    security = block.last("enable_script_security")
    if entry is None and security is not None and not host.user_exists(DEFAULT_SCRIPT_USER):
        report.remark(
            security.word,
            "no-script-user",
            f"script security is on, no script_user is set and there is no user {DEFAULT_SCRIPT_USER}: no script runs",
            'write "script_user NAME" into global_defs',
        )
        return "", "", False
    if entry is None or not entry.arguments:
        return (DEFAULT_SCRIPT_USER if host.user_exists(DEFAULT_SCRIPT_USER) else "", "", True)
    found = read_user(entry.arguments, host, report)
    return ("", "", False) if found is None else (*found, True)


def _vrrp_defaults(block: Entry, smtp_alert: bool, report: Report) -> VrrpDefaults:
    minimal = block.optional_boolean("vrrp_min_garp") or False
    repeat = _repeat(block, "vrrp_garp_master_repeat", 1 if minimal else 5)
    delay = block.number("vrrp_garp_master_delay", 0 if minimal else 5)
    strict = block.last("vrrp_strict")
    strict_on = strict is not None and strict.value is True
    if strict is not None and strict_on:
        report.no_effect(
            strict.word,
            "vrrp_strict is honoured in part: no authentication, no answer to lower priorities; "
            "the firewall rules that keepalived makes with it are not made, so this host answers on its VIPs",
        )
    return VrrpDefaults(
        version=int(block.number("vrrp_version", 2)),
        garp=GarpSettings(
            master_repeat=repeat,
            master_delay=delay,
            refresh=block.number("vrrp_garp_master_refresh", 0),
            refresh_repeat=_repeat(block, "vrrp_garp_master_refresh_repeat", 1),
            lower_priority_repeat=int(block.number("vrrp_garp_lower_prio_repeat", repeat)),
            lower_priority_delay=block.number("vrrp_garp_lower_prio_delay", delay),
        ),
        lower_priority_no_advert=block.optional_boolean("vrrp_lower_prio_no_advert"),
        higher_priority_send_advert=block.optional_boolean("vrrp_higher_prio_send_advert") or False,
        skip_check_advert_address=block.optional_boolean("vrrp_skip_check_adv_addr") or False,
        checksum_as_v2=block.optional_boolean("v3_checksum_as_v2") or False,
        strict=strict_on,
        smtp_alert=smtp_alert,
    )


def _repeat(block: Entry, name: str, default: int) -> int:
    return max(1, int(block.number(name, default)))
