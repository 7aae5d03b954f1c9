from __future__ import annotations

import ipaddress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lvstui.errors import PacketError
from lvstui.ipvs.service_key import (
    AF_INET,
    AF_INET6,
    family_of,
    fwmark_key,
    identity,
    packed_address,
    unpacked_address,
)
from lvstui.model.endpoint import Protocol, ServiceKey


@given(st.ip_addresses())
def test_addresses_come_back(address: ipaddress.IPv4Address | ipaddress.IPv6Address) -> None:
    text = str(address)
    packed = packed_address(text)
    assert packed == address.packed.ljust(16, b"\0")
    assert unpacked_address(family_of(text), memoryview(packed)) == text


def test_a_short_ipv4_address_is_read_too() -> None:
    assert unpacked_address(AF_INET, memoryview(bytes([10, 0, 0, 1]))) == "10.0.0.1"


@pytest.mark.parametrize(("family", "size"), [(AF_INET, 3), (AF_INET, 0), (AF_INET6, 4), (7, 16)])
def test_addresses_of_a_wrong_size_are_refused(family: int, size: int) -> None:
    with pytest.raises(PacketError):
        unpacked_address(family, memoryview(bytes(size)))


@pytest.mark.parametrize("text", ["10.0.0", "10.0.0.256", "ten", "", "10.0.0.1.2"])
def test_text_that_is_no_address_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match=r".*"):
        packed_address(text)


def test_a_mark_is_known_by_its_number_and_family_alone() -> None:
    plain = ServiceKey(Protocol.TCP, "0.0.0.0", 0, 7)
    assert identity(plain) == identity(ServiceKey(Protocol.UDP, "10.0.0.1", 80, 7))
    assert identity(plain) != identity(fwmark_key(AF_INET6, 7))
    assert fwmark_key(AF_INET, 7) == ServiceKey.parse("FWM 7") == plain
    assert identity(ServiceKey(Protocol.TCP, "10.0.0.1", 80)) != identity(ServiceKey(Protocol.UDP, "10.0.0.1", 80))
