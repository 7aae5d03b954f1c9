"""config: the entries of `virtual_ipaddress` and `virtual_ipaddress_excluded`."""

from __future__ import annotations

from dataclasses import dataclass
from difflib import get_close_matches

from lvstui.config.diagnostics import Report, quoted
from lvstui.config.host import HostView
from lvstui.config.lexer import Word
from lvstui.config.schema import integer
from lvstui.config.tree import Entry
from lvstui.config.values import address_or_none, read_number
from lvstui.model.vip import Vip
from lvstui.safety import clean

MAX_LABEL = 15
MAX_INTERFACE = 15
MAX_VIPS = 255
_SCOPES = {"site": "site", "link": "link", "host": "host", "nowhere": "nowhere", "global": "global"} | {
    "0": "global",
    "200": "site",
    "253": "link",
    "254": "host",
    "255": "nowhere",
}
_IGNORED_FLAGS = frozenset({"home", "-nodad", "mngtmpaddr", "noprefixroute", "autojoin", "no_track", "use_vmac"})
_IGNORED_OPTIONS = frozenset({"brd", "broadcast", "peer", "preferred_lft", "track_group"})

_OPTIONS = sorted(_IGNORED_FLAGS | _IGNORED_OPTIONS | {"dev", "label", "scope"})


@dataclass(slots=True)
class _Options:
    interface: str
    label: str = ""
    scope: str = "global"
    removed: bool = False


def build_vip(entry: Entry, interface: str, host: HostView, report: Report) -> Vip | None:
    """One address with its options (`dev`, `label`, `scope`, ...); None if keepalived would skip it (reported)."""
    parsed = _address(entry.words[0], report)
    if parsed is None:
        return None
    address, prefix = parsed
    options = _options(entry.words, interface, host, report)
    if options.removed:
        return None
    return Vip(address, prefix, options.interface, options.label, options.scope)


def _address(word: Word, report: Report) -> tuple[str, int] | None:
    text, slash, mask = word.text.partition("/")
    address = address_or_none(text)
    if address is None:
        report.error(word, "bad-address", f"{quoted(word.text)} is not an IP address; it is skipped")
        return None
    whole = 128 if ":" in address else 32
    if not slash:
        return address, whole
    row = integer(0, whole, whole, strict=True)
    prefix = read_number(row, Word(mask, word.origin, word.column + len(text) + 1), report)
    return address, whole if prefix is None else int(prefix)


def _options(words: tuple[Word, ...], interface: str, host: HostView, report: Report) -> _Options:
    options = _Options(interface)
    at = 1
    while at < len(words):
        word = words[at]
        value = words[at + 1] if at + 1 < len(words) else None
        at += 1
        if word.text in _IGNORED_FLAGS:
            report.no_effect(word, f"{word.text} is accepted and has no effect here yet")
            continue
        if word.text not in ("dev", "label", "scope") and word.text not in _IGNORED_OPTIONS:
            close = get_close_matches(word.text, _OPTIONS, 1)
            report.error(
                word,
                "unknown-option",
                f"{quoted(word.text)} is not known for an address and is ignored",
                f'did you mean "{close[0]}"?' if close else "",
            )
            continue
        if value is None:
            report.error(word, "missing-parameter", f"{word.text} needs a value; it is ignored")
            continue
        at += 1
        _take(options, word, value, host, report)
    return options


def _take(options: _Options, word: Word, value: Word, host: HostView, report: Report) -> None:
    if word.text == "dev":
        options.interface = clean(value.text)
        check_interface(value, host, report, "the address cannot be added until it appears")
    elif word.text == "label":
        if len(value.text.encode()) > MAX_LABEL:
            report.error(
                value, "long-label", f"label {quoted(value.text)} is longer than {MAX_LABEL}; the address is skipped"
            )
            options.removed = True
        options.label = clean(value.text)
    elif word.text == "scope":
        if value.text in _SCOPES:
            options.scope = _SCOPES[value.text]
        else:
            report.error(value, "unknown-value", f"{quoted(value.text)} is not a scope; global is used")
    else:
        report.no_effect(word, f"{word.text} is accepted and has no effect here yet")


def check_interface(word: Word, host: HostView, report: Report, follows: str) -> bool:
    """Report an interface name that is too long or not on the host; True if the name itself is possible."""
    if len(word.text.encode()) > MAX_INTERFACE or "/" in word.text:
        report.error(word, "bad-interface", f"{quoted(word.text)} cannot be the name of an interface")
        return False
    if not host.interface_exists(word.text):
        report.warning(
            word, "no-such-interface", f"interface {quoted(word.text)} does not exist on this host: {follows}"
        )
    return True
