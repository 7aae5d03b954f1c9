from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator
from typing import Any

import pytest

from lvstui.errors import KernelError
from lvstui.vrrp.instance import Instance
from lvstui.vrrp.io.addresses import Addresses
from lvstui.vrrp.io.advert_socket import AdvertSocket
from lvstui.vrrp.io.arp import Announcer
from lvstui.vrrp.io.links import LinkWatcher
from lvstui.vrrp.io.router import VirtualRouter
from lvstui.vrrp.io.vips import VipKeeper
from lvstui.vrrp.io.wire import Wire
from lvstui.vrrp.packet import GROUP, encode
from tests.system.netns import Network
from tests.vrrp.io.stage import vi_1

pytestmark = pytest.mark.root


class Stage:
    """A wire with two routers (VRID 61 and 62; 63 is configured elsewhere on the interface), and a sender opposite."""

    def __init__(self, network: Network) -> None:
        loop = asyncio.get_running_loop()
        self.here, self.there = network.host("a", "10.61.0.11/24"), network.host("b", "10.61.0.12/24")
        self.touched: list[str] = []
        with self.here.inside():
            addresses, announcer, links = Addresses(), Announcer(), LinkWatcher(loop, lambda: None)
            self.index = links.state("eth0").index
        keeper = VipKeeper(addresses, lambda _, __: None)
        self.wire = Wire(loop, "eth0", "", lambda router: self.touched.append(router.name), lambda _: {61, 62, 63})
        for vrid in (61, 62):
            instance = Instance(vi_1(100, name=f"VI_{vrid}", vrid=vrid), "10.61.0.11", time.monotonic())
            self.wire.routers[vrid] = VirtualRouter(instance, keeper, announcer, links.state, lambda _, __: None)
        with self.there.inside():
            self.sender = AdvertSocket(loop, "eth0", lambda _, __: None, multicast=True, source="10.61.0.12")
        self.closing: list[Any] = [addresses, announcer, links, self.sender, self.wire]

    def open(self, index: int) -> None:
        with self.here.inside():
            self.wire.open(index)

    async def say(self, pdu: bytes) -> None:
        self.sender.send(pdu, "10.61.0.12", GROUP)
        await asyncio.sleep(0.02)

    def counted(self, name: str) -> list[int]:
        return [router.instance.counters[name] for router in self.wire.routers.values()]

    def advert(self, vrid: int) -> bytes:
        return encode(Instance(vi_1(5, vrid=vrid), "", 0.0).advertisement(5), "10.61.0.12", GROUP)


@pytest.fixture
async def stage() -> AsyncIterator[Stage]:
    with Network() as network:
        made = Stage(network)
        yield made
        for item in made.closing:
            item.close()


async def test_adverts_find_their_router_by_vrid(stage: Stage) -> None:
    stage.open(stage.index)
    await stage.say(stage.advert(62))
    assert stage.counted("advert_rcvd") == [0, 1]
    assert stage.touched == ["VI_62"]


async def test_an_unknown_vrid_is_counted_and_one_known_elsewhere_is_not(stage: Stage) -> None:
    stage.open(stage.index)
    await stage.say(stage.advert(63))
    assert stage.counted("vrid_err") == [0, 0]
    await stage.say(stage.advert(99))
    assert stage.counted("vrid_err") == [1, 1]
    assert stage.counted("advert_rcvd") == [0, 0]


async def test_what_is_too_broken_to_belong_to_anybody_is_counted_by_all(stage: Stage) -> None:
    stage.open(stage.index)
    await stage.say(b"\x21")
    assert stage.counted("packet_len_err") == [1, 1]


async def test_what_is_broken_but_names_a_vrid_is_counted_by_that_one(stage: Stage) -> None:
    stage.open(stage.index)
    await stage.say(stage.advert(61)[:-1])
    assert stage.counted("packet_len_err") == [1, 0]


async def test_the_socket_is_kept_while_the_interface_is_the_same_and_made_anew_with_it(stage: Stage) -> None:
    stage.open(stage.index)
    routers = list(stage.wire.routers.values())
    first = routers[0].socket
    assert first is not None
    assert first is routers[1].socket
    stage.open(stage.index)
    assert routers[0].socket is first
    stage.open(stage.index + 1)
    assert routers[0].socket is not first
    await stage.say(stage.advert(61))
    assert stage.counted("advert_rcvd") == [1, 0], "the old socket is gone, not heard twice"
    stage.wire.close()
    assert routers[0].socket is None
    await stage.say(stage.advert(61))
    assert stage.counted("advert_rcvd") == [1, 0]


async def test_without_its_interface_there_is_no_socket(stage: Stage) -> None:
    stage.wire.interface = "gone0"
    with pytest.raises(KernelError):
        stage.open(7)
