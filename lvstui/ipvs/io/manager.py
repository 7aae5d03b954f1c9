"""The IPVS manager: makes the actual table what is wanted, keeps it so, and takes away what it made."""

from __future__ import annotations

import asyncio
import errno
from collections.abc import Callable

from lvstui.errors import KernelError
from lvstui.ipvs.io.kernel import KernelPlane
from lvstui.ipvs.io.plane import PlaneDriver
from lvstui.ipvs.io.userspace import UserspacePlane
from lvstui.ipvs.service_key import identity
from lvstui.ipvs.table import Change, changes
from lvstui.ipvs.validity import programmable
from lvstui.model.endpoint import ServiceKey
from lvstui.model.ipvs import Plane, Service, Table

ROUNDS = 3
RETRY_SECONDS = 5.0

_REASONS = {
    errno.ENOENT: "this kernel has no IPVS (module ip_vs)",
    errno.EPERM: "IPVS wants CAP_NET_ADMIN of the machine's first user namespace",
    errno.EPROTONOSUPPORT: "this kernel has no generic netlink",
}


def choose(preference: Plane | None = None) -> PlaneDriver:
    """Return the plane to use; None: the kernel's IPVS where it is to be had, else lvstui's own forwarder.

    Must be called in a running event loop, in the network namespace that it is for. A wish for the kernel that
    cannot be met raises KernelError, which says what to do.
    """
    if preference is Plane.USERSPACE:
        return UserspacePlane("lvstui forwards TCP itself, as it was told to")
    try:
        return KernelPlane()
    except KernelError as error:
        reason = _REASONS.get(error.errno, str(error))
        if preference is Plane.KERNEL:
            advice = f"{reason}; load it (modprobe ip_vs) and run as root, or use --plane userspace"
            raise KernelError(error.errno, "use", "the kernel plane", advice) from error
        return UserspacePlane(f"lvstui forwards TCP itself: {reason}")


class Manager:
    """Owner of a plane. Ours are the services that were wanted once; nothing else in the table is touched.

    `repaired` is told of each change that mends what somebody else did to our entries.
    """

    def __init__(self, driver: PlaneDriver, repaired: Callable[[Change], None] | None = None) -> None:
        self.driver = driver
        self._repaired = repaired
        self._wanted: tuple[Service, ...] = ()
        self._refused: tuple[KernelError, ...] = ()
        self._ours: frozenset[ServiceKey] = frozenset()
        self._lock = asyncio.Lock()
        self._errors: tuple[KernelError, ...] = ()
        self._settled = False
        self._retry_at = 0.0

    @property
    def errors(self) -> tuple[KernelError, ...]:
        """What could not be programmed when it was last tried."""
        return self._errors

    async def converge(self, wanted: tuple[Service, ...]) -> tuple[KernelError, ...]:
        """Make the table what is wanted and confirm it by reading; return what failed (`table` tries it again).

        Calls are made one after the other; one that waits works for the newest wish.
        """
        self._wanted, self._refused = programmable(wanted)
        self._ours |= {service.key for service in self._wanted}
        async with self._lock:
            try:
                await self._converge()
            except KernelError as error:
                self._later((error,))
        return self._errors

    async def table(self) -> Table:
        """Read the table; what somebody else changed in our entries is put right first, what failed tried again.

        KernelError if it cannot be read.
        """
        async with self._lock:
            table = await self.driver.read()
            todo = changes(self._wanted, table, self._ours)
            if not todo or (not self._settled and asyncio.get_running_loop().time() < self._retry_at):
                return table
            if self._settled and self._repaired:
                for change in todo:
                    self._repaired(change)
            return await self._converge(table)

    async def withdraw(self) -> tuple[KernelError, ...]:
        """Delete what is ours, and only that; return what could not be deleted."""
        return await self.converge(())

    async def close(self) -> None:
        """Give the plane back; the kernel's table stays as it is."""
        await self.driver.close()

    async def _converge(self, table: Table | None = None) -> Table:
        """Compare, change and read again until nothing is left to do, or only what fails."""
        if table is None:
            table = await self.driver.read()
        errors: tuple[KernelError, ...] = ()
        left = changes(self._wanted, table, self._ours)
        tried: tuple[Change, ...] = ()
        for _ in range(ROUNDS):
            if not left or left == tried:
                break
            errors = await self.driver.apply(left)
            table = await self.driver.read()
            tried, left = left, changes(self._wanted, table, self._ours)
        if left and not errors:
            errors = (KernelError(errno.EAGAIN, "confirm", left[0].subject, "somebody else keeps changing it"),)
        present = {identity(service.key) for service in table.services}
        remaining = {key for key in self._ours if identity(key) in present}
        self._ours = frozenset(service.key for service in self._wanted) | remaining
        if left:
            self._later((*self._refused, *_causes(errors)))
        else:
            self._settled, self._errors = True, self._refused
        return table

    def _later(self, errors: tuple[KernelError, ...]) -> None:
        self._settled, self._errors = False, errors
        self._retry_at = asyncio.get_running_loop().time() + RETRY_SECONDS


def _causes(errors: tuple[KernelError, ...]) -> tuple[KernelError, ...]:
    """Leave out what only follows from another one: destinations of a service that could not be made."""
    subjects = {error.subject for error in errors}
    return tuple(e for e in errors if e.errno != errno.ESRCH or e.subject.partition(" -> ")[0] not in subjects)
