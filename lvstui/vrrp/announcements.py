"""When a MASTER announces its addresses again (gratuitous ARP), after the set that is sent at once."""

from __future__ import annotations

from lvstui.model.configuration import GarpSettings


class Announcements:
    """The queue of one instance. A router that is not MASTER (any longer) has none: `cancel` is part of leaving.

    keepalived lets the second set run into the next term (V-141) and announces at once on hearing a worse master,
    so that the loser's last packet can win (V-144a); hence the further set one interval after it fell silent, and one
    interval after a takeover from a master that was alive.
    """

    def __init__(self, settings: GarpSettings) -> None:
        self._settings = settings
        self._second_at: float | None = None
        self._refresh_at: float | None = None
        self._lower_at: float | None = None
        self._silence_at: float | None = None

    def cancel(self) -> None:
        """Forget everything queued."""
        self._second_at = self._refresh_at = self._lower_at = self._silence_at = None

    def taken_over(self, now: float, interval: float = 0.0) -> int:
        """Queue what follows a takeover; how often to announce now. `interval`: of a living master, 0 for none."""
        self.cancel()
        if interval > 0:
            self._silence_at = now + interval
        if self._settings.master_delay > 0:
            self._second_at = now + self._settings.master_delay
        if self._settings.refresh > 0:
            self._refresh_at = now + self._settings.refresh
        return self._settings.master_repeat

    def worse_master_heard(self, now: float, interval: float) -> int:
        """Queue what follows a worse master's advert; how often to announce now (0: configured off)."""
        repeat = self._settings.lower_priority_repeat
        if repeat:
            self._silence_at = now + interval
            if self._settings.lower_priority_delay > 0:
                self._lower_at = now + self._settings.lower_priority_delay
        return repeat

    def next_at(self) -> float | None:
        """When something is due next."""
        queued = (self._second_at, self._refresh_at, self._lower_at, self._silence_at)
        return min((at for at in queued if at is not None), default=None)

    def due(self, now: float) -> int:
        """How often to announce now; what falls together is sent once."""
        repeat = 0
        if self._second_at is not None and now >= self._second_at:
            self._second_at = None
            repeat = self._settings.master_repeat
        if self._silence_at is not None and now >= self._silence_at:
            self._silence_at = None
            repeat = max(repeat, self._settings.lower_priority_repeat)
        if self._lower_at is not None and now >= self._lower_at:
            self._lower_at = None
            repeat = max(repeat, self._settings.lower_priority_repeat)
        if self._refresh_at is not None and now >= self._refresh_at:
            self._refresh_at = now + self._settings.refresh
            repeat = max(repeat, self._settings.refresh_repeat)
        return repeat
