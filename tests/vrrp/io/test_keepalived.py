"""Beside Debian's keepalived 2.2.7 on the wire, in both roles."""

from __future__ import annotations

import asyncio
import signal
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from lvstui.model.configuration import Authentication, AuthenticationType
from lvstui.model.worker import SetAdjustment
from tests.system.netns import Host, Network
from tests.system.wire import Prober
from tests.vrrp.io.stage import Actor, vi_1

pytestmark = pytest.mark.peer

V2: dict[str, Any] = {
    "version": 2,
    "advert_interval": 1.0,
    "authentication": Authentication(AuthenticationType.PASS, "1111"),
}
BLOCKS = {
    "v2": "version 2\n advert_int 1\n authentication {\n auth_type PASS\n auth_pass 1111\n }",
    "v3": "version 3\n advert_int 0.1",
    "unicast": "version 3\n advert_int 0.1\n unicast_peer {\n 10.61.0.11\n }",
}


class Keepalived:
    """A keepalived in a namespace; `log` is what it wrote."""

    def __init__(self, host: Host, directory: Path, priority: int, kind: str) -> None:
        files = {name: directory / f"keepalived.{name}" for name in ("conf", "pid", "vrrp", "check", "log")}
        files["conf"].write_text(
            f"vrrp_instance VI_1 {{\n state BACKUP\n interface eth0\n virtual_router_id 61\n priority {priority}\n"
            f" {BLOCKS[kind]}\n virtual_ipaddress {{\n 10.61.0.100/24 dev eth0 label eth0:0\n }}\n}}\n"
        )
        self.log = files["log"]
        paths = ("-f", "conf", "-p", "pid", "-r", "vrrp", "-c", "check")
        arguments = [str(files[word]) if word in files else word for word in paths]
        with self.log.open("wb") as out:
            self.process = host.start("keepalived", "-n", "-l", "-D", *arguments, stdout=out, stderr=subprocess.STDOUT)

    def says(self, words: str) -> bool:
        """Whether it logged these words."""
        return words in self.log.read_text(errors="replace")

    async def is_master(self) -> None:
        """Wait until it is."""
        async with asyncio.timeout(8):
            while not self.says("Entering MASTER STATE"):  # noqa: ASYNC110 - it is another process's file
                await asyncio.sleep(0.02)


@pytest.fixture
def network() -> Iterator[Network]:
    with Network() as made:
        yield made


@pytest.mark.parametrize("kind", ["v2", "v3", "unicast"])
async def test_we_are_master_and_it_is_backup_and_it_takes_over_when_we_stop(
    kind: str, network: Network, tmp_path: Path
) -> None:
    ours, theirs = network.host("a", "10.61.0.11/24"), network.host("b", "10.61.0.12/24")
    more: dict[str, Any] = {"v2": V2, "v3": {}, "unicast": {"unicast_peers": ("10.61.0.12",)}}[kind]
    async with Actor(ours, vi_1(255, **more)) as one:
        peer = Keepalived(theirs, tmp_path, 99, kind)
        await one.until(lambda: peer.says("Entering BACKUP STATE"))
        await asyncio.sleep(4.5 if kind == "v2" else 0.8)
        assert not peer.says("Entering MASTER STATE"), "it believes our adverts"
        assert ours.holds("10.61.0.100")
        assert not theirs.holds("10.61.0.100")
        await one.worker.stop()
        await one.until(lambda: theirs.holds("10.61.0.100"), 2.0)
        assert peer.says("Backup received priority 0 advertisement")


@pytest.mark.parametrize("kind", ["v2", "v3", "unicast"])
async def test_it_is_master_and_we_are_backup_and_take_over_when_it_stops(
    kind: str, network: Network, tmp_path: Path
) -> None:
    ours, theirs = network.host("a", "10.61.0.11/24"), network.host("b", "10.61.0.12/24")
    more: dict[str, Any] = {"v2": V2, "v3": {}, "unicast": {"unicast_peers": ("10.61.0.12",)}}[kind]
    peer = Keepalived(theirs, tmp_path, 200, kind)
    await peer.is_master()
    async with Actor(ours, vi_1(100, **more)) as one:
        await one.until(lambda: one.status().master_address == "10.61.0.12", 6.0)
        await asyncio.sleep(1.2)
        status = one.status()
        assert (status.state, status.peers[0].priority) == ("BACKUP", 200)
        assert {k for k, v in status.counters.items() if v} == {"advert_rcvd"}
        peer.process.send_signal(signal.SIGTERM)
        await one.becomes("MASTER", 2.0)
        assert one.told("(VI_1) Backup received priority 0 advertisement")
        assert ours.holds("10.61.0.100")


async def test_the_slider_beside_keepalived_there_and_back(network: Network, tmp_path: Path) -> None:
    ours, theirs = network.host("a", "10.61.0.11/24"), network.host("b", "10.61.0.12/24")
    client = network.host("c", "10.61.0.50/24")
    async with Actor(ours, vi_1(100)) as one:
        await one.becomes("MASTER")
        peer = Keepalived(theirs, tmp_path, 99, "v3")
        await one.until(lambda: peer.says("Entering BACKUP STATE"))
        await asyncio.sleep(0.4)
        with Prober(client, "10.61.0.100") as prober:
            one.worker.handle(SetAdjustment("VI_1", -2))
            took = await one.becomes("BACKUP", 1.0)
            assert 0.2 < took < 1.0
            assert one.told("Master received advert from 10.61.0.12 with higher priority 99, ours 98")
            await asyncio.sleep(0.3)
            one.worker.handle(SetAdjustment("VI_1", 0))
            await one.becomes("MASTER", 1.0)
            await one.until(
                lambda: peer.says("Master received advert from 10.61.0.11 with higher priority 100, ours 99")
            )
            await asyncio.sleep(0.3)
        assert prober.lost() <= 2
        assert not theirs.holds("10.61.0.100")
