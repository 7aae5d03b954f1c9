"""Console: the help page, made from the table of actions and the glossary of states."""

from __future__ import annotations

from lvstui.console.actions import ACTIONS, Danger, Where
from lvstui.console.glyphs import GLOSSARY
from lvstui.console.lines import Line, fit, line, wrap
from lvstui.model.check import CheckCode

WIDTH = 70
"""Nine tenths of an 80-column terminal, less a little."""
_DANGER = {Danger.VIEW: "", Danger.SMALL: "shown before", Danger.TRAFFIC: "asks first", Danger.OUTAGE: "breaks things"}
_CODES = (
    ("L3 L4 L7", "how far the probe got: echo, connection, reply"),
    ("OK TOUT CON", "good, too slow, refused or no route"),
    ("STS RSP DIG", "another status code, no valid reply, another page than the digest says"),
    ("SCR CFG", "the script failed; the check cannot run here"),
)
_COLUMNS = (
    ("ActiveConn", "connections that are established"),
    ("InActConn", "connections that are closing or half open"),
    ("Conns CPS", "connections since the entry was made, and per second now"),
    ("PPS BPS", "packets and bytes per second, in and out"),
    ("Age Next", "since the last probe, until the next one"),
    ("Fails", "consecutive failures of those needed for the verdict"),
)


def help_lines(*here: Where) -> list[Line]:
    """Return the page; what works `here` comes first."""
    lines: list[Line] = []
    for place in (*here, *(place for place in Where if place not in here)):
        found = [action for action in ACTIONS if place in action.where]
        if not found:
            continue
        lines += [line(), line((f" Keys: {place}", "title"))]
        for action in found:
            danger = _DANGER[action.danger]
            lines += _entry(fit(action.shown, 7), "key", action.help, danger)
    lines += [line(), line((" States", "title"))]
    lines += [row for sign, meaning in GLOSSARY for row in _entry(fit(sign.text, 12), sign.style, meaning)]
    lines += [line(), line((" Codes of checks", "title"))]
    lines += [row for code, meaning in _CODES for row in _entry(fit(code, 12), "strong", meaning)]
    lines += _entry(fit("all", 12), "dim", " ".join(CheckCode))
    lines += [line(), line((" Columns", "title"))]
    lines += [row for name, meaning in _COLUMNS for row in _entry(fit(name, 12), "strong", meaning)]
    lines += [line(), line((" The slider's marks", "title"))]
    lines += [
        line(
            "   ┼ base   ", ("◇ peer", "mark-peer"), "   ", ("● now", "mark-now"), "   ", ("◉ pending", "mark-pending")
        )
    ]
    return lines[1:]


def _entry(name: str, style: str, text: str, danger: str = "") -> list[Line]:
    first, *rest = wrap(f"{text} ({danger})" if danger else text, WIDTH - len(name) - 3)
    return [line((f"   {name}", style), first), *(line(f"   {'':<{len(name)}}{row}") for row in rest)]
