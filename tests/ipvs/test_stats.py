from __future__ import annotations

import struct

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lvstui.errors import PacketError
from lvstui.ipvs import netlink
from lvstui.ipvs.stats import KINDS, statistics
from lvstui.model.ipvs import Counters, Rates

wide = st.integers(0, 2**64 - 1)
PAD = netlink.attribute(11, b"")


def encoded(numbers: list[int], padded: list[bool]) -> memoryview:
    parts = [
        (PAD if pad else b"") + netlink.attribute(kind, struct.pack("=Q", number))
        for kind, number, pad in zip(KINDS, numbers, padded, strict=True)
    ]
    return memoryview(b"".join(parts))


@given(st.lists(wide, min_size=10, max_size=10), st.lists(st.booleans(), min_size=10, max_size=10))
def test_any_padding_is_read_alike(numbers: list[int], padded: list[bool]) -> None:
    wanted = (Counters(*numbers[:5]), Rates(*numbers[5:]))
    for pads in (padded, [False] * 10, [True] * 10, [False] + [True] * 9):
        assert statistics(encoded(numbers, pads)) == wanted


def test_another_order_of_the_same_length_is_read_by_number() -> None:
    data = b"".join(netlink.attribute(kind, struct.pack("=Q", kind)) for kind in reversed(KINDS))
    assert statistics(memoryview(data)) == (Counters(1, 2, 3, 4, 5), Rates(6, 7, 8, 9, 10))


def test_what_is_missing_is_zero() -> None:
    assert statistics(memoryview(b"")) == (Counters(), Rates())
    assert statistics(memoryview(netlink.attribute(6, struct.pack("=I", 3))))[1] == Rates(3)


def test_a_number_of_an_odd_size_is_refused() -> None:
    with pytest.raises(PacketError):
        statistics(memoryview(netlink.attribute(1, b"abc")))
