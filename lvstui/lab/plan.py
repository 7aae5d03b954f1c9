"""Lab: what has to be built so that the given configurations work as they are. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from ipaddress import IPv4Address, IPv4Network, ip_address
from pathlib import PurePosixPath

import msgspec

from lvstui.errors import LabError
from lvstui.lab.addressing import Addressing
from lvstui.model.configuration import Configuration, HttpChecker, TcpChecker, VirtualServer
from lvstui.model.endpoint import Endpoint, Protocol
from lvstui.model.ipvs import ForwardingMethod
from lvstui.model.lab import HostRole
from lvstui.model.vip import Vip

MAX_DIRECTORS = 8
CLIENT_INTERFACE = "eth0"
_DOWN_FILE = re.compile(r"-[fe]\s+[\"']?(/[^\s\"';|&)\]]+)")


class HostPlan(msgspec.Struct, frozen=True, kw_only=True):
    """One host. `addresses` (with prefix) go to `interfaces[0]`; `routes` are networks reached without a router.

    `service_addresses` are the VIPs on `lo` of a real server in DR mode. `ports`: where its web server listens.
    """

    name: str
    role: HostRole
    interfaces: tuple[str, ...]
    addresses: tuple[str, ...]
    routes: tuple[str, ...] = ()
    service_addresses: tuple[str, ...] = ()
    ports: tuple[int, ...] = ()
    page: str = ""

    @property
    def address(self) -> str:
        """The first address, without its prefix."""
        return self.addresses[0].partition("/")[0]


class LabPlan(msgspec.Struct, frozen=True, kw_only=True):
    """The whole lab. `service` is what the client asks; `vip` the address that moves with `instance`.

    `down_files`: for each director the file that a track script tests, or "". `notes`: what will not work here.
    """

    service: VirtualServer
    instance: str
    vip: Vip
    vrid: int
    directors: tuple[HostPlan, ...]
    real_servers: tuple[HostPlan, ...]
    client: HostPlan
    down_files: tuple[str, ...]
    notes: tuple[str, ...] = ()

    @property
    def label(self) -> str:
        """The label of the VIP in the kernel: the interface's name where the file gives none."""
        return self.vip.label or self.vip.interface

    @property
    def hosts(self) -> tuple[HostPlan, ...]:
        """Directors, real servers, client."""
        return (*self.directors, *self.real_servers, self.client)


def make_plan(configurations: Sequence[Configuration]) -> LabPlan:
    """Plan a lab with one director for each configuration; LabError says what is not supported."""
    if not 1 <= len(configurations) <= MAX_DIRECTORS:
        raise LabError(f"a lab has 1 to {MAX_DIRECTORS} directors, one configuration file each")
    for configuration in configurations:
        _refuse(configuration)
    service, instance, vip = _what_is_served(configurations[0])
    addressing = Addressing(configurations, vip.address)
    sources = director_addresses(configurations, addressing)
    every_network = tuple(str(network) for network in addressing.networks)
    directors = tuple(
        _director(number, configuration, sources[number], addressing)
        for number, configuration in enumerate(configurations)
    )
    client_address = addressing.with_prefix(addressing.free_client(addressing.networks[0]))
    return LabPlan(
        service=service,
        instance=instance,
        vip=vip,
        vrid=next(each.vrid for each in configurations[0].instances if each.name == instance),
        directors=directors,
        real_servers=_real_servers(configurations, directors, addressing),
        client=HostPlan(
            name="client",
            role=HostRole.CLIENT,
            interfaces=(CLIENT_INTERFACE,),
            addresses=(client_address,),
            routes=every_network[1:],
        ),
        down_files=tuple(down_file(configuration) for configuration in configurations),
        notes=tuple(_notes(configurations)),
    )


def down_file(configuration: Configuration) -> str:
    """Return the file that a tracked script tests with `-f` or `-e`, normalised, or ""."""
    tracked = {script.name for instance in configuration.instances for script in instance.track_scripts}
    for script in configuration.scripts:
        if script.name in tracked and (match := _DOWN_FILE.search(str(script.command))):
            return str(PurePosixPath(match.group(1)))
    return ""


def director_addresses(configurations: Sequence[Configuration], addressing: Addressing) -> tuple[str, ...]:
    """Return each director's own address: what its file says, what its peers expect, or a free one."""
    chosen = [_own_source(configuration) for configuration in configurations]
    for number, configuration in enumerate(configurations):
        expected = (peer for instance in configuration.instances for peer in instance.unicast_peers)
        for peer in dict.fromkeys(expected):
            others = [place for place in range(len(chosen)) if place != number and not chosen[place]]
            if peer not in chosen and others:
                chosen[others[0]] = peer
    home = [_home_network(configuration, addressing) for configuration in configurations]
    addresses = [address or addressing.free_director(home[number]) for number, address in enumerate(chosen)]
    if len(set(addresses)) != len(addresses):
        raise LabError(f"two directors would have the same address ({', '.join(addresses)})")
    return tuple(addresses)


def _own_source(configuration: Configuration) -> str:
    for instance in configuration.instances:
        if source := instance.unicast_source or instance.multicast_source:
            return source
    return ""


def _home_network(configuration: Configuration, addressing: Addressing) -> IPv4Network:
    vips = [vip.address for instance in configuration.instances for vip in instance.vips]
    return addressing.network_of(vips[0]) if vips else addressing.networks[0]


def _director(number: int, configuration: Configuration, source: str, addressing: Addressing) -> HostPlan:
    name = f"lb{number + 1}"
    named = [instance.interface for instance in configuration.instances]
    named += [vip.interface for instance in configuration.instances for vip in instance.vips]
    named += [tracked.name for instance in configuration.instances for tracked in instance.track_interfaces]
    others = [network for network in addressing.networks if IPv4Address(source) not in network]
    extra = [addressing.with_prefix(addressing.free_director(network)) for network in others]
    ports = {
        server.sorry_server.port
        for server in configuration.virtual_servers
        if server.sorry_server and ip_address(server.sorry_server.address).is_loopback
    }
    return HostPlan(
        name=name,
        role=HostRole.DIRECTOR,
        interfaces=tuple(dict.fromkeys(each for each in named if each != "lo")),
        addresses=(addressing.with_prefix(source), *extra),
        ports=tuple(sorted(ports)),
        page=f"Sorry, I am {name} sorry page\n",
    )


def _real_servers(
    configurations: Iterable[Configuration], directors: Sequence[HostPlan], addressing: Addressing
) -> tuple[HostPlan, ...]:
    ports: dict[str, set[int]] = {}
    sorry: dict[str, None] = {}
    vips: dict[str, dict[str, None]] = {}
    for server in _servers(configurations):
        for endpoint, forwarding, is_sorry in _web_endpoints(server):
            ports.setdefault(endpoint.address, set()).add(endpoint.port)
            if is_sorry:
                sorry.setdefault(endpoint.address)
            if forwarding is ForwardingMethod.ROUTE:
                vips.setdefault(endpoint.address, {}).setdefault(server.key.address)
    own = {director.address for director in directors}
    found: list[HostPlan] = []
    for address in ports:
        if ip_address(address).is_loopback or address in own:
            continue
        is_sorry = address in sorry
        count = sum(host.name.startswith("sorry" if is_sorry else "rs") for host in found)
        name = f"{'sorry' if is_sorry else 'rs'}{count + 1}"
        home = addressing.network_of(address)
        found.append(
            HostPlan(
                name=name,
                role=HostRole.REAL_SERVER,
                interfaces=(directors[0].interfaces[0],),
                addresses=(addressing.with_prefix(address),),
                routes=tuple(str(network) for network in addressing.networks if network != home),
                service_addresses=tuple(vips.get(address, ())),
                ports=tuple(sorted(ports[address])),
                page=f"Sorry, I am {name} sorry page\n" if is_sorry else f"This is {name} web page\n",
            )
        )
    return tuple(found)


def _servers(configurations: Iterable[Configuration]) -> Iterable[VirtualServer]:
    for configuration in configurations:
        yield from (server for server in configuration.virtual_servers if not server.key.fwmark)


def _web_endpoints(server: VirtualServer) -> Iterable[tuple[Endpoint, ForwardingMethod, bool]]:
    for real_server in server.real_servers:
        yield real_server.endpoint, real_server.forwarding, False
        for checker in real_server.checkers:
            same_host = isinstance(checker, HttpChecker | TcpChecker) and (
                checker.endpoint.address == real_server.endpoint.address
            )
            if same_host:
                yield checker.endpoint, real_server.forwarding, False
    if server.sorry_server:
        yield server.sorry_server, server.sorry_forwarding, True


def _what_is_served(configuration: Configuration) -> tuple[VirtualServer, str, Vip]:
    for server in configuration.virtual_servers:
        if server.key.fwmark or server.key.protocol is not Protocol.TCP:
            continue
        for instance in configuration.instances:
            for vip in (*instance.vips, *instance.excluded_vips):
                if vip.address == server.key.address:
                    return server, instance.name, vip
    raise LabError(
        f"{configuration.path or 'the configuration'}: the lab needs a TCP virtual_server on a virtual_ipaddress of "
        "one of its instances; its client asks there"
    )


def _refuse(configuration: Configuration) -> None:
    where = configuration.path or "the configuration"
    for instance in configuration.instances:
        addresses = [*(vip.address for vip in (*instance.vips, *instance.excluded_vips)), *instance.unicast_peers]
        if any(":" in address for address in addresses):
            raise LabError(f"{where}: {instance.name} has IPv6 addresses; the lab has an IPv4 network only")
        if instance.interface == "lo":
            raise LabError(f"{where}: {instance.name} is on lo; the lab connects its hosts by other interfaces")
    for server in configuration.virtual_servers:
        if ":" in server.key.address or any(":" in each.endpoint.address for each in server.real_servers):
            raise LabError(f"{where}: {server.key} has IPv6 addresses; the lab has an IPv4 network only")


def _notes(configurations: Iterable[Configuration]) -> Iterable[str]:
    seen: set[str] = set()
    for server in _servers(configurations):
        methods = {real_server.forwarding for real_server in server.real_servers}
        for note in (
            _udp_note(server),
            _method_note(
                server, ForwardingMethod.MASQUERADE in methods, "NAT", "answers must return through a director"
            ),
            _method_note(server, ForwardingMethod.TUNNEL in methods, "TUN", "the real servers have no tunnel end"),
        ):
            if note and note not in seen:
                seen.add(note)
                yield note


def _udp_note(server: VirtualServer) -> str:
    if server.key.protocol is Protocol.TCP:
        return ""
    return f"{server.key}: the lab's real servers answer over TCP only; nobody serves this one"


def _method_note(server: VirtualServer, used: bool, method: str, why: str) -> str:
    if not used:
        return ""
    return f"{server.key}: {method} with the kernel's IPVS does not work in the lab ({why}); --plane userspace does"
