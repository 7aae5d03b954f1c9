"""A master for keepers: records what it is told."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import Any

from lvstui.engine.keeper import ChildKind, Keeper
from lvstui.model.event import Severity
from lvstui.model.worker import Configure, Happened, Ready, Report, VrrpReport
from tests.engine.samples import configuration, instance

SMALL = ChildKind(name="small", module="tests.engine.children", title="Small", patience=1.0)


class Recorder:
    """Plays the engine's part."""

    def __init__(self, path: str = "good") -> None:
        self.path = path
        self.configured: list[float | None] = []
        self.reports: list[Report] = []
        self.events: list[tuple[Severity, str, str]] = []
        self.gone: list[str] = []
        self.failures: list[str] = []

    def configure(self, name: str, alive_at: float | None) -> Configure:
        """The first message."""
        self.configured.append(alive_at)
        resume = (instance(),) if alive_at is not None else ()
        return Configure(configuration=configuration(path=self.path), resume_instances=resume, adjustments={"VI_1": -2})

    def report(self, name: str, report: Report) -> None:
        """A report."""
        self.reports.append(report)

    def process_event(self, name: str, severity: Severity, text: str, reason: str) -> None:
        """A child's event."""
        self.events.append((severity, text, reason))

    def unattended(self, name: str) -> None:
        """Nobody there for a while."""
        self.gone.append(name)

    def failed(self, name: str, message: str) -> None:
        """It cannot work."""
        self.failures.append(message)

    @property
    def said(self) -> list[str]:
        """The texts of the child's own events."""
        return [report.event.text for report in self.reports if isinstance(report, Happened)]

    def count(self, kind: type) -> int:
        """How many reports of a kind there were."""
        return sum(isinstance(report, kind) for report in self.reports)


async def until(condition: Callable[[], Any], patience: float = 8.0) -> None:
    """Wait for something to come true."""
    loop = asyncio.get_running_loop()
    deadline = loop.time() + patience
    while not condition():
        assert loop.time() < deadline, "it did not come to pass"
        await asyncio.sleep(0.01)


async def running(master: Recorder) -> Keeper:
    """A keeper whose child is ready."""
    keeper = Keeper(SMALL, master)
    keeper.launch()
    await until(lambda: master.count(Ready))
    return keeper


async def put_away(keeper: Keeper) -> None:
    """Stop the child whatever it is doing."""
    keeper.stop()
    try:
        await asyncio.wait_for(keeper.ended.wait(), 1.5)
    except TimeoutError:
        keeper.kill()
        await asyncio.wait_for(keeper.ended.wait(), 5)


__all__ = ["SMALL", "Recorder", "VrrpReport", "put_away", "running", "until"]
