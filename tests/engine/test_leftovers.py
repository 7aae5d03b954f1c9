"""VIPs that nobody answers for are removed, and only those."""

from __future__ import annotations

import msgspec
import pytest

from lvstui.engine.leftovers import withdraw_vips
from lvstui.model.vip import Vip
from tests.engine.samples import configuration
from tests.system.netns import Network


@pytest.mark.root
def test_the_configured_vips_go_and_others_stay() -> None:
    wanted = configuration()
    other = msgspec.structs.replace(wanted.instances[0], name="VI_2", vips=(Vip("192.0.2.101", 24, "no_such"),))
    wanted = msgspec.structs.replace(wanted, instances=(*wanted.instances, other))
    with Network() as network:
        host = network.host("a", "192.0.2.1/24")
        host.ip("addr", "add", "192.0.2.100/32", "dev", "eth0", "label", "eth0:1")
        host.ip("addr", "add", "192.0.2.50/24", "dev", "eth0")
        with host.inside():
            withdraw_vips(wanted)
            assert not host.holds("192.0.2.100")
            assert host.holds("192.0.2.1")
            assert host.holds("192.0.2.50")
            withdraw_vips(wanted)
