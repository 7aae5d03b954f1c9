"""Frames on the wire."""

from __future__ import annotations

import socket

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lvstui.lab.capture import Advert, GratuitousArp, open_socket, parse

MAC = bytes.fromhex("02000000000a")


def frame(kind: int, payload: bytes) -> bytes:
    return (b"\xff" * 6 + MAC + kind.to_bytes(2, "big") + payload).ljust(60, b"\0")


def ipv4(payload: bytes, source: str = "10.0.0.11", protocol: int = 112) -> bytes:
    length = (20 + len(payload)).to_bytes(2, "big")
    head = b"\x45\xc0" + length + b"\0\0\0\0\xff" + bytes([protocol]) + b"\0\0"
    return head + socket.inet_aton(source) + socket.inet_aton("224.0.0.18") + payload


def test_an_advert_of_version_2() -> None:
    body = bytes([0x21, 61, 100, 1, 1, 1, 0, 0]) + socket.inet_aton("10.0.0.100") + b"1111\0\0\0\0"
    assert parse(frame(0x0800, ipv4(body))) == Advert("10.0.0.11", "224.0.0.18", 2, 61, 100, ("10.0.0.100",))


def test_an_advert_of_version_3_that_says_farewell() -> None:
    body = bytes([0x31, 7, 0, 2, 0, 100, 0, 0]) + socket.inet_aton("10.0.0.1") + socket.inet_aton("10.0.0.2")
    assert parse(frame(0x0800, ipv4(body))) == Advert("10.0.0.11", "224.0.0.18", 3, 7, 0, ("10.0.0.1", "10.0.0.2"))


def test_a_gratuitous_arp() -> None:
    address = socket.inet_aton("10.0.0.100")
    body = b"\x00\x01\x08\x00\x06\x04\x00\x01" + MAC + address + b"\xff" * 6 + address
    assert parse(frame(0x0806, body)) == GratuitousArp("10.0.0.100", "02:00:00:00:00:0a")


def test_an_ordinary_arp_request_is_none() -> None:
    body = b"\x00\x01\x08\x00\x06\x04\x00\x01" + MAC + socket.inet_aton("10.0.0.1") + b"\0" * 6
    assert parse(frame(0x0806, body + socket.inet_aton("10.0.0.2"))) is None


@pytest.mark.parametrize("cut", range(0, 60, 3))
def test_cut_frames_never_raise(cut: int) -> None:
    body = bytes([0x21, 61, 100, 20, 1, 1, 0, 0]) + socket.inet_aton("10.0.0.100")
    parse(frame(0x0800, ipv4(body))[:cut])


@given(st.binary(max_size=120))
def test_no_bytes_raise(data: bytes) -> None:
    parse(data)
    parse(frame(0x0800, b"\x45" + data))
    parse(frame(0x0806, data))


@pytest.mark.root
def test_the_filter_lets_nothing_else_through() -> None:
    with open_socket() as opened, socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as sender:
        while True:  # what came before the filter was in place
            try:
                opened.recv(100)
            except BlockingIOError:
                break
        sender.sendto(b"not for us", ("127.0.0.1", 9))
        with pytest.raises(BlockingIOError):
            opened.recv(100)
