"""The health process: `python -m lvstui.engine.health_process FD`. Checkers and the IPVS manager."""

from __future__ import annotations

import asyncio
import sys
import time
from collections.abc import Callable

import uvloop

from lvstui.engine.child import Act, Child
from lvstui.engine.spawn import settle_in_child
from lvstui.errors import KernelError
from lvstui.health.io.worker import HealthWorker
from lvstui.ipvs.io.manager import Manager, choose
from lvstui.ipvs.table import Change
from lvstui.model.event import Event, EventKind, Severity
from lvstui.model.ipvs import Service, Table
from lvstui.model.worker import Configure, Happened, HealthReport, Report, SetAdmin
from lvstui.safety import clean

REPORT_SECONDS = 1.0
GATHER_SECONDS = 0.02


class HealthWork:
    """The checkers' wishes, made true in the table; the table, read back every second and reported."""

    def __init__(self, configure: Configure, send: Callable[[Report], None]) -> None:
        self._preference = configure.plane
        self._send = send
        self._wanted: tuple[Service, ...] = ()
        self._wish = False
        self._manager: Manager | None = None
        self._told: frozenset[str] = frozenset()
        self._repairs: list[Change] = []
        self._news = asyncio.Event()
        self._task: asyncio.Task[None] | None = None
        self._worker = HealthWorker(configure, send, self._want, on_change=self._news.set)

    async def start(self) -> None:
        """Choose the plane (KernelError if the wanted one is not to be had), then start the checkers."""
        self._manager = Manager(choose(self._preference), self._repairs.append)
        await self._worker.start()
        self._task = asyncio.get_running_loop().create_task(self._keep(self._manager))
        self._task.add_done_callback(_tell_of_failure)

    def handle(self, order: Act) -> None:
        """Pass an operator's act on."""
        if isinstance(order, SetAdmin):
            self._worker.set_admin(order)

    def is_working(self) -> bool:
        """Whether wishes still reach the table and the table is still reported."""
        return self._task is not None and not self._task.done()

    async def stop(self) -> None:
        """End the checkers, remove from the table exactly what is ours."""
        await self._worker.stop()
        if self._task:
            self._task.cancel()
            await asyncio.gather(self._task, return_exceptions=True)
        if self._manager:
            await self._manager.withdraw()
            await self._manager.close()

    def _want(self, services: tuple[Service, ...]) -> None:
        self._wanted, self._wish = services, True
        self._news.set()

    async def _keep(self, manager: Manager) -> None:
        while True:
            self._news.clear()
            await self._round(manager)
            try:
                async with asyncio.timeout(REPORT_SECONDS):
                    await self._news.wait()
            except TimeoutError:
                continue
            await asyncio.sleep(GATHER_SECONDS)  # what changes together is reported together

    async def _round(self, manager: Manager) -> None:
        if self._wish:
            self._wish = False
            await manager.converge(self._wanted)
        errors = manager.errors
        try:
            table = await manager.table()
            errors = manager.errors
        except KernelError as error:
            table, errors = Table(), (*errors, error)
        self._tell(errors)
        self._send(
            HealthReport(
                plane=manager.driver.kind,
                plane_note=manager.driver.note,
                table=table,
                virtual_servers=self._worker.virtual_servers(),
                checkers=self._worker.checkers(),
            )
        )

    def _tell(self, errors: tuple[KernelError, ...]) -> None:
        """Make events of repairs, and of errors that were not there a moment ago: a lasting one is told once."""
        if self._repairs:
            subjects = ", ".join(sorted({change.subject for change in self._repairs})[:5])
            text = f"IPVS: {len(self._repairs)} changes that somebody else made were put right"
            self._happened(Severity.WARNING, text, subjects)
            self._repairs.clear()
        texts = frozenset(str(error) for error in errors)
        for text in sorted(texts - self._told):
            self._happened(Severity.ERROR, f"IPVS: {text}", "")
        self._told = texts

    def _happened(self, severity: Severity, text: str, reason: str) -> None:
        event = Event(
            time=time.time(),
            at=time.monotonic(),
            kind=EventKind.IPVS,
            severity=severity,
            subject="ipvs",
            text=clean(text, 500),
            reason=clean(reason, 500),
        )
        self._send(Happened(event))


def _tell_of_failure(ended: asyncio.Task[None]) -> None:
    """The round never ends by itself: say why it did, and let the WatchDog replace the process."""
    if not ended.cancelled():
        context = {"message": "the round of the table ended", "exception": ended.exception(), "task": ended}
        ended.get_loop().call_exception_handler(context)


async def serve(descriptor: int) -> int:
    """Run the child on the channel with this descriptor."""
    return await Child("health", HealthWork).run(descriptor)


def main() -> None:
    """Entry point; argument: the descriptor of the channel."""
    settle_in_child()
    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        sys.exit(runner.run(serve(int(sys.argv[1]))))


if __name__ == "__main__":
    main()
