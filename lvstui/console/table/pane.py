"""Console: a pane: its rule with number and title, and rows below with a cursor that stays on its row's key."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Generic, NamedTuple, Protocol, TypeVar

from textual import events

from lvstui.console.lines import Line, Piece, Pieces, cut_pieces, width_of
from lvstui.console.table.line_widget import LineWidget


class HasKey(Protocol):
    """A row that can be found again."""

    @property
    def key(self) -> str:
        """What the row is about; neighbouring rows with one key are one item."""
        ...


R = TypeVar("R", bound=HasKey)


def rule(title: Pieces, aside: Pieces, width: int, is_focused: bool) -> Line:
    """Return a pane's first row: `── title ────── aside ─`."""
    aside = cut_pieces(aside, max(0, width - width_of(title) - 10)) if width - width_of(title) > 18 else ()
    left: Pieces = (
        ("──" if not is_focused else "━━", "rule" if not is_focused else "title-focus"),
        (" ", ""),
        *title,
        (" ", ""),
    )
    right: Pieces = ((" ", ""), *aside, (" ", ""), ("─", "rule")) if aside else ()
    gap = max(0, width - width_of(left) - width_of(right))
    fill = ("━", "title-focus") if is_focused else ("─", "rule")
    if right and is_focused:
        right = (*right[:-1], ("━", "title-focus"))
    return Line((*left, (fill[0] * gap, fill[1]), *right))


class Pane(LineWidget, Generic[R], can_focus=True):
    """`rows` under a rule and `head` rows that do not scroll. `number` is the key that focuses it."""

    number = 0
    title = ""
    marks_blurred = True

    def __init__(self, *, id: str) -> None:
        super().__init__(id=id)
        self.rows: Sequence[R] = ()
        self.selected = ""
        self.top = 0
        self.aside: Pieces = ()
        self.compact = False

    def row_line(self, row: R, width: int, is_selected: bool) -> Line:
        """Return how `row` looks."""
        raise NotImplementedError

    def head_lines(self, width: int) -> list[Line]:
        """Return the rows above the scrolled ones."""
        return []

    def title_pieces(self) -> Pieces:
        """Return what the rule says."""
        style = "title-focus" if self.has_focus else "title"
        return (f"{self.number} ", "key"), (self.title, style)

    @property
    def wanted_rows(self) -> int:
        """How many terminal rows the pane would fill."""
        return 1 + len(self.head_lines(80)) + max(1, len(self.rows))

    def show(self, rows: Sequence[R]) -> None:
        """Take new rows; the cursor stays on its key, or on the row that took its place."""
        if self.selected and all(row.key != self.selected for row in rows):
            index = min(self._index(), len(rows) - 1)
            self.selected = rows[index].key if index >= 0 else ""
        if not self.selected and rows:
            self.selected = rows[0].key
        self.rows = rows
        self.update()

    @property
    def selected_row(self) -> R | None:
        """The row under the cursor."""
        return self.rows[self._index()] if self.rows else None

    def draw(self, width: int, height: int) -> list[Line]:
        """Return rule, head and the rows in sight."""
        head = self.head_lines(width)
        room = max(0, height - 1 - len(head))
        self._keep_in_sight(room)
        shown = self.rows[self.top : self.top + room]
        aside: Pieces = self.aside
        if len(self.rows) > room and self.rows:
            last = min(self.top + room, len(self.rows))
            aside = (*aside, (f"{'  ' if aside else ''}{self.top + 1}-{last} of {len(self.rows)}", "strong"))
        lines = [rule(self.title_pieces(), aside, width, self.has_focus), *head]
        seen = ""
        for row in shown:
            is_selected = row.key == self.selected and seen != row.key
            seen = row.key
            line = self.row_line(row, width, is_selected)
            if is_selected and not line.ground and (self.has_focus or self._marks_cursor()):
                line = Line(line.pieces, "cursor" if self.has_focus else "cursor-blur")
            lines.append(line)
        return lines

    def _marks_cursor(self) -> bool:
        return self.marks_blurred and bool(self.rows) and self.rows[0].key != self.rows[-1].key

    def _index(self) -> int:
        return next((index for index, row in enumerate(self.rows) if row.key == self.selected), 0)

    def _keep_in_sight(self, room: int) -> None:
        first = last = self._index()
        while last + 1 < len(self.rows) and self.rows[last + 1].key == self.selected and last - first + 1 < room:
            last += 1
        self.top = max(0, min(self.top, first, len(self.rows) - room))
        self.top = max(self.top, last - room + 1)

    def _move(self, step: int) -> None:
        keys = list(dict.fromkeys(row.key for row in self.rows))
        if keys:
            index = keys.index(self.selected) if self.selected in keys else 0
            self.selected = keys[max(0, min(index + step, len(keys) - 1))]
            self.update()

    def action_cursor_down(self) -> None:
        """Go to the next item."""
        self._move(1)

    def action_cursor_up(self) -> None:
        """Go to the item before."""
        self._move(-1)

    def action_cursor_page_down(self) -> None:
        """Go a page down."""
        self._move(max(1, self.size.height - 2))

    def action_cursor_page_up(self) -> None:
        """Go a page up."""
        self._move(-max(1, self.size.height - 2))

    def action_cursor_first(self) -> None:
        """Go to the first item."""
        self._move(-len(self.rows))

    def action_cursor_last(self) -> None:
        """Go to the last item."""
        self._move(len(self.rows))

    def on_focus(self, event: events.Focus) -> None:
        """Show the cursor."""
        self.update()

    def on_blur(self, event: events.Blur) -> None:
        """Dim the cursor."""
        self.update()


class Written(NamedTuple):
    """A row that is written already."""

    key: str
    line: Line


class WrittenPane(Pane[Written]):
    """A pane whose rows are few, and written when they are made."""

    def row_line(self, row: Written, width: int, is_selected: bool) -> Line:
        """Return the row as it was written."""
        return row.line


def note(text: str, style: str = "dim") -> tuple[Piece, ...]:
    """Return a remark for an empty pane."""
    return ((f"   {text}", style),)
