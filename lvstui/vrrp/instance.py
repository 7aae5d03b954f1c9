"""One VRRP instance without I/O: events and the time go in, effects come out.

    effects = instance.start(now) | receive(received, now) | handle_timer(now) | ...   then arm `next_deadline()`

`transitions.TABLE` says what happens, `machine` does it. Times are monotonic seconds.
"""

from __future__ import annotations

from lvstui.model.configuration import VrrpInstance
from lvstui.model.vrrp import InstanceStatus, PartKind, VipStatus, VrrpState
from lvstui.vrrp.acceptance import address_difference, auth_fields, refusal
from lvstui.vrrp.effects import Effect
from lvstui.vrrp.machine import NOBODY, Machine
from lvstui.vrrp.neighbours import Neighbours
from lvstui.vrrp.packet import MOST_ADDRESSES, Advertisement, Received, Rejected
from lvstui.vrrp.priority import Priority
from lvstui.vrrp.transitions import Happening, compare


class Instance(Machine):
    """The verbs of one `vrrp_instance`, each returning what must now be done.

    Nothing happens before `start`, and nothing after `shutdown`.
    """

    def __init__(self, settings: VrrpInstance, source_address: str, now: float, *, router_id: str = "") -> None:
        super().__init__(settings, source_address, now, router_id)
        self.neighbours = Neighbours()
        self._advertised = tuple(vip.address for vip in settings.vips if ":" not in vip.address)[:MOST_ADDRESSES]
        self._auth_type, self._auth_data = auth_fields(settings)
        self._priority = Priority(settings, now)
        self._started = False
        self._faults: dict[str, None] = {}
        self._resumed_since = 0.0

    # What the outside tells.

    def start(self, now: float) -> list[Effect]:
        """Begin: BACKUP (an owner: MASTER), FAULT if something hinders, INIT while a zero-weight script is awaited."""
        self._started = True
        return self._reconsidered(now)

    def resume_master(self, now: float) -> list[Effect]:
        """Begin as the MASTER that a crashed predecessor was: an advert at once, and the addresses stay."""
        self._started = True
        if not self._faults and not any(self._priority.faults()):
            self._happen(Happening.RESUME, NOBODY, now)
            self._since = self._resumed_since or now
        return self._reconsidered(now)

    def restore(self, previous: InstanceStatus) -> None:
        """Before the start: take over what a predecessor knew (verdicts, peers, counters, since when)."""
        self._resumed_since = previous.since_at
        self._priority.restore(previous.parts)
        self._effective = self._priority.effective
        self.neighbours.restore(previous.peers)
        self.counters.update({k: v for k, v in previous.counters.items() if k in self.counters})

    def receive(self, received: Received | Rejected, now: float) -> list[Effect]:
        """Take an advert. A refused one is counted and touches neither timers nor state (V-079)."""
        if isinstance(received, Received):
            refused = refusal(received, self.settings)
            if refused is None:
                self._accept(received, now)
                return self._taken()
            received = refused
        self.counters[received.reason] += 1
        self.neighbours.refused(received, now)
        self._tell_once(received.reason, self._words.refused(received.detail, received.source))
        return self._taken()

    def handle_timer(self, now: float) -> list[Effect]:
        """Do what is due by now; nothing if nothing is (a stale wake-up is harmless, V-136)."""
        if self._timer_at is not None and now >= self._timer_at:
            self._happen(Happening.TIMER, NOBODY, now)
        repeat = self._announcements.due(now)
        if self.state is VrrpState.MASTER:
            self._announce(repeat)
        return self._taken()

    def next_deadline(self) -> float | None:
        """When `handle_timer` wants to be called; None: never."""
        queued = self._announcements.next_at()
        if queued is None or self._timer_at is None:
            return self._timer_at if queued is None else queued
        return min(queued, self._timer_at)

    def set_adjustment(self, value: int, now: float) -> list[Effect]:
        """The operator's part of the priority, -253..253 (more is clamped)."""
        self._priority.adjust(value, now)
        self.revision += 1
        return self._reconsidered(now, "operator's adjustment")

    def set_tracker(self, kind: PartKind, name: str, ok: bool, detail: str, now: float) -> list[Effect]:
        """A tracker's verdict (rise and fall already counted); one that the instance does not have changes nothing."""
        if not self._priority.hear(kind, name, ok, detail, now):
            return []
        return self._reconsidered(now, f"{kind} {name}: {detail}" if detail else f"{kind} {name}")

    def set_fault(self, reason: str, now: float) -> list[Effect]:
        """Something outside hinders the instance; each reason is cleared on its own."""
        self._faults[reason] = None
        return self._reconsidered(now)

    def clear_fault(self, reason: str, now: float) -> list[Effect]:
        """This hindrance is gone."""
        self._faults.pop(reason, None)
        return self._reconsidered(now)

    def set_source(self, address: str) -> None:
        """The address that adverts come from changed."""
        self.source_address = address

    def shutdown(self, now: float) -> list[Effect]:
        """Stop: a MASTER resigns and gives its addresses up, anything else falls silent (V-113, V-120)."""
        self._started = False
        self._happen(Happening.SHUTDOWN, NOBODY, now)
        return self._taken()

    # What the outside asks.

    def advertisement(self, priority: int) -> Advertisement:
        """Our advert with this priority."""
        return Advertisement(
            version=self.settings.version,
            vrid=self.settings.vrid,
            priority=priority,
            advert_interval=self.settings.advert_interval,
            addresses=self._advertised,
            auth_type=self._auth_type,
            auth_data=self._auth_data,
        )

    def status(self, now: float, wall: float, vips: tuple[VipStatus, ...] = ()) -> InstanceStatus:
        """All there is to know; `wall` is UTC epoch at `now`, `vips` what the kernel holds."""
        master = self.state is VrrpState.MASTER
        return InstanceStatus(
            name=self.settings.name,
            vrid=self.settings.vrid,
            interface=self.settings.interface,
            version=self.settings.version,
            state=self.state,
            since_at=self._since,
            since_time=wall - (now - self._since),
            reason=self.reason,
            base_priority=self.settings.priority,
            effective_priority=self._effective,
            parts=self._priority.parts(),
            preempt=self.preempts,
            preempt_delay=self.settings.preempt_delay,
            advert_interval=self.settings.advert_interval,
            master_down_interval=self.master_down_interval,
            source_address=self.source_address,
            master_address=self.source_address if master else self._master_address,
            master_priority=self._effective if master else self._master_priority,
            timer_at=self._timer_at or 0.0,
            peers=self.neighbours.peers(),
            vips=vips,
            counters=dict(self.counters),
        )

    def _accept(self, received: Received, now: float) -> None:
        advert = received.advertisement
        self.counters["advert_rcvd"] += 1
        if advert.priority == 0:
            self.counters["pri_zero_rcvd"] += 1
        if advert.version == 3 and received.pseudo_header == self.settings.checksum_as_v2:
            self.counters["checksum_other_form"] += 1
        if self.neighbours.heard(received, now):
            self.revision += 1
        if not (self.settings.skip_check_advert_address and received.source == self._master_address):
            difference = address_difference(advert, self._advertised, self.settings.vrid)
            if difference:
                self.counters["addr_list_err"] += 1
                self._tell_once("addresses", self._words.addresses_differ(difference, received.source))
        self._happen(compare(received, self._effective, self.source_address or "0.0.0.0"), received, now)

    def _reconsidered(self, now: float, why: str = "") -> list[Effect]:
        """After anything that may change priority or faults: move the timer, change the state."""
        before, after = self._effective, self._priority.effective
        if before != after:
            down_before = self.master_down_interval
            self._effective = after
            if self.state is VrrpState.BACKUP and self._timer_at is not None:
                self._timer_at += self.master_down_interval - down_before  # V-100
            self._record(self._words.priority(before, after, why))
        if self._started:
            faults = [*self._faults, *self._priority.faults()]
            awaited = list(self._priority.awaited()) if self.state is VrrpState.INIT else []
            if faults:
                self._enter_fault(faults, now)
            elif awaited:
                self.reason = f"waits for the first result of {', '.join(awaited)}"
            elif self.state in (VrrpState.INIT, VrrpState.FAULT):
                self._happen(Happening.UP_OWNER if self.is_owner else Happening.UP, NOBODY, now)
        return self._taken()

    def _enter_fault(self, faults: list[str], now: float) -> None:
        reason = "; ".join(faults)
        if reason != self.reason:
            self.reason = reason
            self.revision += 1
        self._happen(Happening.DOWN, NOBODY, now)
