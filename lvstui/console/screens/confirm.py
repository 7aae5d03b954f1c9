"""Console: the question before an act: what the engine says it will do, and two buttons."""

from __future__ import annotations

from collections.abc import Sequence

from textual.app import ComposeResult
from textual.screen import ModalScreen

from lvstui.console import actions
from lvstui.console.actions import Danger, Where
from lvstui.console.lines import Line, cut, line, wrap
from lvstui.console.table.line_widget import LineWidget
from lvstui.console.table.pane import rule

WIDTH = 70


class Question(LineWidget, can_focus=True):
    """Stands on Cancel from danger level 2 on."""

    BINDINGS = actions.bindings(Where.DIALOG)

    def __init__(self, title: str, effect: Sequence[str], verb: str, danger: Danger) -> None:
        super().__init__(id="question")
        self._title = title
        self._effect = effect
        self._verb = verb
        self._danger = danger
        self.is_on_verb = danger < Danger.TRAFFIC

    def rows(self, width: int) -> list[Line]:
        """Return title, effect and buttons for this width."""
        body = [
            line(("  " + row, "warn" if self._danger >= Danger.OUTAGE else ""))
            for text in self._effect
            for row in wrap(text, width - 4)
        ]
        no, yes = ("button", "button-on") if self.is_on_verb else ("button-on", "button")
        buttons = line(
            "  ", ("  Cancel  ", no), "   ", (f"  {self._verb}  ", yes), ("    Tab changes, Enter chooses", "dim")
        )
        title = cut(self._title, width - 10)
        return [rule(((title, "title-focus"),), (), width, True), line(), *body, line(), buttons, line()]

    def draw(self, width: int, height: int) -> list[Line]:
        """Return the dialog; on a low screen the text gives way to the buttons."""
        rows = self.rows(width)
        return rows if len(rows) <= height else [*rows[: height - 2], *rows[-2:]]

    def action_dialog_other(self) -> None:
        """Mark the other button."""
        self.is_on_verb = not self.is_on_verb
        self.update()

    def action_dialog_choose(self) -> None:
        """Press the marked button."""
        self.screen.dismiss(self.is_on_verb)

    def action_dialog_yes(self) -> None:
        """Do it."""
        self.screen.dismiss(True)

    def action_dialog_no(self) -> None:
        """Do nothing."""
        self.screen.dismiss(False)


class ConfirmScreen(ModalScreen[bool]):
    """Answers whether the operator wants it."""

    def __init__(self, title: str, effect: Sequence[str], verb: str, danger: Danger) -> None:
        super().__init__()
        self._question = Question(title, effect, verb, danger)

    def compose(self) -> ComposeResult:
        """Put the question in the middle."""
        width = min(WIDTH, max(20, self.app.size.width - 4))
        self._question.styles.width = width
        self._question.styles.height = len(self._question.rows(width))
        self._question.styles.max_height = "95%"
        yield self._question
