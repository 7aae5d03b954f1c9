"""A page is scrolled by rows and never past its ends."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from lvstui.console.lines import line
from lvstui.console.screens.reader import Page


def page(count: int) -> Page:
    return Page("Title", [line(f"row {index}") for index in range(count)])


@given(st.integers(0, 60), st.lists(st.integers(-50, 50), max_size=8), st.integers(3, 30))
def test_scrolling_stays_within_the_page(count: int, steps: list[int], height: int) -> None:
    made = page(count)
    for step in steps:
        made._scroll(step)
        drawn = made.draw(60, height)
        assert len(drawn) == height
        if count:
            assert any(row.text.startswith("row") for row in drawn)


def test_a_long_page_says_where_one_is() -> None:
    made = page(50)
    made._scroll(10)
    assert "11-18 of 50" in made.draw(60, 10)[-1].text
    assert "of" not in page(3).draw(60, 10)[-1].text
