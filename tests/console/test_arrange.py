"""Where panes go: nothing overlaps, nothing leaves the screen, at every size."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lvstui.console import arrange
from lvstui.console.arrange import Demand, Place

SMALL = {"vips": 4, "priority": 4, "table": 6, "checkers": 4, "events": 20}
WITH_LAB = {**SMALL, "lab": 8}


def cells(place: Place) -> set[tuple[int, int]]:
    return {(x, y) for x in range(place.x, place.x + place.width) for y in range(place.y, place.y + place.height)}


@given(st.integers(1, 260), st.integers(1, 80), st.booleans(), st.integers(1, 300))
def test_panes_never_overlap_and_never_leave_the_screen(width: int, height: int, has_lab: bool, servers: int) -> None:
    wanted = {**(WITH_LAB if has_lab else SMALL), "table": 4 + servers, "checkers": 2 + servers}
    alone = "table" if arrange.is_single(width, height) else ""
    found = arrange.places(width, height, wanted, alone)
    assert set(found) == ({"table"} if alone else set(wanted))
    assert sum(place.width * place.height for place in found.values()) == len(set().union(*map(cells, found.values())))
    for place in found.values():
        assert place.x >= 0
        assert place.y >= 0
        assert place.x + place.width <= width
        assert place.y + place.height <= height


@given(st.integers(arrange.ONE_PANE_BELOW_COLUMNS, 260), st.integers(21, 80), st.booleans(), st.integers(1, 300))
def test_every_pane_has_its_least(width: int, height: int, has_lab: bool, servers: int) -> None:
    wanted = {**(WITH_LAB if has_lab else SMALL), "table": 4 + servers, "checkers": 2 + servers}
    for name, place in arrange.places(width, height, wanted).items():
        assert place.height >= (arrange.LEAST[name] if arrange.is_compact(width, height) else 1)


def test_24_rows_hold_everything_of_the_tutorial_even_under_a_banner() -> None:
    under_banner = arrange.places(80, 21, WITH_LAB)
    heights = [under_banner[name].height for name in arrange.ORDER]
    assert heights == [4, 4, 6, 4, 2, 1]
    assert arrange.places(80, 22, WITH_LAB)["events"].height == 3


def test_a_large_screen_has_three_zones() -> None:
    found = arrange.places(200, 58, WITH_LAB)
    assert found["vips"].x == found["priority"].x == found["lab"].x == 0
    assert found["table"].x == found["events"].x == arrange.LEFT_ZONE_COLUMNS + arrange.GAP


def test_a_middle_screen_has_pairs() -> None:
    found = arrange.places(120, 38, WITH_LAB)
    assert found["vips"].y == found["priority"].y
    assert found["events"].y == found["lab"].y
    assert found["table"].width == 120
    assert arrange.places(120, 38, SMALL)["events"].width == 120


def test_one_pane_may_have_everything() -> None:
    assert arrange.places(200, 58, WITH_LAB, "lab") == {"lab": Place(0, 0, 200, 58)}


@pytest.mark.parametrize(("rows", "expected"), [(10, [3, 7]), (4, [3, 1]), (2, [2, 0]), (20, [3, 17])])
def test_share(rows: int, expected: list[int]) -> None:
    demands = {"one": Demand(3, 3), "two": Demand(2, 9)}
    assert list(arrange.share(rows, demands, "two").values()) == expected
