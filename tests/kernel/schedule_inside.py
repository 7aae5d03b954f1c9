"""The kernel's schedulers beside ours: connections from known clients, and where each of them went."""

from __future__ import annotations

import socket
import subprocess
import time
from collections.abc import Sequence

from lvstui.ipvs.schedulers import SCHEDULERS, Candidate
from lvstui.model.endpoint import Endpoint

VIP = "127.9.9.9"
PORT = 8000
WEIGHTS = {"rr": (1, 3, 1), "wrr": (1, 2, 4), "lc": (1, 1, 0), "wlc": (1, 3, 2), "sh": (1, 2, 3)}
CONNECTIONS = 14


def kernel_and_ours() -> dict[str, tuple[list[int], list[int]]]:
    """Return for each scheduler the ports that the kernel chose one after the other, and those that ours choose."""
    # Ports of its own for each: a destination that was deleted and comes back has its connections back.
    return {name: _compare(name, PORT + 100 * place, WEIGHTS[name]) for place, name in enumerate(WEIGHTS)}


def _compare(name: str, port: int, weights: Sequence[int]) -> tuple[list[int], list[int]]:
    service = f"{VIP}:{port}"
    ports = [port + 1 + place for place in range(len(weights))]
    servers = [socket.create_server(("127.0.0.1", port)) for port in ports]
    lines = [f"-A -t {service} -s {name}"]
    for real, weight in zip(ports, weights, strict=True):
        lines.append(f"-a -t {service} -r 127.0.0.1:{real} -m -w {weight}")
    subprocess.run(["ipvsadm", "-R"], input="\n".join(lines) + "\n", text=True, check=True)
    held: list[socket.socket] = []
    try:
        theirs = [_kernel_choice(servers, port, f"127.0.3.{place + 1}", held) for place in range(CONNECTIONS)]
    finally:
        subprocess.run(["ipvsadm", "-D", "-t", service], check=True)
        for sock in (*held, *servers):
            sock.close()
    return theirs, _our_choices(name, ports, weights)


def _kernel_choice(servers: Sequence[socket.socket], port: int, client: str, held: list[socket.socket]) -> int:
    held.append(socket.create_connection((VIP, port), timeout=5, source_address=(client, 0)))
    for server in servers:
        server.setblocking(False)
    end = time.monotonic() + 5
    while time.monotonic() < end:
        for server in servers:
            try:
                held.append(server.accept()[0])
            except BlockingIOError:
                continue
            return int(server.getsockname()[1])
    raise AssertionError("no server was asked")


def _our_choices(name: str, ports: Sequence[int], weights: Sequence[int]) -> list[int]:
    scheduler = SCHEDULERS[name](())
    active = dict.fromkeys(ports, 0)
    chosen: list[int] = []
    for place in range(CONNECTIONS):
        candidates = [
            Candidate(Endpoint("127.0.0.1", port), weight, active[port])
            for port, weight in reversed(list(zip(ports, weights, strict=True)))
        ]
        found = scheduler.pick(candidates, f"127.0.3.{place + 1}", 0)
        assert found is not None
        active[found.endpoint.port] += 1
        chosen.append(found.endpoint.port)
    return chosen
