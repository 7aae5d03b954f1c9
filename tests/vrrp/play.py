"""Tests that read like a play: what an instance hears, when, and what it does.

Play(instance()).at(0.0).starts().expects("BACKUP").at(0.5).hears(advert(priority=100)).expects().silent_until(3.6)
"""

from __future__ import annotations

from typing import Any

import msgspec

from lvstui.model.configuration import VrrpInstance
from lvstui.model.vip import Vip
from lvstui.model.vrrp import InstanceStatus, PartKind, VrrpState
from lvstui.vrrp.effects import AddVips, Announce, Effect, Record, RemoveVips, SendAdvertisement
from lvstui.vrrp.instance import Instance
from lvstui.vrrp.packet import GROUP, Advertisement, Received, Rejected, encode

OURS = "10.0.0.2"
THEIRS = "10.0.0.1"
VIP = Vip("10.0.0.100", 24, "eth0", "eth0:0")


def settings(**changes: Any) -> VrrpInstance:
    """VI_1 of the tutorial as lb2 has it, with changes."""
    base = VrrpInstance(name="VI_1", interface="eth0", vrid=61, priority=99, vips=(VIP,))
    return msgspec.structs.replace(base, **changes)


def instance(source: str = OURS, **changes: Any) -> Instance:
    """An instance that has not been started."""
    return Instance(settings(**changes), source, 0.0, router_id="lb2")


def advert(priority: int, source: str = THEIRS, **changes: Any) -> Received:
    """An advert for VI_1 from another router."""
    message = Advertisement(
        version=2, vrid=61, priority=priority, advert_interval=1.0, addresses=(VIP.address,), auth_data=bytes(8)
    )
    return Received(msgspec.structs.replace(message, **changes), source, GROUP, 255)


def datagram(received: Received, **ip: int) -> bytes:
    """The IPv4 datagram of an advert; `ip` changes fields of its header (ttl, total, protocol)."""
    pdu = encode(received.advertisement, received.source, received.destination)
    return ip_header(received.source, received.destination, len(pdu), **ip) + pdu


def ip_header(
    source: str, destination: str, payload: int, *, ttl: int = 255, total: int = 0, protocol: int = 112
) -> bytes:
    """A plain IPv4 header without checksum (the kernel has verified it before a raw socket sees it)."""
    octets = bytes(int(part) for part in f"{source}.{destination}".split("."))
    return (
        bytes([0x45, 0xC0])
        + (total or 20 + payload).to_bytes(2, "big")
        + bytes([0, 1, 0, 0, ttl, protocol, 0, 0])
        + octets
    )


def short(effect: Effect) -> str:
    """An effect in a word or two; records by their text after the instance's name."""
    match effect:
        case SendAdvertisement():
            return f"advert {effect.priority}"
        case AddVips():
            return "add " + ",".join(v.address for v in effect.vips)
        case RemoveVips():
            return "remove " + ",".join(v.address for v in effect.vips)
        case Announce():
            return f"announce x{effect.repeat}"
        case Record():
            return f"# {effect.text.removeprefix('(VI_1) ')}"


class Play:
    """An instance on stage; times are seconds from the start of the play."""

    def __init__(self, actor: Instance) -> None:
        self.actor = actor
        self.now = 0.0
        self.effects: list[Effect] = []

    def at(self, now: float) -> Play:
        """Let time pass; what falls due on the way happens at its own moment."""
        while (due := self.actor.next_deadline()) is not None and due <= now:
            self.now = due
            self.effects += self.actor.handle_timer(due)
        self.now = now
        return self

    def starts(self) -> Play:
        self.effects += self.actor.start(self.now)
        return self

    def resumes(self, previous: InstanceStatus) -> Play:
        self.actor.restore(previous)
        self.effects += self.actor.resume_master(self.now)
        return self

    def hears(self, heard: Received | Rejected) -> Play:
        self.effects += self.actor.receive(heard, self.now)
        return self

    def adjusts(self, value: int) -> Play:
        self.effects += self.actor.set_adjustment(value, self.now)
        return self

    def script(self, name: str, ok: bool, detail: str = "") -> Play:
        self.effects += self.actor.set_tracker(PartKind.SCRIPT, name, ok, detail, self.now)
        return self

    def fault(self, reason: str) -> Play:
        self.effects += self.actor.set_fault(reason, self.now)
        return self

    def mended(self, reason: str) -> Play:
        self.effects += self.actor.clear_fault(reason, self.now)
        return self

    def stops(self) -> Play:
        self.effects += self.actor.shutdown(self.now)
        return self

    def expects(self, *wanted: str) -> Play:
        """Exactly these effects since the last time, in this order."""
        assert tuple(short(effect) for effect in self.effects) == wanted
        self.effects = []
        return self

    def does(self, *wanted: str) -> Play:
        """The same, but for what is only told (events)."""
        acts = tuple(short(effect) for effect in self.effects if not isinstance(effect, Record))
        assert acts == wanted
        self.effects = []
        return self

    def tells(self, *wanted: str) -> Play:
        """The same, but only what is told."""
        assert tuple(short(effect)[2:] for effect in self.effects if isinstance(effect, Record)) == wanted
        self.effects = []
        return self

    def is_in(self, state: VrrpState, timer: float | None = None) -> Play:
        """The state, and when its timer expires."""
        assert self.actor.state is state
        if timer is not None:
            assert abs(self.status().timer_at - timer) < 1e-9, self.status().timer_at
        return self

    def status(self) -> InstanceStatus:
        return self.actor.status(self.now, 1_700_000_000.0 + self.now)


def master(**changes: Any) -> Play:
    """A play that begins with a MASTER of priority 99 at 10 s; its adverts fall on whole seconds after that."""
    play = Play(instance(**changes)).starts()
    due = play.actor.next_deadline()
    assert due is not None
    play.now = 10.0 - due
    play.actor = instance(**changes)
    play.effects = []
    play.starts().at(10.0).is_in(VrrpState.MASTER)
    play.effects = []
    return play


def backup(**changes: Any) -> Play:
    """A play that begins with a BACKUP of priority 99 that has heard a MASTER of 100 at 10 s."""
    play = Play(instance(**changes))
    play.now = 9.5
    play.starts().at(10.0).hears(advert(100))
    play.effects = []
    return play
