"""A service of the userspace plane: its listener, scheduler, persistence and destinations."""

from __future__ import annotations

import asyncio
import errno
import socket

import msgspec

from lvstui.errors import KernelError
from lvstui.ipvs.attributes import prefix_length
from lvstui.ipvs.io.connection import IDLE_SECONDS, Connection, reset
from lvstui.ipvs.io.forwarded_destination import ForwardedDestination, Tally
from lvstui.ipvs.io.listener import Listener
from lvstui.ipvs.persistence import Persistence
from lvstui.ipvs.schedulers import SCHEDULERS
from lvstui.model.endpoint import Endpoint, Protocol, ServiceKey
from lvstui.model.ipvs import Destination, Service

# As long the kernel keeps a deleted destination: added again meanwhile, it has its counters back.
TRASH_SECONDS = 120.0
MAX_TRASH = 256


def unsupported(service: Service) -> str:
    """Return why this plane cannot serve a service, or ""."""
    key = service.key
    if key.fwmark:
        return "firewall marks need the kernel plane"
    if key.protocol is not Protocol.TCP:
        return f"{key.protocol} needs the kernel plane (this one forwards TCP)"
    if key.port == 0:
        return "a service of all ports needs the kernel plane"
    if service.scheduler not in SCHEDULERS:
        return f"scheduler {service.scheduler} needs the kernel plane (here: {', '.join(SCHEDULERS)})"
    return ""


class ForwardedService:
    """Raises KernelError if it cannot listen, or if this plane does not have what the service needs."""

    def __init__(self, settings: Service) -> None:
        self._settings = settings
        self._destinations: dict[Endpoint, ForwardedDestination] = {}
        self._trash: dict[Endpoint, ForwardedDestination] = {}
        self._tally = Tally()
        self._tasks: set[asyncio.Task[None]] = set()
        self._loop = asyncio.get_running_loop()
        self.edit(settings, fresh=True)
        self._listener = Listener(settings.key, self._arrived)

    def edit(self, settings: Service, fresh: bool = False) -> None:
        """Take over other settings; connections, counters and destinations stay."""
        reason = unsupported(settings)
        if reason:
            raise KernelError(errno.EOPNOTSUPP, "serve", str(settings.key), reason)
        old = self._settings
        if fresh or (settings.scheduler, settings.flags) != (old.scheduler, old.flags):
            self._scheduler = SCHEDULERS[settings.scheduler](settings.flags)
        kept = (settings.persistence_timeout, settings.netmask)
        if fresh or kept != (old.persistence_timeout, old.netmask):
            prefix = prefix_length(settings.key, settings.netmask)
            self._persistence = Persistence(settings.persistence_timeout, prefix) if kept[0] else None
        self._settings = settings

    def put(self, settings: Destination) -> None:
        """Add or edit a destination. Weight 0 keeps its connections and takes no new one."""
        endpoint = settings.endpoint
        if endpoint == self._settings.key.endpoint:
            subject = f"{self._settings.key} -> {endpoint}"
            raise KernelError(errno.ELOOP, "add", subject, "the service would connect to itself")
        known = self._destinations.get(endpoint)
        if known is not None:
            known.settings = settings
            return
        destination = self._trash.pop(endpoint, None)
        if destination is None or destination.removed_at + TRASH_SECONDS < self._loop.time():
            destination = ForwardedDestination(settings)
        destination.settings = settings
        # The kernel's list has the newest first, and its schedulers go through it from there.
        self._destinations = {endpoint: destination, **self._destinations}

    def remove(self, endpoint: Endpoint) -> None:
        """Delete a destination and cut its connections (the kernel does so with expire_nodest_conn=1)."""
        destination = self._destinations.pop(endpoint, None)
        if destination is None:
            return
        if self._persistence is not None:
            self._persistence.forget(endpoint)
        for connection in tuple(destination.connections):
            connection.cut()
        destination.removed_at = self._loop.time()
        while len(self._trash) >= MAX_TRASH:
            del self._trash[next(iter(self._trash))]
        self._trash[endpoint] = destination

    async def close(self) -> None:
        """Stop listening and cut every connection; returns when all tasks have ended."""
        self._listener.close()
        tasks = tuple(self._tasks)
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

    def step(self, seconds: float) -> None:
        """Let rates move; cut what was idle for longer than the kernel would remember it."""
        self._tally.step(seconds)
        now = self._loop.time()
        for destination in self._destinations.values():
            destination.tally.step(seconds)
            for connection in tuple(destination.connections):
                if now - connection.active_at > IDLE_SECONDS:
                    connection.cut()

    def status(self) -> Service:
        """Return the service with its destinations as the table shows them."""
        now = self._loop.time()
        clients = self._persistence.counts(now) if self._persistence else {}
        return msgspec.structs.replace(
            self._settings,
            destinations=tuple(d.status(now, clients.get(e, 0)) for e, d in self._destinations.items()),
            counters=self._tally.counters(),
            rates=self._tally.estimator.rates(),
        )

    @property
    def key(self) -> ServiceKey:
        """What the service is known by."""
        return self._settings.key

    def _arrived(self, client: socket.socket, address: str, port: int) -> None:
        now = self._loop.time()
        destination = self._destination_for(address, port, now)
        if destination is None:
            reset(client)
            return
        task = Connection(client, destination, self._tally, now).start()
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    def _destination_for(self, address: str, port: int, now: float) -> ForwardedDestination | None:
        """Return where a client's connection goes: to where it stays, else to where the scheduler says.

        A client that stays with a destination of weight 0 is scheduled anew (the kernel does so with
        expire_quiescent_template=1; without it a persistent service is never drained).
        """
        if self._persistence is not None:
            kept = self._persistence.find(address, now)
            if kept in self._destinations and self._destinations[kept].settings.weight > 0:
                self._persistence.keep(address, kept, now)
                return self._destinations[kept]
        candidates = [destination.candidate(now) for destination in self._destinations.values()]
        chosen = self._scheduler.pick(candidates, address, port)
        if chosen is None:
            return None
        if self._persistence is not None:
            self._persistence.keep(address, chosen.endpoint, now)
        return self._destinations[chosen.endpoint]
