"""Lab: which addresses the hosts of a lab get, chosen so that the configurations work as they are."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from ipaddress import IPv4Address, IPv4Network

from lvstui.errors import LabError
from lvstui.model.configuration import Configuration, PingChecker, VirtualServer

_DEFAULT_PREFIX = 24
# Where people put directors and a client in a network of a tutorial; whatever is taken is skipped.
_FIRST_DIRECTOR = 11
_CLIENT = 200


class Addressing:
    """Hands out addresses of the networks that a lab needs.

    The networks are those of the VIPs (with a prefix below 31) and a /24 around every other address named.
    The first network is the one of the service's VIP: there the client lives.
    """

    def __init__(self, configurations: Iterable[Configuration], vip: str) -> None:
        configurations = tuple(configurations)
        self.networks = networks(configurations, vip)
        self._taken = set(named_addresses(configurations))

    def network_of(self, address: str) -> IPv4Network:
        """Return the network that holds `address`; LabError if there is none."""
        place = IPv4Address(address)
        for network in self.networks:
            if place in network:
                return network
        raise LabError(f"{address} is in no network of the lab")

    def with_prefix(self, address: str) -> str:
        """Return `address/prefix` as `ip address add` wants it."""
        return f"{address}/{self.network_of(address).prefixlen}"

    def take(self, address: str) -> str:
        """Mark an address as given away."""
        self._taken.add(address)
        return address

    def free_director(self, network: IPv4Network) -> str:
        """Return a free address for a director."""
        return self._free(network, _FIRST_DIRECTOR)

    def free_client(self, network: IPv4Network) -> str:
        """Return a free address for the client."""
        return self._free(network, _CLIENT)

    def _free(self, network: IPv4Network, start: int) -> str:
        size = network.num_addresses
        for step in range(min(size, 4096)):
            offset = (start + step) % size
            if not 0 < offset < size - 1:
                continue
            address = str(network.network_address + offset)
            if address not in self._taken:
                return self.take(address)
        raise LabError(f"the network {network} has no address left for the lab's hosts")


def networks(configurations: Iterable[Configuration], vip: str) -> tuple[IPv4Network, ...]:
    """Return the networks that hold all named addresses, the one of `vip` first."""
    configurations = tuple(configurations)
    found: list[IPv4Network] = []
    for configuration in configurations:
        for instance in configuration.instances:
            for each in (*instance.vips, *instance.excluded_vips):
                if each.prefix_length < 31:
                    _include(found, IPv4Network(f"{each.address}/{each.prefix_length}", strict=False))
    for address in named_addresses(configurations):
        if not any(IPv4Address(address) in network for network in found):
            _include(found, IPv4Network(f"{address}/{_DEFAULT_PREFIX}", strict=False))
    return tuple(sorted(found, key=lambda network: IPv4Address(vip) not in network))


def _include(found: list[IPv4Network], network: IPv4Network) -> None:
    """Add a network; of two that overlap the larger one stays."""
    if any(network.subnet_of(other) for other in found):
        return
    found[:] = [other for other in found if not other.subnet_of(network)]
    found.append(network)


def named_addresses(configurations: Iterable[Configuration]) -> tuple[str, ...]:
    """Return every address that the files name and that must be on the wire (no loopback), each once, in order."""
    found: dict[str, None] = {}
    for configuration in configurations:
        for address in _addresses_of(configuration):
            if address and not IPv4Address(address).is_loopback and address != "0.0.0.0":
                found.setdefault(address)
    return tuple(found)


def _addresses_of(configuration: Configuration) -> Iterator[str]:
    for instance in configuration.instances:
        yield from (vip.address for vip in (*instance.vips, *instance.excluded_vips))
        yield instance.multicast_source
        yield instance.unicast_source
        yield from instance.unicast_peers
    for server in configuration.virtual_servers:
        yield from _server_addresses(server)


def _server_addresses(server: VirtualServer) -> Iterator[str]:
    if not server.key.fwmark:
        yield server.key.address
    for real_server in server.real_servers:
        yield real_server.endpoint.address
        yield from (
            checker.endpoint.address for checker in real_server.checkers if not isinstance(checker, PingChecker)
        )
    if server.sorry_server:
        yield server.sorry_server.address
