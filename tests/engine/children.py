"""A small real child for the tests: `python -m tests.engine.children FD`. It does what its adjustments tell it.

`instance` of an order is the verb: crash, exit, hang, idle, garbage, deaf, speak, fail. In the first configuration the
path says what to do at the start.
"""

from __future__ import annotations

import asyncio
import os
import signal
import sys
import time
from collections.abc import Callable

from lvstui.engine.child import Act, Child
from lvstui.engine.spawn import settle_in_child
from lvstui.errors import KernelError
from lvstui.model.event import Event, EventKind, Severity
from lvstui.model.worker import Configure, Happened, Ready, Report, SetAdjustment, VrrpReport


class Obedient:
    """Reports what it was given to resume, then obeys."""

    def __init__(self, configure: Configure, send: Callable[[Report], None]) -> None:
        self._configure = configure
        self._send = send
        self._idle = False

    async def start(self) -> None:
        """Start, or fail as told."""
        if self._configure.configuration.path == "fail":
            raise KernelError(1, "open", "a raw socket", "not permitted")
        self._send(VrrpReport(self._configure.resume_instances))
        self._send(Ready(tuple(f"{name} {value:+d}" for name, value in self._configure.adjustments.items())))
        if self._configure.configuration.path == "crash":
            os._exit(3)

    def handle(self, order: Act) -> None:
        """Do what the order says."""
        assert isinstance(order, SetAdjustment)
        match order.instance:
            case "crash":
                os.kill(os.getpid(), signal.SIGSEGV)
            case "exit":
                os._exit(7)
            case "hang":
                _hang()
            case "garbage":
                os.write(int(sys.argv[1]), b"\xff\x00 no json\n")
            case "idle":
                self._idle = True
            case "raise":
                asyncio.get_running_loop().call_soon(self._raise)
            case _:
                self._say(f"{order.instance} {order.adjustment}")

    def is_working(self) -> bool:
        """Whether nobody told it to idle."""
        return not self._idle

    async def stop(self) -> None:
        """Say a last word; hang if told so."""
        if self._configure.configuration.path == "never":
            signal.signal(signal.SIGTERM, signal.SIG_IGN)
            _hang()
        if self._configure.configuration.path == "slow":
            await asyncio.sleep(0.5)
        self._say("last words")

    def _raise(self) -> None:
        raise ZeroDivisionError("on purpose")

    def _say(self, text: str) -> None:
        event = Event(time=0, at=0, kind=EventKind.PROCESS, severity=Severity.INFO, subject="child", text=text)
        self._send(Happened(event))


def _hang() -> None:
    time.sleep(60)


async def serve(descriptor: int) -> int:
    """Run the child."""
    return await Child("small", Obedient).run(descriptor)


if __name__ == "__main__":
    settle_in_child()
    sys.exit(asyncio.run(serve(int(sys.argv[1]))))
