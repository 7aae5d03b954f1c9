"""A table formats what is in sight, however many rows there are."""

from __future__ import annotations

import time

from lvstui.console.lines import Line
from lvstui.console.table.columns import Column, Row, cell
from lvstui.console.table.live_table import LiveTable


class Servers(LiveTable):
    columns = (Column("name", "Name", 20), Column("weight", "Weight", 6, right=True))
    number = 3
    title = "Servers"
    formatted = 0

    def row_line(self, row: Row, width: int, is_selected: bool) -> Line:
        self.formatted += 1
        return super().row_line(row, width, is_selected)


def table(count: int) -> Servers:
    made = Servers(id="servers")
    made.show([Row(str(index), {"name": cell(f"rs{index}"), "weight": cell(str(index))}) for index in range(count)])
    return made


def test_titles_stay_above_the_rows() -> None:
    drawn = [row.text for row in table(3).draw(40, 10)]
    assert drawn[1].split() == ["Name", "Weight"]
    assert drawn[2].split() == ["rs0", "0"]


def test_an_empty_table_says_so() -> None:
    assert table(0).draw(40, 10)[1].text.strip() == "nothing here"


def test_ten_thousand_rows_cost_what_is_in_sight() -> None:
    made = table(10_000)
    made.action_cursor_last()
    made.formatted = 0
    start = time.perf_counter()
    drawn = made.draw(80, 24)
    assert made.formatted == 22
    assert "rs9999" in drawn[-1].text
    assert time.perf_counter() - start < 0.25
