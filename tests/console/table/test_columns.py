"""Columns drop from the right, least needed first, and never overflow."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from lvstui.console.lines import width_of
from lvstui.console.table.columns import Column, Row, cell, choose, heading, row_line

COLUMNS = (
    Column("name", "Name", 20, least=10),
    Column("state", "State", 7),
    Column("detail", "Detail", 12, 2, grow=True),
    Column("rate", "Rate", 5, 5, right=True),
    Column("more", "More", 5, 9, right=True),
)


def keys(width: int) -> list[str]:
    return [column.key for column in choose(COLUMNS, width)]


def test_the_least_needed_goes_first() -> None:
    assert keys(80) == ["name", "state", "detail", "rate", "more"]
    assert keys(50) == ["name", "state", "detail", "rate"]
    assert keys(42) == ["name", "state", "detail"]
    assert keys(36) == ["name", "state", "detail"]
    assert keys(25) == ["name", "state"]
    assert keys(1) == ["name", "state"]


def test_a_column_shrinks_before_a_needed_one_goes() -> None:
    assert choose(COLUMNS, 31)[0].width == 10


def test_the_growing_column_takes_the_rest() -> None:
    assert sum(column.width + 1 for column in choose(COLUMNS, 100)) - 1 == 100


@given(st.integers(20, 300))
def test_what_is_chosen_fits(width: int) -> None:
    assert sum(column.width + 1 for column in choose(COLUMNS, width)) - 1 <= width


def test_heading_and_cells_are_aligned() -> None:
    columns = choose(COLUMNS[:2] + COLUMNS[3:4], 34)
    row = row_line(Row("k", {"name": cell("rs1"), "state": cell("up", "up"), "rate": cell("7")}), columns)
    assert heading(columns).text == "Name                 State    Rate"
    assert row.text == "rs1                  up          7"
    assert ("up", "up") in row.pieces


def test_a_long_cell_may_run_over_empty_neighbours_only_if_its_row_says_so() -> None:
    columns = choose(COLUMNS, 60)
    long = "TCP  192.168.177.100:8080 rr persistent 50"
    assert long in row_line(Row("k", {"name": cell(long), "more": cell("9")}, spans=True), columns).text
    kept = row_line(Row("k", {"name": cell(long)}), columns)
    assert "…" in kept.text
    assert width_of(kept.pieces) == 60
