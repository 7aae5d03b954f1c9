"""Lab: builds and removes the network of a plan: namespaces, one bridge, cables, addresses, kernel settings."""

from __future__ import annotations

import subprocess
from collections.abc import Callable, Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from pathlib import Path

from lvstui.errors import LabError
from lvstui.lab.namespace import within
from lvstui.lab.plan import HostPlan, LabPlan
from lvstui.model.lab import HostRole

BRIDGE = "br0"
_SYSCTL = Path("/proc/sys/net")


class Topology:
    """The network of one run; `prefix` begins the names of its namespaces."""

    def __init__(self, plan: LabPlan, prefix: str) -> None:
        self.plan = plan
        self.prefix = prefix

    def namespace(self, host: str) -> str:
        """Return the name of a host's namespace ("net" is the one with the bridge)."""
        return f"{self.prefix}-{host}"

    @property
    def namespaces(self) -> tuple[str, ...]:
        """Return the names of all namespaces of this lab."""
        return tuple(self.namespace(host) for host in ("net", *(each.name for each in self.plan.hosts)))

    def build(self) -> None:
        """Make everything; LabError with the failing line otherwise (what was made is left for `remove`)."""
        batch([f"netns add {name}" for name in self.namespaces])
        _together([partial(within, self.namespace(host.name), partial(_settle, host)) for host in self.plan.hosts])
        batch(network_lines(self.plan, self.namespace), namespace=self.namespace("net"))
        _together([partial(self._set_up, host) for host in self.plan.hosts])

    def _set_up(self, host: HostPlan) -> None:
        within(self.namespace(host.name), partial(_settle, host))
        batch(host_lines(host), namespace=self.namespace(host.name))

    def remove(self) -> None:
        """Delete the namespaces, and with them all cables and addresses."""
        remove(self.namespaces)

    def set_link(self, host: str, interface: str, up: bool) -> None:
        """Mend or cut a host's cable at the bridge's end: the host loses its carrier."""
        port = port_name(self.plan, host, interface)
        batch([f"link set {port} {'up' if up else 'down'}"], namespace=self.namespace("net"))


def remove(namespaces: Iterable[str]) -> None:
    """Delete named namespaces; those that are gone already are fine."""
    lines = "".join(f"netns del {name}\n" for name in namespaces)
    subprocess.run(["ip", "-force", "-batch", "-"], input=lines.encode(), capture_output=True, check=False)


def batch(lines: Sequence[str], *, namespace: str = "") -> None:
    """Run lines of iproute2 in one process; LabError with its complaint."""
    place = ["-n", namespace] if namespace else []
    try:
        done = subprocess.run(
            ["ip", *place, "-batch", "-"], input="\n".join(lines).encode(), capture_output=True, check=False
        )
    except FileNotFoundError as error:
        raise LabError("the command ip is not there; install iproute2") from error
    if done.returncode:
        complaint = " ".join(done.stderr.decode("utf-8", "replace").split())
        raise LabError(f"ip{' -n ' + namespace if namespace else ''}: {complaint}")


def port_name(plan: LabPlan, host: str, interface: str) -> str:
    """Return the bridge's end of a cable: `rs1`, `lb1`, or `lb1.1` for a second interface (15 characters at most)."""
    interfaces = next(each.interfaces for each in plan.hosts if each.name == host)
    number = interfaces.index(interface)
    return f"{host}.{number}" if number else host


def network_lines(plan: LabPlan, namespace: Callable[[str], str]) -> list[str]:
    """Return the lines that make the bridge and all cables.

    No forward delay: a bridge port otherwise drops everything for 15 s. No snooping: adverts reach every port.
    """
    lines = [
        f"link add {BRIDGE} type bridge forward_delay 0 mcast_snooping 0",
        f"link set {BRIDGE} up",
    ]
    for host in plan.hosts:
        for interface in host.interfaces:
            port = port_name(plan, host.name, interface)
            lines.append(f"link add {port} type veth peer name {interface} netns {namespace(host.name)}")
            lines.append(f"link set {port} master {BRIDGE} up")
    return lines


def host_lines(host: HostPlan) -> list[str]:
    """Return the lines that give a host its addresses and routes; real servers as the tutorial does it."""
    main = host.interfaces[0]
    lines = ["link set lo up"]
    lines += [f"address add {address} broadcast + dev {main}" for address in host.addresses]
    lines += [f"link set {interface} up" for interface in host.interfaces]
    lines += [f"route add {network} dev {main}" for network in host.routes]
    for number, address in enumerate(host.service_addresses):
        lines.append(f"address add {address}/32 dev lo label lo:{10 + number}")
        lines.append(f"route add {address}/32 dev lo")
    return lines


def settings(host: HostPlan) -> dict[str, str]:
    """Return the kernel settings of a host: path below /proc/sys/net to value.

    `arp_ignore` and `arp_announce` as the tutorial sets them on real servers, and on a host with several
    interfaces, which all are on the same bridge. No reverse path filter: answers come from VIPs.
    """
    places = ("all", "default", "lo", *host.interfaces)
    values = {f"ipv4/conf/{place}/rp_filter": "0" for place in places}
    values |= {f"ipv6/conf/{place}/disable_ipv6": "1" for place in places}
    if host.role is HostRole.REAL_SERVER or len(host.interfaces) > 1:
        values |= {f"ipv4/conf/{place}/arp_ignore": "1" for place in places}
        values |= {f"ipv4/conf/{place}/arp_announce": "2" for place in places}
    if host.role is HostRole.DIRECTOR:
        values |= {f"ipv4/conf/{place}/send_redirects": "0" for place in places}
    return values


def _settle(host: HostPlan) -> None:
    for place, value in settings(host).items():
        path = _SYSCTL / place
        try:
            path.write_text(value)
        except FileNotFoundError:  # no IPv6 in this kernel, or the interface comes later
            continue
        except OSError as error:
            raise LabError(f"cannot set {path} in {host.name}: {error.strerror}") from error


def _together(actions: Sequence[Callable[[], object]]) -> None:
    with ThreadPoolExecutor(max_workers=8) as pool:
        for result in [pool.submit(action) for action in actions]:
            result.result()
