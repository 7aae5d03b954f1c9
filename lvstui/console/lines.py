"""Console: a line of text with named styles, and how it is cut to a width. No markup, no escapes, ever."""

from __future__ import annotations

from collections.abc import Iterable
from itertools import groupby
from operator import itemgetter
from typing import NamedTuple

from rich.cells import cell_len, set_cell_size

Piece = tuple[str, str]
"""Text and the name of its style ("" for plain)."""

Pieces = tuple[Piece, ...]

STYLES: tuple[str, ...] = (
    *("dim", "strong", "title", "title-focus", "rule", "head", "key", "cursor", "cursor-blur", "stale"),
    *("master", "backup", "fault", "init", "up", "down", "drain", "maint", "sorry", "pending", "warn", "error", "ok"),
    *("mark-now", "mark-pending", "mark-peer", "bar", "bar-strong", "banner", "button", "button-on"),
)
"""The names a piece may have; each is a component class `line--NAME`."""


class Line(NamedTuple):
    """Pieces on a ground; `ground` names the style of the whole row ("cursor", "bar", …)."""

    pieces: Pieces = ()
    ground: str = ""

    @property
    def text(self) -> str:
        """The characters without styles."""
        return "".join(text for text, _ in self.pieces)


def line(*parts: str | Piece, ground: str = "") -> Line:
    """Return a line of plain strings and (text, style) pairs."""
    return Line(tuple((part, "") if isinstance(part, str) else part for part in parts if part), ground)


def width_of(pieces: Iterable[Piece]) -> int:
    """Return how many terminal cells the pieces take."""
    return sum(cell_len(text) for text, _ in pieces)


def cut(text: str, width: int) -> str:
    """Return `text` in at most `width` cells; what is cut off is shown by an ellipsis."""
    if cell_len(text) <= width:
        return text
    if cell_len(text.rstrip(" ")) <= width:
        return set_cell_size(text, width)
    return set_cell_size(text, width - 1).rstrip() + "…" if width > 0 else ""


def fit(text: str, width: int, right: bool = False) -> str:
    """Return `text` in exactly `width` cells."""
    text = cut(text, width)
    space = " " * (width - cell_len(text))
    return space + text if right else text + space


def cut_pieces(pieces: Iterable[Piece], width: int) -> Pieces:
    """Return the pieces in at most `width` cells."""
    kept: list[Piece] = []
    room = width
    for text, style in pieces:
        length = cell_len(text)
        if length > room:
            if room > 0:
                kept.append((cut(text, room), style))
            break
        kept.append((text, style))
        room -= length
    return tuple(kept)


def spread(left: Iterable[Piece], right: Iterable[Piece], width: int, fill: Piece = (" ", "")) -> Pieces:
    """Return `left` and `right` at the two ends of `width` cells; where both do not fit, `right` is cut."""
    left = cut_pieces(left, width)
    right = cut_pieces(right, max(0, width - width_of(left) - 1))
    gap = width - width_of(left) - width_of(right)
    return (*left, (fill[0] * gap, fill[1]), *right)


def fold(line: Line, width: int, indent: int) -> list[Line]:
    """Return the line in rows of at most `width` cells, broken at spaces; the rows after the first are indented."""
    if width_of(line.pieces) <= width or width <= indent + 1:
        return [line]
    letters = [(letter, style) for text, style in line.pieces for letter in text]
    rows: list[Line] = []
    room = width
    while sum(cell_len(letter) for letter, _ in letters) > room:
        end, used = 0, 0
        while used + cell_len(letters[end][0]) <= room:
            used += cell_len(letters[end][0])
            end += 1
        space = next((at for at in range(end, indent if not rows else 0, -1) if letters[at][0] == " "), end)
        rows.append(_row(letters[:space], indent if rows else 0, line.ground))
        letters = letters[space + (letters[space][0] == " ") :]
        room = width - indent
    return [*rows, _row(letters, indent, line.ground)]


def _row(letters: list[Piece], indent: int, ground: str) -> Line:
    runs = [("".join(letter for letter, _ in run), style) for style, run in groupby(letters, key=itemgetter(1))]
    return Line(((" " * indent, ""), *runs) if indent else tuple(runs), ground)


def wrap(text: str, width: int) -> list[str]:
    """Return `text` broken at spaces into rows of at most `width` cells; a longer word is cut."""
    rows: list[str] = []
    row = ""
    for word in text.split():
        word = cut(word, width)
        if row and cell_len(row) + 1 + cell_len(word) > width:
            rows.append(row)
            row = word
        else:
            row = f"{row} {word}" if row else word
    return [*rows, row] if row else rows
