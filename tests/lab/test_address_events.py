"""Addresses that come and go."""

from __future__ import annotations

import os
import socket
import struct
import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lvstui.errors import LabError
from lvstui.lab.address_events import AddressChange, HeldAddress, held_addresses, open_socket, parse
from lvstui.lab.namespace import within
from lvstui.lab.topology import batch, remove


def message(kind: int, address: str, prefix: int, label: bytes) -> bytes:
    attributes = struct.pack("=HH4s", 8, 2, socket.inet_aton(address))
    attributes += struct.pack("=HH", 4 + len(label), 3) + label.ljust((len(label) + 3) & ~3, b"\0")
    body = struct.pack("=BBBBI", socket.AF_INET, prefix, 0, 0, 2) + attributes
    return struct.pack("=IHHII", 16 + len(body), kind, 0, 0, 0) + body


def test_added_and_removed() -> None:
    data = message(20, "10.0.0.100", 24, b"ens33:0\0") + message(21, "10.0.0.1", 32, b"eth0\0")
    assert list(parse(data)) == [
        AddressChange(True, "10.0.0.100", 24, "ens33:0"),
        AddressChange(False, "10.0.0.1", 32, "eth0"),
    ]


def test_other_messages_are_passed_over() -> None:
    assert list(parse(message(16, "10.0.0.1", 24, b"x\0"))) == []


@given(st.binary(max_size=200))
def test_no_bytes_raise(data: bytes) -> None:
    list(parse(data))
    list(parse(message(20, "10.0.0.1", 24, b"x\0")[:24] + data))


def test_a_namespace_that_is_not_there() -> None:
    with pytest.raises(LabError):
        held_addresses("lvstui-no-such-namespace")


@pytest.mark.root
def test_the_kernel_s_own_word() -> None:
    name = f"v{os.getpid()}-events"
    batch([f"netns add {name}"])
    try:
        batch(["link add ens33 type veth peer name other", "link set ens33 up"], namespace=name)
        with within(name, open_socket) as opened:
            batch(["address add 10.0.0.100/24 dev ens33 label ens33:0"], namespace=name)
            assert held_addresses(name) == (HeldAddress("ens33", "10.0.0.100", 24, "ens33:0"),)
            batch(["address del 10.0.0.100/24 dev ens33"], namespace=name)
            time.sleep(0.05)
            seen = [*parse(opened.recv(65536)), *parse(opened.recv(65536))]
        assert [change.added for change in seen] == [True, False]
        assert seen[0] == AddressChange(True, "10.0.0.100", 24, "ens33:0")
    finally:
        remove([name])
