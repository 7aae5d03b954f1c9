"""Which destination takes the next connection, as the kernel's schedulers of the same names decide.

All of them pass over weight 0 and overloaded destinations (upper threshold reached). A scheduler is given the
destinations in the kernel's order: newest first.
"""

from __future__ import annotations

import ipaddress
import math
from collections.abc import Callable, Sequence
from functools import lru_cache
from typing import NamedTuple, Protocol

from lvstui.model.endpoint import Endpoint


class Candidate(NamedTuple):
    """What a scheduler knows of a destination. `active` and `inactive` are its connections now."""

    endpoint: Endpoint
    weight: int
    active: int = 0
    inactive: int = 0
    overloaded: bool = False

    @property
    def is_available(self) -> bool:
        """Whether it may take a new connection."""
        return self.weight > 0 and not self.overloaded

    @property
    def overhead(self) -> int:
        """Connections as lc and wlc weigh them: an active one costs as much as 256 inactive ones."""
        return self.active * 256 + self.inactive


class Scheduler(Protocol):
    """Chooses; remembers what its method needs to remember."""

    def pick(self, candidates: Sequence[Candidate], client: str, client_port: int) -> Candidate | None:
        """Return the destination for a new connection of a client, None if no one can take it."""
        ...


class RoundRobin:
    """rr: the next one in turn, whatever its weight (as long as it has one)."""

    def __init__(self, _flags: Sequence[str] = ()) -> None:
        self._last: Endpoint | None = None

    def pick(self, candidates: Sequence[Candidate], client: str, client_port: int) -> Candidate | None:
        """Return the first available one after the last one chosen."""
        for candidate in _after(candidates, self._last):
            if candidate.is_available:
                self._last = candidate.endpoint
                return candidate
        return None


class WeightedRoundRobin:
    """wrr: in turn, those whose weight reaches a level that sinks from the highest weight by their common divisor."""

    def __init__(self, _flags: Sequence[str] = ()) -> None:
        self._last: Endpoint | None = None
        self._level = 0
        self._weights: tuple[tuple[Endpoint, int], ...] = ()

    def pick(self, candidates: Sequence[Candidate], client: str, client_port: int) -> Candidate | None:
        """Return the next one at the current level, or at the next lower one that somebody available reaches."""
        best = max((c.weight for c in candidates if c.is_available), default=0)
        if not best:
            return None
        self._notice(candidates)
        divisor = _divisor(candidates)
        found = self._at_level(self._rest(candidates))
        if found is None:
            self._level -= divisor
            if self._level <= 0:
                self._level = _highest(candidates)
            if self._level > best:
                # Levels that only overloaded destinations reach would all end the same way.
                self._level -= math.ceil((self._level - best) / divisor) * divisor
            found = self._at_level(candidates)
        if found is not None:
            self._last = found.endpoint
        return found

    def _notice(self, candidates: Sequence[Candidate]) -> None:
        """Begin again at the top of the list when destinations or weights changed, as the kernel does."""
        weights = tuple((c.endpoint, c.weight) for c in candidates)
        if weights == self._weights:
            return
        # The kernel is told of each destination as it is added, so the level that it starts at is the first one's.
        first = len(weights) - 1 if not self._weights else 0
        for start in range(first, -1, -1):
            self._start(candidates[start:])
        self._weights = weights
        self._last = None

    def _start(self, candidates: Sequence[Candidate]) -> None:
        divisor, highest = _divisor(candidates), _highest(candidates)
        if not self._level or self._level > highest:
            self._level = highest
        elif divisor > 1:
            self._level = self._level // divisor * divisor + 1

    def _rest(self, candidates: Sequence[Candidate]) -> Sequence[Candidate]:
        for place, candidate in enumerate(candidates):
            if candidate.endpoint == self._last:
                return candidates[place + 1 :]
        return candidates

    def _at_level(self, candidates: Sequence[Candidate]) -> Candidate | None:
        return next((c for c in candidates if not c.overloaded and c.weight >= self._level), None)


def _divisor(candidates: Sequence[Candidate]) -> int:
    return math.gcd(*(c.weight for c in candidates if c.weight > 0)) or 1


def _highest(candidates: Sequence[Candidate]) -> int:
    return max(c.weight for c in candidates) - (_divisor(candidates) - 1)


class LeastConnection:
    """lc: the one with the fewest connections."""

    def __init__(self, _flags: Sequence[str] = ()) -> None:
        pass

    def pick(self, candidates: Sequence[Candidate], client: str, client_port: int) -> Candidate | None:
        """Return the first of those with the smallest overhead."""
        return min((c for c in candidates if c.is_available), key=lambda c: c.overhead, default=None)


class WeightedLeastConnection:
    """wlc: the one with the fewest connections for its weight."""

    def __init__(self, _flags: Sequence[str] = ()) -> None:
        pass

    def pick(self, candidates: Sequence[Candidate], client: str, client_port: int) -> Candidate | None:
        """Return the first of those with the smallest overhead / weight (compared without division)."""
        least: Candidate | None = None
        for candidate in candidates:
            if not candidate.is_available:
                continue
            if least is None or least.overhead * candidate.weight > candidate.overhead * least.weight:
                least = candidate
        return least


SH_BUCKETS = 256


class SourceHashing:
    """sh: a client's address chooses one of 256 buckets, which the destinations share by weight.

    Flags: `sh-port` hashes the client's port too; `sh-fallback` goes on to another bucket when the destination
    cannot take the connection, which is otherwise refused.
    """

    def __init__(self, flags: Sequence[str] = ()) -> None:
        self._port = "sh-port" in flags
        self._fallback = "sh-fallback" in flags
        self._weights: tuple[tuple[Endpoint, int], ...] = ()
        self._buckets: list[int] = []

    def pick(self, candidates: Sequence[Candidate], client: str, client_port: int) -> Candidate | None:
        """Return the destination of the client's bucket."""
        if not candidates:
            return None
        self._fill(candidates)
        port = client_port if self._port else 0
        first = _bucket(client, port)
        chosen = candidates[self._buckets[first]]
        if chosen.is_available or not self._fallback:
            return chosen if chosen.is_available else None
        for step in range(SH_BUCKETS):
            offset = (step + first) % SH_BUCKETS
            chosen = candidates[self._buckets[(offset + first) % SH_BUCKETS]]
            if chosen.is_available:
                return chosen
        return None

    def _fill(self, candidates: Sequence[Candidate]) -> None:
        """Give each destination as many buckets in a row as its weight says (at least one), over and over."""
        weights = tuple((c.endpoint, c.weight) for c in candidates)
        if weights == self._weights:
            return
        self._weights = weights
        turn: list[int] = []
        for place, candidate in enumerate(candidates):
            turn.extend([place] * min(max(1, candidate.weight), SH_BUCKETS - len(turn)))
        self._buckets = [turn[bucket % len(turn)] for bucket in range(SH_BUCKETS)]


@lru_cache(maxsize=4096)
def _bucket(client: str, port: int) -> int:
    """Return the kernel's hash of a client: its address (IPv6: the four words xored) times the golden ratio."""
    packed = ipaddress.ip_address(client).packed
    folded = 0
    for start in range(0, len(packed), 4):
        folded ^= int.from_bytes(packed[start : start + 4], "big")
    return ((port + folded) * 0x61C88647 & 0xFFFFFFFF) >> 24


def _after(candidates: Sequence[Candidate], last: Endpoint | None) -> Sequence[Candidate]:
    for place, candidate in enumerate(candidates):
        if candidate.endpoint == last:
            return [*candidates[place + 1 :], *candidates[: place + 1]]
    return candidates


SCHEDULERS: dict[str, Callable[[Sequence[str]], Scheduler]] = {
    "rr": RoundRobin,
    "wrr": WeightedRoundRobin,
    "lc": LeastConnection,
    "wlc": WeightedLeastConnection,
    "sh": SourceHashing,
}
