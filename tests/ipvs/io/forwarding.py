"""What tests of the userspace plane need: real servers, clients, and both event loops."""

from __future__ import annotations

import asyncio
import gc
import socket
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager

import pytest
import uvloop

from lvstui.ipvs.io.manager import Manager
from lvstui.ipvs.io.userspace import UserspacePlane
from lvstui.model.endpoint import Endpoint, Protocol, ServiceKey
from lvstui.model.ipvs import Destination, Service

Story = Callable[[], Awaitable[None]]


async def until(condition: Callable[[], bool], seconds: float = 2.0) -> None:
    """Wait for what must come true soon."""
    end = asyncio.get_running_loop().time() + seconds
    while not condition():
        assert asyncio.get_running_loop().time() < end, "it did not come true"
        await asyncio.sleep(0.01)


def on_both_loops(story: Story) -> Callable[[str], None]:
    """Run a test in asyncio's loop and in uvloop."""

    @pytest.mark.parametrize("loop", ["asyncio", "uvloop"])
    def test(loop: str) -> None:
        async def bounded() -> None:
            async with asyncio.timeout(20):
                await story()
            await until(lambda: len(asyncio.all_tasks()) == 1)  # no task is left over

        factory = uvloop.new_event_loop if loop == "uvloop" else None
        with asyncio.Runner(loop_factory=factory) as runner:
            runner.run(bounded())
        gc.collect()

    test.__name__, test.__doc__ = story.__name__, story.__doc__
    return test


def free_port(address: str = "127.0.0.1") -> int:
    with socket.socket(socket.AF_INET6 if ":" in address else socket.AF_INET) as sock:
        sock.bind((address, 0))
        return int(sock.getsockname()[1])


class Web:
    """A real server: says its name, then echoes until the client ends; `say` large answers at once."""

    def __init__(self, name: str, address: str = "127.0.0.1", body: bytes = b"") -> None:
        self.name, self.body = name, body
        self.endpoint = Endpoint(address, free_port(address))
        self.ended: list[bytes] = []

    async def __aenter__(self) -> Web:
        self._server = await asyncio.start_server(self._serve, self.endpoint.address, self.endpoint.port)
        return self

    async def __aexit__(self, *_: object) -> None:
        self._server.close()

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(self.name.encode() + b"\n" + self.body)
        got = b""
        try:
            while chunk := await reader.read(65536):
                got += chunk
                writer.write(chunk)
                await writer.drain()
            writer.write(b"end\n")
            await writer.drain()
            self.ended.append(got)
        except ConnectionError:
            self.ended.append(b"reset")
        finally:
            writer.close()

    def destination(self, weight: int = 1, **more: int) -> Destination:
        return Destination(endpoint=self.endpoint, weight=weight, **more)  # type: ignore[arg-type]


@asynccontextmanager
async def plane() -> AsyncIterator[Manager]:
    manager = Manager(UserspacePlane())
    try:
        yield manager
    finally:
        await manager.close()


def service(*destinations: Destination, port: int = 0, scheduler: str = "rr", timeout: int = 0) -> Service:
    key = ServiceKey(Protocol.TCP, "127.0.0.1", port or free_port())
    return Service(key=key, scheduler=scheduler, persistence_timeout=timeout, destinations=destinations)


async def connect(target: Service) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
    return await asyncio.open_connection(target.key.address, target.key.port)


async def who(target: Service) -> str:
    """Who answers a new connection; "reset" if nobody."""
    try:
        reader, writer = await connect(target)
        writer.write_eof()
        text = await reader.read()
        writer.close()
    except ConnectionError:
        return "reset"
    return text.decode().partition("\n")[0]
