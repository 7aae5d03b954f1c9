"""Lab: the lab's control socket: its state as a picture for consoles, and the faults as commands."""

from __future__ import annotations

import asyncio
import time
from pathlib import Path

from lvstui.control.caller import Caller
from lvstui.control.messages import Request
from lvstui.control.server import Server
from lvstui.errors import ControlError
from lvstui.lab.cluster import Cluster
from lvstui.lab.director import Daemon
from lvstui.lab.faults import Faults
from lvstui.lab.plan import HostPlan
from lvstui.model.lab import HostRole, LabHost, LabStatus

PICTURE_SECONDS = 0.25


class LabServer:
    """Offers one cluster on `path` until closed."""

    def __init__(self, cluster: Cluster, path: Path) -> None:
        self._cluster = cluster
        self._faults = Faults(cluster)
        self._server = Server(path, self._handle, lambda: status(cluster))
        self._task: asyncio.Task[None] | None = None
        self.path = path

    async def start(self) -> None:
        """Listen."""
        await self._server.start()
        self._cluster.witness.on_change = self._server.changed
        self._task = asyncio.get_running_loop().create_task(self._refresh())

    async def close(self) -> None:
        """Stop listening."""
        if self._task:
            self._task.cancel()
            await asyncio.gather(self._task, return_exceptions=True)
        await self._server.close()

    async def _refresh(self) -> None:
        while True:
            self._server.changed()
            await asyncio.sleep(PICTURE_SECONDS)

    async def _handle(self, request: Request, caller: Caller) -> object:
        host, action = request.args.get("host"), request.args.get("action")
        if not isinstance(host, str) or not isinstance(action, str):
            raise ControlError("BAD_ARGUMENT", f"{request.cmd} needs the words host and action")
        if request.dry_run:
            return {"text": f"would {action} {request.cmd.removeprefix('lab.').replace('_', ' ')} of {host}"}
        text = await self._faults.act(request.cmd, host, action)
        self._server.changed()
        return {"text": text}


def status(cluster: Cluster) -> LabStatus:
    """Return the state of a cluster now."""
    tally = cluster.client.tally
    return LabStatus(
        run=cluster.run.prefix,
        time=time.time(),
        plane=str(cluster.plane or ""),
        vip=cluster.plan.vip.address,
        hosts=tuple(_host(cluster, host) for host in cluster.plan.hosts),
        tally=tally.answers(time.monotonic()),
        recent=tally.recent(),
        requests=tally.requests,
        failures=tally.failures,
        longest_gap_ms=round(tally.longest_gap_ms, 1),
    )


def _host(cluster: Cluster, host: HostPlan) -> LabHost:
    director = cluster.directors.get(host.name)
    web = cluster.webs.get(host.name)
    down_file = cluster.down_file(host.name) if director else None
    running = director.running if director else web.running if web else cluster.client.running
    socket = str(director.socket) if director and director.daemon is Daemon.LVSTUI else ""
    return LabHost(
        name=host.name,
        role=host.role,
        namespace=cluster.topology.namespace(host.name),
        addresses=tuple(address.partition("/")[0] for address in host.addresses),
        running=running,
        link_up=host.name not in cluster.cut,
        down_file=down_file.exists() if down_file else None,
        daemon=str(director.daemon) if director else "",
        control_socket=socket,
        vips=tuple(sorted(cluster.witness.held.get(host.name, ()))) if host.role is HostRole.DIRECTOR else (),
    )
