from __future__ import annotations

import struct

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lvstui.errors import PacketError
from lvstui.ipvs import netlink

numbers = st.integers(0, 0x3FFF)


@given(st.lists(st.tuples(numbers, st.binary(max_size=40)), max_size=12))
def test_attributes_come_back(pairs: list[tuple[int, bytes]]) -> None:
    data = b"".join(netlink.attribute(kind, payload) for kind, payload in pairs)
    assert len(data) % 4 == 0
    assert {kind: bytes(found) for kind, found in netlink.attributes(memoryview(data)).items()} == dict(pairs)


def test_nested_and_byte_order_bits_are_no_part_of_the_number() -> None:
    data = netlink.attribute(0x8000 | 0x4000 | 7, b"abcd")
    assert bytes(netlink.attributes(memoryview(data))[7]) == b"abcd"


def test_messages_of_a_datagram_and_a_request() -> None:
    one = netlink.request(30, 8, 1, 77, netlink.NLM_F_DUMP, netlink.attribute(1, b"x"))
    two = netlink.request(31, 4, 1, 78, 0, b"")
    first, second = netlink.messages(one + two)
    assert (first.kind, first.flags, first.sequence) == (30, netlink.NLM_F_DUMP | netlink.NLM_F_REQUEST, 77)
    assert netlink.command_of(first) == 8
    assert bytes(netlink.generic_attributes(first)[1]) == b"x"
    assert (second.kind, second.sequence, netlink.command_of(second)) == (31, 78, 4)


@pytest.mark.parametrize("cut", [1, 15, 17, 19])
def test_cut_messages_are_refused(cut: int) -> None:
    data = netlink.request(30, 8, 1, 77, 0, b"")
    with pytest.raises(PacketError):
        list(netlink.messages(data[:cut]))


@pytest.mark.parametrize("length", [0, 3, 9, 65535])
def test_attributes_with_impossible_lengths_are_refused(length: int) -> None:
    with pytest.raises(PacketError) as caught:
        netlink.attributes(memoryview(struct.pack("=HHI", length, 1, 0)))
    assert caught.value.reason == "netlink_attribute"


@given(st.binary(max_size=300))
def test_garbage_raises_nothing_but_packet_errors(data: bytes) -> None:
    try:
        for message in netlink.messages(data):
            netlink.error_of(message)
            netlink.command_of(message)
            netlink.generic_attributes(message)
            netlink.family_id(message)
    except PacketError:
        pass


def message(kind: int, payload: bytes) -> netlink.Message:
    return netlink.Message(kind, 0, 1, memoryview(payload))


def test_errors_are_positive_numbers() -> None:
    assert netlink.error_of(message(netlink.NLMSG_ERROR, struct.pack("=i", -17) + bytes(16))) == 17
    assert netlink.error_of(message(netlink.NLMSG_ERROR, struct.pack("=i", 0))) == 0
    assert netlink.error_of(message(netlink.NLMSG_DONE, b"")) == 0
    with pytest.raises(PacketError):
        netlink.error_of(message(netlink.NLMSG_ERROR, b"\0"))


@pytest.mark.parametrize("size", [1, 2, 4, 8])
def test_numbers_of_each_size(size: int) -> None:
    assert netlink.unsigned(memoryview(b"\xff" * size)) == 2 ** (8 * size) - 1


def test_numbers_of_other_sizes_are_refused() -> None:
    with pytest.raises(PacketError):
        netlink.unsigned(memoryview(b"abc"))


def test_the_family_is_asked_for_by_name_and_read() -> None:
    (asked,) = netlink.messages(netlink.family_request("IPVS", 5))
    assert (asked.kind, netlink.command_of(asked)) == (netlink.GENL_ID_CTRL, netlink.CTRL_CMD_GETFAMILY)
    assert netlink.text(bytes(netlink.generic_attributes(asked)[netlink.CTRL_ATTR_FAMILY_NAME])) == "IPVS"
    answer = netlink.request(16, 1, 2, 5, 0, netlink.attribute(netlink.CTRL_ATTR_FAMILY_ID, struct.pack("=H", 33)))
    assert [netlink.family_id(m) for m in netlink.messages(answer)] == [33]
    with pytest.raises(PacketError):
        netlink.family_id(asked)
