"""Workers in namespaces: they elect, fail over and stop, seen from the kernel and from the wire."""

from __future__ import annotations

import asyncio
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from scapy.layers.l2 import Ether
from scapy.layers.vrrp import VRRP, VRRPv3

from lvstui.errors import KernelError, MisuseError
from lvstui.model.configuration import (
    Authentication,
    AuthenticationType,
    ScriptCommand,
    TrackedInterface,
    TrackedScript,
    TrackScript,
)
from lvstui.model.vip import Vip
from lvstui.model.vrrp import VrrpState
from lvstui.model.worker import SetAdjustment
from tests.system.netns import Host, Network, ip
from tests.system.wire import Prober, Sniffer
from tests.vrrp.io.stage import VIP, Actor, vi_1

pytestmark = pytest.mark.root
DOWN = 0.1 * (3 + 156 / 256)


@pytest.fixture
def network() -> Iterator[Network]:
    with Network() as made:
        yield made


@pytest.fixture
def lb1(network: Network) -> Host:
    return network.host("a", "10.61.0.11/24")


@pytest.fixture
def lb2(network: Network) -> Host:
    return network.host("b", "10.61.0.12/24")


async def test_election_label_and_the_order_of_a_takeover(network: Network, lb1: Host, lb2: Host) -> None:
    with Sniffer(network.switch, "br0") as wire:
        async with Actor(lb1, vi_1(100)) as one, Actor(lb2, vi_1(99)) as two:
            assert one.ready is not None
            await one.becomes("MASTER")
            await asyncio.sleep(0.3)
            assert two.status().state == "BACKUP"
            assert lb1.addresses()["10.61.0.100/24"]["label"] == "eth0:0"
            assert not lb2.holds("10.61.0.100")
            assert [status.held for status in one.status().vips] == [True]
            assert [status.held for status in two.status().vips] == [False]
            assert two.status().peers[0].priority == 100
    first = wire.vrrp("10.61.0.11")[0]
    announcements = [f for f in wire.frames if f.is_arp and Ether(f.data).psrc == Ether(f.data).pdst == "10.61.0.100"]
    assert len(announcements) == 5
    assert first.at < announcements[0].at < first.at + 0.05
    seen = Ether(first.data)
    assert (seen["IP"].dst, seen["IP"].ttl, seen["IP"].tos) == ("224.0.0.18", 255, 0xC0)
    assert (seen[VRRPv3].vrid, seen[VRRPv3].priority, seen[VRRPv3].addrlist) == (61, 100, ["10.61.0.100"])


async def test_a_stopped_master_is_replaced_after_the_skew_time(network: Network, lb1: Host, lb2: Host) -> None:
    async with Actor(lb1, vi_1(100)) as one, Actor(lb2, vi_1(99)) as two:
        await one.becomes("MASTER")
        with Sniffer(network.switch, "br0") as wire:
            await one.worker.stop()
            assert not lb1.holds("10.61.0.100")
            assert await two.becomes("MASTER") < 0.33
            await asyncio.sleep(0.1)
        zero = [f for f in wire.vrrp("10.61.0.11") if Ether(f.data)[VRRPv3].priority == 0]
        assert len(zero) == 1
        took = wire.vrrp("10.61.0.12")[0].at - zero[0].at
        assert 0.04 < took < 0.25, "the skew time is 0.061 s, the master-down interval 0.361 s"
        assert one.told("(VI_1) sent 0 priority")
        assert two.told("(VI_1) Backup received priority 0 advertisement")


async def test_the_slider_moves_the_addresses_without_a_lost_request(network: Network, lb1: Host, lb2: Host) -> None:
    client = network.host("c", "10.61.0.50/24")
    async with Actor(lb1, vi_1(100)) as one, Actor(lb2, vi_1(99)) as two:
        await one.becomes("MASTER")
        await asyncio.sleep(0.3)
        with Prober(client, "10.61.0.100") as prober:
            await asyncio.sleep(0.2)
            one.worker.handle(SetAdjustment("VI_1", -2))
            assert await two.becomes("MASTER") <= DOWN + 0.1
            await one.becomes("BACKUP")
            await asyncio.sleep(0.2)
            assert lb2.holds("10.61.0.100")
            assert not lb1.holds("10.61.0.100")
            one.worker.handle(SetAdjustment("VI_1", 0))
            await one.becomes("MASTER")
            await asyncio.sleep(0.3)
        assert prober.lost() <= 1
        assert one.told("(VI_1) Changing effective priority from 100 to 98")
        assert one.told("(VI_1) Master received advert from 10.61.0.12 with higher priority 99, ours 98")


async def test_an_order_for_an_unknown_instance_is_a_mistake(lb1: Host) -> None:
    async with Actor(lb1, vi_1(100)) as one:
        with pytest.raises(MisuseError):
            one.worker.handle(SetAdjustment("VI_9", 1))


async def test_a_track_script_lowers_and_a_guard_is_awaited(lb1: Host, tmp_path: Path) -> None:
    down = tmp_path / "down"
    test = ScriptCommand(("/usr/bin/test", "!", "-f", str(down)))
    scripts = (TrackScript("chk_mt", test, interval=0.1, weight=-2), TrackScript("guard", test, interval=0.1))
    tracked = (TrackedScript("chk_mt", -2), TrackedScript("guard", 0))
    async with Actor(lb1, vi_1(100, track_scripts=tracked), scripts=scripts) as one:
        assert one.status().state == "INIT"
        await one.becomes("MASTER")
        assert one.told("VRRP_Script(chk_mt) succeeded")
        down.touch()
        await one.becomes("FAULT")
        assert not lb1.holds("10.61.0.100")
        await one.until(lambda: one.status().effective_priority == 98)
        assert one.told("Script `chk_mt` now returning 1")
        assert one.told("VRRP_Script(chk_mt) failed (exited with status 1)")
        assert one.status().reason == "script guard fails: exit 1"
        down.unlink()
        await one.becomes("MASTER")


async def test_a_cut_cable_is_a_fault_and_a_mended_one_a_backup(network: Network, lb1: Host, lb2: Host) -> None:
    async with Actor(lb1, vi_1(100)) as one, Actor(lb2, vi_1(99)) as two:
        await one.becomes("MASTER")
        network.unplug(lb1)
        await one.becomes("FAULT")
        assert one.status().reason == "interface eth0 has no carrier"
        assert one.told("Netlink reports eth0 down")
        await two.becomes("MASTER")
        assert not lb1.holds("10.61.0.100")
        network.plug(lb1)
        await one.becomes("MASTER")
        await two.becomes("BACKUP")
        assert lb1.holds("10.61.0.100")


async def test_an_interface_that_appears_later_and_is_made_anew(network: Network, lb2: Host, tmp_path: Path) -> None:
    bare = network.host("x")
    bare.ip("link", "set", "dev", "eth0", "down", "name", "later")
    with (tmp_path / "reports").open("wb") as out:
        bare.start(sys.executable, "-m", "tests.vrrp.io.alone", Actor(bare, vi_1(100)).argument, stdout=out)

    def reported(words: str) -> bool:
        return words in (tmp_path / "reports").read_text()

    async with Actor(lb2, vi_1(50)) as two:
        await two.until(lambda: reported("interface eth0 does not exist"))
        bare.ip("link", "set", "dev", "later", "name", "eth0")
        await two.until(lambda: reported("interface eth0 is down"))
        bare.ip("link", "set", "dev", "eth0", "up")
        await two.until(lambda: reported("interface eth0 has no IPv4 address to send adverts from"))
        bare.ip("addr", "add", "10.61.0.11/24", "dev", "eth0")
        await two.until(lambda: two.status().master_address == "10.61.0.11")
        bare.ip("link", "del", "eth0")
        await two.becomes("MASTER")
        where = ("-n", network.switch.namespace)
        ip(*where, "link", "add", "name", "x", "type", "veth", "peer", "name", "eth0", "netns", bare.namespace)
        ip(*where, "link", "set", "dev", "x", "master", "br0", "up")
        bare.ip("link", "set", "dev", "eth0", "up")
        bare.ip("addr", "add", "10.61.0.11/24", "dev", "eth0")
        await two.until(lambda: two.status().master_address == "10.61.0.11")
        assert two.status().state == "BACKUP"
        assert bare.holds("10.61.0.100")


async def test_a_deleted_vip_is_put_back_at_once(network: Network, lb1: Host) -> None:
    async with Actor(lb1, vi_1(100)) as one:
        await one.becomes("MASTER")
        with Sniffer(network.switch, "br0") as wire:
            lb1.ip("addr", "del", "10.61.0.100/24", "dev", "eth0")
            await one.until(lambda: one.told("Netlink reflector reports IP 10.61.0.100 removed from eth0"), 1.0)
            assert lb1.addresses()["10.61.0.100/24"]["label"] == "eth0:0"
            lb1.ip("addr", "del", "10.61.0.100/24", "dev", "eth0")
            await one.until(lambda: lb1.holds("10.61.0.100"), 1.0)
            await asyncio.sleep(0.1)
        assert any(frame.is_arp for frame in wire.frames)
        assert one.status().state == "MASTER"


async def test_what_a_killed_predecessor_left_is_removed(lb1: Host) -> None:
    lb1.ip("addr", "add", "10.61.0.100/24", "dev", "eth0", "label", "eth0:0")
    lb1.ip("addr", "add", "10.61.0.77/24", "dev", "eth0")
    async with Actor(lb1, vi_1(100)) as one:
        assert not lb1.holds("10.61.0.100")
        assert lb1.holds("10.61.0.77"), "what is not ours is not touched"
        assert one.told("(VI_1) removing VIPs.")


async def test_a_replacement_of_a_killed_process_keeps_address_and_mastership(
    network: Network, lb1: Host, lb2: Host
) -> None:
    slow = {"advert_interval": 0.3}
    async with Actor(lb1, vi_1(100, **slow)) as one, Actor(lb2, vi_1(99, **slow)) as two:
        await one.becomes("MASTER")
        await two.until(lambda: two.status().master_address == "10.61.0.11")
        previous = one.status()
        two.events.clear()
        # What a killed process leaves: silence, and the address on the interface.
        one.worker._open.close()
        one.worker._routers.clear()
        lb1.ip("addr", "replace", "10.61.0.100/24", "dev", "eth0", "label", "eth0:0")
        with Prober(two.host, "10.61.0.100") as prober, Sniffer(network.switch, "br0") as wire:
            began = time.monotonic()
            async with Actor(lb1, vi_1(100, **slow), resume_instances=(previous,)) as again:
                await again.becomes("MASTER", 0.5)
                await asyncio.sleep(1.2)
                assert again.status().since_at == previous.since_at
                assert not again.told("Entering")
                assert two.status().state == "BACKUP"
                assert not two.told("Entering")
                stopped = time.monotonic()
            assert wire.vrrp("10.61.0.11")[0].at - began < 0.5
        assert not [at for n, at in enumerate(prober.sent) if at < stopped - 0.1 and n not in prober.answered]


async def test_unicast_peers_and_passwords_meet_no_other_traffic(network: Network, lb1: Host, lb2: Host) -> None:
    def pair(priority: int, peer: str) -> tuple[Any, ...]:
        secret = Authentication(AuthenticationType.PASS, "1111")
        unicast = vi_1(priority, name="VI_U", vrid=62, vips=(Vip("10.61.0.101", 32, "eth0"),), unicast_peers=(peer,))
        with_password = vi_1(priority, version=2, advert_interval=1.0, authentication=secret)
        return unicast, with_password

    with Sniffer(network.switch, "br0") as wire:
        async with Actor(lb1, *pair(255, "10.61.0.12")) as one, Actor(lb2, *pair(99, "10.61.0.11")) as two:
            await one.becomes("MASTER")
            await two.until(lambda: two.status("VI_U").master_address == "10.61.0.11")
            await two.until(lambda: two.status("VI_1").master_address == "10.61.0.11")
            for status in (*one.reports[-1].instances, *two.reports[-1].instances):
                wrong = {k for k, v in status.counters.items() if v and k.endswith(("_err", "_failure", "mismatch"))}
                assert wrong == set()
    frames = {
        (Ether(f.data)["IP"].dst, Ether(f.data)[VRRP if f.data[34] >> 4 == 2 else VRRPv3].vrid) for f in wire.vrrp()
    }
    assert frames == {("10.61.0.12", 62), ("224.0.0.18", 61)}


async def test_strangers_and_garbage_are_counted_and_change_nothing(network: Network, lb1: Host, lb2: Host) -> None:
    stranger = vi_1(200, name="OTHER", vrid=77, vips=(Vip("10.61.0.200", 32, "eth0"),))
    async with Actor(lb1, vi_1(100)) as one, Actor(lb2, stranger):
        await one.becomes("MASTER")
        sender = (
            "import socket,os\n"
            "s=socket.socket(socket.AF_INET,socket.SOCK_RAW,112)\n"
            "s.setsockopt(0,socket.IP_MULTICAST_TTL,255)\n"
            "s.setsockopt(0,socket.IP_MULTICAST_IF,socket.inet_aton('10.61.0.12'))\n"
            "[s.sendto(bytes([0x31,61])+os.urandom(n),('224.0.0.18',0)) for n in range(60) for _ in range(5)]\n"
        )
        lb2.run(sys.executable, "-c", sender)
        await one.until(lambda: one.status().counters["packet_len_err"] >= 250, 3.0)
        assert one.status().state == "MASTER"
        await one.until(lambda: one.status().counters["vrid_err"] > 0)
        assert sum("vrrp packet too" in event.text for event in one.events) == 1
        (peer,) = one.status().peers
        assert (peer.address, peer.adverts) == ("10.61.0.12", 0)
        assert peer.rejected >= 250


async def test_tracked_interface_and_a_vip_elsewhere(network: Network, lb1: Host) -> None:
    for name in ("dum0", "dum1"):
        lb1.ip("link", "add", name, "type", "veth", "peer", "name", f"{name}-end")
        lb1.ip("link", "set", f"{name}-end", "up")
    lb1.ip("link", "set", "dum0", "up")
    outside = Vip("10.99.0.1", 32, "dum0")
    settings = vi_1(100, vips=(VIP, outside), track_interfaces=(TrackedInterface("dum1", -30),))
    async with Actor(lb1, settings) as one:
        await one.becomes("MASTER")
        assert one.status().effective_priority == 70
        assert lb1.holds("10.99.0.1", "dum0")
        lb1.ip("link", "set", "dum1", "up")
        await one.until(lambda: one.status().effective_priority == 100)
        lb1.ip("link", "set", "dum0", "down")
        await one.becomes("FAULT")
        assert one.status().reason == "interface dum0 is down"


async def test_an_address_that_the_kernel_refuses_is_shown(lb1: Host) -> None:
    async with Actor(lb1, vi_1(100, vips=(VIP, Vip("10.61.0.101", 32, "eth0", "", "nonsense")))) as one:
        await one.becomes("MASTER")
        statuses = {status.vip.address: status for status in one.status().vips}
        assert statuses["10.61.0.100"].held
        assert not statuses["10.61.0.101"].held
        assert "scope" in statuses["10.61.0.101"].error


async def test_a_report_comes_every_second_and_at_each_change(lb1: Host) -> None:
    async with Actor(lb1, vi_1(1, advert_interval=1.0, version=2)) as one:
        await asyncio.sleep(2.2)
        assert 3 <= len(one.reports) <= 6
        before = len(one.reports)
        one.worker.handle(SetAdjustment("VI_1", 5))
        await one.until(lambda: len(one.reports) > before, 0.1)
        assert one.status().effective_priority == 6


async def test_a_pulse_that_fails_is_lost_after_a_while(lb1: Host, monkeypatch: pytest.MonkeyPatch) -> None:
    async with Actor(lb1, vi_1(100)) as one:
        assert one.worker.is_beating()
        monkeypatch.setattr("lvstui.vrrp.io.worker.PULSE_LOST_SECONDS", 1.5)
        await asyncio.sleep(2.0)
        assert one.worker.is_beating()
        asyncio.get_running_loop().set_exception_handler(lambda _, __: None)
        monkeypatch.setattr(one.worker, "_vips", None)
        await asyncio.sleep(2.0)
        assert not one.worker.is_beating()
        monkeypatch.undo()


async def test_stop_may_come_twice_or_before_start(lb1: Host) -> None:
    actor = Actor(lb1, vi_1(100))
    await actor.worker.stop()
    async with Actor(lb1, vi_1(255)) as one:
        assert lb1.holds("10.61.0.100")
        assert one.status().state is VrrpState.MASTER
        await one.worker.stop()
        reports = len(one.reports)
        await one.worker.stop()
        await asyncio.sleep(0.05)
        assert len(one.reports) == reports


async def test_without_rights_it_says_so(lb1: Host) -> None:
    command = ("setpriv", "--reuid=65534", "--clear-groups", "--bounding-set=-all", sys.executable)
    argument = Actor(lb1, vi_1(100)).argument
    output = await asyncio.to_thread(lb1.run, *command, "-m", "tests.vrrp.io.alone", argument, check=False)
    assert KernelError.__name__ in output
    assert "Operation not permitted" in output


async def test_process_start_to_first_advert(network: Network, lb1: Host) -> None:
    argument = Actor(lb1, vi_1(255)).argument
    times = []
    for _ in range(3):
        with Sniffer(network.switch, "br0") as wire:
            began = time.monotonic()
            process = lb1.start(sys.executable, "-m", "tests.vrrp.io.alone", argument, stdout=subprocess.DEVNULL)
            await asyncio.sleep(1.0)
            process.terminate()
            await asyncio.to_thread(process.wait, 5)
        times.append(wire.vrrp()[0].at - began)
    print(f"process start to first advert: {', '.join(f'{t:.3f}' for t in times)} s")
    assert min(times) < 0.5


async def test_a_process_that_was_stopped_reads_before_it_declares_its_master_dead(
    network: Network, lb1: Host, lb2: Host
) -> None:
    async with Actor(lb1, vi_1(100)) as one:
        backup = lb2.start(sys.executable, "-m", "tests.vrrp.io.alone", Actor(lb2, vi_1(99)).argument, stdout=-3)
        await one.becomes("MASTER")
        await asyncio.sleep(0.8)
        with Sniffer(network.switch, "br0") as wire:
            for _ in range(5):
                backup.send_signal(signal.SIGSTOP)
                await asyncio.sleep(0.9)
                backup.send_signal(signal.SIGCONT)
                await asyncio.sleep(0.2)
        assert wire.vrrp("10.61.0.12") == []
        assert len(wire.vrrp("10.61.0.11")) > 40
