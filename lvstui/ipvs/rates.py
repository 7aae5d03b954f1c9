"""Rates as the kernel's estimator makes them: a moving average, taken anew every two seconds.

Each step moves a quarter of the way to the last interval's rate (net/netfilter/ipvs/ip_vs_est.c), so a rate shows
about the last eight seconds. `lingering` counts ended connections the way the kernel's InActConn does.
"""

from __future__ import annotations

from lvstui.model.ipvs import Counters, Rates

INTERVAL = 2.0
_WEIGHT = 0.25
_FIELDS = 5


class Estimator:
    """Rates of one entry."""

    def __init__(self) -> None:
        self._last = [0] * _FIELDS
        self._averages = [0.0] * _FIELDS

    def step(self, counters: Counters, seconds: float) -> None:
        """Take the counters `seconds` (> 0) after the last step."""
        for place, number in enumerate(_numbers(counters)):
            rate = (number - self._last[place]) / seconds
            self._averages[place] += (rate - self._averages[place]) * _WEIGHT
            self._last[place] = number

    def rates(self) -> Rates:
        """Return the rates, rounded to whole numbers."""
        return Rates(*(round(average) for average in self._averages))


class Lingering:
    """How many ended connections are still counted: each for its time, in steps of a second.

    Memory does not grow with the number of connections, only with the longest time.
    """

    def __init__(self) -> None:
        self._expiring: dict[int, int] = {}
        self._count = 0

    def add(self, now: float, seconds: float) -> None:
        """Count one more, for `seconds`."""
        second = int(now + seconds) + 1
        self._expiring[second] = self._expiring.get(second, 0) + 1
        self._count += 1

    def count(self, now: float) -> int:
        """Return how many there are."""
        for second in [second for second in self._expiring if second <= now]:
            self._count -= self._expiring.pop(second)
        return self._count


def _numbers(counters: Counters) -> tuple[int, int, int, int, int]:
    return (
        counters.connections,
        counters.packets_in,
        counters.packets_out,
        counters.bytes_in,
        counters.bytes_out,
    )
