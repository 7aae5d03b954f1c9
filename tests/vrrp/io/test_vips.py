from __future__ import annotations

from collections.abc import Iterator

import pytest

from lvstui.model.vip import Vip
from lvstui.vrrp.effects import Record
from lvstui.vrrp.io.addresses import Addresses
from lvstui.vrrp.io.vips import PUT_BACK_PAUSE, VipKeeper
from tests.system.netns import Host, Network

pytestmark = pytest.mark.root
VIP = Vip("10.61.0.100", 24, "eth0", "eth0:0")
OTHER = Vip("10.61.0.101", 32, "eth0")
REFUSED = Vip("10.61.0.102", 32, "nowhere")


class Stage:
    """A keeper in a namespace, and what it told."""

    def __init__(self, host: Host) -> None:
        self.host = host
        self.told: list[Record] = []
        with host.inside():
            self.addresses = Addresses()
        self.keeper = VipKeeper(self.addresses, lambda _, record: self.told.append(record))

    def texts(self) -> list[str]:
        return [record.text for record in self.told]


@pytest.fixture
def stage() -> Iterator[Stage]:
    with Network() as network:
        made = Stage(network.host("a", "10.61.0.11/24"))
        yield made
        made.addresses.close()


def test_addresses_come_with_label_and_prefix_and_go_again(stage: Stage) -> None:
    stage.keeper.add("VI_1", (VIP, OTHER))
    held = stage.host.addresses()
    assert held["10.61.0.100/24"]["label"] == "eth0:0"
    assert "10.61.0.101/32" in held
    assert [status.held for status in stage.keeper.statuses((VIP, OTHER))] == [True, True]
    stage.keeper.remove("VI_1", (VIP, OTHER))
    assert not stage.keeper.holds(VIP)
    assert set(stage.host.addresses()) == {"10.61.0.11/24"}
    assert stage.told == []


def test_what_the_kernel_refuses_is_told_once_kept_and_retried(stage: Stage) -> None:
    stage.keeper.add("VI_1", (REFUSED, VIP))
    stage.keeper.add("VI_1", (REFUSED,))
    assert len(stage.told) == 1
    assert "nowhere" in stage.texts()[0]
    refused, good = stage.keeper.statuses((REFUSED, VIP))
    assert "nowhere" in refused.error
    assert (refused.held, good.held, good.error) == (False, True, "")
    assert stage.keeper.missing((REFUSED, VIP), 0.0) == (), "nobody took away what never was there"
    stage.host.ip("link", "add", "nowhere", "type", "veth", "peer", "name", "there")
    stage.keeper.retry("VI_1", (REFUSED, VIP))
    assert stage.keeper.statuses((REFUSED,))[0].error == ""
    assert stage.host.holds("10.61.0.102", "nowhere")


def test_what_somebody_takes_away_is_put_back_but_not_in_a_frenzy(stage: Stage) -> None:
    stage.keeper.add("VI_1", (VIP,))
    stage.host.ip("addr", "del", "10.61.0.100/24", "dev", "eth0")
    stage.keeper.forget()
    assert stage.keeper.missing((VIP,), 100.0) == (VIP,)
    stage.keeper.put_back("VI_1", (VIP,), 100.0)
    assert stage.host.holds("10.61.0.100")
    assert stage.texts() == ["(VI_1) Netlink reflector reports IP 10.61.0.100 removed from eth0"]
    stage.host.ip("addr", "del", "10.61.0.100/24", "dev", "eth0")
    stage.keeper.forget()
    assert stage.keeper.missing((VIP,), 100.0 + PUT_BACK_PAUSE / 2) == ()
    assert stage.keeper.missing((VIP,), 100.0 + PUT_BACK_PAUSE) == (VIP,)


def test_only_vips_that_are_there_are_residual(stage: Stage) -> None:
    stage.keeper.remove_residual("VI_1", (VIP, OTHER))
    assert stage.told == []
    stage.host.ip("addr", "add", "10.61.0.101/32", "dev", "eth0")
    stage.keeper.forget()
    stage.keeper.remove_residual("VI_1", (VIP, OTHER))
    assert [(r.text, r.reason) for r in stage.told] == [
        ("(VI_1) removing VIPs.", "left by an earlier run: 10.61.0.101/32")
    ]
    assert not stage.host.holds("10.61.0.101")
