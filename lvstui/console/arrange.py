"""Console: where each pane goes on a screen of any size; pure, so that every size can be tested."""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple

ONE_PANE_BELOW_COLUMNS = 72
ONE_PANE_BELOW_ROWS = 22
"""Rows for the panes; an 80x24 terminal has 22 of them (21 under a banner, which is still enough without a lab)."""
TWO_COLUMNS_FROM = 110
THREE_ZONES_FROM = 160
FULL_FROM_ROWS = 34
LEFT_ZONE_COLUMNS = 70
AIR_FROM_ROWS = 44
"""From here on an empty row ends each pane."""
GAP = 2


class Place(NamedTuple):
    """A rectangle in cells."""

    x: int
    y: int
    width: int
    height: int


class Demand(NamedTuple):
    """How many rows a pane needs at least, and how many it could fill."""

    least: int
    wanted: int


ORDER = ("vips", "priority", "table", "checkers", "events", "lab")
LEAST = {"vips": 4, "priority": 4, "table": 6, "checkers": 4, "events": 2, "lab": 1}
_LEAST_FULL = {"vips": 7, "priority": 8, "table": 6, "checkers": 5, "events": 4, "lab": 6}


def is_single(width: int, height: int) -> bool:
    """Whether there is room for one pane only."""
    return width < ONE_PANE_BELOW_COLUMNS or height < ONE_PANE_BELOW_ROWS - 1


def is_compact(width: int, height: int) -> bool:
    """Whether panes draw their short form."""
    return width < TWO_COLUMNS_FROM or height < FULL_FROM_ROWS


def share(rows: int, demands: Mapping[str, Demand], rest: str) -> dict[str, int]:
    """Divide `rows`: to each its least (the last ones suffer if even that is too much), then what it wants, in order;
    what is left over goes to `rest`."""
    heights: dict[str, int] = {}
    for name, demand in demands.items():
        heights[name] = min(demand.least, rows - sum(heights.values()))
    for name, demand in demands.items():
        spare = rows - sum(heights.values())
        heights[name] += max(0, min(spare, demand.wanted - heights[name]))
    heights[rest] += rows - sum(heights.values())
    return heights


def places(width: int, height: int, wanted: Mapping[str, int], alone: str = "") -> dict[str, Place]:
    """Return where the panes named in `wanted` go (rows each would fill); `alone` gets everything."""
    if alone:
        return {alone: Place(0, 0, width, height)}
    least = LEAST if is_compact(width, height) else _LEAST_FULL
    air = 1 if height >= AIR_FROM_ROWS else 0
    demands = {name: Demand(least[name], max(least[name], wanted[name] + air)) for name in ORDER if name in wanted}
    if width >= THREE_ZONES_FROM:
        return _three_zones(width, height, demands)
    if width >= TWO_COLUMNS_FROM:
        return _two_columns(width, height, demands)
    return _stack(0, 0, width, height, _thin_lab(demands), "events")


def _thin_lab(demands: dict[str, Demand]) -> dict[str, Demand]:
    return {name: (Demand(1, 1) if name == "lab" else demand) for name, demand in demands.items()}


def _stack(x: int, y: int, width: int, height: int, demands: Mapping[str, Demand], rest: str) -> dict[str, Place]:
    found: dict[str, Place] = {}
    for name, rows in share(height, demands, rest).items():
        found[name] = Place(x, y, width, rows)
        y += rows
    return found


def _halves(width: int) -> tuple[int, int]:
    left = (width - GAP) // 2
    return left, width - GAP - left


def _two_columns(width: int, height: int, demands: dict[str, Demand]) -> dict[str, Place]:
    """VIPs beside priority, table, checkers, events beside the lab."""
    left, right = _halves(width)
    bands = {
        "top": _both(demands, "vips", "priority"),
        "table": demands["table"],
        "checkers": demands["checkers"],
        "bottom": _both(demands, "events", "lab"),
    }
    bands["bottom"] = Demand(bands["bottom"].least, min(bands["bottom"].wanted, max(12, height // 4)))
    rows = share(height, bands, "bottom")
    y_table = rows["top"]
    y_checkers = y_table + rows["table"]
    y_bottom = y_checkers + rows["checkers"]
    found = {
        "vips": Place(0, 0, left, rows["top"]),
        "priority": Place(left + GAP, 0, right, rows["top"]),
        "table": Place(0, y_table, width, rows["table"]),
        "checkers": Place(0, y_checkers, width, rows["checkers"]),
        "events": Place(0, y_bottom, left if "lab" in demands else width, rows["bottom"]),
    }
    if "lab" in demands:
        found["lab"] = Place(left + GAP, y_bottom, right, rows["bottom"])
    return found


def _three_zones(width: int, height: int, demands: dict[str, Demand]) -> dict[str, Place]:
    """Left VIPs, priority and the lab; right table, checkers and events."""
    left = LEFT_ZONE_COLUMNS
    right = width - GAP - left
    events = Demand(demands["events"].least, min(demands["events"].wanted, max(8, height // 3)))
    found = _stack(
        left + GAP,
        0,
        right,
        height,
        {"table": demands["table"], "checkers": demands["checkers"], "events": events},
        "events",
    )
    names = [name for name in ("vips", "priority", "lab") if name in demands]
    return found | _stack(0, 0, left, height, {name: demands[name] for name in names}, names[-1])


def _both(demands: Mapping[str, Demand], one: str, other: str) -> Demand:
    pair = [demands[name] for name in (one, other) if name in demands]
    return Demand(max(demand.least for demand in pair), max(demand.wanted for demand in pair))
