"""Console: the bottom row: the keys of the pane in focus, or for a few seconds what the last act did."""

from __future__ import annotations

from collections.abc import Sequence

from lvstui.console.actions import Action
from lvstui.console.lines import Line, Piece, Pieces, width_of
from lvstui.console.table.line_widget import LineWidget

MESSAGE_SECONDS = 8.0


class Footer(LineWidget):
    """Made from the table of actions; a message takes its place until it is old or a key is pressed twice."""

    def __init__(self, *, id: str) -> None:
        super().__init__(id=id)
        self._actions: Sequence[Action] = ()
        self.message = ""
        self._style_name = ""

    def offer(self, actions: Sequence[Action]) -> None:
        """Show these actions."""
        if self._actions != actions:
            self._actions = actions
            self.update()

    def say(self, text: str, style: str = "strong") -> None:
        """Show a message in place of the keys for MESSAGE_SECONDS."""
        self.message, self._style_name = text, style
        self.update()
        self.set_timer(MESSAGE_SECONDS, lambda: self._silence(text))

    def _silence(self, text: str) -> None:
        if self.message == text:
            self.message = ""
            self.update()

    def draw(self, width: int, height: int) -> list[Line]:
        """Return the row."""
        if self.message:
            return [Line(((f" {self.message}", self._style_name),), "bar")]
        return [Line(keys_pieces(self._actions, width), "bar")]


def keys_pieces(actions: Sequence[Action], width: int) -> Pieces:
    """Return as many keys as fit; help and quit always do."""
    shown = list(actions)
    while True:
        pieces: list[Piece] = []
        for action in shown:
            pieces += [(f" {action.shown}", "key"), (f" {action.label} ", "")]
        if width_of(pieces) <= width or len(shown) <= 2:
            return tuple(pieces)
        shown.pop(-3 if len(shown) > 2 else 0)
