"""Console: the help page, made from the table of actions and the glossary of states."""

from __future__ import annotations

from lvstui.console.actions import ACTIONS, Danger, Where
from lvstui.console.glyphs import GLOSSARY
from lvstui.console.lines import Line, fit, line
from lvstui.model.check import CheckCode

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
            lines.append(
                line((f"   {fit(action.shown, 7)}", "key"), action.help, (f"  {danger}" if danger else "", "warn"))
            )
    lines += [line(), line((" States", "title"))]
    lines += [line(("   " + fit(sign.text, 12), sign.style), meaning) for sign, meaning in GLOSSARY]
    lines += [line(), line((" Codes of checks", "title"))]
    lines += [line((f"   {fit(code, 12)}", "strong"), meaning) for code, meaning in _CODES]
    lines.append(line((f"   all: {' '.join(str(code) for code in CheckCode)}", "dim")))
    lines += [line(), line((" Columns", "title"))]
    lines += [line((f"   {fit(name, 12)}", "strong"), meaning) for name, meaning in _COLUMNS]
    lines += [line(), line((" The slider's marks", "title"))]
    lines += [
        line(
            "   ┼ base   ", ("◇ peer", "mark-peer"), "   ", ("● now", "mark-now"), "   ", ("◉ pending", "mark-pending")
        )
    ]
    return lines[1:]
