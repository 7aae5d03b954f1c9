"""A client, a director and two real servers in namespaces on one bridge, in DR mode, driven by our kernel plane."""

from __future__ import annotations

import asyncio
import contextlib
import os
import subprocess
import sys
import time
from types import TracebackType

from lvstui.ipvs.io.kernel import KernelPlane
from lvstui.ipvs.io.manager import Manager
from lvstui.ipvs.ipvsadm_text import listing
from lvstui.model.endpoint import Endpoint, Protocol, ServiceKey
from lvstui.model.ipvs import Destination, ForwardingMethod, Service

VIP = "10.77.0.100"
HOSTS = {"client": "10.77.0.10", "director": "10.77.0.1", "rs1": "10.77.0.101", "rs2": "10.77.0.102"}
SERVER = """
import http.server, sys
class Page(http.server.BaseHTTPRequestHandler):
    def do_GET(self):
        self.send_response(200); self.end_headers(); self.wfile.write(sys.argv[1].encode())
    def log_message(self, *a): pass
http.server.HTTPServer(("", 80), Page).serve_forever()
"""
CLIENT = """
import sys, urllib.request
for _ in range(int(sys.argv[2])):
    print(urllib.request.urlopen("http://" + sys.argv[1], timeout=5).read().decode())
"""


class DrCluster:
    """Namespaces `k<pid>-<host>` and a bridge `k<pid>`, removed at exit with the processes in them."""

    def __init__(self) -> None:
        self._bridge = f"k{os.getpid()}"
        self._servers: list[subprocess.Popen[bytes]] = []

    def __enter__(self) -> DrCluster:
        _ip(f"link add {self._bridge} type bridge forward_delay 0 mcast_snooping 0")
        _ip(f"link set {self._bridge} up")
        for number, (host, address) in enumerate(HOSTS.items()):
            name, cable = self._name(host), f"{self._bridge}v{number}"
            _ip(f"netns add {name}")
            _ip(f"link add {cable} type veth peer name eth0 netns {name}")
            _ip(f"link set {cable} master {self._bridge} up")
            _ip(f"-n {name} link set lo up")
            _ip(f"-n {name} link set eth0 up")
            _ip(f"-n {name} addr add {address}/24 dev eth0")
        _ip(f"-n {self._name('director')} addr add {VIP}/32 dev eth0")
        for host in ("rs1", "rs2"):
            self._serve(host)
        return self

    def __exit__(self, *_: type[BaseException] | BaseException | TracebackType | None) -> None:
        for server in self._servers:
            server.kill()
            server.wait()
        for host in HOSTS:
            with contextlib.suppress(subprocess.CalledProcessError):
                _ip(f"netns del {self._name(host)}")
        _ip(f"link del {self._bridge}")

    def report(self) -> str:
        """Program the director (in a process inside its namespace) and return what that process printed."""
        done = subprocess.run(
            [*self._in("director"), sys.executable, "-m", "tests.kernel.dr_cluster", self._name("client")],
            capture_output=True,
            text=True,
            check=False,
        )
        assert done.returncode == 0, done.stdout + done.stderr
        return done.stdout

    def _serve(self, host: str) -> None:
        """Set a real server up as DR wants it: the VIP on lo, and silent about it."""
        knobs = ("conf.all.arp_ignore=1", "conf.all.arp_announce=2", "conf.eth0.arp_ignore=1")
        subprocess.run([*self._in(host), "sysctl", "-q", "-w", *(f"net.ipv4.{knob}" for knob in knobs)], check=True)
        _ip(f"-n {self._name(host)} addr add {VIP}/32 dev lo")
        self._servers.append(subprocess.Popen([*self._in(host), sys.executable, "-c", SERVER, host]))

    def _name(self, host: str) -> str:
        return f"{self._bridge}-{host}"

    def _in(self, host: str) -> list[str]:
        return ["ip", "netns", "exec", self._name(host)]


def _ip(arguments: str) -> None:
    subprocess.run(["ip", *arguments.split()], check=True)


def _answers(client: str, count: int) -> list[str]:
    command = ["ip", "netns", "exec", client, sys.executable, "-c", CLIENT, VIP, str(count)]
    end = time.monotonic() + 20
    while True:
        done = subprocess.run(command, capture_output=True, text=True, check=False)
        if done.returncode == 0 or time.monotonic() > end:
            assert done.returncode == 0, done.stderr
            return done.stdout.split()


def _ipvsadm(*options: str) -> str:
    return subprocess.run(["ipvsadm", "-Ln", *options], capture_output=True, text=True, check=True).stdout


async def inside_the_director(client: str) -> None:
    """Requests alternate; counters and texts are the real tool's."""
    servers = tuple(
        Destination(endpoint=Endpoint(HOSTS[host], 80), forwarding=ForwardingMethod.ROUTE) for host in ("rs1", "rs2")
    )
    service = Service(key=ServiceKey(Protocol.TCP, VIP, 80), scheduler="rr", destinations=servers)
    manager = Manager(KernelPlane())
    assert await manager.converge((service,)) == ()
    _answers(client, 2)  # until the servers are there
    answers = _answers(client, 10)
    assert answers in (["rs1", "rs2"] * 5, ["rs2", "rs1"] * 5), answers
    await asyncio.sleep(2.5)  # the kernel's counters move every two seconds
    for options, ours in (((), {}), (("--stats",), {"stats": True}), (("--rate",), {"rate": True})):
        for _ in range(3):  # the estimator may strike between the two readings
            theirs, text = _ipvsadm(*options), listing(await manager.table(), **ours)  # type: ignore[arg-type]
            if text == theirs:
                break
        assert text == theirs, f"--- ours\n{text}\n--- ipvsadm\n{theirs}"
        print(text)
    (shown,) = (await manager.table()).services
    assert [d.counters.connections >= 5 and d.counters.bytes_in > 0 for d in shown.destinations] == [True, True]
    assert all(d.counters.packets_out == 0 for d in shown.destinations), "DR answers pass the director by"
    assert sum(d.inactive_connections for d in shown.destinations) >= 10
    print(answers)


if __name__ == "__main__":
    asyncio.run(inside_the_director(sys.argv[1]))
