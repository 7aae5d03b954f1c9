"""Console: a row across the screen that is there only when something must not be overlooked."""

from __future__ import annotations

from lvstui.console.lines import Line
from lvstui.console.table.line_widget import LineWidget


class Banner(LineWidget):
    """Hidden while it has nothing to say."""

    def __init__(self, *, id: str) -> None:
        super().__init__(id=id)
        self.text = ""
        self.style_name = "banner"
        self.display = False

    def say(self, text: str, style: str) -> None:
        """Show `text`; "" hides the row."""
        if (text, style) != (self.text, self.style_name):
            self.text, self.style_name = text, style
            self.display = bool(text)
            self.update()

    def draw(self, width: int, height: int) -> list[Line]:
        """Return the row."""
        glyph = "! " if self.style_name == "banner" else ""
        return [Line(((f" {glyph}{self.text}", "banner" if glyph else "bar"),), self.style_name)]
