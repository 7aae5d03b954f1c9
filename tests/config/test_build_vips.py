"""Virtual addresses and their options."""

from __future__ import annotations

import pytest

from lvstui.model.vip import Vip
from tests.config.support import check, codes, finding


def vips(line: str, block: str = "virtual_ipaddress") -> tuple[tuple[Vip, ...], list[str]]:
    loaded = check(f"vrrp_instance A {{\n interface eth0\n virtual_router_id 5\n {block} {{\n {line}\n }}\n}}\n")
    assert loaded.configuration is not None
    (instance,) = loaded.configuration.instances
    return instance.vips + instance.excluded_vips, codes(loaded)


@pytest.mark.parametrize(
    ("line", "vip"),
    [
        ("10.0.0.1", Vip("10.0.0.1", 32, "eth0")),
        ("10.0.0.1/24", Vip("10.0.0.1", 24, "eth0")),
        ("10.0.0.1/24 dev ens33 label ens33:0", Vip("10.0.0.1", 24, "ens33", "ens33:0")),
        ("10.0.0.1/24 scope link dev eth1", Vip("10.0.0.1", 24, "eth1", "", "link")),
        ("10.0.0.1 scope 253", Vip("10.0.0.1", 32, "eth0", "", "link")),
        ("10.0.0.1/24 brd 10.0.0.255 label eth0:1", Vip("10.0.0.1", 24, "eth0", "eth0:1")),
        ("10.0.0.1/33", Vip("10.0.0.1", 32, "eth0")),
        ("10.0.0.1/255.255.255.0", Vip("10.0.0.1", 32, "eth0")),
        ("10.0.0.1/24 dev", Vip("10.0.0.1", 24, "eth0")),
        ("10.0.0.1/24 scope nowhere-known", Vip("10.0.0.1", 24, "eth0")),
    ],
)
def test_vip(line: str, vip: Vip) -> None:
    assert vips(line)[0] == (vip,)


@pytest.mark.parametrize(
    ("line", "code"),
    [
        ("10.0.0.256", "bad-address"),
        ("$vip", "bad-address"),
        ("10.0.0.1 label fifteen_letters", ""),
        ("10.0.0.1 label sixteen_letters_", "long-label"),
    ],
)
def test_addresses_that_are_skipped(line: str, code: str) -> None:
    found, said = vips(line)
    if code:
        assert found == ()
        assert code in said
    else:
        assert len(found) == 1


def test_unknown_options_are_told() -> None:
    assert vips("10.0.0.1 foo bar")[1] == ["unknown-option", "unknown-option"]


def test_an_interface_that_does_not_exist_is_told_and_kept() -> None:
    found, said = vips("10.0.0.1 dev eth9")
    assert found[0].interface == "eth9"
    assert said == ["no-such-interface"]


def test_excluded_addresses() -> None:
    found, said = vips("10.0.0.1/24", "virtual_ipaddress_excluded")
    assert found == (Vip("10.0.0.1", 24, "eth0"),)
    assert said == ["no-vip"]


def test_families_are_not_mixed() -> None:
    found, said = vips("10.0.0.1\n 2001:db8::1/64")
    assert [vip.address for vip in found] == ["10.0.0.1"]
    assert said == ["mixed-families"]


def test_more_addresses_than_fit_are_not_advertised() -> None:
    lines = "\n".join(f"10.0.{number // 250}.{number % 250}" for number in range(260))
    text = f"vrrp_instance A {{\n interface eth0\n virtual_router_id 5\n virtual_ipaddress {{\n{lines}\n}}\n}}\n"
    loaded = check(text)
    assert loaded.configuration is not None
    (instance,) = loaded.configuration.instances
    assert (len(instance.vips), len(instance.excluded_vips)) == (255, 5)
    assert finding(loaded, "too-many-vips").status == 5
