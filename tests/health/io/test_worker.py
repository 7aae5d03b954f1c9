"""The worker on loopback: real servers that stop and start, an operator, a crash of its predecessor."""

from __future__ import annotations

import asyncio
import contextlib
import time
from collections.abc import AsyncIterator, Callable
from pathlib import Path

from lvstui.health.io.worker import HealthWorker
from lvstui.model.check import AdminState, CheckCode
from lvstui.model.configuration import (
    Checker,
    CheckTiming,
    Configuration,
    GlobalSettings,
    HttpChecker,
    MiscChecker,
    RealServer,
    ScriptCommand,
    TcpChecker,
    UrlCheck,
    VirtualServer,
)
from lvstui.model.endpoint import Endpoint
from lvstui.model.event import Event
from lvstui.model.ipvs import Service
from lvstui.model.worker import Configure, Happened, Report, SetAdmin
from tests.health.cast import KEY, SORRY
from tests.health.io.servers import page, says, serving

QUICK = CheckTiming(delay_loop=0.05, connect_timeout=0.3, retries=1, delay_before_retry=0.03, warmup=0.0)


class Director:
    """A worker with everything it said."""

    def __init__(self, configure: Configure) -> None:
        self.tables: list[tuple[Service, ...]] = []
        self.events: list[Event] = []
        self.changes = 0
        self.worker = HealthWorker(configure, self._report, self.tables.append, self._changed)
        # The first probe is due after a second; the tests do not wait for it.
        for state in self.worker._checkers:
            state.verdict.next_at -= 1.0

    def _report(self, report: Report) -> None:
        assert isinstance(report, Happened)
        self.events.append(report.event)

    def _changed(self) -> None:
        self.changes += 1

    @property
    def table(self) -> dict[int, int]:
        return {one.endpoint.port: one.weight for one in self.tables[-1][0].destinations}

    def said(self, text: str) -> bool:
        return any(text in event.text for event in self.events)


@contextlib.asynccontextmanager
async def director(configure: Configure) -> AsyncIterator[Director]:
    it = Director(configure)
    await it.worker.start()
    try:
        yield it
    finally:
        await it.worker.stop()


async def until(condition: Callable[[], bool], seconds: float = 4.0) -> None:
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline, "it did not happen in time"
        await asyncio.sleep(0.01)


def configure(*servers: RealServer, sorry: Endpoint | None = SORRY, **more: object) -> Configure:
    service = VirtualServer(key=KEY, scheduler="rr", real_servers=servers, sorry_server=sorry)
    configuration = Configuration(settings=GlobalSettings(router_id="LVS_T"), virtual_servers=(service,))
    return Configure(configuration=configuration, **more)  # type: ignore[arg-type]


def real_server(endpoint: Endpoint, *checkers: Checker, weight: int = 1, alpha: bool = False) -> RealServer:
    checkers = checkers or (HttpChecker(endpoint=endpoint, timing=QUICK, urls=(UrlCheck(),)),)
    return RealServer(endpoint=endpoint, weight=weight, checkers=checkers, alpha=alpha)


async def test_the_table_is_wanted_before_any_probe_and_a_server_leaves_and_comes_back() -> None:
    async with serving(says(page())) as rs2, contextlib.AsyncExitStack() as stack:
        rs1 = await stack.enter_async_context(serving(says(page())))
        async with director(configure(real_server(rs1), real_server(rs2, weight=2))) as it:
            assert len(it.tables) == 1, "called at once"
            assert it.table == {rs1.port: 1, rs2.port: 2}
            await until(lambda: all(one.up for one in it.worker.checkers()))
            await stack.aclose()
            await until(lambda: it.table == {rs2.port: 2})
            status = next(one for one in it.worker.checkers() if one.real_server == rs1)
            assert (status.code, status.detail, status.up) == (CheckCode.L4CONNECTION, "Connection refused", False)
            down = next(event for event in it.events if event.text.startswith("Removing service"))
            assert down.reason == "L4CON Connection refused"
            assert down.mail_subject.endswith("- DOWN")

            async def answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
                await says(page())(reader, writer)
                writer.close()

            again = await asyncio.start_server(answer, rs1.address, rs1.port)
            await until(lambda: it.table == {rs1.port: 1, rs2.port: 2})
            again.close()
            assert it.said("Adding service")
            assert it.changes > len(it.events)


async def test_all_down_the_sorry_server_serves() -> None:
    gone = Endpoint("127.0.0.1", 1)
    async with director(configure(real_server(gone))) as it:
        await until(lambda: it.table == {SORRY.port: 1})
        assert it.said("Lost quorum 1-0=1 > 0 for VS [192.168.61.100]:tcp:80")
        assert it.worker.virtual_servers()[0].sorry_active


async def test_an_operator_drains_and_restores() -> None:
    async with contextlib.AsyncExitStack() as stack:
        rs1 = await stack.enter_async_context(serving(says(page())))
        rs2 = await stack.enter_async_context(serving(says(page())))
        async with director(configure(real_server(rs1), real_server(rs2))) as it:
            assert it.worker.set_admin(SetAdmin(KEY, rs1, AdminState.DRAIN))
            assert it.table == {rs1.port: 0, rs2.port: 1}
            assert it.worker.set_admin(SetAdmin(KEY, rs1, AdminState.READY))
            assert it.table == {rs1.port: 1, rs2.port: 1}
            assert not it.worker.set_admin(SetAdmin(KEY, Endpoint("10.0.0.1", 1), AdminState.READY))


async def test_maintenance_stops_the_checks_and_ends_with_a_good_one() -> None:
    asked = 0

    async def count(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        nonlocal asked
        asked += 1
        await says(page())(reader, writer)

    async with contextlib.AsyncExitStack() as stack:
        rs1 = await stack.enter_async_context(serving(count))
        rs2 = await stack.enter_async_context(serving(says(page())))
        async with director(configure(real_server(rs1), real_server(rs2))) as it:
            await until(lambda: asked > 1)
            it.worker.set_admin(SetAdmin(KEY, rs1, AdminState.MAINT))
            assert it.table == {rs2.port: 1}
            status = next(one for one in it.worker.checkers() if one.real_server == rs1)
            assert (status.up, status.code) == (None, CheckCode.UNCHECKED)
            await asyncio.sleep(0.02)
            before = asked
            await asyncio.sleep(0.2)
            assert asked == before
            it.worker.set_admin(SetAdmin(KEY, rs1, AdminState.READY))
            assert it.table == {rs2.port: 1}
            await until(lambda: it.table == {rs1.port: 1, rs2.port: 1})
            assert asked > before


async def test_a_replacement_changes_nothing() -> None:
    gone = Endpoint("127.0.0.1", 1)
    async with serving(says(page())) as rs1:
        servers = (real_server(rs1, weight=3), real_server(gone))
        async with director(configure(*servers)) as old:
            await until(lambda: old.table == {rs1.port: 3} and all(one.last_at for one in old.worker.checkers()))
            await until(lambda: all(one.up is not None for one in old.worker.checkers()))
            checkers, pools = old.worker.checkers(), old.worker.virtual_servers()
        async with director(configure(*servers, resume_checkers=checkers, resume_servers=pools)) as new:
            assert new.tables == [old.tables[-1]]
            assert [(one.up, one.since_at) for one in new.worker.checkers()] == [
                (one.up, one.since_at) for one in checkers
            ]
            await until(lambda: all(one.last_at for one in new.worker.checkers()))
            await asyncio.sleep(0.1)
            assert new.tables == [old.tables[-1]]
            assert new.events == []


async def test_overrides_hold_from_the_start() -> None:
    rs1, rs2 = Endpoint("127.0.0.1", 1), Endpoint("127.0.0.1", 2)
    admin = ((KEY, rs1, AdminState.MAINT), (KEY, rs2, AdminState.DRAIN))
    slow = CheckTiming(warmup=0.0)
    servers = [real_server(rs, TcpChecker(endpoint=rs, timing=slow)) for rs in (rs1, rs2)]
    async with director(configure(*servers, sorry=None, admin=admin)) as it:
        assert it.table == {2: 0}
        assert it.worker.checkers()[0].code is CheckCode.UNCHECKED


async def test_alpha_waits_for_its_first_good_check() -> None:
    async with serving(says(page())) as rs1, director(configure(real_server(rs1, alpha=True))) as it:
        assert it.table == {SORRY.port: 1}
        await until(lambda: it.table == {rs1.port: 1})


async def test_all_checkers_must_be_up() -> None:
    async with serving(says(page())) as rs1:
        good = TcpChecker(endpoint=rs1, timing=QUICK)
        bad = HttpChecker(endpoint=rs1, timing=QUICK, urls=(UrlCheck(digest="0" * 32),))
        async with director(configure(real_server(rs1, good, bad))) as it:
            await until(lambda: it.table == {SORRY.port: 1})
            await asyncio.sleep(0.2)
            assert it.table == {SORRY.port: 1}


async def test_a_script_moves_the_weight(tmp_path: Path) -> None:
    status = tmp_path / "status"
    status.write_text("7")
    rs1 = Endpoint("127.0.0.1", 80)
    command = ScriptCommand((), shell=f"exit $(cat {status})")
    script = MiscChecker(endpoint=rs1, timing=QUICK, command=command, dynamic=True, timeout=1.0)
    async with director(configure(real_server(rs1, script, weight=2))) as it:
        assert it.table == {80: 2}
        await until(lambda: it.table == {80: 5})
        assert it.said("Changing weight from 2 to 5 for active service [127.0.0.1]:tcp:80")
        status.write_text("0")
        await until(lambda: it.table == {80: 2})
        status.write_text("1")
        await until(lambda: it.table == {SORRY.port: 1})


async def test_a_local_fault_is_shown_and_takes_nothing_out() -> None:
    rs1 = Endpoint("127.0.0.1", 1)
    checker = TcpChecker(endpoint=rs1, timing=QUICK, bind_address="198.51.100.7")
    async with director(configure(real_server(rs1, checker))) as it:
        await until(lambda: it.worker.checkers()[0].code is CheckCode.CONFIGURATION)
        await asyncio.sleep(0.2)
        assert it.table == {1: 1}
        assert "198.51.100.7" in it.worker.checkers()[0].detail


async def test_a_checker_whose_task_ends_is_shown_and_goes_on() -> None:
    seen: list[str] = []
    asyncio.get_running_loop().set_exception_handler(lambda _, context: seen.append(context["message"]))
    broken = HttpChecker(endpoint=Endpoint("127.0.0.1", 1), timing=QUICK, urls=())
    async with director(configure(real_server(broken.endpoint, broken))) as it:
        await until(lambda: "internal error" in it.worker.checkers()[0].detail)
        await until(lambda: len(seen) >= 2)
        assert it.table == {1: 1}


async def test_a_hundred_servers_that_all_hang_stop_nobody() -> None:
    async with serving(says(then_wait=9), "0.0.0.0") as ill, serving(says(page())) as well:
        servers = [real_server(Endpoint(f"127.0.1.{number}", ill.port)) for number in range(1, 101)]
        async with director(configure(*servers, real_server(well))) as it:
            await until(lambda: it.table == {well.port: 1})
            codes = {one.code for one in it.worker.checkers() if one.real_server != well}
            assert codes == {CheckCode.L7TIMEOUT}


async def test_stop_ends_all_tasks() -> None:
    async with director(configure(real_server(Endpoint("127.0.0.1", 1)))) as it:
        await it.worker.stop()
        assert [task for task in asyncio.all_tasks() if task.get_name().startswith("check ")] == []
        seen = it.changes
        await asyncio.sleep(0.15)
        assert it.changes == seen
