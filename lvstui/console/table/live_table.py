"""Console: a pane of rows in columns; thousands of rows cost no more than those in sight."""

from __future__ import annotations

from lvstui.console.lines import Line
from lvstui.console.table.columns import Column, Row, choose, heading, row_line
from lvstui.console.table.pane import Pane


class LiveTable(Pane[Row]):
    """`columns` may change between two shows; titles stay on top."""

    columns: tuple[Column, ...] = ()
    empty = "nothing here"

    def head_lines(self, width: int) -> list[Line]:
        """Return the titles of the columns, or what is said of an empty table."""
        if not self.rows:
            return [Line(((f"   {self.empty}", "dim"),))]
        return [indented(heading(choose(self.columns, width - 1)))]

    def row_line(self, row: Row, width: int, is_selected: bool) -> Line:
        """Return the cells that fit."""
        return indented(row_line(row, choose(self.columns, width - 1)))


def indented(line: Line) -> Line:
    """Return the line one cell to the right, where the panes' titles begin."""
    return Line(((" ", ""), *line.pieces), line.ground)
