"""Programs 1000 services with 4 destinations each, by `ipvsadm -R` and by a batch, and prints µs an entry as JSON.

Each measurement needs a fresh network namespace (deleted destinations slow later ones down), so the parts run in
processes of their own: `python -m tests.kernel.speed_inside [PART]`.
"""

from __future__ import annotations

import asyncio
import json
import subprocess
import sys
import time

from lvstui.ipvs.io.kernel import KernelPlane
from lvstui.ipvs.io.manager import Manager
from lvstui.ipvs.table import changes
from lvstui.model.endpoint import Endpoint, Protocol, ServiceKey
from lvstui.model.ipvs import Destination, ForwardingMethod, Service, Table

SERVICES = 1000
DESTINATIONS = 4
ENTRIES = SERVICES * (1 + DESTINATIONS)


def wanted() -> tuple[Service, ...]:
    """The table to program."""
    return tuple(
        Service(
            key=ServiceKey(Protocol.TCP, f"10.{n // 250}.{n % 250}.1", 80),
            scheduler="wlc",
            destinations=tuple(
                Destination(
                    endpoint=Endpoint(f"172.{16 + m}.{n // 250}.{n % 250}", 80), forwarding=ForwardingMethod.ROUTE
                )
                for m in range(DESTINATIONS)
            ),
        )
        for n in range(SERVICES)
    )


def rules() -> str:
    """The same table for `ipvsadm -R`."""
    lines = []
    for service in wanted():
        lines.append(f"-A -t {service.key.endpoint} -s {service.scheduler}")
        lines.extend(f"-a -t {service.key.endpoint} -r {d.endpoint} -g -w 1" for d in service.destinations)
    return "\n".join(lines) + "\n"


def ipvsadm() -> float:
    """Seconds of `ipvsadm -R`."""
    text = rules()
    started = time.perf_counter()
    subprocess.run(["ipvsadm", "-R"], input=text, text=True, check=True)
    return time.perf_counter() - started


async def raw() -> float:
    """Seconds of the changes alone: packing and sending, verified afterwards."""
    services, plane = wanted(), KernelPlane()
    todo = changes(services, Table(), frozenset())
    started = time.perf_counter()
    assert await plane.apply(todo) == ()
    taken = time.perf_counter() - started
    assert changes(services, await plane.read(), frozenset()) == ()
    return taken


async def converge() -> float:
    """Seconds of what a user waits for: validate, read, compare, program, read again to confirm."""
    services, manager = wanted(), Manager(KernelPlane())
    started = time.perf_counter()
    assert await manager.converge(services) == ()
    return time.perf_counter() - started


async def unchanged() -> float:
    """Seconds to find that nothing is to be done."""
    services, manager = wanted(), Manager(KernelPlane())
    await manager.converge(services)
    started = time.perf_counter()
    await manager.table()
    return time.perf_counter() - started


def measure(part: str) -> float:
    """Seconds of one part, in this namespace."""
    if part == "ipvsadm":
        return ipvsadm()
    return asyncio.run({"raw": raw, "converge": converge, "unchanged": unchanged}[part]())


def main() -> None:
    """Measure all parts, or the one named."""
    if len(sys.argv) > 1:
        print(measure(sys.argv[1]))
        return
    found: dict[str, float] = {"entries": ENTRIES}
    for part in ("ipvsadm", "raw", "converge", "unchanged"):
        # Without lo there is no routing table, and no address counts as unicast.
        inner = f"ip link set lo up && exec {sys.executable} -m tests.kernel.speed_inside {part}"
        command = ["unshare", "--net", "sh", "-c", inner]
        best = min(float(subprocess.run(command, capture_output=True, text=True, check=True).stdout) for _ in range(2))
        found[f"{part}_microseconds"] = round(best * 1e6 / ENTRIES, 2)
    found["ratio_to_ipvsadm"] = round(found["ipvsadm_microseconds"] / found["raw_microseconds"], 1)
    print(json.dumps(found))


if __name__ == "__main__":
    main()
