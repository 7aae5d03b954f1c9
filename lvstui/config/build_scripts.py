"""config: commands and `vrrp_script` blocks to the model."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path

from lvstui.config.diagnostics import Report, quoted
from lvstui.config.host import HostView
from lvstui.config.lexer import Word, split_command
from lvstui.config.schema import Kind, integer
from lvstui.config.schema_vrrp import VRRP_SCRIPT
from lvstui.config.tree import Entry
from lvstui.config.values import read_number
from lvstui.model.configuration import GlobalSettings, ScriptCommand, TrackScript
from lvstui.safety import clean

MAX_COMMAND = 1024
NO_USER = "there is no user to run it (see script_user)"
WEIGHT = integer(-253, 253, 0)
_SHELL_SYNTAX = re.compile(r"^\[\[|^\(|&&|\|\||[;|<>]")
SHELL = "/bin/bash"


@dataclass(frozen=True, slots=True)
class ScriptContext:
    """What every script needs: the host it runs on and the global settings about users and security."""

    host: HostView
    report: Report
    settings: GlobalSettings
    user_known: bool = True


def read_user(arguments: tuple[Word, ...], context_host: HostView, report: Report) -> tuple[str, str] | None:
    """`user [[:]group]`; None if the host does not know one of them (reported by the caller's words)."""
    user = arguments[0].text
    group = arguments[1].text.lstrip(":") if len(arguments) > 1 else ""
    if not context_host.user_exists(user):
        report.error(arguments[0], "no-such-user", f"there is no user {quoted(user)} on this host")
        return None
    if group and not context_host.group_exists(group):
        report.error(arguments[1], "no-such-group", f"there is no group {quoted(group)} on this host")
        return None
    return clean(user), clean(group)


def read_command(entry: Entry, what: str, context: ScriptContext, user: tuple[str, str]) -> ScriptCommand | None:
    """The command of `entry` (kind COMMAND), or None if it cannot run here (reported; `what` says whose it is).

    A first word that is no program but shell syntax is run by a shell, which keepalived does not do.
    """
    text = entry.value if isinstance(entry.value, str) else ""
    outer = split_command(text)
    if not outer or not outer[0].strip():
        report_place = entry.arguments[0] if entry.arguments else entry.word
        context.report.error(report_place, "bad-command", f"{what}: this is no command line")
        return None
    line = outer[0].strip()
    argv = split_command(line)
    place = entry.arguments[0]
    if len(entry.arguments) > 1 and not place.quoted and entry.name in ("script", "misc_path"):
        context.report.advice(
            entry.arguments[1],
            "unquoted-arguments",
            f"only {quoted(place.text)} is run, without arguments",
            f'write {entry.name} "{clean(" ".join(word.text for word in entry.arguments), 100)}"',
        )
    words = tuple(clean(word, MAX_COMMAND) for word in argv or ())
    program = context.host.find_program(words[0]) if words and line[0] not in "<>" else None
    if program is not None:
        return None if _insecure(program, place, what, context, user) else ScriptCommand(words, "", *user)
    if line[0] in "<>" or _SHELL_SYNTAX.search(line):
        return _shell_command(line, place, what, context, user)
    if not words:
        context.report.error(place, "bad-command", f"{what}: a quote inside the command line is not closed")
        return None
    missing = f"{what}: {quoted(words[0])} is not found or not executable on this host"
    if entry.name == "misc_path":
        context.report.remark(
            place, "script-not-found", missing, "the check never runs: the server counts as up, as with keepalived"
        )
    else:
        context.report.warning(
            place, "script-not-found", missing, "the script is disabled, as keepalived does it: nothing is tracked"
        )
    return None


def _insecure(program: Path, place: Word, what: str, context: ScriptContext, user: tuple[str, str]) -> bool:
    if not context.settings.enable_script_security or user[0] not in ("", "root"):
        return False
    if not context.host.writable_by_others(program):
        return False
    context.report.warning(
        place,
        "insecure-script",
        f"{what}: {quoted(str(program))} runs as root and can be changed by others than root; it is disabled",
        "make the file and the folders above it writable by root only, or give the script another user",
    )
    return True


def _shell_command(
    line: str, place: Word, what: str, context: ScriptContext, user: tuple[str, str]
) -> ScriptCommand | None:
    if context.host.find_program(SHELL) is None:
        context.report.error(place, "script-not-found", f"{what}: it needs a shell, and {SHELL} is not on this host")
        return None
    if line[0] not in "<>":
        context.report.warning(
            place,
            "shell-syntax",
            f"{what} is shell syntax, not a program: keepalived disables it, lvstui runs it with {SHELL}",
            "write it as a script file, or as a program with its arguments, so that both run it",
        )
    text = clean(line, MAX_COMMAND)
    return ScriptCommand((SHELL, "-c", text), shell=text, user=user[0], group=user[1])


def read_weight(arguments: tuple[Word, ...], report: Report, whose: str) -> tuple[int, bool | None] | None:
    """`N [reverse|noreverse]`; None if it is no weight within -253..253 (reported)."""
    number = read_number(WEIGHT, arguments[0], report)
    if number is None:
        return None
    reverse: bool | None = None
    for word in arguments[1:]:
        if word.text in ("reverse", "noreverse"):
            reverse = word.text == "reverse"
        else:
            report.error(word, "unknown-option", f"{whose}: {quoted(word.text)} is not known and is ignored")
    return int(number), reverse


def build_script(entry: Entry, context: ScriptContext) -> TrackScript | None:
    """One `vrrp_script`; None if keepalived would remove it (reported)."""
    name = clean(entry.arguments[0].text)
    report = context.report
    user: tuple[str, str] | None = (context.settings.script_user, context.settings.script_group)
    said = entry.last("user")
    if said is not None:
        user = read_user(said.arguments, context.host, report)
    elif not context.user_known:
        report.error(entry.closing, "script-removed", f"vrrp_script {name} is not used: {NO_USER}")
        user = None
    line = entry.last("script")
    if line is None:
        report.error(entry.closing, "script-removed", f"vrrp_script {name} has no script line and is not used")
        return None
    command = read_command(line, f"vrrp_script {name}", context, user or ("", ""))
    weight = entry.last("weight")
    value = read_weight(weight.arguments, report, f"vrrp_script {name}") if weight else None
    if command is None or user is None:
        return None
    return TrackScript(
        name=name,
        command=command,
        interval=entry.number("interval", 1.0),
        timeout=entry.number("timeout", 0.0),
        weight=value[0] if value else 0,
        reverse=bool(value and value[1]),
        rise=int(entry.number("rise", 1)),
        fall=int(entry.number("fall", 1)),
        init_fail=entry.last("init_fail") is not None,
    )


def build_scripts(root: Entry, context: ScriptContext) -> tuple[TrackScript, ...]:
    """All usable `vrrp_script` blocks; of two with one name the first is used, as keepalived does."""
    scripts: dict[str, TrackScript] = {}
    for entry in root.all("vrrp_script"):
        if not entry.arguments:
            continue
        script = build_script(entry, context)
        if script is None:
            continue
        if script.name in scripts:
            context.report.advice(
                entry.arguments[0],
                "duplicate-script",
                f"vrrp_script {script.name} is defined a second time; the first one is used",
            )
            continue
        scripts[script.name] = script
    return tuple(scripts.values())


def check_security(commands: list[tuple[ScriptCommand, Word]], context: ScriptContext) -> None:
    """Say once that scripts run without script security."""
    if context.settings.enable_script_security:
        return
    for command, place in commands:
        program = context.host.find_program(command.argv[0]) if command.argv else None
        if program is None:
            continue
        context.report.security(
            place,
            "script-security",
            "scripts are run, and enable_script_security is not set",
            'write "enable_script_security" and "script_user NAME" into global_defs',
        )
        return


def notify_commands(root: Entry, host: HostView) -> list[tuple[ScriptCommand, Word]]:
    """The scripts named in keywords that are not honoured here but that keepalived looks at for security."""
    found: list[tuple[ScriptCommand, Word]] = []
    pending = [root]
    while pending:
        entry = pending.pop()
        pending.extend(entry.children)
        if entry.row is None or entry.row.kind is not Kind.COMMAND or entry.name in _OWN or not entry.arguments:
            continue
        outer = split_command(str(entry.value or ""))
        argv = split_command(outer[0]) if outer else None
        if argv and host.find_program(argv[0]) is not None:
            found.append((ScriptCommand(tuple(argv)), entry.arguments[0]))
    return sorted(found, key=lambda pair: pair[1].origin.number)


_OWN = frozenset({*(name for name, row in VRRP_SCRIPT.items() if row.kind is Kind.COMMAND), "misc_path", "regex"})
_OWN = _OWN | {"process"}
