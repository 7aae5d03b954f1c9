"""Two children together: watched, measured, stopped in order."""

from __future__ import annotations

import asyncio

import msgspec
import pytest

from lvstui.engine import supervisor as supervisor_module
from lvstui.engine.keeper import Keeper
from lvstui.engine.supervisor import Supervisor
from lvstui.model.worker import Ready, SetAdjustment
from tests.engine.bench import SMALL, Recorder, until


async def test_children_stop_one_after_the_other() -> None:
    masters = [Recorder("slow"), Recorder()]
    masters[1].events = masters[0].events
    keepers = tuple(
        Keeper(msgspec.structs.replace(SMALL, name=name), master)
        for name, master in zip(("first", "second"), masters, strict=True)
    )
    for keeper in keepers:
        keeper.launch()
    supervisor = Supervisor(keepers)
    supervisor.start()
    await until(lambda: all(master.count(Ready) for master in masters))
    supervisor.send("second", SetAdjustment("speak", 1))
    supervisor.send("nobody", SetAdjustment("speak", 2))
    await until(lambda: masters[1].said)
    assert masters[0].said == []
    await until(lambda: all(status.memory_bytes for status in supervisor.statuses))
    first, second = (status.pid for status in supervisor.statuses)
    assert await supervisor.stop() == ()
    stops = [text for _, text, _ in masters[0].events if "stopped" in text]
    assert stops == [f"Small child process({pid}) stopped" for pid in (first, second)]
    assert not any(status.alive for status in supervisor.statuses)


async def test_a_child_that_does_not_stop_is_killed_and_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(supervisor_module, "STOP_SECONDS", 0.6)
    monkeypatch.setattr(supervisor_module, "FIRST_STOP_SECONDS", 0.3)
    master = Recorder("never")
    keeper = Keeper(SMALL, master)
    keeper.launch()
    supervisor = Supervisor((keeper,))
    supervisor.start()
    await until(lambda: master.count(Ready))
    started = asyncio.get_running_loop().time()
    assert await supervisor.stop() == ("small",)
    assert asyncio.get_running_loop().time() - started < 3
    assert not keeper.status.alive


async def test_the_beat_finds_a_child_that_hangs() -> None:
    master = Recorder()
    keeper = Keeper(SMALL, master)
    keeper.launch()
    supervisor = Supervisor((keeper,))
    supervisor.start()
    await until(lambda: master.count(Ready))
    await asyncio.sleep(0.6)
    started = asyncio.get_running_loop().time()
    keeper.send(SetAdjustment("hang", 0))
    await until(lambda: master.count(Ready) == 2)
    assert asyncio.get_running_loop().time() - started < 3.0
    await supervisor.stop()
