"""VIPs print as iproute2 prints addresses."""

from __future__ import annotations

from lvstui.model.vip import Vip


def test_a_vip_prints_as_address_and_prefix() -> None:
    assert str(Vip("10.0.0.100", 24, "ens33", "ens33:0")) == "10.0.0.100/24"
