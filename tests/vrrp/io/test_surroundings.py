from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator
from typing import Any

import pytest

from lvstui.model.configuration import TrackedInterface
from lvstui.model.vrrp import VrrpState
from lvstui.vrrp.effects import Record
from lvstui.vrrp.instance import Instance
from lvstui.vrrp.io.addresses import Addresses
from lvstui.vrrp.io.arp import Announcer
from lvstui.vrrp.io.links import LinkWatcher
from lvstui.vrrp.io.router import VirtualRouter
from lvstui.vrrp.io.surroundings import Surroundings
from lvstui.vrrp.io.vips import VipKeeper
from lvstui.vrrp.io.wire import Wire
from tests.system.netns import Network
from tests.vrrp.io.stage import vi_1

pytestmark = pytest.mark.root


class Stage:
    """Surroundings of one started instance; `look` reads them in the host's namespace."""

    def __init__(self, network: Network) -> None:
        self.network = network
        self.host = network.host("a", "10.61.0.11/24")
        self.told: list[str] = []

    def build(self, **settings: Any) -> Instance:
        loop = asyncio.get_running_loop()
        with self.host.inside():
            addresses, announcer, links = Addresses(), Announcer(), LinkWatcher(loop, lambda: None)
        self.surroundings = Surroundings(links, addresses, frozenset({"10.61.0.100"}), self.note, lambda _: None)
        self.instance = Instance(vi_1(100, **settings), "", time.monotonic())
        keeper = VipKeeper(addresses, self.note)
        self.router = VirtualRouter(self.instance, keeper, announcer, self.surroundings.link, self.note)
        self.wire = Wire(loop, "eth0", "", lambda _: None, lambda _: {61})
        self.wire.routers[61] = self.router
        self.closing: list[Any] = [addresses, announcer, links, self.wire]
        self.look()
        self.router.perform(self.instance.start(time.monotonic()))
        return self.instance

    def note(self, _: str, record: Record) -> None:
        self.told.append(record.text)

    def look(self) -> None:
        with self.host.inside():
            self.surroundings.refresh([self.wire], time.monotonic())


@pytest.fixture
async def stage() -> AsyncIterator[Stage]:
    with Network() as network:
        made = Stage(network)
        yield made
        for item in made.closing:
            item.close()


async def test_source_and_socket_are_found(stage: Stage) -> None:
    instance = stage.build()
    assert instance.source_address == "10.61.0.11"
    assert stage.router.socket is not None
    assert instance.state is VrrpState.BACKUP


async def test_a_vip_is_never_the_source(stage: Stage) -> None:
    stage.host.ip("addr", "del", "10.61.0.11/24", "dev", "eth0")
    stage.host.ip("addr", "add", "10.61.0.100/24", "dev", "eth0")
    instance = stage.build()
    assert instance.state is VrrpState.FAULT
    assert instance.reason == "interface eth0 has no IPv4 address to send adverts from"
    stage.host.ip("addr", "add", "10.61.0.12/24", "dev", "eth0")
    stage.look()
    assert (instance.source_address, instance.state) == ("10.61.0.12", VrrpState.BACKUP)


async def test_a_configured_source_is_taken_as_it_is(stage: Stage) -> None:
    assert stage.build(multicast_source="10.61.0.77").source_address == "10.61.0.77"


async def test_down_and_without_carrier_and_back(stage: Stage) -> None:
    instance = stage.build()
    stage.host.ip("link", "set", "eth0", "down")
    stage.look()
    assert (instance.state, instance.reason) == (VrrpState.FAULT, "interface eth0 is down")
    stage.host.ip("link", "set", "eth0", "up")
    stage.network.unplug(stage.host)
    stage.look()
    assert (instance.state, instance.reason) == (VrrpState.FAULT, "interface eth0 has no carrier")
    stage.network.plug(stage.host)
    stage.look()
    assert instance.state is VrrpState.BACKUP
    assert [text for text in stage.told if "Netlink" in text] == [
        "Netlink reports eth0 down",
        "Netlink reports eth0 up",
    ]


async def test_a_deleted_interface_takes_the_socket_with_it(stage: Stage) -> None:
    instance = stage.build()
    stage.host.ip("link", "del", "eth0")
    stage.look()
    assert instance.reason == "interface eth0 does not exist"
    assert stage.router.socket is None


async def test_tracked_interfaces_are_told_as_trackers(stage: Stage) -> None:
    instance = stage.build(track_interfaces=(TrackedInterface("eth9", -30), TrackedInterface("lo", -5)))
    assert instance.effective_priority == 70
    parts = {part.name: (part.value, part.detail) for part in instance.status(0.0, 0.0).parts}
    assert parts["eth9"] == (-30, "down")
    assert parts["lo"] == (0, "up")


async def test_a_tracked_interface_of_weight_zero_is_a_fault(stage: Stage) -> None:
    instance = stage.build(track_interfaces=(TrackedInterface("eth9"),))
    assert (instance.state, instance.reason) == (VrrpState.FAULT, "interface eth9 fails: down")
