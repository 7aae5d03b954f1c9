"""The rtnetlink codec takes any bytes, and the conversation tells refusals apart."""

from __future__ import annotations

import errno
import os
import socket
import struct
import threading

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lvstui.errors import KernelError
from lvstui.vrrp.io import rtnetlink


@given(st.binary(max_size=200))
def test_any_bytes_are_read_without_an_exception(data: bytes) -> None:
    assert sum(len(m.body) + 16 for m in rtnetlink.messages(data)) <= len(data)
    assert all(0 <= kind <= 0x3FFF for kind in rtnetlink.attributes(data))


@given(st.dictionaries(st.integers(0, 0x3FFF), st.binary(max_size=30), max_size=8))
def test_attributes_survive_the_way(values: dict[int, bytes]) -> None:
    data = b"".join(rtnetlink.attribute(kind, value) for kind, value in values.items())
    assert len(data) % 4 == 0
    assert rtnetlink.attributes(data) == values


def test_several_messages_in_a_datagram() -> None:
    one = struct.pack("=IHHII", 19, 20, 2, 7, 0) + b"abc\0"
    two = struct.pack("=IHHII", 16, 3, 2, 7, 0)
    assert [(m.kind, m.body) for m in rtnetlink.messages(one + two)] == [(20, b"abc"), (3, b"")]
    assert [m.kind for m in rtnetlink.messages(one + two[:-1])] == [20]


def test_the_kernel_is_asked_and_refusals_carry_errno_operation_and_subject() -> None:
    conversation = rtnetlink.Conversation()
    body = struct.pack("=BxHiII", 0, 0, socket.if_nametoindex("lo"), 0, 0)
    answer = conversation.ask(rtnetlink.RTM_GETLINK, rtnetlink.NLM_F_ACK, body, "read interface", "lo")
    assert [message.kind for message in answer] == [rtnetlink.RTM_NEWLINK]
    body = struct.pack("=BxHiII", 0, 0, 0x7FFFFFF0, 0, 0)
    with pytest.raises(KernelError, match="read interface nothing: ") as caught:
        conversation.ask(rtnetlink.RTM_GETLINK, rtnetlink.NLM_F_ACK, body, "read interface", "nothing")
    assert caught.value.errno == errno.ENODEV
    conversation.close()
    conversation.close()


def test_the_kernels_own_sentence_is_used() -> None:
    conversation = rtnetlink.Conversation()
    with pytest.raises(KernelError) as caught:  # a strict check refuses a dump with a bad header
        conversation.ask(rtnetlink.RTM_GETADDR, rtnetlink.NLM_F_DUMP, b"\x02\x20\x00\x00" + bytes(4), "read", "lo")
    assert "Invalid" in str(caught.value)
    conversation.close()


def test_what_another_process_sends_is_dropped() -> None:
    conversation = rtnetlink.Conversation()
    impostor = socket.socket(socket.AF_NETLINK, socket.SOCK_RAW, 0)
    impostor.bind((0, 0))
    target = conversation._socket.getsockname()[0]
    forged = struct.pack("=IHHII", 20, 2, 0, 1, 0) + struct.pack("=i", -errno.EPERM)
    body = struct.pack("=BxHiII", 0, 0, 1, 0, 0)
    sent = threading.Event()

    def forge() -> None:
        for _ in range(5):
            impostor.sendto(forged, (target, 0))
        sent.set()

    threading.Thread(target=forge).start()
    sent.wait(2)
    assert conversation.ask(rtnetlink.RTM_GETLINK, rtnetlink.NLM_F_ACK, body, "read", "lo")
    impostor.close()
    conversation.close()


def test_missing_rights_are_named() -> None:
    assert "CAP_NET_ADMIN" in str(rtnetlink.refused(errno.EPERM, "add address", "10.0.0.1/32 to eth0"))
    assert str(rtnetlink.refused(errno.ENODEV, "a", "b")) == f"a b: {os.strerror(errno.ENODEV)}"
