"""The harness itself: hosts reach each other, witnesses see it, and nothing stays behind."""

from __future__ import annotations

import os
import time

import pytest
from scapy.layers.inet import ICMP
from scapy.layers.l2 import Ether

from tests.system.netns import Network, namespaces
from tests.system.wire import Prober, Sniffer

pytestmark = pytest.mark.root


def test_hosts_reach_each_other_and_nothing_is_left() -> None:
    with Network() as network:
        a = network.host("a", "10.61.0.11/24")
        b = network.host("b", "10.61.0.12/24")
        with Sniffer(network.switch, "br0") as wire, Prober(a, "10.61.0.12") as prober:
            time.sleep(0.4)
            network.unplug(b)
            time.sleep(0.3)
            network.plug(b)
            time.sleep(0.4)
        assert len(prober.sent) > 80
        assert 20 <= prober.lost() <= 60
        assert 0.2 <= prober.longest_gap() <= 2.0
        assert any(Ether(f.data).haslayer(ICMP) for f in wire.frames)
        assert a.holds("10.61.0.11")
        assert not a.holds("10.61.0.12")
        sleeper = a.start("sleep", "60")
        prefix = network.prefix
        assert namespaces(prefix) == [f"{prefix}-a", f"{prefix}-b", f"{prefix}-sw"]
    assert sleeper.returncode == -9
    assert namespaces(prefix) == []


def test_the_thread_comes_home() -> None:
    home = os.readlink("/proc/thread-self/ns/net")
    with Network() as network:
        a = network.host("a")
        with a.inside():
            assert os.readlink("/proc/thread-self/ns/net") != home
        assert os.readlink("/proc/thread-self/ns/net") == home
