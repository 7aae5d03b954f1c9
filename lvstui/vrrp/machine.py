"""What an instance does: one method for each act of `transitions.TABLE`, and what they share."""

from __future__ import annotations

from collections.abc import Callable

from lvstui.model.configuration import VrrpInstance
from lvstui.model.vip import Vip
from lvstui.model.vrrp import VrrpState
from lvstui.vrrp import timers
from lvstui.vrrp.announcements import Announcements
from lvstui.vrrp.counters import fresh_counters
from lvstui.vrrp.effects import AddVips, Announce, Effect, Record, RemoveVips, SendAdvertisement
from lvstui.vrrp.packet import OWNER_PRIORITY, Advertisement, Received
from lvstui.vrrp.records import Wording
from lvstui.vrrp.transitions import TABLE, Act, Happening

# Somebody better has the addresses; requests that reached us just before are still being answered, and clients come
# here until the winner's announcement is out (0.1 to 3 ms after its advert). A removal at once loses those.
LINGER_SECONDS = 0.02

NOBODY = Received(Advertisement(version=2, vrid=1, priority=0, advert_interval=1.0), "0.0.0.0", "0.0.0.0", 255)


class Machine:
    """State, timers and acts of one `vrrp_instance`; `Instance` adds what comes from and goes to the outside.

    `revision` grows with everything that an onlooker should be told of soon (not with each advert).
    """

    def __init__(self, settings: VrrpInstance, source_address: str, now: float, router_id: str) -> None:
        self.settings = settings
        self.source_address = source_address
        self.state = VrrpState.INIT
        self.reason = "not started"
        self.counters = fresh_counters()
        self.revision = 0
        self.vips: tuple[Vip, ...] = settings.vips + settings.excluded_vips
        self._effective = settings.priority
        self._announcements = Announcements(settings.garp)
        self._words = Wording(settings.name, router_id, settings.smtp_alert)
        self._since = now
        self._initial = True
        self._timer_at: float | None = None
        self._preempt_at: float | None = None
        self._master_interval = settings.advert_interval
        self._master_address, self._master_priority = "", 0
        self._told: set[str] = set()
        self._effects: list[Effect] = []
        self._acts: dict[Act, Callable[[Received, float], None]] = {
            act: getattr(self, f"_{act.name.lower()}") for act in Act
        }

    @property
    def effective_priority(self) -> int:
        """What adverts carry now."""
        return self._effective

    @property
    def master_down_interval(self) -> float:
        """How long after its master's last advert a BACKUP takes over."""
        return timers.master_down_interval(self.settings.version, self._effective, self._master_interval)

    @property
    def is_owner(self) -> bool:
        """Whether it owns the addresses (base priority 255)."""
        return self.settings.priority == OWNER_PRIORITY

    @property
    def preempts(self) -> bool:
        """Whether it replaces a living master of lower priority (an owner always does, V-128)."""
        return self.settings.preempt or self.is_owner

    def _taken(self) -> list[Effect]:
        effects, self._effects = self._effects, []
        return effects

    def _record(self, record: Record) -> None:
        self._effects.append(record)
        self.revision += 1

    def _tell_once(self, what: str, record: Record) -> None:
        """Record it the first time since the master or our state changed (V-078)."""
        if what not in self._told:
            self._told.add(what)
            self._record(record)

    def _happen(self, happening: Happening, received: Received, now: float) -> None:
        step = TABLE[self.state, happening]
        before, self.state = self.state, step.to
        self._initial = before is VrrpState.INIT
        if step.to is not before:
            self._since = now
            self._told.clear()
            self._preempt_at = None
            if before is VrrpState.MASTER:
                self.counters["release_master"] += 1
                self._announcements.cancel()
        self._acts[step.act](received, now)

    def _set_master(self, received: Received) -> None:
        advert = received.advertisement
        if received.source != self._master_address or not self._master_priority:
            self._told.clear()
        if (received.source, advert.priority) != (self._master_address, self._master_priority):
            self._master_address, self._master_priority = received.source, advert.priority
            self.revision += 1

    def _send(self, priority: int, now: float) -> None:
        self._effects.append(SendAdvertisement(priority))
        self.counters["advert_sent"] += 1
        if priority:
            self._timer_at = now + self.settings.advert_interval
        else:
            self.counters["pri_zero_sent"] += 1
            self._record(self._words.sent_zero())

    def _announce(self, repeat: int) -> None:
        if self.vips and repeat:
            self._effects.append(Announce(self.vips, repeat))

    def _become_master(self, reason: str, now: float) -> None:
        preempted = 0 < self._master_priority < self._effective
        living = self._master_interval if preempted else 0.0
        self.reason = reason
        self._master_interval = self.settings.advert_interval
        self.counters["become_master"] += 1
        self._send(self._effective, now)
        self._effects.append(AddVips(self.vips))
        self._announce(self._announcements.taken_over(now, living))
        self._record(self._words.entering(VrrpState.MASTER, reason))

    # The acts of the table.

    def _ignore(self, received: Received, now: float) -> None:
        pass

    def _wait(self, received: Received, now: float) -> None:
        self._master_interval = self.settings.advert_interval
        self._master_address, self._master_priority = "", 0
        self._timer_at = now + self.master_down_interval
        self.reason = f"started, waits {self.master_down_interval:.2f} s for a master"
        self._record(self._words.entering(VrrpState.BACKUP, self.reason, initial=self._initial))

    def _take_over(self, received: Received, now: float) -> None:
        if self.is_owner:
            reason = "owner of the addresses (priority 255)"
        elif self._master_priority and self._master_priority < self._effective:
            reason = f"preempts {self._master_address}: priority {self._master_priority}, ours {self._effective}"
        elif self._master_address and not self._master_priority:
            reason = f"{self._master_address} resigned (priority 0)"
        elif self._master_address:
            reason = f"no advert from {self._master_address} for {self.master_down_interval:.2f} s"
        else:
            reason = f"no advert for {self.master_down_interval:.2f} s"
        self._become_master(reason, now)

    def _go_on(self, received: Received, now: float) -> None:
        self.reason = "goes on after a restart of the vrrp process"
        self._send(self._effective, now)
        self._effects.append(AddVips(self.vips))
        self._announce(self._announcements.taken_over(now))
        self._record(self._words.goes_on())

    def _fail(self, received: Received, now: float) -> None:
        self._timer_at = None
        self._master_address, self._master_priority = "", 0
        self._record(self._words.entering(VrrpState.FAULT, self.reason, initial=self._initial))

    def _resign_and_fail(self, received: Received, now: float) -> None:
        self._fail(received, now)
        self._send(0, now)
        self._effects.append(RemoveVips(self.vips))

    def _stop(self, received: Received, now: float) -> None:
        self._timer_at = None
        self.reason = "stopped"
        self._record(self._words.stopped())

    def _resign(self, received: Received, now: float) -> None:
        self._send(0, now)
        self._effects.append(RemoveVips(self.vips))
        self._stop(received, now)

    def _advertise(self, received: Received, now: float) -> None:
        due = self._timer_at
        self._send(self._effective, now)
        # From the moment it was due, so that being late does not stretch the period (V-099).
        if due is not None and due + self.settings.advert_interval > now:
            self._timer_at = due + self.settings.advert_interval

    def _skew(self, received: Received, now: float) -> None:
        self._timer_at = now + timers.skew(self.settings.version, self._effective, self._master_interval)
        self._set_master(received)
        self.reason = f"{received.source} resigned (priority 0)"
        self._tell_once("zero", self._words.zero(received.source, master=False))

    def _follow(self, received: Received, now: float) -> None:
        if self._preempt_at is not None and received.advertisement.priority >= self._effective:
            self._preempt_at = None
            self._record(self._words.delay(None))
        self._set_master(received)
        interval = received.advertisement.advert_interval
        if self.settings.version == 3 and interval != self._master_interval:
            self._tell_once("interval", self._words.interval(self._master_interval, interval))
            self._master_interval = interval
        self._timer_at = now + self.master_down_interval
        self.reason = f"follows {received.source}, priority {received.advertisement.priority}"

    def _challenge(self, received: Received, now: float) -> None:
        if not self.preempts or self._preempt_delayed(now):
            self._follow(received, now)
            self.reason += " (nopreempt)" if not self.preempts else " (preempt delay)"
            return
        self._set_master(received)
        theirs = received.advertisement.priority
        self.reason = f"preempts {received.source}: priority {theirs}, ours {self._effective}"
        self._tell_once("discarding", self._words.discarding(received))

    def _preempt_delayed(self, now: float) -> bool:
        """Whether the delay still runs; the first advert of a worse master starts it (V-129)."""
        if self.settings.preempt_delay <= 0 or self.is_owner:
            return False
        if self._preempt_at is None:
            self._preempt_at = now + self.settings.preempt_delay
            self._record(self._words.delay(self.settings.preempt_delay))
        return now < self._preempt_at

    def _answer(self, received: Received, now: float) -> None:
        self._tell_once("zero", self._words.zero(received.source, master=True))
        self._send(self._effective, now)

    def _step_down(self, received: Received, now: float) -> None:
        if self.settings.higher_priority_send_advert:
            self._send(self._effective, now)
        record = self._words.higher(received, self._effective)
        self._effects.append(RemoveVips(self.vips, min(LINGER_SECONDS, self.settings.advert_interval / 2)))
        self._record(record)
        self._follow(received, now)
        self._record(self._words.entering(VrrpState.BACKUP, self.reason))

    def _reassert(self, received: Received, now: float) -> None:
        answers = not self.settings.lower_priority_no_advert
        self._tell_once("lower", self._words.lower(received, self._effective, answered=answers))
        if answers:
            self._send(self._effective, now)
        self._announce(self._announcements.worse_master_heard(now, received.advertisement.advert_interval))

    def _warn(self, received: Received, now: float) -> None:
        self._tell_once("twin", self._words.twin(received.source))
