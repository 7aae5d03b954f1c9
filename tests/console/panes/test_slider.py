"""The slider's picture: the sum, the track, the forecast."""

from __future__ import annotations

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from lvstui.console.lines import Line, width_of
from lvstui.console.panes.slider import (
    Slider,
    applied_part,
    compact_lines,
    effective,
    full_lines,
    track,
    window,
)
from lvstui.model.vrrp import PartKind, PriorityPart
from tests.console import pictures

PEERS = (("lb2", 99),)


def slider(pending: int | None = None, forecast: str = "", **changes: object) -> Slider:
    one = pictures.instance(**changes)  # type: ignore[arg-type]
    return Slider(one, applied_part(one), pending, forecast, False, PEERS)


def text(lines: list[Line]) -> str:
    return "\n".join(line.text for line in lines)


@pytest.mark.parametrize(
    ("base", "adjustment", "priority"), [(100, -2, 98), (100, -253, 1), (200, 100, 254), (255, -50, 255), (254, 1, 254)]
)
def test_keepalived_clamps_to_1_to_254_and_never_moves_255(base: int, adjustment: int, priority: int) -> None:
    assert effective(base, adjustment) == priority


def test_the_sum_shows_every_part_and_where_it_is_going() -> None:
    lines = text(compact_lines(slider(-2, "at 98 lb2 takes VI_1"), 80))
    assert "base 100  + chk_mt 0 ok  + manual 0 → -2  = 100 → 98" in lines
    assert "◇ lb2 99" in lines
    assert "at 98 lb2 takes VI_1" in lines
    assert "Enter applies" in lines


def test_a_failing_script_is_part_of_the_target() -> None:
    made = slider(-3, script_fails=True)
    assert made.target == 95
    assert "chk_mt -2 fails" in text(compact_lines(made, 80))


def test_an_applied_part_is_not_counted_twice() -> None:
    made = slider(0, manual=-2)
    assert (made.applied, made.target) == (-2, 100)


def test_without_the_engines_answer_it_says_that_it_asks() -> None:
    assert "asking the engine" in text(compact_lines(slider(-2), 80))


def test_a_long_forecast_is_not_cut_for_the_sake_of_key_hints() -> None:
    long = "at 98 lb2 takes VI_1 in about 3.3 s; requests may be lost"
    assert long in text(compact_lines(slider(-2, long), 80))


def test_every_part_has_a_row_where_there_is_room() -> None:
    one = pictures.instance()
    parts = (
        *one.parts,
        PriorityPart(PartKind.INTERFACE, "ens34", 0, 0, False),
        PriorityPart(PartKind.SCRIPT, "new", 5, 0),
    )
    lines = text(full_lines(Slider(msgspec.structs.replace(one, parts=parts), 0, -2, "foretold", False, PEERS), 70))
    for words in (
        "script, weight -2, exit 0",
        "down  interface, fault if it fails",
        "no result",
        "0 → -2",
        "100 → 98",
        "foretold",
    ):
        assert words in lines


def test_the_address_owner_is_said_not_to_move() -> None:
    assert "255 never changes" in text(compact_lines(slider(base=255), 80))


def test_marks_stand_in_the_order_of_their_priorities() -> None:
    drawn = "".join(text for text, _ in track(slider(-5, manual=-3), 80))
    assert [mark for mark in drawn if mark in "◉●◇┼"] == ["◉", "●", "◇", "┼"]
    assert drawn.index("┼") - drawn.index("◉") == 5, "one column a priority where there is room"


@given(
    st.integers(1, 255),
    st.lists(st.integers(0, 255), max_size=3),
    st.one_of(st.none(), st.integers(-253, 253)),
    st.integers(20, 200),
)
def test_any_priorities_fit_on_the_track(base: int, peers: list[int], pending: int | None, width: int) -> None:
    one = msgspec.structs.replace(
        pictures.instance(base=base),
        effective_priority=base,
    )
    made = Slider(one, 0, pending, peers=tuple((f"lb{n}", priority) for n, priority in enumerate(peers)))
    assert width_of(track(made, width)) <= width
    low, high = window(made, width - 12)
    assert low <= min([base, made.target, *peers])
    assert high >= max([base, made.target, *peers])
