"""Console: pane 5, what happened, newest first, in keepalived's words; of all directors at hand."""

from __future__ import annotations

from lvstui.console import actions, format
from lvstui.console.actions import Where
from lvstui.console.glyphs import SEVERITY
from lvstui.console.lines import Line, Pieces
from lvstui.console.table.columns import Column, Row, cell
from lvstui.console.table.live_table import LiveTable
from lvstui.console.view import View
from lvstui.model.event import Event, Severity

_SHOWN = 500
_TEXT_STYLES = {Severity.ERROR: "error", Severity.WARNING: "warn"}


class EventsPane(LiveTable):
    """The event strip; `events` finds an event again by its row's key."""

    BINDINGS = actions.bindings(Where.LISTS, Where.EVENTS)
    number = 5
    title = "Events"
    empty = "nothing has happened yet"
    marks_blurred = False

    def __init__(self, *, id: str) -> None:
        super().__init__(id=id)
        self.events: dict[str, tuple[str, Event]] = {}
        self._known: tuple[tuple[str, Event], ...] | None = None

    def present(self, view: View) -> None:
        """Show the picture."""
        if view.events == self._known:
            self.update()
            return
        follows = not self.rows or self.selected == self.rows[0].key
        self._known = view.events
        names = {seat.name for seat in view.seats}
        width = max((len(name) for name in names), default=0)
        self.columns = (
            Column("time", "Time", 8),
            *((Column("director", "", min(width, 10)),) if len(names) > 1 else ()),
            Column("sign", "", 1),
            Column("severity", "", 7, 4),
            Column("text", "", 50, grow=True, least=20),
        )
        self.events = {key_of(name, event): (name, event) for name, event in view.events[:_SHOWN]}
        rows = [_row(key, name, event) for key, (name, event) in self.events.items()]
        if follows and rows:
            self.selected = rows[0].key
        self.show(rows)

    def head_lines(self, width: int) -> list[Line]:
        """Return nothing: the columns speak for themselves, and the strip is short."""
        return [] if self.rows else super().head_lines(width)


def key_of(name: str, event: Event) -> str:
    """Return what identifies an event on screen."""
    return f"{name} {event.at} {event.kind} {event.subject} {event.text}"


def _row(key: str, name: str, event: Event) -> Row:
    text: Pieces = cell(event.text, _TEXT_STYLES.get(event.severity, ""))
    if event.reason:
        text = (*text, (f"  {event.reason}", "dim"))
    return Row(
        key,
        {
            "time": cell(format.clock(event.time), "dim"),
            "director": cell(name, "strong"),
            "sign": cell(SEVERITY[event.severity].glyph, SEVERITY[event.severity].style),
            "severity": cell(SEVERITY[event.severity].word, SEVERITY[event.severity].style),
            "text": text,
        },
    )
