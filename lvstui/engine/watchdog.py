"""Engine: when a child counts as stuck, and how long to wait before its replacement. Pure.

The WatchDog is a counter: each beat of the engine counts up and asks the child, each answer sets it back. It is
the count that decides, not the clock, so an engine that was itself suspended does not take revenge on its children.
"""

from __future__ import annotations

BEAT_SECONDS = 0.25
YOUNG_SECONDS = 60.0
LONGEST_DELAY = 60.0


class WatchDog:
    """Counts the beats that a child has left unanswered; stuck after `patience` seconds of them."""

    def __init__(self, patience: float, beat: float = BEAT_SECONDS) -> None:
        self._allowed = max(1, round(patience / beat))
        self._asked = 0
        self._unanswered = 0

    @property
    def stuck(self) -> bool:
        """The child has left as many beats unanswered as it may (looked at just before the next beat)."""
        return self._unanswered >= self._allowed

    def beat(self) -> int:
        """Count up; returns the number to ask the child with."""
        self._asked += 1
        self._unanswered += 1
        return self._asked

    def answered(self, counter: int) -> None:
        """The child answered; an answer to an older question shows that it lagged, and counts for that one only."""
        if 0 < counter <= self._asked:
            self._unanswered = min(self._unanswered, self._asked - counter)


class Backoff:
    """How long to wait before a replacement: 0, 1, 2, 4 … 60 s while children die within 60 s of their start.

    keepalived: 0 s the first time, then doubling, forgotten once a child has lived for 60 s.
    """

    def __init__(self) -> None:
        self._next = 0.0

    def died(self, lived: float) -> float:
        """A child died after `lived` seconds; returns the seconds to wait."""
        if lived >= YOUNG_SECONDS:
            self._next = 0.0
        delay = self._next
        self._next = 1.0 if delay == 0 else min(LONGEST_DELAY, delay * 2)
        return delay
