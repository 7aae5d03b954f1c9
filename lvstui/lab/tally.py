"""Lab: what the client saw: who answered, what failed, and the longest time without an answer. Pure."""

from __future__ import annotations

from collections import Counter, deque
from collections.abc import Iterable
from itertools import pairwise
from typing import NamedTuple

from lvstui.model.lab import Answers
from lvstui.safety import clean

MAX_ASKED = 60_000
RECENT = 40
RECENT_SECONDS = 10.0
NO_ANSWER = "no answer"


class Asked(NamedTuple):
    """A finished request: begin and end (monotonic seconds), and who answered, or "-" with what went wrong.

    `again`: its first connection was reset before an answer, and the client asked a second time.
    """

    at: float
    end: float
    who: str
    again: bool = False

    @property
    def answered(self) -> bool:
        """Whether a page came."""
        return not self.who.startswith("-")


class Window(NamedTuple):
    """A stretch of time as the client saw it. `gap_ms`: the longest time between two answers, or to the end."""

    requests: int
    answers: dict[str, int]
    failures: dict[str, int]
    asked_again: int
    gap_ms: float
    slowest_ms: float
    last_failure_at: float

    @property
    def failed(self) -> int:
        """How many requests failed."""
        return sum(self.failures.values())


class Tally:
    """Counts since the start, and the last MAX_ASKED requests one by one."""

    def __init__(self) -> None:
        self.asked: deque[Asked] = deque(maxlen=MAX_ASKED)
        self.totals: Counter[str] = Counter()
        self.requests = 0
        self.failures = 0
        self.longest_gap_ms = 0.0
        self._last_answer_at: float | None = None

    def add_line(self, line: str) -> Asked | None:
        """Take a line of the traffic program; None (and nothing counted) if it is not one."""
        words = line.split()
        try:
            asked = Asked(float(words[0]), float(words[1]), clean(words[2], 48), words[3:] == ["again"])
        except (IndexError, ValueError):
            return None
        self.add(asked)
        return asked

    def add(self, asked: Asked) -> None:
        """Count a finished request."""
        self.asked.append(asked)
        self.requests += 1
        if not asked.answered:
            self.failures += 1
            self.totals[NO_ANSWER] += 1
            return
        self.totals[shown(asked.who)] += 1
        if self._last_answer_at is not None:
            self.longest_gap_ms = max(self.longest_gap_ms, (asked.end - self._last_answer_at) * 1000)
        self._last_answer_at = asked.end

    def pause(self) -> None:
        """Nobody asks for a while: that is no gap."""
        self._last_answer_at = None

    def since(self, start: float, end: float | None = None) -> Window:
        """Summarise the requests that began from `start` on (and until `end`)."""
        chosen = [each for each in self.asked if each.at >= start and (end is None or each.at <= end)]
        return window(chosen, start, end)

    def answers(self, now: float) -> tuple[Answers, ...]:
        """Return the totals and the last 10 seconds' counts by server, failures last."""
        recent: Counter[str] = Counter()
        for asked in reversed(self.asked):
            if asked.end < now - RECENT_SECONDS:
                break
            recent[shown(asked.who)] += 1
        order = sorted(self.totals, key=lambda name: (name == NO_ANSWER, name.startswith("sorry"), name))
        return tuple(Answers(name, self.totals[name], recent[name]) for name in order)

    def recent(self) -> tuple[str, ...]:
        """Return who answered the last requests, oldest first."""
        return tuple(shown(each.who) for each in list(self.asked)[-RECENT:])


def window(asked: Iterable[Asked], start: float, end: float | None = None) -> Window:
    """Summarise requests; the time from `start` to the first answer and from the last one to `end` counts as well."""
    asked = list(asked)
    ends = sorted(each.end for each in asked if each.answered)
    edges = sorted((start, *ends, *([end] if end is not None else [])))
    gaps = [later - earlier for earlier, later in pairwise(edges)]
    failures = [each for each in asked if not each.answered]
    return Window(
        requests=len(asked),
        answers=dict(Counter(each.who for each in asked if each.answered)),
        failures=dict(Counter(each.who[1:] for each in failures)),
        asked_again=sum(each.again for each in asked),
        gap_ms=round(max(gaps, default=0.0) * 1000, 1),
        slowest_ms=round(max((each.end - each.at for each in asked), default=0.0) * 1000, 1),
        last_failure_at=max((each.end for each in failures), default=0.0),
    )


def shown(word: str) -> str:
    """Return the traffic program's word as people read it: "rs1", "sorry lb1", "no answer"."""
    if word.startswith("-"):
        return NO_ANSWER
    return word.replace("sorry-", "sorry ", 1)
