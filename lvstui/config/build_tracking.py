"""config: `track_script` and `track_interface` of an instance."""

from __future__ import annotations

from collections.abc import Mapping

from lvstui.config.build_scripts import read_weight
from lvstui.config.build_vips import check_interface
from lvstui.config.diagnostics import Report, quoted
from lvstui.config.host import HostView
from lvstui.config.lexer import Word
from lvstui.config.tree import Entry
from lvstui.model.configuration import TrackedInterface, TrackedScript, TrackScript
from lvstui.safety import clean


def tracked_scripts(
    entry: Entry, scripts: Mapping[str, TrackScript], defined: frozenset[str], report: Report
) -> tuple[TrackedScript, ...]:
    """The scripts that this instance tracks, weights resolved; a second mention of a script is ignored.

    `scripts` are those that can run, `defined` the names of all in the file.
    """
    found: dict[str, TrackedScript] = {}
    for item in entry.entries("track_script"):
        name = item.words[0].text
        script = scripts.get(clean(name))
        if script is None:
            _missing(item.words[0], name in defined, report)
            continue
        if name in found:
            report.error(item.words[0], "duplicate-tracker", f"{quoted(name)} is tracked already; this line is ignored")
            continue
        weight = _weight(item, report)
        reverse = script.reverse if weight is None or weight[1] is None else weight[1]
        found[name] = TrackedScript(script.name, script.weight if weight is None else weight[0], reverse)
    return tuple(found.values())


def _missing(word: Word, defined: bool, report: Report) -> None:
    if defined:
        report.advice(
            word,
            "tracker-unused",
            f"{quoted(word.text)} cannot run (see its vrrp_script): the instance goes on without it",
        )
    else:
        report.error(
            word,
            "no-such-script",
            f"there is no vrrp_script {quoted(word.text)}: nothing is tracked",
            "keepalived ignores the line as well; a failure that it should notice moves nothing",
        )


def tracked_interfaces(entry: Entry, interface: str, host: HostView, report: Report) -> tuple[TrackedInterface, ...]:
    """The interfaces that this instance tracks; its own is tracked anyway and ignored here."""
    found: dict[str, TrackedInterface] = {}
    for item in entry.entries("track_interface"):
        word = item.words[0]
        if word.text == interface:
            report.warning(
                word, "own-interface", f"{quoted(word.text)} is the instance's own interface; the line is ignored"
            )
            continue
        if word.text in found:
            report.error(word, "duplicate-tracker", f"{quoted(word.text)} is tracked already; this line is ignored")
            continue
        if not check_interface(word, host, report, "the tracker fails until it appears"):
            continue
        weight = _weight(item, report)
        number, reverse = weight or (0, None)
        found[word.text] = TrackedInterface(clean(word.text), number, bool(reverse))
    return tuple(found.values())


def _weight(item: Entry, report: Report) -> tuple[int, bool | None] | None:
    """`weight N [reverse|noreverse]` behind the name; None if absent or wrong."""
    words = item.words[1:]
    if not words:
        return None
    if words[0].text != "weight":
        report.error(words[0], "unknown-option", f"{quoted(words[0].text)} is not known and is ignored")
        return None
    if len(words) < 2:
        report.error(words[0], "missing-parameter", "weight needs a value; it is ignored")
        return None
    return read_weight(words[1:], report, item.words[0].text)
