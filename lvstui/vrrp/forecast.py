"""What a priority adjustment will do, said before it is done.

Assumed of peers: their priority is what they last said, they preempt, and they are alive unless they resigned. A
BACKUP does not speak, so that a MASTER knows of it only what it said when it was MASTER itself.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence

from lvstui.model.forecast import Forecast
from lvstui.model.vrrp import InstanceStatus, PartKind, Peer, VrrpState
from lvstui.vrrp import timers
from lvstui.vrrp.packet import OWNER_PRIORITY
from lvstui.vrrp.priority import effective_priority

_OLD = 60.0  # seconds; a peer's word older than this is told with its age


def forecast(
    status: InstanceStatus, adjustment: int, now: float, names: Mapping[str, str], known: Sequence[Peer] = ()
) -> Forecast:
    """Predict the adjustment's effect.

    `names` of directors by address; `known`: peers told of by other means than VRRP, which then count for more.
    """
    parts = sum(part.value for part in status.parts if part.kind is not PartKind.MANUAL)
    question = _Question(status, adjustment, effective_priority(status.base_priority, parts + adjustment), now, names)
    if status.state not in (VrrpState.MASTER, VrrpState.BACKUP):
        return question.stays(f"{status.name} is in {status.state}: it takes no part until that ends")
    if status.base_priority == OWNER_PRIORITY:
        return question.stays(f"{status.name} owns its addresses: priority 255 never changes")
    if status.state is VrrpState.BACKUP:
        return _as_backup(question)
    by_address = {peer.address: peer for peer in (*status.peers, *known) if peer.adverts or peer.priority}
    return _as_master(question, sorted(by_address.values(), key=lambda peer: peer.priority, reverse=True))


class _Question:
    """One instance, one adjustment, one moment."""

    def __init__(
        self, status: InstanceStatus, adjustment: int, effective: int, now: float, names: Mapping[str, str]
    ) -> None:
        self.status, self.adjustment, self.effective, self.now, self._names = status, adjustment, effective, now, names

    def name(self, address: str) -> str:
        """What people call the director with this address."""
        return self._names.get(address, address)

    def stays(self, text: str) -> Forecast:
        """Nothing changes hands."""
        return Forecast(
            instance=self.status.name,
            adjustment=self.adjustment,
            effective_priority=self.effective,
            moves=False,
            text=text,
        )

    def moves(self, address: str, seconds: float, text: str) -> Forecast:
        """The addresses go to `address`, without a gap: the new master speaks before the old one gives up."""
        return Forecast(
            instance=self.status.name,
            adjustment=self.adjustment,
            effective_priority=self.effective,
            moves=True,
            new_master=address,
            seconds=max(seconds, 0.0),
            text=text,
        )


def _as_master(question: _Question, peers: Sequence[Peer]) -> Forecast:
    status, effective = question.status, question.effective
    if not peers or peers[0].priority == 0:
        return _alone(question, peers)
    peer = peers[0]
    name = question.name(peer.address)
    if effective > peer.priority:
        return question.stays(f"stays: {effective} is still above {name}'s {peer.priority}{_age(peer, question.now)}")
    if effective == peer.priority:
        return question.stays(
            f"stays: {effective} equals {name}'s {peer.priority}, and a backup takes over from lower priorities only"
        )
    accepted = _last_accepted(question, peer)
    down = timers.master_down_interval(status.version, peer.priority, status.advert_interval)
    seconds = accepted + down - question.now
    if seconds < -status.advert_interval:
        return question.stays(
            f"stays: {name} ({peer.priority}{_age(peer, question.now)}) has not taken {status.name} although ours is "
            f"lower: it is gone or does not preempt"
        )
    text = f"at {effective} {name} takes {status.name} in about {_seconds(seconds)}; no gap{_age(peer, question.now)}"
    return question.moves(peer.address, seconds, text)


def _alone(question: _Question, heard: Sequence[Peer]) -> Forecast:
    status, effective = question.status, question.effective
    if heard:
        gone = ", ".join(question.name(peer.address) for peer in heard)
        return question.stays(f"stays: {gone} resigned and nobody else was heard on VRID {status.vrid}")
    longest = timers.master_down_interval(status.version, effective, status.advert_interval)
    return question.stays(
        f"no peer heard on VRID {status.vrid}: a silent backup above {effective} would take {status.name} "
        f"within {_seconds(longest)}, otherwise it stays"
    )


def _last_accepted(question: _Question, peer: Peer) -> float:
    """When we last sent an advert that the peer, now a BACKUP, believed: it restarted its timer then.

    If we are below the peer already, that was before our priority last moved.
    """
    status = question.status
    interval = status.advert_interval
    last_sent = status.timer_at - interval if status.timer_at else question.now - interval / 2
    if status.effective_priority >= peer.priority:
        return last_sent
    changed_at = max((part.since_at for part in status.parts), default=question.now)
    return last_sent - max(0, math.ceil((last_sent - changed_at) / interval)) * interval


def _as_backup(question: _Question) -> Forecast:
    status, effective = question.status, question.effective
    if not status.master_address or not status.master_priority:
        seconds = _own_timer(question)
        text = f"no master heard: this director takes {status.name} in about {_seconds(seconds)}"
        return question.moves(status.source_address, seconds, text)
    name = question.name(status.master_address)
    theirs = status.master_priority
    if effective < theirs:
        return question.stays(f"stays with {name}: {effective} is still below its {theirs}")
    if effective == theirs:
        return question.stays(f"stays with {name}: {effective} equals its priority, and a backup must be above it")
    if not status.preempt:
        return question.stays(f"stays with {name}: this director does not preempt (nopreempt)")
    seconds = _own_timer(question)
    if status.preempt_delay > 0 and status.effective_priority <= theirs:
        seconds = _after_delay(question)
    text = f"at {effective} this director takes {status.name} from {name} in about {_seconds(seconds)}; no gap"
    return question.moves(status.source_address, seconds, text)


def _down_intervals(question: _Question) -> tuple[float, float, float]:
    """The master's interval, and our master-down interval before and after the adjustment."""
    status = question.status
    interval = timers.master_interval(status.version, status.effective_priority, status.master_down_interval)
    after = timers.master_down_interval(status.version, question.effective, interval)
    return interval, status.master_down_interval, after


def _own_timer(question: _Question) -> float:
    """Our running timer, moved by the difference of the skews (V-100); worse masters' adverts do not restart it."""
    _, before, after = _down_intervals(question)
    return question.status.timer_at + after - before - question.now


def _after_delay(question: _Question) -> float:
    """With preempt_delay: the next advert starts the delay, and within it adverts restart the timer."""
    interval, before, after = _down_intervals(question)
    first = question.status.timer_at - before + interval
    restarts = math.ceil(question.status.preempt_delay / interval) - 1
    return first + max(restarts, 0) * interval + after - question.now


def _seconds(seconds: float) -> str:
    seconds = max(seconds, 0.0)
    return f"{seconds:.1f} s" if seconds >= 1 else f"{seconds:.2f} s"


def _age(peer: Peer, now: float) -> str:
    """How old the peer's word is, if that matters."""
    age = now - peer.last_heard_at
    if age < _OLD or not peer.last_heard_at:
        return ""
    minutes = age / 60
    return f" (last heard {minutes:.0f} min ago)" if minutes < 120 else f" (last heard {minutes / 60:.0f} h ago)"
