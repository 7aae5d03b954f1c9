"""The vrrp process: `python -m lvstui.engine.vrrp_process FD`. VRRP and nothing else, in a real-time class."""

from __future__ import annotations

import asyncio
import gc
import sys
from collections.abc import Callable

from lvstui.engine.child import Act, Child
from lvstui.engine.spawn import settle_in_child
from lvstui.model.worker import Configure, Ready, Report, SetAdjustment
from lvstui.vrrp.io import realtime
from lvstui.vrrp.io.worker import VrrpWorker


class VrrpWork:
    """The worker, and this process's place in the machine."""

    def __init__(self, configure: Configure, send: Callable[[Report], None]) -> None:
        self._send = send
        self._notes: list[str] = []
        self._worker = VrrpWorker(configure, self._forward)

    async def start(self) -> None:
        """Adverts first; then lock memory and take the real-time class, which takes longer."""
        await self._worker.start()
        realtime.enter(self._notes.append)
        if self._notes:
            self._send(Ready(tuple(self._notes)))
        # What is alive now lives as long as the process: the collector need never look at it again.
        gc.collect()
        gc.freeze()

    def _forward(self, report: Report) -> None:
        if isinstance(report, Ready):
            self._notes[:0] = report.notes
        self._send(report)

    def handle(self, order: Act) -> None:
        """Pass an operator's act on."""
        if isinstance(order, SetAdjustment):
            self._worker.handle(order)

    def is_working(self) -> bool:
        """Whether the worker's pulse goes on."""
        return self._worker.is_beating()

    async def stop(self) -> None:
        """Priority 0, VIPs removed."""
        await self._worker.stop()


async def serve(descriptor: int) -> int:
    """Run the child on the channel with this descriptor."""
    return await Child("vrrp", VrrpWork).run(descriptor)


def main() -> None:
    """Entry point; argument: the descriptor of the channel."""
    settle_in_child()
    sys.exit(asyncio.run(serve(int(sys.argv[1]))))


if __name__ == "__main__":
    main()
