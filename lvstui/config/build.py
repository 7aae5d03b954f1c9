"""config: the parse tree of a whole file to `model.configuration.Configuration`."""

from __future__ import annotations

from lvstui.config.build_global import build_global
from lvstui.config.build_groups import check_groups
from lvstui.config.build_scripts import ScriptContext, build_scripts, check_security, notify_commands
from lvstui.config.build_services import build_services
from lvstui.config.build_vrrp import VrrpContext, build_instances
from lvstui.config.diagnostics import Report
from lvstui.config.host import HostView
from lvstui.config.lexer import Word
from lvstui.config.tree import Entry
from lvstui.model.configuration import Configuration, MiscChecker, ScriptCommand, TrackScript, VirtualServer
from lvstui.safety import clean


def build_configuration(root: Entry, host: HostView, report: Report, path: str) -> Configuration:
    """What the file means; everything that keepalived would drop or correct is dropped or corrected, and reported."""
    part = build_global(root, host, report)
    settings = part.settings
    context = ScriptContext(host, report, settings, part.user_known)
    scripts = build_scripts(root, context)
    defined = frozenset(entry.arguments[0].text for entry in root.all("vrrp_script") if entry.arguments)
    vrrp = VrrpContext(host, report, part.vrrp, {script.name: script for script in scripts}, defined)
    instances = build_instances(root, vrrp)
    check_groups(root, report)
    checker_alert = settings.smtp_alert if settings.smtp_alert_checker is None else settings.smtp_alert_checker
    services = build_services(root, context, checker_alert)
    check_security(_commands(root, scripts, services, host), context)
    return Configuration(
        path=clean(path), settings=settings, scripts=scripts, instances=instances, virtual_servers=services
    )


def _commands(
    root: Entry, scripts: tuple[TrackScript, ...], services: tuple[VirtualServer, ...], host: HostView
) -> list[tuple[ScriptCommand, Word]]:
    """Every script that would be run, with its place in the file."""
    found: list[tuple[ScriptCommand, Word]] = []
    for entry in root.all("vrrp_script"):
        line = entry.last("script")
        name = clean(entry.arguments[0].text) if entry.arguments else ""
        script = next((script for script in scripts if script.name == name), None)
        if line is not None and script is not None:
            found.append((script.command, line.word))
    checks = [
        checker.command
        for service in services
        for server in service.real_servers
        for checker in server.checkers
        if isinstance(checker, MiscChecker)
    ]
    if checks:
        found.append((checks[0], _first_misc(root)))
        found.extend((command, found[-1][1]) for command in dict.fromkeys(checks[1:]))
    return found + notify_commands(root, host)


def _first_misc(root: Entry) -> Word:
    for service in root.all("virtual_server"):
        for server in service.all("real_server"):
            for check in server.all("MISC_CHECK"):
                line = check.last("misc_path")
                if line is not None:
                    return line.word
    return root.word
