from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator
from typing import Any

import pytest
from scapy.layers.l2 import Ether
from scapy.layers.vrrp import VRRPv3

from lvstui.model.event import EventKind, Severity
from lvstui.model.vip import Vip
from lvstui.vrrp.effects import AddVips, Announce, Record, RemoveVips, SendAdvertisement
from lvstui.vrrp.instance import Instance
from lvstui.vrrp.io.addresses import Addresses
from lvstui.vrrp.io.advert_socket import AdvertSocket
from lvstui.vrrp.io.arp import Announcer
from lvstui.vrrp.io.links import LinkWatcher
from lvstui.vrrp.io.router import VirtualRouter
from lvstui.vrrp.io.vips import VipKeeper
from tests.system.netns import Host, Network
from tests.system.wire import Sniffer
from tests.vrrp.io.stage import VIP, vi_1

pytestmark = pytest.mark.root


class Stage:
    """A router with real adapters in a namespace; its instance is not started."""

    def __init__(self, network: Network, host: Host) -> None:
        self.network, self.host = network, host
        self.told: list[str] = []
        loop = asyncio.get_running_loop()

        def note(subject: str, record: Record) -> None:
            self.told.append(f"{subject}: {record.text}")

        with host.inside():
            self.addresses, announcer = Addresses(), Announcer()
            links = LinkWatcher(loop, lambda: None)
            self.socket = AdvertSocket(loop, "eth0", lambda _, __: None, multicast=True, source="10.61.0.11")
        self.instance = Instance(vi_1(100), "10.61.0.11", time.monotonic())
        self.router = VirtualRouter(self.instance, VipKeeper(self.addresses, note), announcer, links.state, note)
        self.closing: list[Any] = [self.addresses, announcer, links, self.socket]


@pytest.fixture
async def stage() -> AsyncIterator[Stage]:
    with Network() as network:
        made = Stage(network, network.host("a", "10.61.0.11/24"))
        yield made
        for item in made.closing:
            item.close()


async def test_effects_are_carried_out_in_their_order(stage: Stage) -> None:
    stage.router.socket = stage.socket
    told = Record(kind=EventKind.VIP, severity=Severity.INFO, text="hello")
    with Sniffer(stage.network.switch, "br0") as wire:
        stage.router.perform([SendAdvertisement(77), AddVips((VIP,)), Announce((VIP,), 3), told])
        assert stage.host.holds("10.61.0.100")
        stage.router.perform([SendAdvertisement(0), RemoveVips((VIP,))])
        assert not stage.host.holds("10.61.0.100")
        await asyncio.sleep(0.15)
    seen = [Ether(frame.data) for frame in wire.frames if frame.is_vrrp or frame.is_arp]
    priorities = [packet[VRRPv3].priority if VRRPv3 in packet else packet.pdst for packet in seen]
    assert priorities == [77, "10.61.0.100", "10.61.0.100", "10.61.0.100", 0]
    assert stage.told == ["VI_1: hello"]


async def test_without_a_socket_or_a_source_nothing_is_sent_but_counted(stage: Stage) -> None:
    stage.router.perform([SendAdvertisement(100)])
    stage.router.socket = stage.socket
    stage.instance.set_source("")
    stage.router.perform([SendAdvertisement(100)])
    assert stage.instance.counters["send_err"] == 2


async def test_an_advert_that_cannot_leave_is_told_once_until_one_could(stage: Stage) -> None:
    stage.router.socket = stage.socket
    stage.host.ip("link", "set", "eth0", "down")
    stage.router.perform([SendAdvertisement(100), SendAdvertisement(100)])
    assert stage.instance.counters["send_err"] == 2
    assert len(stage.told) == 1
    assert stage.told[0].startswith("VI_1: (VI_1): send advert error ")
    stage.host.ip("link", "set", "eth0", "up")
    stage.router.perform([SendAdvertisement(100)])
    stage.host.ip("link", "set", "eth0", "down")
    stage.router.perform([SendAdvertisement(100)])
    assert len(stage.told) == 2


async def test_a_vip_where_nobody_listens_is_not_announced_and_no_error(stage: Stage) -> None:
    elsewhere = (Vip("10.61.0.100", 32, "lo"), Vip("10.61.0.100", 32, "gone"))
    with Sniffer(stage.host, "lo") as wire:
        stage.router.perform([Announce(elsewhere, 5)])
        await asyncio.sleep(0.1)
    assert stage.told == []
    assert [frame for frame in wire.frames if frame.is_arp] == []


async def test_a_new_source_goes_into_the_next_advert(stage: Stage) -> None:
    stage.router.socket = stage.socket
    with Sniffer(stage.network.switch, "br0") as wire:
        stage.router.perform([SendAdvertisement(100)])
        stage.instance.set_source("10.61.0.99")
        stage.router.perform([SendAdvertisement(100)])
        await asyncio.sleep(0.15)
    seen = [Ether(frame.data)["IP"] for frame in wire.vrrp()]
    assert [packet.src for packet in seen] == ["10.61.0.11", "10.61.0.99"]
    assert seen[0][VRRPv3].chksum != seen[1][VRRPv3].chksum


async def test_addresses_linger_for_a_moment_when_somebody_better_takes_them(stage: Stage) -> None:
    stage.router.perform([AddVips((VIP,)), RemoveVips((VIP,), 0.05)])
    assert stage.host.holds("10.61.0.100")
    await asyncio.sleep(0.15)
    assert not stage.host.holds("10.61.0.100")


async def test_lingering_addresses_that_are_wanted_again_stay(stage: Stage) -> None:
    stage.router.perform([AddVips((VIP,)), RemoveVips((VIP,), 0.05), AddVips((VIP,))])
    await asyncio.sleep(0.15)
    assert stage.host.holds("10.61.0.100")


async def test_nothing_lingers_past_the_end(stage: Stage) -> None:
    stage.router.perform([AddVips((VIP,)), RemoveVips((VIP,), 5.0)])
    stage.router.settle()
    assert not stage.host.holds("10.61.0.100")
