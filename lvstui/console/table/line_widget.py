"""Console: a widget made of lines; repaints only the rows that differ from what is on the screen."""

from __future__ import annotations

from itertools import groupby
from operator import itemgetter
from typing import ClassVar

from rich.segment import Segment
from rich.style import Style
from textual import events
from textual.geometry import Region
from textual.strip import Strip
from textual.widget import Widget

from lvstui.console.lines import STYLES, Line, cut_pieces, width_of
from lvstui.safety import clean


def inert(text: str) -> str:
    """Return `text` without anything that a terminal obeys (the engine has cleaned it already: a second lock)."""
    return text if text.isprintable() else clean(text, 4 * len(text))


class LineWidget(Widget):
    """Draws what `draw` returns. Call `update` when something changed: unchanged rows send no byte.

    `is_stale` paints every word in the style `stale`, so that nothing old looks alive.
    """

    COMPONENT_CLASSES: ClassVar[set[str]] = {f"line--{name}" for name in STYLES}

    def __init__(self, *, id: str | None = None, classes: str | None = None) -> None:
        super().__init__(id=id, classes=classes)
        self.is_stale = False
        self._painted: list[Line] = []

    def draw(self, width: int, height: int) -> list[Line]:
        """Return the rows, at most `height`, each at most `width` cells (longer ones are cut)."""
        raise NotImplementedError

    def update(self) -> None:
        """Draw again and repaint the rows that changed."""
        width, height = self.size
        if not width or not height:
            return
        lines = self.draw(width, height)[:height]
        lines += [Line()] * (height - len(lines))
        old = self._painted
        self._painted = lines
        if len(old) != height:
            self.refresh()
            return
        rows = [y for y in range(height) if lines[y] != old[y]]
        if rows:
            self.refresh(*(Region(0, y, width, 1) for y in rows))

    def repaint(self) -> None:
        """Draw again and repaint everything (after a change of theme or staleness)."""
        self._painted = []
        self.update()

    def mark_stale(self, is_stale: bool) -> None:
        """Take note of whether what is shown is live."""
        if is_stale != self.is_stale:
            self.is_stale = is_stale
            self._painted = []

    def on_resize(self, event: events.Resize) -> None:
        """Draw for the new size."""
        self._painted = []
        self.update()

    def render_line(self, y: int) -> Strip:
        """Return row `y` for Textual's line API."""
        width = self.size.width
        if y >= len(self._painted):
            return Strip.blank(width, self.rich_style)
        line = self._painted[y]
        ground = self.rich_style + self._style(line.ground)
        pieces = cut_pieces(((inert(text), self._shade(name)) for text, name in line.pieces), width)
        segments = [
            Segment("".join(text for text, _ in run), ground + self._style(name))
            for name, run in groupby(pieces, key=itemgetter(1))
        ]
        rest = width - width_of(pieces)
        if rest > 0:
            segments.append(Segment(" " * rest, ground))
        return Strip(segments, width)

    def _shade(self, name: str) -> str:
        return "stale" if self.is_stale and name not in _ALWAYS else name

    def _style(self, name: str) -> Style:
        return self.get_component_rich_style(f"line--{name}", partial=True) if name else Style.null()


_ALWAYS = frozenset(
    {"title", "title-focus", "rule", "head", "key", "banner", "bar", "bar-strong", "button", "button-on"}
)
