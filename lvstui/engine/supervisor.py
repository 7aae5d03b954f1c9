"""Engine: both children together: the heart beat, memory readings, and the order in which they stop."""

from __future__ import annotations

import asyncio

from lvstui.engine.keeper import ChildKind, Keeper
from lvstui.engine.watchdog import BEAT_SECONDS
from lvstui.model.snapshot import ProcessStatus
from lvstui.model.worker import Order

MEMORY_SECONDS = 5.0
STOP_SECONDS = 5.0
FIRST_STOP_SECONDS = 3.0

VRRP = ChildKind(name="vrrp", module="lvstui.engine.vrrp_process", title="VRRP", patience=2.0)
HEALTH = ChildKind(name="health", module="lvstui.engine.health_process", title="Healthcheck", patience=10.0)


class Supervisor:
    """Keeps children, in the order in which they are to be stopped: who gives the addresses away goes first."""

    def __init__(self, keepers: tuple[Keeper, ...]) -> None:
        self._keepers = {keeper.kind.name: keeper for keeper in keepers}
        self._task: asyncio.Task[None] | None = None

    @property
    def statuses(self) -> tuple[ProcessStatus, ...]:
        """How the children are."""
        return tuple(keeper.status for keeper in self._keepers.values())

    def start(self) -> None:
        """Start watching the children (they are launched by their keepers)."""
        self._task = asyncio.get_running_loop().create_task(self._watch())

    def send(self, name: str, order: Order) -> None:
        """Pass an order to a child that there may be."""
        if name in self._keepers:
            self._keepers[name].send(order)

    async def stop(self) -> tuple[str, ...]:
        """Stop the children one after the other, kill what is left after 5 s; returns the names of the killed."""
        loop = asyncio.get_running_loop()
        deadline = loop.time() + STOP_SECONDS
        if self._task:
            self._task.cancel()
        for keeper in self._keepers.values():
            keeper.stop()
            await _wait(keeper, min(FIRST_STOP_SECONDS, deadline - loop.time()))
        for keeper in self._keepers.values():
            await _wait(keeper, deadline - loop.time())
            if not keeper.ended.is_set():
                keeper.kill()
                await _wait(keeper, 1.0)
        return tuple(name for name, keeper in self._keepers.items() if keeper.killed)

    async def _watch(self) -> None:
        beats, every = 0, round(MEMORY_SECONDS / BEAT_SECONDS)
        while True:
            for keeper in self._keepers.values():
                keeper.beat()
                if beats % every == 2:
                    keeper.measure()
            beats += 1
            await asyncio.sleep(BEAT_SECONDS)


async def _wait(keeper: Keeper, patience: float) -> None:
    try:
        async with asyncio.timeout(max(0.0, patience)):
            await keeper.ended.wait()
    except TimeoutError:
        return
