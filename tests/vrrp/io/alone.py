"""A worker in a process of its own: `python -m tests.vrrp.io.alone CONFIGURE_JSON`; reports go to standard output."""

from __future__ import annotations

import asyncio
import signal
import sys

import msgspec

from lvstui.model.worker import Configure, Report
from lvstui.vrrp.io.worker import VrrpWorker


def show(report: Report) -> None:
    """One report, one line."""
    sys.stdout.buffer.write(msgspec.json.encode(report) + b"\n")
    sys.stdout.buffer.flush()


async def main(argument: str) -> None:
    """Run until SIGTERM."""
    stop = asyncio.Event()
    asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, stop.set)
    worker = VrrpWorker(msgspec.json.decode(argument, type=Configure), show)
    try:
        await worker.start()
        await stop.wait()
    finally:
        await worker.stop()


if __name__ == "__main__":
    asyncio.run(main(sys.argv[1]))
