"""Test harness: hosts that are network namespaces on one bridge, always deleted again (needs root).

    with Network() as network:
        a = network.host("a", "10.61.0.11/24")        # namespace v<pid>-<n>-a with eth0 on the bridge
        b = network.host("b", "10.61.0.12/24")
        a.run("ping", "-c1", "10.61.0.12")            # a command inside, output as text
        with a.inside():                              # this thread is in a's namespace: sockets opened here stay there
            socket = AdvertSocket(...)
        daemon = a.start("keepalived", "-n", ...)     # ended by pid when the network goes, or by daemon.kill()
        with Sniffer(network.switch, "br0") as wire, Prober(b, "10.61.0.100") as prober: ...
        network.unplug(a); network.plug(a)            # the cable

All times are seconds of CLOCK_MONOTONIC.
"""

from __future__ import annotations

import contextlib
import ctypes
import itertools
import json
import os
import signal
import subprocess
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

_CLONE_NEWNET = 0x40000000
_LIBC = ctypes.CDLL(None, use_errno=True)
_RUNS = itertools.count()


def _setns(descriptor: int) -> None:
    if _LIBC.setns(descriptor, _CLONE_NEWNET) != 0:
        code = ctypes.get_errno()
        raise OSError(code, os.strerror(code))


def ip(*arguments: str) -> str:
    """Run `ip` and return what it printed; CalledProcessError carries its complaint."""
    return subprocess.run(["ip", *arguments], check=True, capture_output=True, text=True).stdout


@dataclass
class Host:
    """One network namespace; `address` is its own address on eth0 ("" for the switch)."""

    name: str
    namespace: str
    address: str = ""
    processes: list[subprocess.Popen[bytes]] = field(default_factory=list)

    def command(self, *argv: str) -> list[str]:
        """The command line that runs `argv` inside."""
        return ["ip", "netns", "exec", self.namespace, *argv]

    def run(self, *argv: str, check: bool = True, timeout: float = 10.0) -> str:
        """Run inside, wait, and return standard output and error together."""
        done = subprocess.run(
            self.command(*argv),
            check=False,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            timeout=timeout,
        )
        assert done.returncode == 0 or not check, f"{self.name}: {' '.join(argv)}: {done.stdout}"
        return done.stdout

    def start(self, *argv: str, **options: Any) -> subprocess.Popen[bytes]:
        """Start inside, in its own process group; killed (by pid and group) when the network is torn down."""
        options.setdefault("stdin", subprocess.DEVNULL)
        process = subprocess.Popen(self.command(*argv), start_new_session=True, **options)
        self.processes.append(process)
        return process

    @contextlib.contextmanager
    def inside(self) -> Iterator[None]:
        """Put the calling thread into this namespace for the block; sockets opened within belong to it for good."""
        home = os.open("/proc/thread-self/ns/net", os.O_RDONLY | os.O_CLOEXEC)
        try:
            there = os.open(f"/run/netns/{self.namespace}", os.O_RDONLY | os.O_CLOEXEC)
            try:
                _setns(there)
            finally:
                os.close(there)
            try:
                yield
            finally:
                _setns(home)
        finally:
            os.close(home)

    def ip(self, *arguments: str) -> str:
        """Run `ip -n NAMESPACE ...`."""
        return ip("-n", self.namespace, *arguments)

    def addresses(self, interface: str = "eth0") -> dict[str, dict[str, Any]]:
        """IPv4 addresses of an interface as the kernel has them: "10.0.0.1/24" -> iproute2's JSON record."""
        links = json.loads(self.ip("-j", "-4", "addr", "show", "dev", interface))
        return {f"{i['local']}/{i['prefixlen']}": i for link in links for i in link.get("addr_info", ())}

    def holds(self, address: str, interface: str = "eth0") -> bool:
        """Whether the kernel holds this address (any prefix length)."""
        return any(key.split("/")[0] == address for key in self.addresses(interface))

    def end_processes(self) -> None:
        """SIGKILL every process group started here and still alive."""
        for process in self.processes:
            with contextlib.suppress(ProcessLookupError):
                os.killpg(process.pid, signal.SIGKILL)
            process.wait(timeout=5)
            for stream in (process.stdin, process.stdout, process.stderr):
                if stream is not None:
                    stream.close()
        self.processes.clear()


class Network:
    """A bridge (`switch`, interface br0) and the hosts on it. A context manager; leaves nothing behind.

    `prefix` starts every namespace's name; the default is of this process and run.
    """

    def __init__(self, prefix: str = "") -> None:
        self.prefix = prefix or f"v{os.getpid()}-{next(_RUNS)}"
        self.hosts: list[Host] = []
        self.switch = Host("sw", f"{self.prefix}-sw")

    def __enter__(self) -> Network:
        try:
            self._add(self.switch)
            self.switch.ip("link", "add", "br0", "type", "bridge", "forward_delay", "0", "mcast_snooping", "0")
            self.switch.ip("link", "set", "br0", "up", "promisc", "on")  # so that a sniffer there sees unicast too
        except BaseException:
            self.close()
            raise
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def _add(self, host: Host) -> None:
        ip("netns", "add", host.namespace)
        self.hosts.append(host)
        host.ip("link", "set", "lo", "up")

    def host(self, name: str, address: str = "") -> Host:
        """A new host with eth0 on the bridge; `address` with prefix length, e.g. "10.61.0.11/24"."""
        host = Host(name, f"{self.prefix}-{name}", address.split("/")[0])
        self._add(host)
        where = ("-n", self.switch.namespace)
        ip(*where, "link", "add", "name", name, "type", "veth", "peer", "name", "eth0", "netns", host.namespace)
        ip(*where, "link", "set", "dev", name, "master", "br0", "up")
        if address:
            host.ip("addr", "add", address, "brd", "+", "dev", "eth0")
        host.ip("link", "set", "eth0", "up")
        self.wait_for_port(host)
        return host

    def unplug(self, host: Host) -> None:
        """Take the carrier away from the host's eth0."""
        self.switch.ip("link", "set", "dev", host.name, "down")

    def plug(self, host: Host) -> None:
        """Give the carrier back and wait until frames pass."""
        self.switch.ip("link", "set", "dev", host.name, "up")
        self.wait_for_port(host)

    def wait_for_port(self, host: Host, state: str = "forwarding", timeout: float = 3.0) -> None:
        """Wait until the bridge forwards to this host (Linux may take a second to notice a carrier)."""
        end = time.monotonic() + timeout
        while time.monotonic() < end:
            link = json.loads(self.switch.ip("-j", "-d", "link", "show", "dev", host.name))[0]
            if link["linkinfo"]["info_slave_data"]["state"] == state:
                return
            time.sleep(0.01)
        raise AssertionError(f"{host.name}: the bridge port is not {state} after {timeout} s")

    def close(self) -> None:
        """End the hosts' processes and delete the namespaces (their veths and bridges go with them)."""
        for host in reversed(self.hosts):
            host.end_processes()
            subprocess.run(["ip", "netns", "del", host.namespace], check=False, capture_output=True)
        self.hosts.clear()


def namespaces(prefix: str) -> list[str]:
    """The named namespaces that start with `prefix` (to show that nothing was left)."""
    directory = Path("/run/netns")
    return (
        sorted(entry.name for entry in directory.iterdir() if entry.name.startswith(prefix))
        if directory.is_dir()
        else []
    )
