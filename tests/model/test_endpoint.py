"""Endpoints and service keys: text and back."""

from __future__ import annotations

import ipaddress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lvstui.model.endpoint import Endpoint, Protocol, ServiceKey

addresses = st.ip_addresses().map(str)
ports = st.integers(0, 65535)


@given(addresses, ports)
def test_an_endpoint_reads_back_what_it_prints(address: str, port: int) -> None:
    endpoint = Endpoint(address, port)
    assert Endpoint.parse(str(endpoint)) == endpoint


@given(addresses, ports, st.sampled_from(Protocol))
def test_a_service_key_reads_back_what_it_prints(address: str, port: int, protocol: Protocol) -> None:
    key = ServiceKey(protocol, address, port)
    assert ServiceKey.parse(str(key)) == key


def test_the_protocol_defaults_to_tcp_and_marks_are_keys_too() -> None:
    assert ServiceKey.parse("10.0.0.1:80") == ServiceKey(Protocol.TCP, "10.0.0.1", 80)
    assert ServiceKey.parse("FWM 7").fwmark == 7
    assert str(ServiceKey.parse("FWM 7")) == "FWM 7"


def test_addresses_become_canonical() -> None:
    assert Endpoint.parse("[2001:0db8::0:1]:80").address == "2001:db8::1"


@pytest.mark.parametrize(
    "text", ["", "10.0.0.1", "10.0.0.1:", "10.0.0.1:65536", "10.0.0.1:-1", "::1:80", "[::1]", "x:80", "10.0.0.1:²"]
)
def test_what_is_no_endpoint_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match=r".+"):
        Endpoint.parse(text)


@given(st.text(max_size=40))
def test_any_text_is_an_endpoint_or_a_value_error(text: str) -> None:
    try:
        endpoint = Endpoint.parse(text)
    except ValueError:
        return
    ipaddress.ip_address(endpoint.address)
