"""Console: the top row: which director is shown, every director's role, the plane, and how old the data is."""

from __future__ import annotations

import time
from collections import Counter

from lvstui.console import format
from lvstui.console.glyphs import VRRP
from lvstui.console.lines import Line, Piece, Pieces, spread
from lvstui.console.table.line_widget import LineWidget
from lvstui.console.view import Seat, View
from lvstui.model.vrrp import VrrpState

_ORDER = (VrrpState.MASTER, VrrpState.BACKUP, VrrpState.FAULT, VrrpState.INIT)
LIVE_SECONDS = 2.0


class Header(LineWidget):
    """One row, never dimmed."""

    def __init__(self, *, id: str) -> None:
        super().__init__(id=id)
        self._view: View | None = None

    def present(self, view: View) -> None:
        """Show the picture."""
        self._view = view
        self.update()

    def draw(self, width: int, height: int) -> list[Line]:
        """Return the row."""
        if self._view is None:
            return [Line(((" lvstui", "bar-strong"),), "bar")]
        return [Line(header_pieces(self._view, width, time.time()), "bar")]


def header_pieces(view: View, width: int, wall: float) -> Pieces:
    """Return the row's pieces: seats at the left, data age and clock at the right."""
    left: list[Piece] = [(" lvstui  ", "bar-strong")]
    for seat in view.seats:
        left += [*seat_pieces(seat), ("  ", "")]
    right: list[Piece] = []
    snapshot = view.snapshot
    if snapshot and width >= 100:
        if snapshot.plane:
            right.append((f"{snapshot.plane} plane   ", "dim"))
        if snapshot.warnings:
            right.append(
                (f"{len(snapshot.warnings)} warning{'s' if len(snapshot.warnings) > 1 else ''} (i)   ", "warn")
            )
    right.append(freshness(view))
    if width >= 70:
        right.append((f"   {format.clock(wall)}", ""))
    return spread(left, (*right, (" ", "")), width)


def freshness(view: View) -> Piece:
    """Return `live`, or how old the picture is."""
    if view.snapshot is None:
        return "no data", "warn"
    if view.stale:
        return f"STALE {format.age(view.age)}", "error"
    return ("live", "ok") if view.age < LIVE_SECONDS else (f"data {format.age(view.age)} old", "warn")


def seat_pieces(seat: Seat) -> Pieces:
    """Return `▸lb1 ◆ MASTER`; the director on screen is marked."""
    name: Piece = (f"▸{seat.name} ", "bar-strong") if seat.shown else (f" {seat.name} ", "")
    if seat.snapshot is None:
        return name, ("✖ unreachable", "warn")
    if seat.stale:
        return name, ("~ stale", "stale")
    states = Counter(one.state for one in seat.snapshot.instances)
    if not states:
        return name, ("no VRRP", "dim")
    if len(states) == 1 and sum(states.values()) == 1:
        return name, VRRP[next(iter(states))].piece
    pieces: list[Piece] = []
    for state in _ORDER:
        if states[state]:
            sign = VRRP[state]
            pieces += [(f"{' ' if pieces else ''}{sign.glyph} {states[state]} {sign.word}", sign.style)]
    return name, *pieces
