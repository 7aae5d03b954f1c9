"""The effective priority: base, trackers' parts, the operator's part."""

from __future__ import annotations

from collections.abc import Iterator

import msgspec

from lvstui.model.configuration import VrrpInstance
from lvstui.model.vrrp import PartKind, PriorityPart
from lvstui.vrrp.packet import OWNER_PRIORITY

LARGEST_ADJUSTMENT = 253


def effective_priority(base: int, parts: int) -> int:
    """Base and parts, clamped to 1..254; an owner's 255 never changes (keepalived: vrrp_track.c)."""
    return OWNER_PRIORITY if base == OWNER_PRIORITY else min(max(base + parts, 1), 254)


class Tracker(msgspec.Struct):
    """A script or interface that an instance watches. `ok` None: no result yet."""

    kind: PartKind
    name: str
    weight: int
    reverse: bool = False
    ok: bool | None = None
    detail: str = ""
    since_at: float = 0.0

    @property
    def value(self) -> int:
        """What it adds: a positive weight when good, a negative one when failing; `reverse` flips the sign."""
        if self.ok is None or (self.weight > 0) != self.ok:
            return 0
        return -self.weight if self.reverse else self.weight

    @property
    def faulty(self) -> bool:
        """Whether it keeps the instance in FAULT: weight 0 and failing (or good, if reversed)."""
        return self.weight == 0 and self.ok is not None and self.ok == self.reverse

    @property
    def awaited(self) -> bool:
        """Whether the instance cannot start before its first result: weight 0 and none yet."""
        return self.weight == 0 and self.ok is None


class Priority:
    """The sum, and who contributes what. Mutable; told of each verdict by the instance."""

    def __init__(self, settings: VrrpInstance, now: float) -> None:
        self.base = settings.priority
        self.adjustment = 0
        self._adjusted_at = now
        self._trackers: dict[tuple[PartKind, str], Tracker] = {}
        for script in settings.track_scripts:
            self._add(Tracker(PartKind.SCRIPT, script.name, script.weight, script.reverse, since_at=now))
        for link in settings.track_interfaces:
            self._add(Tracker(PartKind.INTERFACE, link.name, link.weight, link.reverse, since_at=now))

    def _add(self, tracker: Tracker) -> None:
        self._trackers[tracker.kind, tracker.name] = tracker

    @property
    def effective(self) -> int:
        """What adverts carry and timers go by."""
        return effective_priority(self.base, self.adjustment + sum(t.value for t in self._trackers.values()))

    def adjust(self, value: int, now: float) -> None:
        """Set the operator's part, within -253..253."""
        value = min(max(value, -LARGEST_ADJUSTMENT), LARGEST_ADJUSTMENT)
        if value != self.adjustment:
            self.adjustment, self._adjusted_at = value, now

    def hear(self, kind: PartKind, name: str, ok: bool | None, detail: str, now: float) -> bool:
        """Take a tracker's verdict; False if this instance has no such tracker."""
        tracker = self._trackers.get((kind, name))
        if tracker is None:
            return False
        if tracker.ok != ok:
            tracker.since_at = now
        tracker.ok, tracker.detail = ok, detail
        return True

    def faults(self) -> Iterator[str]:
        """Why the instance must be in FAULT, one sentence for each zero-weight tracker concerned."""
        for tracker in self._trackers.values():
            if tracker.faulty:
                what = "succeeds (reverse)" if tracker.reverse else "fails"
                yield f"{tracker.kind} {tracker.name} {what}" + (f": {tracker.detail}" if tracker.detail else "")

    def awaited(self) -> Iterator[str]:
        """The zero-weight trackers without a result yet."""
        return (f"{t.kind} {t.name}" for t in self._trackers.values() if t.awaited)

    def parts(self) -> tuple[PriorityPart, ...]:
        """Each contribution in the order of the file, the operator's last."""
        trackers = [
            PriorityPart(t.kind, t.name, t.weight, t.value, t.ok, t.detail, t.since_at) for t in self._trackers.values()
        ]
        manual = PriorityPart(
            PartKind.MANUAL, "operator", self.adjustment, self.adjustment, None, "", self._adjusted_at
        )
        return (*trackers, manual)

    def restore(self, parts: tuple[PriorityPart, ...]) -> None:
        """Take over verdicts that a predecessor reported, for trackers that still exist with this weight."""
        for part in parts:
            tracker = self._trackers.get((part.kind, part.name))
            if tracker is not None and tracker.weight == part.weight:
                tracker.ok, tracker.detail, tracker.since_at = part.ok, part.detail, part.since_at
            elif part.kind is PartKind.MANUAL and part.value == self.adjustment:
                self._adjusted_at = part.since_at
