"""A destination of the userspace plane: its settings, live connections and counters."""

from __future__ import annotations

from typing import TYPE_CHECKING

import msgspec

from lvstui.ipvs.rates import Estimator, Lingering
from lvstui.ipvs.schedulers import Candidate
from lvstui.model.ipvs import Counters, Destination

if TYPE_CHECKING:
    from lvstui.ipvs.io.connection import Connection

# The kernel's time-outs of ended connections: FIN_WAIT, and CLOSE after a reset.
ENDED_SECONDS = 120.0
RESET_SECONDS = 10.0


class Tally:
    """Counters that are being counted, with their rates: of a destination, or of a whole service."""

    def __init__(self) -> None:
        self.connections = self.packets_in = self.packets_out = self.bytes_in = self.bytes_out = 0
        self.estimator = Estimator()

    def count_in(self, size: int) -> None:
        """Count one read from a client (as one packet)."""
        self.packets_in += 1
        self.bytes_in += size

    def count_out(self, size: int) -> None:
        """Count one read from a server (as one packet)."""
        self.packets_out += 1
        self.bytes_out += size

    def counters(self) -> Counters:
        """Return the totals now."""
        return Counters(self.connections, self.packets_in, self.packets_out, self.bytes_in, self.bytes_out)

    def step(self, seconds: float) -> None:
        """Let the rates take in what happened in the last `seconds`."""
        self.estimator.step(self.counters(), seconds)


class ForwardedDestination:
    """`settings` are those wanted; counts in them mean nothing. `connections` are the live ones (ActiveConn)."""

    def __init__(self, settings: Destination) -> None:
        self.settings = settings
        self.tally = Tally()
        self.connections: set[Connection] = set()
        self.removed_at = 0.0
        self._ended = Lingering()
        self._overloaded = False

    def candidate(self, now: float) -> Candidate:
        """Return what a scheduler has to know."""
        active, inactive = len(self.connections), self._ended.count(now)
        self._judge_load(active + inactive)
        return Candidate(self.settings.endpoint, self.settings.weight, active, inactive, self._overloaded)

    def opened(self, connection: Connection) -> None:
        """Note a new connection."""
        self.connections.add(connection)
        self.tally.connections += 1

    def closed(self, connection: Connection, now: float, reset: bool) -> None:
        """Note the end of a connection: it is inactive for a while, as in the kernel."""
        self.connections.discard(connection)
        self._ended.add(now, RESET_SECONDS if reset else ENDED_SECONDS)

    def status(self, now: float, persistent: int) -> Destination:
        """Return the destination as the table shows it."""
        return msgspec.structs.replace(
            self.settings,
            active_connections=len(self.connections),
            inactive_connections=self._ended.count(now),
            persistent_connections=persistent,
            counters=self.tally.counters(),
            rates=self.tally.estimator.rates(),
        )

    def _judge_load(self, total: int) -> None:
        """Overloaded from the upper threshold on, until below the lower one (none given: three quarters of it)."""
        upper, lower = self.settings.upper_threshold, self.settings.lower_threshold
        if upper and total >= upper:
            self._overloaded = True
        elif not upper or (total < lower if lower else total * 4 < upper * 3):
            self._overloaded = False
