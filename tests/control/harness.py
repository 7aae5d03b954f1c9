"""A real server on a real socket, with a handler that tests steer."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import msgspec

from lvstui.control.caller import Caller
from lvstui.control.messages import Request
from lvstui.control.server import Answer, Server
from lvstui.errors import ControlError


class Picture(msgspec.Struct):
    """What the test server shows."""

    number: int
    padding: str = ""


class Bench:
    """A server with a counter for a state."""

    def __init__(self, path: Path) -> None:
        self.number = 0
        self.padding = ""
        self.callers: list[Caller] = []
        self.release = asyncio.Event()
        self.finished: list[str] = []
        self.server = Server(path, self.handle, self.picture, generation=lambda: self.number)

    def picture(self) -> Picture:
        """The state now."""
        return Picture(self.number, self.padding)

    async def handle(self, request: Request, caller: Caller) -> object:
        """Commands of the test."""
        self.callers.append(caller)
        if request.cmd == "refuse":
            raise ControlError("NO_SUCH_THING", "there is none", "there are: a, b")
        if request.cmd == "break":
            raise ZeroDivisionError
        if request.cmd == "unencodable":
            return object()
        if request.cmd == "wait":
            await self.release.wait()
            self.finished.append("wait")
        if request.cmd == "warn":
            return Answer("done", ("careful",))
        return {"cmd": request.cmd, "args": request.args, "dry": request.dry_run}


@asynccontextmanager
async def bench(path: Path) -> AsyncIterator[Bench]:
    """A running test server."""
    made = Bench(path)
    await made.server.start()
    try:
        yield made
    finally:
        await made.server.close()


async def talk(path: Path, data: bytes, lines: int = 1) -> list[Any]:
    """Send raw bytes, return `lines` decoded lines (fewer if the server closes)."""
    reader, writer = await asyncio.open_unix_connection(str(path), limit=1 << 26)
    try:
        writer.write(data)
        got = []
        for _ in range(lines):
            line = await asyncio.wait_for(reader.readline(), 5)
            if not line:
                break
            got.append(msgspec.json.decode(line))
        return got
    finally:
        writer.close()
