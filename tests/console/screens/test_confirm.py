"""The question before an act."""

from __future__ import annotations

import pytest

from lvstui.console.actions import Danger
from lvstui.console.screens.confirm import Question


@pytest.mark.parametrize(
    ("danger", "is_on_verb"), [(Danger.SMALL, True), (Danger.TRAFFIC, False), (Danger.OUTAGE, False)]
)
def test_it_stands_on_cancel_when_it_hurts(danger: Danger, is_on_verb: bool) -> None:
    assert Question("Drain it?", ["effect"], "Drain", danger).is_on_verb is is_on_verb


def test_the_effect_is_wrapped_and_the_buttons_are_there() -> None:
    question = Question("Drain it?", ["word " * 40, "second"], "Drain", Danger.TRAFFIC)
    rows = [row.text for row in question.rows(50)]
    assert all(len(row) <= 60 for row in rows)
    assert sum(row.count("word") for row in rows) == 40
    assert "Cancel" in rows[-2]
    assert "Drain" in rows[-2]


def test_on_a_low_screen_the_buttons_stay() -> None:
    question = Question("Drain it?", ["word " * 200], "Drain", Danger.TRAFFIC)
    drawn = [row.text for row in question.draw(40, 6)]
    assert len(drawn) == 6
    assert "Cancel" in drawn[-2]
