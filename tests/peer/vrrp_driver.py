"""Runs lvstui's VRRP worker alone, as the engine would: orders as JSON lines on stdin, reports on stdout.

The first line is a Configure, further lines are SetAdjustment or Stop. SIGTERM, Stop or the end of input stop it in
an orderly way (priority 0, VIPs removed).
"""

from __future__ import annotations

import asyncio
import os
import signal
import sys

import msgspec

from lvstui.model.worker import Configure, Order, Report, SetAdjustment, Stop
from lvstui.vrrp.io import realtime
from lvstui.vrrp.io.worker import VrrpWorker

_ORDERS: msgspec.json.Decoder[Order] = msgspec.json.Decoder(Order)


def send(report: Report) -> None:
    """Write one report as a line."""
    os.write(1, msgspec.json.encode(report) + b"\n")


async def main() -> None:
    """Read the configuration, run, and end in order."""
    loop = asyncio.get_running_loop()
    stopped = asyncio.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, stopped.set)
    lines = asyncio.StreamReader(limit=1 << 20)
    await loop.connect_read_pipe(lambda: asyncio.StreamReaderProtocol(lines), sys.stdin)
    configure = _ORDERS.decode(await lines.readline())
    assert isinstance(configure, Configure)
    realtime.enter(lambda note: print(note, file=sys.stderr))
    worker = VrrpWorker(configure, send)
    await worker.start()
    orders = asyncio.create_task(obey(lines, worker, stopped))
    await stopped.wait()
    orders.cancel()
    await worker.stop()


async def obey(lines: asyncio.StreamReader, worker: VrrpWorker, stopped: asyncio.Event) -> None:
    """Hand orders over until there are no more."""
    async for line in lines:
        order = _ORDERS.decode(line)
        if isinstance(order, SetAdjustment):
            worker.handle(order)
        elif isinstance(order, Stop):
            break
    stopped.set()


if __name__ == "__main__":
    asyncio.run(main())
