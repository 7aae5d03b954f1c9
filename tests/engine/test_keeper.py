"""Real small children crash, hang, talk nonsense and cannot start; the keeper copes with each."""

from __future__ import annotations

import asyncio
import os
import signal
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import msgspec
import pytest

from lvstui.engine import keeper as keeper_module
from lvstui.engine.keeper import Keeper
from lvstui.model.worker import Ready, SetAdjustment, VrrpReport
from tests.engine.bench import SMALL, Recorder, put_away, running, until
from tests.engine.samples import instance


@asynccontextmanager
async def kept(path: str = "good") -> AsyncIterator[tuple[Recorder, Keeper]]:
    """A running child, beaten regularly."""
    master = Recorder(path)
    keeper = await running(master)

    async def beat() -> None:
        while True:
            keeper.beat()
            await asyncio.sleep(0.1)

    task = asyncio.ensure_future(beat())
    try:
        yield master, keeper
    finally:
        task.cancel()
        await put_away(keeper)


async def test_a_child_is_configured_obeys_and_stops_with_its_last_words() -> None:
    async with kept() as (master, keeper):
        assert keeper.status.notes == ("VI_1 -2",)
        keeper.send(SetAdjustment("speak", 3))
        await until(lambda: "speak 3" in master.said)
        await asyncio.sleep(0.3)
        assert keeper.status.alive
        keeper.measure()
        assert keeper.status.memory_bytes > 1 << 20
    assert master.said[-1] == "last words"
    assert not keeper.status.alive
    assert not keeper.killed


@pytest.mark.parametrize(
    ("verb", "reason"),
    [
        ("crash", "SIGSEGV"),
        ("exit", "status 7"),
        ("garbage", "no message"),
        ("hang", "not answered for 1 s"),
        ("idle", "not answered for 1 s"),
    ],
)
async def test_a_child_that_goes_wrong_is_replaced_and_the_replacement_resumes(verb: str, reason: str) -> None:
    async with kept() as (master, keeper):
        first = keeper.status.pid
        await asyncio.sleep(0.3)
        keeper.send(SetAdjustment(verb, 0))
        await until(lambda: master.count(Ready) == 2)
        assert keeper.status.pid != first
        assert keeper.status.restarts == 1
        resumed = [report for report in master.reports if isinstance(report, VrrpReport)][-1]
        assert resumed.instances == (instance(),)
        died = next(entry for entry in master.events if "died" in entry[1])
        assert died[1] == f"Small child process({first}) died: Respawning"
        assert reason in died[2]
        assert master.gone == [], "the first replacement comes at once: nobody is unattended"
        alive_at = master.configured[-1]
        assert alive_at is not None
        age = asyncio.get_running_loop().time() - alive_at
        assert 0.4 < age < 4.0 if verb in ("hang", "idle") else age < 2.0


async def test_a_stopped_process_is_killed_and_replaced() -> None:
    async with kept() as (master, keeper):
        await asyncio.sleep(0.3)
        os.kill(keeper.status.pid, signal.SIGSTOP)
        await until(lambda: master.count(Ready) == 2)
        assert "not answered" in next(entry[2] for entry in master.events if "died" in entry[1])


async def test_replacements_that_die_young_are_made_ever_slower() -> None:
    master = Recorder("crash")
    keeper = Keeper(SMALL, master)
    keeper.launch()
    await until(lambda: keeper.status.restarts >= 2)
    assert [text.partition("died: ")[2] for _, text, _ in master.events if "died" in text] == [
        "Respawning",
        "Respawning in 1 s",
    ]
    assert master.gone == ["small"]
    await asyncio.sleep(0.5)
    assert keeper.status.restarts == 2
    await put_away(keeper)
    assert not keeper.status.alive


async def test_a_child_that_cannot_work_says_why_and_is_not_restarted_in_a_loop() -> None:
    master = Recorder("fail")
    keeper = Keeper(SMALL, master)
    keeper.launch()
    await until(lambda: master.failures)
    assert master.failures == ["open a raw socket: not permitted"]
    await asyncio.sleep(0.3)
    assert len(master.configured) == 1
    assert keeper.status.notes == ("open a raw socket: not permitted",)
    await put_away(keeper)


async def test_a_child_that_does_not_stop_can_be_killed() -> None:
    master = Recorder("never")
    keeper = await running(master)
    await put_away(keeper)
    assert keeper.killed


async def test_a_module_that_is_not_there_is_an_early_death_not_an_exception(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(keeper_module, "EXIT_PATIENCE", 0.2)
    master = Recorder()
    keeper = Keeper(msgspec.structs.replace(SMALL, module="tests.engine.no_such_module"), master)
    keeper.launch()
    await until(lambda: keeper.status.restarts >= 1)
    assert "status 1" in next(entry[2] for entry in master.events if "died" in entry[1])
    await put_away(keeper)


async def test_an_error_in_the_childs_loop_becomes_an_event_and_the_child_goes_on() -> None:
    async with kept() as (master, keeper):
        pid = keeper.status.pid
        keeper.send(SetAdjustment("raise", 0))
        await until(lambda: any("internal error" in text for text in master.said))
        keeper.send(SetAdjustment("speak", 1))
        await until(lambda: "speak 1" in master.said)
        assert keeper.status.pid == pid
