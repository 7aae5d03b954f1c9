"""The userspace plane: the same table, forwarded by this process, for machines whose kernel has no IPVS.

TCP only. NAT, DR and TUN all become a plain connection from the director to the real server.
"""

from __future__ import annotations

import asyncio
import contextlib
import errno
import resource
from collections.abc import Sequence

from lvstui.errors import KernelError
from lvstui.ipvs.io.forwarded_service import ForwardedService, unsupported
from lvstui.ipvs.rates import INTERVAL
from lvstui.ipvs.service_key import Identity, identity
from lvstui.ipvs.table import Change, Verb
from lvstui.model.ipvs import Plane, Table

MAX_DESCRIPTORS = 65536


class UserspacePlane:
    """Must be made and used in one running event loop (asyncio's or uvloop)."""

    kind = Plane.USERSPACE

    def __init__(self, note: str = "lvstui forwards TCP itself") -> None:
        self.note = note
        self._services: dict[Identity, ForwardedService] = {}
        self._loop = asyncio.get_running_loop()
        self._stepped_at = self._loop.time()
        self._timer = self._loop.call_later(INTERVAL, self._step)
        _allow_many_connections()

    async def read(self) -> Table:
        """Return the table; counters are live (the kernel's move every two seconds)."""
        return Table(services=tuple(service.status() for service in self._services.values()))

    async def apply(self, changes: Sequence[Change]) -> tuple[KernelError, ...]:
        """Make the changes in order; one that fails does not stop the rest."""
        errors: list[KernelError] = []
        for change in changes:
            try:
                await self._apply(change)
            except KernelError as error:
                errors.append(error)
        return tuple(errors)

    async def close(self) -> None:
        """Stop listening and reset all connections."""
        self._timer.cancel()
        services = tuple(self._services.values())
        self._services.clear()
        for service in services:
            await service.close()

    async def _apply(self, change: Change) -> None:
        if change.destination is None:
            await self._apply_service(change)
            return
        service = self._services.get(identity(change.service.key))
        if service is None:
            if change.verb is not Verb.DELETE:
                raise KernelError(errno.ESRCH, str(change.verb), change.subject, "the service is not there")
        elif change.verb is Verb.DELETE:
            service.remove(change.destination.endpoint)
        else:
            service.put(change.destination)

    async def _apply_service(self, change: Change) -> None:
        place = identity(change.service.key)
        service = self._services.get(place)
        if change.verb is Verb.DELETE:
            if service is not None:
                del self._services[place]
                await service.close()
        elif service is not None:
            service.edit(change.service)
        elif reason := unsupported(change.service):
            raise KernelError(errno.EOPNOTSUPP, "serve", change.subject, reason)
        else:
            self._services[place] = ForwardedService(change.service)

    def _step(self) -> None:
        now = self._loop.time()
        for service in self._services.values():
            service.step(now - self._stepped_at)
        self._stepped_at = now
        self._timer = self._loop.call_later(INTERVAL, self._step)


def _allow_many_connections() -> None:
    """Each connection takes two descriptors; the usual soft limit is 1024, the hard one far higher."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    enough = MAX_DESCRIPTORS if hard == resource.RLIM_INFINITY else min(hard, MAX_DESCRIPTORS)
    if soft == resource.RLIM_INFINITY or soft >= enough:
        return
    with contextlib.suppress(ValueError, OSError):
        resource.setrlimit(resource.RLIMIT_NOFILE, (enough, hard))
