from __future__ import annotations

import asyncio
import errno
from collections.abc import Sequence

import msgspec
import pytest

from lvstui.errors import KernelError
from lvstui.ipvs.io.manager import Manager, choose
from lvstui.ipvs.io.plane import PlaneDriver
from lvstui.ipvs.service_key import Identity, identity
from lvstui.ipvs.table import Change, Verb
from lvstui.model.endpoint import Endpoint, Protocol, ServiceKey
from lvstui.model.ipvs import Destination, Plane, Service, Table

KEY = ServiceKey(Protocol.TCP, "10.0.0.1", 80)


class Memory:
    """A plane that is a dictionary; it refuses what is in `refuses`, and others can change it behind one's back."""

    kind = Plane.KERNEL
    note = "in memory"

    def __init__(self) -> None:
        self.services: dict[Identity, Service] = {}
        self.refuses: dict[str, int] = {}
        self.applied: list[str] = []
        self.reads = 0
        self.broken = False

    async def read(self) -> Table:
        self.reads += 1
        await asyncio.sleep(0)
        if self.broken:
            raise KernelError(errno.EIO, "read", "IPVS", "broken")
        return Table(services=tuple(self.services.values()))

    async def apply(self, changes: Sequence[Change]) -> tuple[KernelError, ...]:
        errors = []
        for change in changes:
            await asyncio.sleep(0)
            place = identity(change.service.key)
            code = self.refuses.get(change.subject, 0)
            if not code and change.destination is not None and place not in self.services:
                code = errno.ESRCH
            if code:
                errors.append(KernelError(code, str(change.verb), change.subject, "refused"))
                continue
            self.applied.append(str(change))
            self._apply(place, change)
        return tuple(errors)

    def _apply(self, place: Identity, change: Change) -> None:
        if change.destination is None:
            if change.verb is Verb.DELETE:
                del self.services[place]
            else:
                kept = self.services[place].destinations if place in self.services else ()
                self.services[place] = msgspec.structs.replace(change.service, destinations=kept)
            return
        old = self.services[place]
        present = {d.endpoint: d for d in old.destinations}
        present.pop(change.destination.endpoint, None)
        if change.verb is not Verb.DELETE:
            present[change.destination.endpoint] = change.destination
        self.services[place] = msgspec.structs.replace(old, destinations=tuple(present.values()))

    async def close(self) -> None:
        pass


def virtual(*numbers: int, key: ServiceKey = KEY, scheduler: str = "rr") -> Service:
    destinations = tuple(Destination(endpoint=Endpoint(f"10.1.0.{n}", 80)) for n in numbers)
    return Service(key=key, scheduler=scheduler, destinations=destinations)


def port(number: int) -> ServiceKey:
    return ServiceKey(Protocol.TCP, "10.0.0.1", number)


async def test_it_makes_what_is_wanted_and_reads_it_back() -> None:
    plane = Memory()
    manager = Manager(plane)
    assert await manager.converge((virtual(1, 2),)) == ()
    assert (await manager.table()).services == (virtual(1, 2),)
    assert await manager.converge((virtual(1, 2),)) == ()
    assert len(plane.applied) == 3


async def test_what_somebody_deleted_comes_back_and_is_told() -> None:
    plane, told = Memory(), list[str]()
    manager = Manager(plane, lambda change: told.append(str(change)))
    await manager.converge((virtual(1, 2),))
    plane.services.clear()
    assert (await manager.table()).services == (virtual(1, 2),)
    assert told == [
        "add 10.0.0.1:80/tcp rr",
        "add 10.0.0.1:80/tcp -> 10.1.0.1:80 Masq weight 1",
        "add 10.0.0.1:80/tcp -> 10.1.0.2:80 Masq weight 1",
    ]
    await manager.table()
    assert len(told) == 3


async def test_withdrawing_takes_what_is_ours_and_nothing_else() -> None:
    plane = Memory()
    foreign = virtual(9, key=port(81))
    plane.services[identity(foreign.key)] = foreign
    plane.services[identity(KEY)] = virtual(8, scheduler="wlc")  # left over from somebody who crashed
    manager = Manager(plane)
    await manager.converge((virtual(1), virtual(2, key=port(82))))
    await manager.converge((virtual(1),))
    assert {s.key for s in plane.services.values()} == {KEY, foreign.key}
    assert await manager.withdraw() == ()
    assert list(plane.services.values()) == [foreign]
    plane.services.clear()
    await manager.table()
    assert plane.services == {}


async def test_a_mark_is_ours_however_it_is_written() -> None:
    plane = Memory()
    manager = Manager(plane)
    await manager.converge((virtual(1, key=ServiceKey(Protocol.UDP, "10.9.9.9", 53, 7)),))
    mark = ServiceKey(Protocol.TCP, "0.0.0.0", 0, 7)
    plane.services = {identity(mark): virtual(1, key=mark)}
    assert await manager.converge(()) == ()
    assert plane.services == {}


async def test_what_is_refused_is_said_and_tried_again_later() -> None:
    plane = Memory()
    manager = Manager(plane)
    plane.refuses = {"10.0.0.1:80/tcp": errno.ENOENT}
    (error,) = await manager.converge((virtual(1, 2), virtual(3, key=port(81))))
    # The two destinations fail only because their service does.
    assert (error.errno, error.subject) == (errno.ENOENT, "10.0.0.1:80/tcp")
    assert manager.errors == (error,)
    assert [s.key for s in plane.services.values()] == [port(81)]
    plane.refuses = {}
    await manager.table()
    assert len(plane.services) == 1, "not at once"
    manager._retry_at = 0.0
    await manager.table()
    assert len(plane.services) == 2
    assert not manager.errors


async def test_what_cannot_be_programmed_is_said_and_the_rest_made() -> None:
    plane = Memory()
    manager = Manager(plane)
    (error,) = await manager.converge((virtual(key=port(0)), virtual(1)))
    assert error.errno == errno.EINVAL
    assert [s.key for s in plane.services.values()] == [KEY]
    assert manager.errors == (error,)


async def test_a_wrong_reading_of_what_is_there_is_settled_by_the_next() -> None:
    """A dump may miss what lives: then adding it is harmless, and the second reading shows how it is."""
    plane = Memory()
    manager = Manager(plane)
    await manager.converge((virtual(1),))
    kept = plane.services
    original = plane.read

    async def misses() -> Table:
        plane.read = original  # type: ignore[method-assign]
        return Table()

    plane.read = misses  # type: ignore[method-assign]
    table = await manager.table()
    assert table.services == (virtual(1),)
    assert plane.services == kept


async def test_the_newest_wish_wins() -> None:
    plane = Memory()
    manager = Manager(plane)
    wishes = [manager.converge((virtual(n),)) for n in range(1, 6)]
    assert await asyncio.gather(*wishes) == [()] * 5
    assert list(plane.services.values()) == [virtual(5)]
    assert "add 10.0.0.1:80/tcp -> 10.1.0.3:80 Masq weight 1" not in plane.applied


async def test_a_table_that_cannot_be_read_is_an_error_not_a_crash() -> None:
    plane = Memory()
    manager = Manager(plane)
    plane.broken = True
    (error,) = await manager.converge((virtual(1),))
    assert error.errno == errno.EIO
    with pytest.raises(KernelError):
        await manager.table()
    plane.broken = False
    manager._retry_at = 0.0
    assert len((await manager.table()).services) == 1


async def test_somebody_who_changes_it_all_the_time_does_not_hold_us() -> None:
    plane = Memory()

    async def ignores(changes: Sequence[Change]) -> tuple[KernelError, ...]:
        return ()

    plane.apply = ignores  # type: ignore[method-assign]
    (error,) = await Manager(plane).converge((virtual(1),))
    assert error.errno == errno.EAGAIN
    assert plane.reads <= 4


def chosen(preference: Plane | None) -> PlaneDriver | KernelError:
    try:
        return choose(preference)
    except KernelError as error:
        return error


async def test_the_plane_is_chosen_by_what_the_machine_has() -> None:
    kernel, driver = chosen(Plane.KERNEL), chosen(None)
    assert not isinstance(driver, KernelError), "there is always one"
    if isinstance(kernel, KernelError):
        assert "modprobe ip_vs" in str(kernel)
        assert "--plane userspace" in str(kernel)
        assert driver.kind is Plane.USERSPACE
        assert driver.note.startswith("lvstui forwards TCP itself: ")
    else:
        assert kernel.kind is driver.kind is Plane.KERNEL
        await kernel.close()
    await driver.close()


async def test_the_userspace_plane_can_be_asked_for() -> None:
    driver = choose(Plane.USERSPACE)
    assert driver.kind is Plane.USERSPACE
    await driver.close()
