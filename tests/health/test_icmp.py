"""Echo messages against scapy, and garbage."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st
from scapy.layers.inet import ICMP, IP

from lvstui.health.icmp import checksum, echo_request, is_reply, without_ip_header

PAYLOAD = b"sixteen octets.."


def test_scapy_reads_the_request() -> None:
    read = ICMP(echo_request(4, 7, 9, PAYLOAD))
    assert (read.type, read.code, read.id, read.seq, bytes(read.payload)) == (8, 0, 7, 9, PAYLOAD)
    assert checksum(echo_request(4, 7, 9, PAYLOAD)) == 0


def test_only_the_answer_to_this_request_counts() -> None:
    reply = bytes(ICMP(type=0, id=7, seq=9) / PAYLOAD)
    assert is_reply(reply, 4, 7, 9, PAYLOAD)
    assert is_reply(reply, 4, None, 9, PAYLOAD)
    assert not is_reply(reply, 4, 8, 9, PAYLOAD)
    assert not is_reply(reply, 4, 7, 8, PAYLOAD)
    assert not is_reply(reply, 4, 7, 9, PAYLOAD[::-1])
    assert not is_reply(reply, 6, 7, 9, PAYLOAD)
    assert not is_reply(echo_request(4, 7, 9, PAYLOAD), 4, 7, 9, PAYLOAD)


def test_the_ip_header_of_a_raw_socket_is_taken_off() -> None:
    reply = bytes(ICMP(type=0, id=7, seq=9) / PAYLOAD)
    datagram = bytes(IP(src="10.0.0.1", dst="10.0.0.2") / ICMP(type=0, id=7, seq=9) / PAYLOAD)
    assert without_ip_header(datagram) == reply


@given(st.binary(max_size=80))
def test_garbage_is_no_reply(data: bytes) -> None:
    assert not is_reply(without_ip_header(data), 4, 7, 9, PAYLOAD)
    assert not is_reply(data, 6, 7, 9, PAYLOAD)
