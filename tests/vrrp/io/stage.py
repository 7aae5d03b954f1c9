"""A worker on stage: in a namespace of the test network, with what it reported at hand."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable
from typing import Any

import msgspec

from lvstui.model.configuration import Configuration, GlobalSettings, TrackScript, VrrpInstance
from lvstui.model.event import Event
from lvstui.model.vip import Vip
from lvstui.model.vrrp import InstanceStatus
from lvstui.model.worker import Configure, Happened, Ready, Report, VrrpReport
from lvstui.vrrp.io.worker import VrrpWorker
from tests.system.netns import Host

VIP = Vip("10.61.0.100", 24, "eth0", "eth0:0")


def vi_1(priority: int, **changes: Any) -> VrrpInstance:
    """An instance of version 3 with adverts every 0.1 s, so that tests do not wait long."""
    base = VrrpInstance(
        name="VI_1", interface="eth0", vrid=61, priority=priority, version=3, advert_interval=0.1, vips=(VIP,)
    )
    return msgspec.structs.replace(base, **changes)


class Actor:
    """A worker in a host's namespace."""

    def __init__(
        self, host: Host, *instances: VrrpInstance, scripts: tuple[TrackScript, ...] = (), **more: Any
    ) -> None:
        configuration = Configuration(
            settings=GlobalSettings(router_id=host.name), scripts=scripts, instances=instances
        )
        self.host = host
        self.events: list[Event] = []
        self.reports: list[VrrpReport] = []
        self.ready: Ready | None = None
        configure = Configure(configuration=configuration, **more)
        self.argument = msgspec.json.encode(configure).decode()
        self.worker = VrrpWorker(configure, self._take)

    def _take(self, report: Report) -> None:
        match report:
            case Happened():
                self.events.append(report.event)
            case VrrpReport():
                self.reports.append(report)
            case Ready():
                self.ready = report

    async def __aenter__(self) -> Actor:
        with self.host.inside():
            await self.worker.start()
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.worker.stop()

    def status(self, name: str = "VI_1") -> InstanceStatus:
        """The last report's status of an instance."""
        return next(status for status in self.reports[-1].instances if status.name == name)

    def told(self, text: str) -> bool:
        """Whether an event had these words."""
        return any(text in event.text for event in self.events)

    async def until(self, condition: Callable[[], object], seconds: float = 5.0) -> float:
        """Wait for a condition; how long it took."""
        began = time.monotonic()
        while not condition():
            assert time.monotonic() - began < seconds, (self.events[-5:], self.reports[-1:])
            await asyncio.sleep(0.005)
        return time.monotonic() - began

    async def becomes(self, state: str, seconds: float = 5.0) -> float:
        """Wait until the report says so."""
        return await self.until(lambda: self.reports and self.status().state == state, seconds)
