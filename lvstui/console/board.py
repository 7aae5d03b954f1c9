"""Console: the area of the panes; a Textual layout that asks `arrange` where everything goes."""

from __future__ import annotations

from typing import Any

from textual import events
from textual.geometry import NULL_OFFSET, NULL_SPACING, Region, Size
from textual.layout import ArrangeResult, Layout, WidgetPlacement
from textual.message import Message
from textual.widget import Widget

from lvstui.console import arrange
from lvstui.console.panes.priority import PrioritySlider
from lvstui.console.table.pane import Pane


class BoardLayout(Layout):
    """Places the panes of a Board."""

    name = "board"

    def arrange(self, parent: Widget, children: list[Widget], size: Size, greedy: bool = True) -> ArrangeResult:
        """Return the placements for this size; a pane without a place is not on the screen."""
        assert isinstance(parent, Board)
        found = arrange.places(size.width, size.height, parent.wanted(), parent.alone(size))
        return [
            WidgetPlacement(Region(*found[child.id]), NULL_OFFSET, NULL_SPACING, child)
            for child in children
            if child.id in found and found[child.id].height > 0
        ]


class Board(Widget):
    """Holds the panes. `current` is the pane last in focus, `zoomed` gives it all the room."""

    class Resized(Message):
        """The board has another size: panes may want another form."""

    def __init__(self, *panes: Widget, id: str) -> None:
        super().__init__(*panes, id=id)
        self.current = str(panes[0].id)
        self.zoomed = False
        self._layout = BoardLayout()
        self._wanted: dict[str, int] = {}

    @property
    def layout(self) -> Layout:
        """Textual asks here how to arrange the children."""
        return self._layout

    def panes(self) -> list[Pane[Any] | PrioritySlider]:
        """Return the panes in order."""
        return [child for child in self.children if isinstance(child, Pane | PrioritySlider)]

    def wanted(self) -> dict[str, int]:
        """Return how many rows each pane would fill."""
        return {str(pane.id): pane.wanted_rows for pane in self.panes()}

    def alone(self, size: Size) -> str:
        """Return the pane that has the whole board, or ""."""
        return self.current if self.zoomed or arrange.is_single(size.width, size.height) else ""

    def settle(self) -> None:
        """Tell the panes which form to draw, and lay out again if their demands changed."""
        width, height = self.size
        alone = self.alone(self.size)
        compact = arrange.is_compact(width, height) and not (alone and height >= arrange.LEAST["vips"] * 3)
        for pane in self.panes():
            pane.compact = compact
        wanted = self.wanted()
        if wanted != self._wanted:
            self._wanted = wanted
            self.rearrange()

    def on_resize(self, event: events.Resize) -> None:
        """Tell the application."""
        self.post_message(self.Resized())

    def rearrange(self) -> None:
        """Lay out again. (A widget's own refresh keeps its old arrangement; a child's does not.)"""
        self.children[0].refresh(layout=True)
