"""Engine: what the two children have in common: the channel, the WatchDog's question, and an orderly end."""

from __future__ import annotations

import asyncio
import signal
import socket
import time
from collections.abc import Callable
from typing import Any, Protocol

from lvstui.engine.channel import Channel
from lvstui.errors import LvstuiError
from lvstui.model.event import Event, EventKind, Severity
from lvstui.model.worker import Configure, Failed, Happened, Order, Report, SetAdjustment, SetAdmin, Stop, Tick, Tock
from lvstui.safety import clean

STOP_SECONDS = 4.0
Act = SetAdjustment | SetAdmin


class Work(Protocol):
    """What a child does."""

    async def start(self) -> None:
        """Open sockets, start timers; LvstuiError if it cannot work here."""

    def handle(self, order: Act) -> None:
        """Carry out an operator's act."""

    def is_working(self) -> bool:
        """Whether its own round still turns; a loop that runs while the work in it has ended is of no use."""

    async def stop(self) -> None:
        """Withdraw what was put into the kernel, in an orderly way."""


Build = Callable[[Configure, Callable[[Report], None]], Work]


class Child:
    """A child's life: configured, working, stopped by order, by SIGTERM, or by the end of the engine."""

    def __init__(self, name: str, build: Build) -> None:
        self._name = name
        self._build = build
        self._configured: asyncio.Future[Configure] = asyncio.get_running_loop().create_future()
        self._stop = asyncio.Event()
        self._early: list[Act] = []
        self._work: Work | None = None
        self._channel: Channel[Order] = Channel(Order, self._take, self._lost)

    async def run(self, descriptor: int) -> int:
        """Serve until stopped; returns the exit status."""
        loop = asyncio.get_running_loop()
        loop.set_exception_handler(self._report_problem)
        loop.add_signal_handler(signal.SIGTERM, self._stop.set)
        await self._channel.attach(socket.socket(fileno=descriptor))
        stop = loop.create_task(self._stop.wait())
        first: list[asyncio.Future[Any]] = [stop, self._configured]
        await asyncio.wait(first, return_when=asyncio.FIRST_COMPLETED)
        status = 0
        if self._configured.done():
            status = await self._serve(self._configured.result())
        stop.cancel()
        self._channel.close()
        await asyncio.sleep(0)
        return status

    async def _serve(self, configure: Configure) -> int:
        work = self._build(configure, self._channel.send)
        status = 0
        try:
            await work.start()
            self._work = work
            for order in self._early:
                self._act(order)
            await self._stop.wait()
        except LvstuiError as error:
            self._channel.send(Failed(clean(str(error), 500)))
            status = 1
        try:
            async with asyncio.timeout(STOP_SECONDS):
                await work.stop()
        except TimeoutError:
            status = 1
        return status

    def _take(self, order: Order) -> None:
        match order:
            case Tick(counter=counter):
                if self._work is None or self._work.is_working():
                    self._channel.send(Tock(counter))
            case Configure():
                if not self._configured.done():
                    self._configured.set_result(order)
            case Stop():
                self._stop.set()
            case SetAdjustment() | SetAdmin():
                if self._work:
                    self._act(order)
                else:
                    self._early.append(order)

    def _act(self, order: Act) -> None:
        assert self._work
        try:
            self._work.handle(order)
        except LvstuiError as error:
            context = {"message": "an order could not be carried out", "exception": error}
            asyncio.get_running_loop().call_exception_handler(context)

    def _lost(self, _reason: str) -> None:
        self._stop.set()

    def _report_problem(self, loop: asyncio.AbstractEventLoop, context: dict[str, object]) -> None:
        loop.default_exception_handler(context)
        problem = context.get("exception")
        text = clean(f"{type(problem).__name__}: {problem}" if problem else str(context.get("message")))
        self._channel.send(
            Happened(
                Event(
                    time=time.time(),
                    at=time.monotonic(),
                    kind=EventKind.PROCESS,
                    severity=Severity.ERROR,
                    subject=self._name,
                    text=f"The {self._name} process had an internal error",
                    reason=text,
                )
            )
        )
