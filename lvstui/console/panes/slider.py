"""Console: the priority slider's picture: base, each part, what it would be, the peers, and the forecast."""

from __future__ import annotations

from dataclasses import dataclass

from lvstui.console.format import signed
from lvstui.console.lines import Line, Piece, Pieces, spread, width_of, wrap
from lvstui.model.vrrp import InstanceStatus, PartKind, PriorityPart

LIMIT = 253
"""A manual part lies within -253..253, as keepalived's weights do."""
OWNER = 255
"""The address owner's priority: nothing changes it (RFC 9568 6.1)."""
MARGIN = 12


@dataclass(frozen=True, slots=True)
class Slider:
    """`applied` is the manual part in force, `pending` what is about to be set (None: nothing).

    `forecast` is the engine's sentence for the pending value, "" while it is asked for; `danger`: requests may be lost.
    `peers` are names and priorities.
    """

    one: InstanceStatus
    applied: int = 0
    pending: int | None = None
    forecast: str = ""
    danger: bool = False
    peers: tuple[tuple[str, int], ...] = ()

    @property
    def others(self) -> tuple[PriorityPart, ...]:
        """The parts that no operator set."""
        return tuple(part for part in self.one.parts if part.kind is not PartKind.MANUAL)

    @property
    def target(self) -> int:
        """The effective priority with the pending part."""
        if self.pending is None:
            return self.one.effective_priority
        return effective(self.one.base_priority, sum(part.value for part in self.others) + self.pending)


def effective(base: int, adjustment: int) -> int:
    """Return the priority in force (keepalived: vrrp_track.c clamps to 1..254, 255 never changes)."""
    return base if base == OWNER else max(1, min(254, base + adjustment))


def applied_part(one: InstanceStatus) -> int:
    """Return the manual part that is in force."""
    return sum(part.value for part in one.parts if part.kind is PartKind.MANUAL)


def part_state(part: PriorityPart) -> Piece:
    """Return a tracker's state as a word."""
    if part.ok is None:
        return "no result", "pending"
    word = ("up" if part.ok else "down") if part.kind is PartKind.INTERFACE else ("ok" if part.ok else "fails")
    return word, "up" if part.ok else "down"


def manual_pieces(slider: Slider) -> Pieces:
    """Return the manual part, and where it is going."""
    now: Piece = (signed(slider.applied), "strong" if slider.applied else "")
    if slider.pending is None:
        return (now,)
    return now, (" → ", "dim"), (signed(slider.pending), "mark-pending")


def sum_pieces(slider: Slider) -> Pieces:
    """Return `base 100  chk_mt 0 ok  manual 0 → -2  = 100 → 98`."""
    pieces: list[Piece] = [(" base ", "dim"), (str(slider.one.base_priority), "strong")]
    for part in slider.others:
        word, style = part_state(part)
        pieces += [
            (f"  + {part.name} ", "dim"),
            (f"{signed(part.value)} ", "strong" if part.value else ""),
            (word, style),
        ]
    pieces += [("  + manual ", "dim"), *manual_pieces(slider), ("  = ", "dim")]
    return (*pieces, *_effective_pieces(slider))


def _effective_pieces(slider: Slider) -> Pieces:
    now: Piece = (str(slider.one.effective_priority), "mark-now")
    if slider.pending is None:
        return (now,)
    return now, (" → ", "dim"), (str(slider.target), "mark-pending")


def peers_pieces(slider: Slider) -> Pieces:
    """Return `◇ lb2 99` for each peer."""
    pieces: list[Piece] = []
    for name, priority in slider.peers:
        pieces += [("  " if pieces else "", ""), ("◇ ", "mark-peer"), (f"{name} ", "dim"), (str(priority), "mark-peer")]
    return tuple(pieces) or (("no peer known", "dim"),)


def window(slider: Slider, columns: int) -> tuple[int, int]:
    """Return the lowest and highest priority on the track; it moves only when a mark would leave it."""
    marks = [slider.one.base_priority, slider.one.effective_priority, *(priority for _, priority in slider.peers)]
    marks.append(slider.target)
    lowest, highest = max(0, min(marks) - MARGIN), min(OWNER, max(marks) + MARGIN)
    if highest - lowest + 1 >= columns:
        return lowest, highest
    low = min(lowest, max(0, slider.one.base_priority - columns // 2))
    low = max(low, highest - columns + 1)
    return max(0, min(low, OWNER - columns + 1)), min(OWNER, max(0, low) + columns - 1)


def track(slider: Slider, width: int) -> Pieces:
    """Return the track with its marks: `┼` base, `◇` peers, `●` now, `◉` pending."""
    columns = max(8, width - 12)
    low, high = window(slider, columns)
    columns = min(columns, high - low + 1) if high - low + 1 < columns else columns  # never more than priorities

    def place(value: int) -> int:
        return round((value - low) * (columns - 1) / max(1, high - low))

    marks: dict[int, Piece] = {place(slider.one.base_priority): ("┼", "")}
    for _, priority in slider.peers:
        marks[place(priority)] = ("◇", "mark-peer")
    marks[place(slider.one.effective_priority)] = ("●", "mark-now")
    if slider.pending is not None:
        marks[place(slider.target)] = ("◉", "mark-pending")
    pieces: list[Piece] = [(f"{low:>4} ", "dim"), ("├", "rule")]
    filled = 0
    for column in sorted(marks):
        pieces += [("─" * (column - filled), "rule"), marks[column]]
        filled = column + 1
    return (*pieces, ("─" * (columns - filled), "rule"), ("┤", "rule"), (f" {high}", "dim"))


def forecast_pieces(slider: Slider) -> Pieces:
    """Return the engine's sentence, or what the keys do."""
    if slider.one.base_priority == OWNER:
        return ((" owner of the address: priority 255 never changes", "dim"),)
    if slider.pending is None:
        if slider.forecast:
            return ((f" {slider.forecast}", ""),)
        return ((" ← → by 1, [ ] by 10; the engine says what will happen", "dim"),)
    if not slider.forecast:
        return ((" asking the engine …", "pending"),)
    return ((f" {slider.forecast}", "error" if slider.danger else "strong"),)


def keys_pieces(slider: Slider) -> Pieces:
    """Return what the next key does."""
    if slider.pending is None:
        return ()
    return ("Enter", "key"), (" applies  ", "dim"), ("Esc", "key"), (" drops ", "dim")


def compact_lines(slider: Slider, width: int) -> list[Line]:
    """Return the slider in three rows."""
    text, keys = forecast_pieces(slider), keys_pieces(slider)
    last = spread(text, keys, width) if width_of(text) + width_of(keys) < width else text  # the footer has the keys too
    return [
        Line(spread(sum_pieces(slider), (*peers_pieces(slider), (" ", "")), width)),
        Line(track(slider, width)),
        Line(last),
    ]


def full_lines(slider: Slider, width: int) -> list[Line]:
    """Return the slider with a row for each part."""
    rows: list[tuple[str, Pieces]] = [("base", ((f"{slider.one.base_priority:>4}", "strong"),))]
    for part in slider.others:
        word, style = part_state(part)
        kind = "script" if part.kind is PartKind.SCRIPT else "interface"
        weight = f"{kind}, weight {signed(part.weight)}" if part.weight else f"{kind}, fault if it fails"
        detail = f", {part.detail}" if part.detail else ""
        rows.append(
            (
                part.name,
                (
                    (f"{signed(part.value):>4}  ", "strong" if part.value else ""),
                    (word, style),
                    (f"  {weight}{detail}", "dim"),
                ),
            )
        )
    manual = manual_pieces(slider)
    rows.append(("manual", ((f"{'':<{max(0, 4 - width_of(manual[:1]))}}", ""), *manual)))
    now = _effective_pieces(slider)
    rows.append(("effective", ((f"{'':<{max(0, 4 - width_of(now[:1]))}}", ""), *now)))
    rows += [(f"◇ {name}", ((f"{priority:>4}", "mark-peer"),)) for name, priority in slider.peers]
    names = max(9, *(min(20, len(name)) for name, _ in rows))
    lines = [Line(((f" {name[:20]:<{names}} ", "dim"), *pieces)) for name, pieces in rows]
    lines += [Line(track(slider, width))]
    text = forecast_pieces(slider)
    lines += [Line(((f" {row}", text[0][1]),)) for row in wrap(text[0][0], width - 2)]
    return [*lines, Line(((" ", ""), *keys_pieces(slider)))] if slider.pending is not None else lines
