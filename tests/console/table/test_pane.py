"""A pane keeps its cursor on the row's key, and the row in sight."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lvstui.console.lines import line, width_of
from lvstui.console.table.pane import Written, WrittenPane, rule


class Few(WrittenPane):
    number = 7
    title = "Few"


def rows(*keys: str) -> list[Written]:
    return [Written(key, line(f"{key}{index}")) for index, key in enumerate(keys)]


def pane(*keys: str) -> Few:
    made = Few(id="few")
    made.show(rows(*keys))
    return made


def test_the_cursor_begins_at_the_first_row_and_moves_by_items() -> None:
    made = pane("a", "a", "b", "c")
    assert made.selected == "a"
    made.action_cursor_down()
    assert made.selected == "b"
    made.action_cursor_last()
    assert made.selected == "c"
    made.action_cursor_down()
    assert made.selected == "c"
    made.action_cursor_first()
    made.action_cursor_up()
    assert made.selected == "a"


def test_the_cursor_stays_on_its_key_when_rows_move() -> None:
    made = pane("a", "b", "c")
    made.action_cursor_down()
    made.show(rows("x", "c", "b"))
    assert made.selected == "b"


@pytest.mark.parametrize(("left", "selected"), [(("a", "c"), "c"), (("a",), "a"), ((), "")])
def test_when_its_row_is_gone_the_cursor_takes_the_neighbour(left: tuple[str, ...], selected: str) -> None:
    made = pane("a", "b", "c")
    made.action_cursor_down()
    made.show(rows(*left))
    assert made.selected == selected
    assert (made.selected_row is None) == (not left)


@given(
    st.integers(1, 60), st.lists(st.sampled_from(["down", "up", "page_down", "page_up", "last", "first"]), max_size=20)
)
def test_the_cursor_is_always_in_sight(count: int, moves: list[str]) -> None:
    made = pane(*(f"r{index}" for index in range(count)))
    for move in moves:
        getattr(made, f"action_cursor_{move}")()
        drawn = [row.text for row in made.draw(40, 8)]
        assert any(made.selected in text for text in drawn[1:])
        assert len(drawn) <= 8


def test_what_is_out_of_sight_is_said_in_the_rule() -> None:
    made = pane(*(f"r{index}" for index in range(30)))
    assert "1-7 of 30" in made.draw(60, 8)[0].text
    assert "of" not in pane("a").draw(60, 8)[0].text


@given(st.integers(1, 120), st.text(st.characters(categories=["L"]), max_size=20), st.booleans())
def test_a_rule_never_overflows_by_more_than_its_title(width: int, aside: str, is_focused: bool) -> None:
    made = rule((("7 ", "key"), ("Few", "title")), ((aside, ""),), width, is_focused)
    assert width_of(made.pieces) <= max(width, 9)
