"""The help page is made from the tables."""

from __future__ import annotations

from lvstui.console.actions import Where
from lvstui.console.glyphs import GLOSSARY
from lvstui.console.screens.help import help_lines
from lvstui.model.check import CheckCode


def test_what_works_here_comes_first() -> None:
    assert help_lines(Where.PRIORITY)[0].text == " Keys: priority"
    assert sum(1 for line in help_lines(Where.PRIORITY) if line.text == " Keys: priority") == 1


def test_states_and_codes_are_explained() -> None:
    page = " ".join(" ".join(line.text.split()) for line in help_lines())
    assert all(meaning in page for _, meaning in GLOSSARY)
    assert all(code in page for code in CheckCode)


def test_it_fits_on_80_columns() -> None:
    # The page is 90 % of the screen wide.
    assert [line.text for line in help_lines() if len(line.text) > 72] == []
