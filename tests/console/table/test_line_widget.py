"""Only rows that differ are painted again; nothing a terminal obeys gets through; stale is never coloured."""

from __future__ import annotations

from pathlib import Path

import pytest
from textual.app import App, ComposeResult
from textual.geometry import Region

from lvstui.console import theme
from lvstui.console.lines import Line, line
from lvstui.console.table.line_widget import LineWidget, inert


class Words(LineWidget):
    def __init__(self) -> None:
        super().__init__(id="words")
        self.lines = [line("one"), line(("two", "up")), line("three", ground="cursor")]

    def draw(self, width: int, height: int) -> list[Line]:
        return self.lines


class Bare(App[None]):
    CSS_PATH = str(Path(theme.__file__).parent / "console.tcss")

    def get_theme_variable_defaults(self) -> dict[str, str]:
        return theme.VARIABLES

    def compose(self) -> ComposeResult:
        yield Words()


async def test_only_changed_rows_are_refreshed(monkeypatch: pytest.MonkeyPatch) -> None:
    async with Bare().run_test(size=(20, 5)) as pilot:
        widget = pilot.app.query_one(Words)
        refreshed: list[tuple[Region, ...]] = []
        monkeypatch.setattr(widget, "refresh", lambda *regions: refreshed.append(regions))
        widget.update()
        assert refreshed == []
        widget.lines[1] = line(("TWO", "up"))
        widget.update()
        assert refreshed == [(Region(0, 1, 20, 1),)]


async def test_rows_are_cut_and_filled_to_the_width() -> None:
    async with Bare().run_test(size=(20, 5)) as pilot:
        widget = pilot.app.query_one(Words)
        widget.lines = [line("x" * 50), line("日本語" * 9)]
        widget.update()
        assert [widget.render_line(y).cell_length for y in range(5)] == [20] * 5


async def test_a_stale_widget_has_no_colour_of_life() -> None:
    async with Bare().run_test(size=(20, 5)) as pilot:
        widget = pilot.app.query_one(Words)
        green = widget.render_line(1)._segments[0].style
        widget.mark_stale(True)
        widget.update()
        grey = widget.render_line(1)._segments[0].style
        assert green is not None
        assert grey is not None
        assert green.color != grey.color
        assert widget.render_line(1).text.strip() == "two"


def test_control_characters_become_pictures_and_markup_stays_text() -> None:
    assert inert("a\x1b[31mb\r\n") == "a␛[31mb␍␊"
    assert inert("[bold]x[/]") == "[bold]x[/]"
    assert inert("\u202e") == "\ufffd"
