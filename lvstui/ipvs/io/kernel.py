"""The kernel plane: Linux IPVS through generic netlink.

Calls run in the event loop's own thread: a batch of 500 changes takes the kernel a millisecond or two, and between
batches, and between the services of a reading, the loop gets its turn.
"""

from __future__ import annotations

import asyncio
import errno
import os
from collections.abc import Callable, Sequence
from functools import partial

import msgspec

from lvstui.errors import KernelError, PacketError
from lvstui.ipvs import decode, messages, netlink
from lvstui.ipvs.attributes import FAMILY_NAME
from lvstui.ipvs.io.netlink_socket import BATCH, NetlinkSocket
from lvstui.ipvs.requests import request_of
from lvstui.ipvs.service_key import family_of
from lvstui.ipvs.table import Change, Verb
from lvstui.model.ipvs import Destination, Plane, Service, Table

_WHAT = "IPVS"
_SERVICES_A_TURN = 20
_GONE = frozenset({errno.ESRCH, errno.ENOENT})


class KernelPlane:
    """IPVS of the network namespace in which this was made.

    KernelError if the kernel has none (ENOENT) or does not let us (EPERM: it wants CAP_NET_ADMIN of the initial
    user namespace, for reading too). Looking for it loads the module.
    """

    kind = Plane.KERNEL

    def __init__(self) -> None:
        self._socket = NetlinkSocket(_WHAT)
        try:
            self._family = self._look_up()
            info = self._info()
        except KernelError:
            self._socket.close()
            raise
        except PacketError as error:
            self._socket.close()
            raise _unreadable(error) from error
        self._lock = asyncio.Lock()
        self.note = f"the kernel forwards (IPVS {info.version})"

    async def read(self) -> Table:
        """Return the table. Its own writes wait meanwhile: a dump is not consistent while the table changes."""
        async with self._lock:
            try:
                return await self._read()
            except KernelError as error:
                if error.errno != errno.ENOENT:
                    raise
                # The module was taken out and loaded again: the family has another number now.
                self._family = self._look_up()
                return await self._read()
            except PacketError as error:
                # What is left of this answer must not be taken for the next one's.
                self._socket.close()
                self._socket = NetlinkSocket(_WHAT)
                raise _unreadable(error) from error

    async def apply(self, changes: Sequence[Change]) -> tuple[KernelError, ...]:
        """Make the changes, 500 in a send; an error that the kernel answers with does not stop the rest."""
        errors: list[KernelError] = []
        async with self._lock:
            for start in range(0, len(changes), BATCH):
                if start:
                    await asyncio.sleep(0)
                errors.extend(self._apply(changes[start : start + BATCH]))
        return tuple(errors)

    async def close(self) -> None:
        """Close the socket; the table stays."""
        self._socket.close()

    def _apply(self, changes: Sequence[Change]) -> list[KernelError]:
        family = self._family

        def build(place: int, sequence: int, flags: int) -> bytes:
            return request_of(changes[place], family, sequence, flags)

        try:
            failures = self._socket.batch(len(changes), build, "program")
        except KernelError as error:
            return [error]
        errors = [(changes[place], code) for place, code in failures.items()]
        return [_refusal(change, code) for change, code in errors if not _is_harmless(change, code)]

    def _look_up(self) -> int:
        answer = self._ask(partial(netlink.family_request, FAMILY_NAME), "look for")
        return netlink.family_id(answer)

    def _info(self) -> decode.Info:
        answer = self._ask(partial(messages.info_request, self._family), "read")
        return decode.info(answer)

    def _ask(self, build: Callable[[int], bytes], operation: str) -> netlink.Message:
        answer = self._socket.ask(build, operation)
        if answer is None:
            raise KernelError(errno.ENOMSG, operation, _WHAT, "an empty answer")
        return answer

    async def _read(self) -> Table:
        info = self._info()
        found: dict[object, Service] = {}
        for message in self._socket.dump(partial(messages.services_dump, self._family), "read services of"):
            service = decode.service(message)
            if service is not None:
                found[service.key] = service
        services: list[Service] = []
        for place, service in enumerate(found.values()):
            if place and place % _SERVICES_A_TURN == 0:
                await asyncio.sleep(0)
            services.append(msgspec.structs.replace(service, destinations=self._destinations(service)))
        return Table(version=info.version, size=info.size, services=tuple(services))

    def _destinations(self, service: Service) -> tuple[Destination, ...]:
        family = family_of(service.key.address)
        build = partial(messages.destinations_dump, self._family, service.key)
        dump = self._socket.dump(build, f"read destinations of {service.key} in")
        return tuple(decode.destination(message, family) for message in dump)


def _unreadable(error: PacketError) -> KernelError:
    return KernelError(errno.EBADMSG, "read", _WHAT, str(error))


def _is_harmless(change: Change, code: int) -> bool:
    """What is to be deleted is gone, or what is to be added is there (the next reading shows how): no failure."""
    if change.verb is Verb.DELETE:
        return code in _GONE
    return change.verb is Verb.ADD and code == errno.EEXIST


def _refusal(change: Change, code: int) -> KernelError:
    return KernelError(code, str(change.verb), change.subject, _explanation(change, code))


def _explanation(change: Change, code: int) -> str:
    if code == errno.ENOENT and change.destination is None:
        engine = change.service.persistence_engine
        names = f"scheduler {change.service.scheduler}" + (f" or persistence engine {engine}" if engine else "")
        return f"the kernel has no {names}"
    if code == errno.ESRCH:
        return "the service is not there"
    if code == errno.ENOENT:
        return "the destination is not there"
    return os.strerror(code)
