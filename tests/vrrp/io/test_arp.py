"""Gratuitous ARP: the frame, read by an independent dissector, and what neighbours make of it."""

from __future__ import annotations

import errno
import json
import time

import pytest
from scapy.layers.l2 import ARP, Ether

from lvstui.errors import KernelError, MisuseError
from lvstui.vrrp.io.arp import Announcer, gratuitous_frame
from tests.system.netns import Network
from tests.system.wire import Sniffer

MAC = bytes.fromhex("0200c0a83d01")


def test_the_frame_is_a_broadcast_request_for_its_own_address() -> None:
    frame = Ether(gratuitous_frame(MAC, "10.61.0.100"))
    assert (frame.dst, frame.src, frame.type) == ("ff:ff:ff:ff:ff:ff", "02:00:c0:a8:3d:01", 0x806)
    arp = frame[ARP]
    assert (arp.hwtype, arp.ptype, arp.hwlen, arp.plen, arp.op) == (1, 0x800, 6, 4, 1)
    assert (arp.hwsrc, arp.hwdst) == ("02:00:c0:a8:3d:01", "ff:ff:ff:ff:ff:ff")
    assert arp.psrc == arp.pdst == "10.61.0.100"
    assert len(gratuitous_frame(MAC, "10.61.0.100")) == 42


@pytest.mark.parametrize(
    ("mac", "address"), [(b"", "10.0.0.1"), (b"1234567", "10.0.0.1"), (MAC, "::1"), (MAC, "10.0.0"), (MAC, "")]
)
def test_what_cannot_be_announced_is_our_mistake(mac: bytes, address: str) -> None:
    with pytest.raises(MisuseError):
        gratuitous_frame(mac, address)


@pytest.mark.root
def test_neighbours_move_to_the_announcer() -> None:
    with Network() as network:
        a = network.host("a", "10.61.0.11/24")
        b = network.host("b", "10.61.0.12/24")
        b.ip("neigh", "add", "10.61.0.100", "lladdr", "02:00:00:00:00:99", "dev", "eth0", "nud", "stale")
        with a.inside():
            announcer = Announcer()
        with Sniffer(b) as wire:
            for _ in range(5):
                announcer.gratuitous("eth0", MAC, "10.61.0.100")
            time.sleep(0.15)
        entry = json.loads(b.ip("-j", "neigh", "show", "10.61.0.100"))[0]
        assert entry["lladdr"] == "02:00:c0:a8:3d:01"
        assert [f.data for f in wire.frames if f.is_arp] == [gratuitous_frame(MAC, "10.61.0.100")] * 5
        with pytest.raises(KernelError, match=r"announce 10\.61\.0\.100 on nothere: ") as caught:
            announcer.gratuitous("nothere", MAC, "10.61.0.100")
        assert caught.value.errno in (errno.ENODEV, errno.ENXIO)
        a.ip("link", "set", "dev", "eth0", "down")
        with pytest.raises(KernelError) as caught:
            announcer.gratuitous("eth0", MAC, "10.61.0.100")
        assert caught.value.errno == errno.ENETDOWN
        announcer.close()
        announcer.close()
