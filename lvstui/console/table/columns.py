"""Console: columns of fixed width that drop from the right, least needed first, when there is no room."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import NamedTuple

from lvstui.console.lines import Line, Piece, Pieces, cut_pieces, fit, width_of

EXTRA = 3


class Column(NamedTuple):
    """`rank` 0 always stays; the highest rank goes first, above EXTRA even before a column shrinks to its `least`.

    `grow`: takes what is left over (one column).
    """

    key: str
    title: str
    width: int
    rank: int = 0
    right: bool = False
    grow: bool = False
    least: int = 0


class Row(NamedTuple):
    """Cells by column key. A cell whose right neighbours are empty may run over them (`spans`)."""

    key: str
    cells: Mapping[str, Pieces]
    spans: bool = False


def cell(text: str, style: str = "") -> Pieces:
    """Return a cell of one style."""
    return ((text, style),) if text else ()


def choose(columns: Sequence[Column], width: int) -> tuple[Column, ...]:
    """Return the columns that fit into `width` cells, one cell apart; the growing one gets the rest."""
    kept = _drop(columns, width, EXTRA)
    if _total(kept) > width:
        shrunk = [column._replace(width=column.least or column.width) for column in kept]
        kept = _drop(shrunk, width, 0)
    rest = max(0, width - _total(kept))
    return tuple(column._replace(width=column.width + rest) if column.grow else column for column in kept)


def _total(columns: Sequence[Column]) -> int:
    return sum(column.width + 1 for column in columns) - 1


def _drop(columns: Sequence[Column], width: int, lowest: int) -> list[Column]:
    kept = list(columns)
    while _total(kept) > width and (worst := max(column.rank for column in kept)) > lowest:
        kept.remove([column for column in kept if column.rank == worst][-1])
    return kept


def heading(columns: Sequence[Column]) -> Line:
    """Return the row of titles."""
    return Line(((" ".join(fit(column.title, column.width, column.right) for column in columns), "head"),), "")


def row_line(row: Row, columns: Sequence[Column]) -> Line:
    """Return a row of cells."""
    pieces: list[Piece] = []
    index = 0
    while index < len(columns):
        column = columns[index]
        content = row.cells.get(column.key, ())
        width = column.width
        index += 1
        while row.spans and index < len(columns) and not row.cells.get(columns[index].key):
            width += 1 + columns[index].width
            index += 1
        content = cut_pieces(content, width)
        space = (" " * (width - width_of(content)), "")
        pieces += (space, *content) if column.right else (*content, space)
        if index < len(columns):
            pieces.append((" ", ""))
    return Line(tuple(piece for piece in pieces if piece[0]))
