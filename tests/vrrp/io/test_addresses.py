"""VIPs in a real kernel, verified with iproute2."""

from __future__ import annotations

import errno
import time
from collections.abc import Iterator

import pytest

from lvstui.errors import KernelError
from lvstui.model.vip import Vip
from lvstui.vrrp.io.addresses import Addresses
from tests.system.netns import Host, Network

pytestmark = pytest.mark.root


@pytest.fixture(scope="module")
def shared_host() -> Iterator[Host]:
    with Network() as network:
        yield network.host("a", "10.61.0.11/24")


@pytest.fixture
def host(shared_host: Host) -> Iterator[Host]:
    yield shared_host
    shared_host.ip("-4", "addr", "flush", "dev", "eth0")
    shared_host.ip("addr", "add", "10.61.0.11/24", "dev", "eth0")


@pytest.fixture
def addresses(host: Host) -> Iterator[Addresses]:
    with host.inside():
        opened = Addresses()
    yield opened
    opened.close()


def test_a_vip_comes_with_label_prefix_and_scope_and_goes(host: Host, addresses: Addresses) -> None:
    vip = Vip("10.61.0.100", 24, "eth0", label="eth0:vip")
    other = Vip("10.99.1.1", 32, "eth0", scope="link")
    addresses.add(vip)
    addresses.add(other)
    there = host.addresses()
    assert there["10.61.0.100/24"]["label"] == "eth0:vip"
    assert there["10.61.0.100/24"]["scope"] == "global"
    assert "broadcast" not in there["10.61.0.100/24"]
    assert there["10.99.1.1/32"]["scope"] == "link"
    assert addresses.held("eth0") == {("10.61.0.11", 24), ("10.61.0.100", 24), ("10.99.1.1", 32)}
    addresses.remove(vip)
    addresses.remove(other)
    assert set(host.addresses()) == {"10.61.0.11/24"}


def test_adding_twice_and_removing_twice_is_fine(host: Host, addresses: Addresses) -> None:
    vip = Vip("10.61.0.100", 32, "eth0", label="eth0:0")
    addresses.add(vip)
    addresses.add(vip)
    assert host.addresses()["10.61.0.100/32"]["label"] == "eth0:0"
    addresses.remove(vip)
    addresses.remove(vip)
    addresses.remove(Vip("10.61.0.100", 32, "nothere"))
    assert not host.holds("10.61.0.100")


def test_removing_takes_only_the_address_with_its_prefix(host: Host, addresses: Addresses) -> None:
    host.ip("addr", "add", "10.61.0.100/24", "dev", "eth0")
    addresses.remove(Vip("10.61.0.100", 32, "eth0"))
    assert host.holds("10.61.0.100")


@pytest.mark.parametrize("before", ["0", "1"])
def test_removing_the_primary_of_a_subnet_leaves_the_others(host: Host, addresses: Addresses, before: str) -> None:
    setting = "net.ipv4.conf.eth0.promote_secondaries"
    host.run("sysctl", "-q", "-w", f"{setting}={before}")
    first = Vip("10.77.0.1", 24, "eth0")
    addresses.add(first)
    addresses.add(Vip("10.77.0.2", 24, "eth0", label="eth0:two"))
    host.ip("addr", "add", "10.77.0.3/24", "dev", "eth0")
    assert host.addresses()["10.77.0.2/24"].get("secondary") is True
    addresses.remove(first)
    there = host.addresses()
    assert set(there) == {"10.61.0.11/24", "10.77.0.2/24", "10.77.0.3/24"}
    assert there["10.77.0.2/24"]["label"] == "eth0:two"
    assert host.run("sysctl", "-n", setting).strip() == before


def test_the_trap_exists_without_us(host: Host) -> None:
    """What the test above is about: iproute2 alone loses the others (if not, that test shows nothing)."""
    host.run("sysctl", "-q", "-w", "net.ipv4.conf.eth0.promote_secondaries=0")
    host.ip("addr", "add", "10.77.0.1/24", "dev", "eth0")
    host.ip("addr", "add", "10.77.0.2/24", "dev", "eth0")
    host.ip("addr", "del", "10.77.0.1/24", "dev", "eth0")
    assert not host.holds("10.77.0.2")


def test_primary_is_the_first_global_address_that_is_no_vip(host: Host, addresses: Addresses) -> None:
    host.ip("addr", "flush", "dev", "eth0")
    host.ip("addr", "add", "169.254.3.1/16", "scope", "link", "dev", "eth0")
    host.ip("addr", "add", "10.61.0.100/32", "dev", "eth0")
    host.ip("addr", "add", "10.61.0.11/24", "dev", "eth0")
    assert addresses.primary("eth0", exclude={"10.61.0.100"}) == "10.61.0.11"
    with pytest.raises(KernelError, match="no IPv4 address of its own") as caught:
        addresses.primary("eth0", exclude={"10.61.0.100", "10.61.0.11"})
    assert caught.value.errno == errno.EADDRNOTAVAIL
    with pytest.raises(KernelError) as caught:
        addresses.primary("nothere")
    assert caught.value.errno == errno.ENODEV


@pytest.mark.parametrize(
    ("vip", "code"),
    [
        (Vip("10.0.0.1", 32, "nothere"), errno.ENODEV),
        (Vip("10.0.0.1", 32, "a-name-that-is-too-long-for-linux"), errno.ENODEV),
        (Vip("10.0.0.1", 32, ""), errno.ENODEV),
        (Vip("10.0.0.1", 33, "eth0"), errno.EINVAL),
        (Vip("10.0.0.1", -1, "eth0"), errno.EINVAL),
        (Vip("10.0.0.1", 32, "eth0", scope="galaxy"), errno.EINVAL),
        (Vip("2001:db8::1", 64, "eth0"), errno.EAFNOSUPPORT),
        (Vip("rubbish", 32, "eth0"), errno.EAFNOSUPPORT),
    ],
)
def test_what_cannot_be_added_is_refused_with_an_errno(addresses: Addresses, vip: Vip, code: int) -> None:
    with pytest.raises(KernelError) as caught:
        addresses.add(vip)
    assert caught.value.errno == code
    assert addresses.held(vip.interface) == ({("10.61.0.11", 24)} if vip.interface == "eth0" else set())


def test_a_label_that_is_too_long_is_the_kernels_refusal(addresses: Addresses) -> None:
    with pytest.raises(KernelError, match=r"add address 10\.0\.0\.1/32 to eth0: "):
        addresses.add(Vip("10.0.0.1", 32, "eth0", label="eth0:much-too-long"))


def test_a_hundred_vips_take_milliseconds(addresses: Addresses) -> None:
    vips = [Vip(f"10.88.{n // 250}.{n % 250 + 1}", 32, "eth0") for n in range(100)]
    start = time.perf_counter()
    for vip in vips:
        addresses.add(vip)
    assert len(addresses.held("eth0")) == 101
    for vip in vips:
        addresses.remove(vip)
    assert len(addresses.held("eth0")) == 1
    assert time.perf_counter() - start < 2  # 1 ms each, both ways
