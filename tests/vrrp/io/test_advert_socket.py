"""Advert sockets on a real wire; the witness is a packet capture read by scapy."""

from __future__ import annotations

import asyncio
import errno
import socket
import struct
import time
from collections.abc import Iterator

import pytest
from scapy.layers.inet import IP
from scapy.layers.l2 import Ether

from lvstui.errors import KernelError, MisuseError
from lvstui.vrrp.io.advert_socket import AdvertSocket
from tests.system.netns import Host, Network
from tests.system.wire import Sniffer

pytestmark = pytest.mark.root
PDU = bytes.fromhex("213d640101010a3d0064") + bytes(10)


@pytest.fixture
def network() -> Iterator[Network]:
    with Network() as network:
        yield network


class Ear:
    """An advert socket of a host and what it heard."""

    def __init__(self, host: Host, interface: str = "eth0", *, multicast: bool = True, source: str = "") -> None:
        self.heard: list[bytes] = []
        self.times: list[float] = []
        with host.inside():
            self.socket = AdvertSocket(
                asyncio.get_running_loop(), interface, self.note, multicast=multicast, source=source
            )

    def note(self, datagram: bytes, at: float) -> None:
        self.heard.append(datagram)
        self.times.append(at)


async def test_multicast_adverts_arrive_whole_and_ours_do_not_come_back(network: Network) -> None:
    a, b = Ear(network.host("a", "10.61.0.11/24")), Ear(network.host("b", "10.61.0.12/24"))
    with Sniffer(network.switch, "br0") as wire:
        before = time.monotonic()
        a.socket.send(PDU, "10.61.0.11", "224.0.0.18")
        await asyncio.sleep(0.1)
    assert a.heard == []
    assert len(b.heard) == 1
    assert before <= b.times[0] <= before + 0.1
    packet = IP(b.heard[0])
    assert (packet.src, packet.dst, packet.ttl, packet.tos, packet.proto) == (
        "10.61.0.11",
        "224.0.0.18",
        255,
        0xC0,
        112,
    )
    assert bytes(packet.payload) == PDU
    frame = Ether(wire.vrrp()[0].data)
    assert frame.dst == "01:00:5e:00:00:12"
    assert frame[IP].flags == 0
    assert frame[IP].len == 20 + len(PDU)
    kernels_checksum = frame[IP].chksum
    del frame[IP].chksum
    assert Ether(bytes(frame))[IP].chksum == kernels_checksum
    a.socket.close()
    b.socket.close()


async def test_unicast_goes_from_the_named_source_and_is_heard_only_there(network: Network) -> None:
    host = network.host("b", "10.61.0.12/24")
    host.ip("addr", "add", "10.61.0.13/24", "dev", "eth0")
    a = Ear(network.host("a", "10.61.0.11/24"), multicast=False, source="10.61.0.11")
    b, other = Ear(host, multicast=False, source="10.61.0.12"), Ear(host, multicast=False, source="10.61.0.13")
    a.socket.send(PDU, "10.61.0.11", "10.61.0.12")
    a.socket.send(PDU, "10.61.0.11", "224.0.0.18")
    b.socket.send(PDU, "10.61.0.13", "10.61.0.11")
    await asyncio.sleep(0.1)
    assert [IP(d).dst for d in b.heard] == ["10.61.0.12"]
    assert IP(b.heard[0]).ttl == 255
    assert other.heard == []
    assert [IP(d).src for d in a.heard] == ["10.61.0.13"]
    for ear in (a, b, other):
        ear.socket.close()


async def test_a_unicast_source_may_come_later(network: Network) -> None:
    host = network.host("b", "10.61.0.12/24")
    a, b = Ear(network.host("a", "10.61.0.11/24")), Ear(host, multicast=False, source="10.61.0.77")
    host.ip("addr", "add", "10.61.0.77/24", "dev", "eth0")
    a.socket.send(PDU, "10.61.0.11", "10.61.0.77")
    await asyncio.sleep(0.1)
    assert len(b.heard) == 1
    a.socket.close()
    b.socket.close()


async def test_only_the_named_interface_is_heard(network: Network) -> None:
    host = network.host("b", "10.61.0.12/24")
    host.ip("link", "add", "name", "eth1", "type", "veth", "peer", "name", "eth2")
    for name, address in (("eth1", "10.62.0.1/24"), ("eth2", "10.62.0.2/24")):
        host.ip("addr", "add", address, "dev", name)
        host.ip("link", "set", "dev", name, "up")
    a = Ear(network.host("a", "10.61.0.11/24"))
    b0, b1 = Ear(host, "eth0"), Ear(host, "eth1")
    a.socket.send(PDU, "10.61.0.11", "224.0.0.18")
    await asyncio.sleep(0.1)
    assert (len(b0.heard), len(b1.heard)) == (1, 0)
    for ear in (a, b0, b1):
        ear.socket.close()


async def test_a_source_that_is_no_longer_local_still_leaves(network: Network) -> None:
    a, b = Ear(network.host("a", "10.61.0.11/24")), Ear(network.host("b", "10.61.0.12/24"))
    a.socket.send(PDU, "10.61.0.200", "224.0.0.18")
    await asyncio.sleep(0.1)
    assert [IP(d).src for d in b.heard] == ["10.61.0.200"]
    a.socket.close()
    b.socket.close()


async def test_membership_survives_a_link_that_goes_and_comes(network: Network) -> None:
    host = network.host("b", "10.61.0.12/24")
    a, b = Ear(network.host("a", "10.61.0.11/24")), Ear(host)
    host.ip("link", "set", "dev", "eth0", "down")
    await asyncio.sleep(0.05)
    with pytest.raises(KernelError, match="send advert on eth0 to") as caught:
        b.socket.send(PDU, "10.61.0.12", "224.0.0.18")
    assert caught.value.errno in (errno.ENETDOWN, errno.ENETUNREACH, errno.ENODEV)
    host.ip("link", "set", "dev", "eth0", "up")
    await asyncio.sleep(0.2)
    a.socket.send(PDU, "10.61.0.11", "224.0.0.18")
    await asyncio.sleep(0.1)
    assert len(b.heard) == 1
    b.socket.send(PDU, "10.61.0.12", "224.0.0.18")
    host.ip("link", "del", "eth0")
    with pytest.raises(KernelError):
        b.socket.send(PDU, "10.61.0.12", "224.0.0.18")
    a.socket.close()
    b.socket.close()


async def test_a_flood_does_not_keep_the_loop_from_other_work(network: Network) -> None:
    a, b = Ear(network.host("a", "10.61.0.11/24")), Ear(network.host("b", "10.61.0.12/24"))
    for _ in range(1000):
        a.socket.send(PDU, "10.61.0.11", "224.0.0.18")
    turns = 0
    while len(b.heard) < 1000 and turns < 200:
        seen = len(b.heard)
        await asyncio.sleep(0)
        assert len(b.heard) - seen <= 64
        turns += 1
    assert len(b.heard) == 1000
    a.socket.close()
    b.socket.close()


async def test_closing_within_the_receiver_and_garbage_are_survived(network: Network) -> None:
    host = network.host("a", "10.61.0.11/24")
    b = Ear(network.host("b", "10.61.0.12/24"))
    with host.inside():
        raw = socket.socket(socket.AF_INET, socket.SOCK_RAW, socket.IPPROTO_RAW)
        raw.setsockopt(socket.SOL_SOCKET, socket.SO_BINDTODEVICE, b"eth0\0")
    for payload in (b"", b"\xff", bytes(1400)):
        addresses = socket.inet_aton("10.61.0.11") + socket.inet_aton("224.0.0.18")
        raw.sendto(struct.pack("!BBHHHBBH", 0x45, 0, 0, 0, 0, 1, 112, 0) + addresses + payload, ("224.0.0.18", 0))
    await asyncio.sleep(0.1)
    assert [len(d) for d in b.heard] == [20, 21, 1420]
    ended: list[bytes] = []

    def end(datagram: bytes, _at: float) -> None:
        ended.append(datagram)
        b.socket.close()

    b.socket._on_datagram = end
    a = Ear(host)
    for _ in range(3):
        a.socket.send(PDU, "10.61.0.11", "224.0.0.18")
    await asyncio.sleep(0.1)
    assert len(ended) == 1
    raw.close()
    a.socket.close()


async def test_bad_use_is_told_apart(network: Network) -> None:
    a = Ear(network.host("a", "10.61.0.11/24"))
    for source, destination in (("", "224.0.0.18"), ("10.61.0.11", "::1"), ("x", "y")):
        with pytest.raises(MisuseError):
            a.socket.send(PDU, source, destination)
    a.socket.close()
    a.socket.close()
    with pytest.raises(KernelError, match="open VRRP socket on nothere: ") as caught:
        AdvertSocket(asyncio.get_running_loop(), "nothere", a.note, multicast=True, source="")
    assert caught.value.errno == errno.ENODEV
