"""Console: a page of lines to read, over the panes: help, details."""

from __future__ import annotations

from collections.abc import Sequence

from textual.app import ComposeResult
from textual.screen import ModalScreen

from lvstui.console import actions
from lvstui.console.actions import Where
from lvstui.console.lines import Line, Pieces, fold, spread
from lvstui.console.table.line_widget import LineWidget
from lvstui.console.table.pane import rule

INDENT = 21
"""Where values begin on the pages of details: what is broken goes on there."""


class Page(LineWidget, can_focus=True):
    """The lines, scrolled by rows."""

    BINDINGS = actions.bindings(Where.READER)

    def __init__(self, title: str, lines: Sequence[Line]) -> None:
        super().__init__(id="page")
        self._title = title
        self._lines = lines
        self._top = 0

    def draw(self, width: int, height: int) -> list[Line]:
        """Return the rule, the lines in sight, and how to go on."""
        room = max(1, height - 2)
        lines = [row for line in self._lines for row in fold(line, width - 1, INDENT)]
        self._top = max(0, min(self._top, len(lines) - room))
        head = rule(((self._title, "title-focus"),), (("Esc closes", "dim"),), width, True)
        shown = lines[self._top : self._top + room]
        shown += [Line()] * (room - len(shown))
        more: Pieces = ()
        if len(lines) > room:
            last = min(self._top + room, len(lines))
            more = ((f"{self._top + 1}-{last} of {len(lines)}, ↓ ↑ PgDn PgUp ", "dim"),)
        return [head, *shown, Line(spread((), more, width))]

    def _scroll(self, rows: int) -> None:
        self._top += rows
        self.update()

    def action_reader_down(self) -> None:
        """Go a row down."""
        self._scroll(1)

    def action_reader_up(self) -> None:
        """Go a row up."""
        self._scroll(-1)

    def action_reader_page_down(self) -> None:
        """Go a page down."""
        self._scroll(max(1, self.size.height - 4))

    def action_reader_page_up(self) -> None:
        """Go a page up."""
        self._scroll(-max(1, self.size.height - 4))

    def action_reader_close(self) -> None:
        """Back to the panes."""
        self.screen.dismiss(None)


class ReaderScreen(ModalScreen[None]):
    """Shows a page as large as it needs to be."""

    def __init__(self, title: str, lines: Sequence[Line]) -> None:
        super().__init__()
        self._page = Page(title, lines)
        self._lines = lines

    def compose(self) -> ComposeResult:
        """Put the page in the middle."""
        width = min(110, self.app.size.width * 9 // 10)
        self._page.styles.width = width
        self._page.styles.height = sum(len(fold(line, width - 1, INDENT)) for line in self._lines) + 2
        self._page.styles.max_height = "95%"
        yield self._page
