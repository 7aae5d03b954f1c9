"""What is played between lvstui and keepalived; each scenario has hosts of its own and returns what it measured.

Witnesses: addresses from each host's kernel, adverts and ARP from a capture on the bridge, a client's probes.
"""

from __future__ import annotations

import contextlib
import itertools
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path

from scapy.layers.inet import IP
from scapy.layers.l2 import ARP, Ether
from scapy.layers.vrrp import VRRP, VRRPv3

from tests.peer.directors import VIP, Director, Keepalived, Lvstui, Settings, wait_until
from tests.system.netns import Host, Network
from tests.system.wire import Frame, Prober, Sniffer

Measured = dict[str, float]
Kind = Callable[[Host, Settings, Path], Director]


@dataclass
class Stage:
    """Two directors' hosts on a bridge, a capture of it, and a client asking the VIP every 10 ms."""

    network: Network
    a: Host
    b: Host
    wire: Sniffer
    prober: Prober

    def adverts(self, director: Director, since: float = 0.0) -> list[Frame]:
        """The director's adverts on the wire."""
        return self.wire.vrrp(director.host.address, since)

    def first_advert(self, director: Director, since: float) -> float:
        """When the director's first advert after `since` was seen, waited for."""
        wait_until(lambda: bool(self.adverts(director, since)), f"an advert of {director.kind}")
        return self.adverts(director, since)[0].at


@contextlib.contextmanager
def stage() -> Iterator[Stage]:
    """Set the stage and clear it."""
    with Network() as network:
        a = network.host("a", "10.61.0.11/24")
        b = network.host("b", "10.61.0.12/24")
        client = network.host("c", "10.61.0.20/24")
        with Sniffer(network.switch, "br0") as wire, Prober(client, VIP) as prober:
            yield Stage(network, a, b, wire, prober)


def wait_for_master(stage: Stage, master: Director, other: Director | None = None, timeout: float = 10.0) -> None:
    """Wait until `master` holds the VIP and `other` does not."""
    wait_until(
        lambda: master.host.holds(VIP) and (other is None or not other.host.holds(VIP)),
        f"{master.kind} at {master.host.address} alone holds {VIP}\n{master.log()[-2000:]}",
        timeout,
    )


def cycle(directory: Path, settings: Settings, first_kind: Kind, second_kind: Kind) -> Measured:
    """Election, preemption, graceful stop, return and kill -9 of the first (100); the second (99) takes over."""
    with stage() as at_stage:
        a, b = at_stage.a, at_stage.b
        unicast = bool(settings.peer)
        first = first_kind(
            a, replace(settings, priority=100, peer=b.address if unicast else "", state="MASTER"), directory
        )
        second = second_kind(b, replace(settings, priority=99, peer=a.address if unicast else ""), directory)
        second.start()
        wait_for_master(at_stage, second)
        assert b.addresses()[f"{VIP}/24"]["label"] == "eth0:0"
        first.start()
        wait_for_master(at_stage, first, second)  # preemption
        assert a.addresses()[f"{VIP}/24"]["label"] == "eth0:0"
        measured = {"graceful": graceful_stop(at_stage, first, second)}
        first.start()
        wait_for_master(at_stage, first, second)
        time.sleep(2 * settings.interval)
        measured["kill"], measured["silence"] = kill(at_stage, first, second)
        check_packets(at_stage, first, second, unicast)
        return measured


def graceful_stop(at_stage: Stage, first: Director, second: Director) -> float:
    """Stop the master with SIGTERM; seconds until the other's first advert, which is its skew time."""
    at = first.stop()
    taken = at_stage.first_advert(second, at) - at
    wait_for_master(at_stage, second)
    first.wait()
    assert not first.host.holds(VIP)
    last = at_stage.adverts(first)[-1]
    assert last.at >= at - 0.005
    assert priority(last) == 0
    assert second.settings.skew - 0.02 <= taken <= second.settings.skew + 0.3
    return taken


def kill(at_stage: Stage, first: Director, second: Director) -> tuple[float, float]:
    """kill -9 the master; seconds until the other's first advert, from the act and from the last advert."""
    at = first.kill()
    taken = at_stage.first_advert(second, at)
    wait_for_master(at_stage, second)
    last = max(f.at for f in at_stage.adverts(first))
    silence = taken - last
    assert second.settings.master_down - 0.02 <= silence <= second.settings.master_down + 0.3
    wait_until(lambda: len(announcements(at_stage, second, taken - 0.01)) >= 5, f"5 GARPs of {second.kind}", 3)
    assert first.host.holds(VIP)  # nobody was left to remove it
    return taken - at, silence


def adjustment(directory: Path, settings: Settings) -> Measured:
    """The slider: ours at 100 goes to 98, keepalived at 99 takes the VIP; back to 100, ours takes it again."""
    with stage() as at_stage:
        ours = Lvstui(at_stage.a, replace(settings, priority=100), directory)
        theirs = Keepalived(at_stage.b, replace(settings, priority=99), directory)
        theirs.start()
        ours.start()
        wait_for_master(at_stage, ours, theirs)
        time.sleep(1.5 * settings.interval)
        begin = at = ours.adjust(-2)
        away = at_stage.first_advert(theirs, at) - at
        wait_for_master(at_stage, theirs, ours)
        time.sleep(2.2 * settings.interval)
        assert [priority(f) for f in at_stage.adverts(ours, at)][:1] == [98]
        at = ours.adjust(0)
        back = at_stage.first_advert(ours, at) - at
        wait_for_master(at_stage, ours, theirs)
        time.sleep(1.0)
        lost, gap = at_stage.prober.lost(begin), at_stage.prober.longest_gap(begin)
        limit = theirs.settings.master_down + settings.interval + 0.3
        assert away <= limit
        assert back <= limit
        # The loser may let go some milliseconds before the winner's GARP is out: keepalived with itself loses up to
        # 4 ms that way, less than one probe.
        assert lost <= 1, f"{lost} probes lost, longest gap {gap:.3f} s"
        return {"away": away, "back": back, "lost": lost}


def down_file(directory: Path, settings: Settings, first_kind: Kind, second_kind: Kind) -> Measured:
    """The tutorial's fail-over: a file appears, the script takes 2 from 100, 99 takes the VIP; and back."""
    with stage() as at_stage:
        path = directory / f"{at_stage.a.namespace}.down"
        first = first_kind(at_stage.a, replace(settings, priority=100, down_file=str(path)), directory)
        second = second_kind(at_stage.b, replace(settings, priority=99), directory)
        second.start()
        first.start()
        wait_for_master(at_stage, first, second)
        time.sleep(1.5 * settings.interval)
        path.touch()
        begin = at = time.monotonic()
        away = at_stage.first_advert(second, at) - at
        wait_for_master(at_stage, second, first)
        time.sleep(2 * settings.interval)
        path.unlink()
        at = time.monotonic()
        back = at_stage.first_advert(first, at) - at
        wait_for_master(at_stage, first, second)
        time.sleep(0.5)
        limit = second.settings.master_down + settings.interval + 1.3  # the script's second, one interval to tell it
        assert away <= limit
        assert back <= limit
        lost = at_stage.prober.lost(begin)
        assert lost <= 1, f"{lost} probes lost"
        return {"away": away, "back": back, "lost": lost}


def cable(directory: Path, settings: Settings, first_kind: Kind, second_kind: Kind) -> Measured:
    """The master's cable is pulled: the other takes the VIP, the first lets it go; mended, it comes back."""
    with stage() as at_stage:
        first = first_kind(at_stage.a, replace(settings, priority=100), directory)
        second = second_kind(at_stage.b, replace(settings, priority=99), directory)
        second.start()
        first.start()
        wait_for_master(at_stage, first, second)
        time.sleep(2 * settings.interval)
        at = time.monotonic()
        at_stage.network.unplug(at_stage.a)
        taken = at_stage.first_advert(second, at) - at
        wait_for_master(at_stage, second, first)
        at_stage.network.plug(at_stage.a)
        wait_for_master(at_stage, first, second)
        assert taken <= second.settings.master_down + 0.3
        return {"cable": taken}


def resumed(directory: Path, settings: Settings) -> Measured:
    """Ours as master is killed and replaced as the engine does it: keepalived never speaks, no probe is lost."""
    with stage() as at_stage:
        ours = Lvstui(at_stage.a, replace(settings, priority=100), directory)
        theirs = Keepalived(at_stage.b, replace(settings, priority=99), directory)
        ours.start()
        wait_for_master(at_stage, ours)
        theirs.start()
        time.sleep(2.2 * settings.interval)
        at = ours.kill()
        ours.start(resume=True)
        back = at_stage.first_advert(ours, at) - at
        time.sleep(4 * settings.interval)
        assert ours.host.holds(VIP)
        assert at_stage.adverts(theirs) == []
        assert at_stage.prober.lost(at) == 0
        return {"back": back}


def equal_priority(directory: Path, settings: Settings, low_kind: Kind, high_kind: Kind) -> Measured:
    """Both 100 and master on the two sides of a split; when it heals, the higher address stays and clients know."""
    with stage() as at_stage:
        low = low_kind(at_stage.a, replace(settings, priority=100), directory)
        high = high_kind(at_stage.b, replace(settings, priority=100), directory)
        isolate(at_stage, True)
        low.start()
        high.start()
        wait_until(lambda: low.host.holds(VIP) and high.host.holds(VIP), "both are master")
        time.sleep(3 * settings.interval)
        at = time.monotonic()
        isolate(at_stage, False)
        wait_for_master(at_stage, high, low)
        decided = time.monotonic() - at
        assert decided <= 2 * settings.interval + 0.5
        time.sleep(max(5 * settings.interval, 1.0))
        assert high.host.holds(VIP)
        assert not low.host.holds(VIP)
        assert len(at_stage.adverts(low, at + decided + settings.interval)) == 0
        # A loser that heard the winner first has said nothing, and then the winner has nothing to set right.
        spoken = [f for f in list(at_stage.wire.frames) if f.is_arp and f.at >= at and is_announcement(f)]
        assert spoken or not at_stage.adverts(low, at)
        if spoken:
            assert spoken[-1] in announcements(at_stage, high, at), "the last GARP is the loser's: clients are poisoned"
        return {"decided": decided}


def no_preemption(directory: Path, settings: Settings) -> Measured:
    """Ours (100, nopreempt) comes back to a living keepalived master (99) and leaves it alone."""
    with stage() as at_stage:
        ours = Lvstui(at_stage.a, replace(settings, priority=100, preempt=False), directory)
        theirs = Keepalived(at_stage.b, replace(settings, priority=99), directory)
        theirs.start()
        wait_for_master(at_stage, theirs)
        ours.start()
        wait_until(lambda: ours.status is not None, "ours reports")
        time.sleep(6 * settings.interval + 0.5)
        assert theirs.host.holds(VIP)
        assert not ours.host.holds(VIP)
        assert at_stage.adverts(ours) == []
        at = theirs.kill()
        taken = at_stage.first_advert(ours, at) - at
        wait_for_master(at_stage, ours)
        return {"kill": taken}


def wrong_password(directory: Path, settings: Settings) -> Measured:
    """Different passwords: each ignores the other, both are master, and ours counts why."""
    with stage() as at_stage:
        ours = Lvstui(at_stage.a, replace(settings, priority=100, password="right"), directory)
        theirs = Keepalived(at_stage.b, replace(settings, priority=99, password="wrong"), directory)
        theirs.start()
        ours.start()
        wait_until(lambda: ours.host.holds(VIP) and theirs.host.holds(VIP), "both are master")
        # keepalived 2.2.7 puts its next advert off at each refused one, so that ours silence it: one is what it sends.
        wait_until(lambda: ours.status is not None and ours.status.counters["auth_failure"] >= 1, "one is refused")
        time.sleep(2.5 * settings.interval)
        assert ours.host.holds(VIP)
        assert theirs.host.holds(VIP)
        status = ours.status
        assert status is not None
        assert "right" not in repr(status) + ours.log()
        assert "wrong" not in repr(status) + ours.log()
        # A refused advert must not silence us: one advert an interval all the time.
        times = [f.at for f in at_stage.adverts(ours)]
        assert max(b - a for a, b in itertools.pairwise(times)) <= settings.interval + 0.3
        return {"refused": float(status.counters["auth_failure"])}


def isolate(at_stage: Stage, split: bool) -> None:
    """Split the bridge between the two directors (the client still reaches both), or heal it."""
    for host in (at_stage.a, at_stage.b):
        word = "on" if split else "off"
        at_stage.network.switch.ip("link", "set", "dev", host.name, "type", "bridge_slave", "isolated", word)


def vrrp_layer(frame: Frame) -> VRRP | VRRPv3:
    """The advert as scapy dissects it."""
    packet = IP(frame.data[14:])
    return packet[VRRPv3] if packet.haslayer(VRRPv3) else packet[VRRP]


def priority(frame: Frame) -> int:
    """The priority of an advert."""
    return int(vrrp_layer(frame).priority)


def is_announcement(frame: Frame) -> bool:
    """Whether it is a gratuitous ARP for the VIP."""
    arp = Ether(frame.data).getlayer(ARP)
    return arp is not None and arp.psrc == arp.pdst == VIP


def announcements(at_stage: Stage, director: Director, since: float) -> list[Frame]:
    """The director's gratuitous ARPs for the VIP."""
    own = director.host.run("cat", "/sys/class/net/eth0/address").strip()
    return [
        f
        for f in list(at_stage.wire.frames)
        if f.at >= since and is_announcement(f) and Ether(f.data)[ARP].hwsrc == own
    ]


def check_packets(at_stage: Stage, first: Director, second: Director, unicast: bool) -> None:
    """Adverts of both are valid by scapy's reckoning and differ in nothing but source, priority and checksums."""
    bare = []
    for director in (first, second):
        for frame in at_stage.adverts(director):
            packet = IP(frame.data[14:])
            assert (packet.ttl, packet.tos, packet.flags, packet.proto) == (255, 0xC0, 0, 112)
            if not unicast:
                assert Ether(frame.data).dst == "01:00:5e:00:00:12"
            layer = vrrp_layer(frame)
            received = layer.chksum
            del packet[type(layer)].chksum
            assert vrrp_layer(Frame(0, frame.data[:14] + bytes(packet))).chksum == received, director.kind
        normal = next(f for f in at_stage.adverts(director) if priority(f) == director.settings.priority)
        packet = IP(normal.data[14:])
        layer = vrrp_layer(normal)
        pdu = bytearray(bytes(packet.payload))
        pdu[2] = 0
        pdu[6:8] = b"\0\0"
        assert layer.addrlist == [VIP]
        assert layer.vrid == 61
        bare.append((bytes(pdu), packet.ihl, packet.len, packet.frag))
    assert bare[0] == bare[1]
