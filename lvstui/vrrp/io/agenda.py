"""Which router is due when: one heap for all, so that a thousand instances need one timer."""

from __future__ import annotations

import heapq
import itertools
from collections.abc import Callable
from typing import Generic, TypeVar

Item = TypeVar("Item")


class Agenda(Generic[Item]):
    """Items by their deadline. A deadline that moves later (each advert heard) is looked at when the old one comes."""

    def __init__(self, deadline: Callable[[Item], float | None]) -> None:
        self._deadline = deadline
        self._heap: list[tuple[float, int, Item]] = []
        self._queued: dict[int, float] = {}
        self._order = itertools.count()

    def update(self, item: Item) -> None:
        """Look at the item's deadline again; call it after anything that may have moved it."""
        at = self._deadline(item)
        if at is not None and at < self._queued.get(id(item), float("inf")):
            self._queued[id(item)] = at
            heapq.heappush(self._heap, (at, next(self._order), item))

    def next_at(self) -> float | None:
        """When `due` should be asked next."""
        while self._heap and self._queued.get(id(self._heap[0][2])) != self._heap[0][0]:
            heapq.heappop(self._heap)
        return self._heap[0][0] if self._heap else None

    def due(self, now: float) -> list[Item]:
        """Take out the items whose deadline has come; `update` them once they have done their work."""
        found = []
        while (at := self.next_at()) is not None and at <= now:
            item = heapq.heappop(self._heap)[2]
            del self._queued[id(item)]
            current = self._deadline(item)
            if current is not None and current <= now:
                found.append(item)
            else:
                self.update(item)
        return found
