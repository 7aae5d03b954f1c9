"""Which addresses the lab's hosts get."""

from __future__ import annotations

from ipaddress import IPv4Network

import pytest

from lvstui.errors import LabError
from lvstui.lab.addressing import Addressing, named_addresses, networks
from lvstui.model.configuration import Configuration, RealServer, VirtualServer, VrrpInstance
from lvstui.model.endpoint import Endpoint, Protocol, ServiceKey
from lvstui.model.vip import Vip


def configuration(vip: str, prefix: int, *real_servers: str) -> Configuration:
    return Configuration(
        instances=(VrrpInstance(name="V", interface="eth0", vrid=1, vips=(Vip(vip, prefix, "eth0"),)),),
        virtual_servers=(
            VirtualServer(
                key=ServiceKey(Protocol.TCP, vip, 80),
                sorry_server=Endpoint("127.0.0.1", 80),
                real_servers=tuple(RealServer(endpoint=Endpoint(each, 80)) for each in real_servers),
            ),
        ),
    )


def test_named_addresses_are_on_the_wire_and_once_each() -> None:
    found = named_addresses([configuration("10.0.0.100", 24, "10.0.0.21", "10.0.0.21")] * 2)
    assert found == ("10.0.0.100", "10.0.0.21")


def test_the_vip_s_prefix_makes_the_network() -> None:
    assert networks([configuration("10.0.0.100", 16, "10.0.7.21")], "10.0.0.100") == (IPv4Network("10.0.0.0/16"),)


def test_a_foreign_real_server_gets_a_network_of_its_own() -> None:
    found = networks([configuration("10.0.0.100", 32, "172.16.5.9")], "10.0.0.100")
    assert found == (IPv4Network("10.0.0.0/24"), IPv4Network("172.16.5.0/24"))


def test_the_service_s_network_comes_first() -> None:
    found = networks([configuration("10.0.0.100", 32, "172.16.5.9")], "172.16.5.9")
    assert found[0] == IPv4Network("172.16.5.0/24")


def test_free_addresses_are_free() -> None:
    addressing = Addressing([configuration("10.0.0.11", 24, "10.0.0.12", "10.0.0.200")], "10.0.0.11")
    network = addressing.networks[0]
    given = [addressing.free_director(network), addressing.free_director(network), addressing.free_client(network)]
    assert given == ["10.0.0.13", "10.0.0.14", "10.0.0.201"]
    assert addressing.with_prefix("10.0.0.13") == "10.0.0.13/24"


def test_a_full_network_is_refused() -> None:
    addressing = Addressing([configuration("10.0.0.1", 30, "10.0.0.2")], "10.0.0.1")
    with pytest.raises(LabError, match="no address left"):
        addressing.free_client(addressing.networks[0])


def test_an_address_outside_is_refused() -> None:
    with pytest.raises(LabError, match="no network"):
        Addressing([configuration("10.0.0.1", 24)], "10.0.0.1").network_of("10.1.0.1")
