"""The link watcher: hints come, state is read from the kernel, lost events are one more hint."""

from __future__ import annotations

import asyncio
import socket
from collections.abc import Iterator

import pytest

from lvstui.vrrp.io.links import ABSENT, LinkWatcher
from tests.system.netns import Host, Network

pytestmark = pytest.mark.root


@pytest.fixture
def network() -> Iterator[Network]:
    with Network() as network:
        yield network


def watch(host: Host, hints: list[float]) -> LinkWatcher:
    loop = asyncio.get_running_loop()
    with host.inside():
        return LinkWatcher(loop, lambda: hints.append(loop.time()))


async def test_state_follows_cable_administrator_and_deletion(network: Network) -> None:
    a = network.host("a", "10.61.0.11/24")
    hints: list[float] = []
    watcher = watch(a, hints)
    await asyncio.sleep(0.05)
    state = watcher.state("eth0")
    assert state.exists
    assert state.up
    assert state.running
    assert f"link/ether {state.mac.hex(':')}" in a.ip("link", "show", "eth0")

    hints.clear()
    network.unplug(a)
    await asyncio.sleep(0.1)
    assert hints
    assert (watcher.state("eth0").up, watcher.state("eth0").running) == (True, False)
    network.plug(a)
    await asyncio.sleep(0.1)
    assert watcher.state("eth0").running

    a.ip("link", "set", "dev", "eth0", "down")
    assert (watcher.state("eth0").exists, watcher.state("eth0").up) == (True, False)

    hints.clear()
    a.ip("link", "del", "eth0")
    await asyncio.sleep(0.1)
    assert hints
    assert watcher.state("eth0") == ABSENT
    a.ip("link", "add", "name", "eth0", "type", "veth", "peer", "name", "eth9")
    assert watcher.state("eth0").index not in (0, state.index)
    watcher.close()
    watcher.close()


async def test_an_address_change_is_a_hint_and_a_storm_is_few(network: Network) -> None:
    a = network.host("a", "10.61.0.11/24")
    hints: list[float] = []
    watcher = watch(a, hints)
    await asyncio.sleep(0.05)
    hints.clear()
    a.ip("addr", "add", "10.61.0.100/32", "dev", "eth0")
    await asyncio.sleep(0.05)
    assert len(hints) == 1
    hints.clear()
    for number in range(30):  # the loop does not run meanwhile
        a.ip("addr", "add", f"10.61.1.{number + 1}/32", "dev", "eth0")
    await asyncio.sleep(0.05)
    assert 1 <= len(hints) <= 2
    watcher.close()


async def test_lost_events_are_a_hint(network: Network) -> None:
    a = network.host("a", "10.61.0.11/24")
    hints: list[float] = []
    watcher = watch(a, hints)
    watcher._events.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 1)
    await asyncio.sleep(0.05)
    hints.clear()
    a.ip("addr", "add", "10.61.0.100/32", "dev", "eth0")
    for number in range(20):
        a.ip("addr", "add", f"10.61.1.{number + 1}/32", "dev", "eth0")
    await asyncio.sleep(0.1)
    assert hints
    hints.clear()
    a.ip("addr", "del", "10.61.0.100/32", "dev", "eth0")
    await asyncio.sleep(0.05)
    assert hints  # it goes on listening
    watcher.close()


async def test_what_other_processes_send_is_no_hint() -> None:
    hints: list[float] = []
    loop = asyncio.get_running_loop()
    watcher = LinkWatcher(loop, lambda: hints.append(loop.time()))
    impostor = socket.socket(socket.AF_NETLINK, socket.SOCK_RAW, 0)
    impostor.bind((0, 0))
    impostor.sendto(bytes(64), (watcher._events.getsockname()[0], 0))
    await asyncio.sleep(0.03)
    assert hints == []
    impostor.close()
    watcher.close()


@pytest.mark.parametrize("name", ["", "nothere", "x" * 16, "x" * 300, "a\0b"])
async def test_no_such_interface_is_a_state(name: str) -> None:
    watcher = LinkWatcher(asyncio.get_running_loop(), lambda: None)
    assert watcher.state(name) == ABSENT
    assert watcher.state("lo").exists
    watcher.close()
