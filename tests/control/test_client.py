"""Both clients against the real server, and against things that are no server."""

from __future__ import annotations

import asyncio
import socket
from collections.abc import Awaitable, Callable
from pathlib import Path

import pytest

from lvstui.control.client import AsyncClient, Client
from lvstui.errors import ControlError, EngineUnreachable
from tests.control.harness import Picture, bench


async def connected(path: Path, patience: float = 5.0) -> AsyncClient:
    client = AsyncClient(path, patience)
    await client.connect()
    return client


async def test_the_blocking_client_asks_and_is_answered(tmp_path: Path) -> None:
    def ask() -> None:
        with Client(tmp_path / "s") as client:
            assert client.request("own", {"a": 1}, dry_run=True).result["dry"] is True
            assert client.request("snapshot").result["number"] == 3
            with pytest.raises(ControlError) as caught:
                client.request("refuse")
            assert (caught.value.code, caught.value.hint) == ("NO_SUCH_THING", "there are: a, b")
            with pytest.raises(ControlError) as caught:
                client.request("own", if_gen=1)
            assert caught.value.code == "STALE"

    async with bench(tmp_path / "s") as made:
        made.number = 3
        await asyncio.to_thread(ask)


async def test_the_async_client_runs_requests_beside_the_pictures(tmp_path: Path) -> None:
    async with bench(tmp_path / "s") as made:
        client = await connected(tmp_path / "s")
        seen = []
        async for picture in client.watch(Picture, 0.1):
            seen.append(picture.number)
            assert (await client.request("own")).ok
            made.number += 1
            made.server.changed()
            if len(seen) == 4:
                break
        assert seen == sorted(seen)
        assert seen[0] == 0
        with pytest.raises(ControlError):
            await client.request("refuse")
        await client.close()


async def test_pictures_a_slow_user_missed_are_left_out(tmp_path: Path) -> None:
    async with bench(tmp_path / "s") as made:
        client = await connected(tmp_path / "s")
        stream = client.watch(Picture, 0.1)
        await anext(stream)
        for number in range(1, 6):
            made.number = number
            made.server.changed()
            await asyncio.sleep(0.12)
        assert (await anext(stream)).number == 5
        await client.close()


async def test_an_engine_that_goes_ends_the_stream_and_the_requests(tmp_path: Path) -> None:
    async with bench(tmp_path / "s") as made:
        client = await connected(tmp_path / "s")
        stream = client.watch(Picture, 60.0)
        await anext(stream)
        await made.server.close()
        with pytest.raises(EngineUnreachable):
            await asyncio.wait_for(anext(stream), 2)
        with pytest.raises(EngineUnreachable):
            await client.request("ping")
        await client.close()


async def test_nobody_there_is_said_with_what_to_do(tmp_path: Path) -> None:
    with socket.socket(socket.AF_UNIX) as dead:
        dead.bind(str(tmp_path / "dead"))
    for name in ("missing", "dead"):
        with pytest.raises(EngineUnreachable) as caught:
            Client(tmp_path / name).request("ping")
        assert "lvstui run" in caught.value.hint
        with pytest.raises(EngineUnreachable):
            await connected(tmp_path / name)


async def test_a_server_that_says_nothing_ends_in_time(tmp_path: Path) -> None:
    with socket.socket(socket.AF_UNIX) as silent:
        silent.bind(str(tmp_path / "s"))
        silent.listen()
        with pytest.raises(EngineUnreachable, match="in time"):
            await asyncio.to_thread(Client(tmp_path / "s", timeout=0.2).request, "ping")
        client = await connected(tmp_path / "s", 0.2)
        with pytest.raises(EngineUnreachable, match="in time"):
            await client.request("ping")
        await client.close()


@pytest.mark.parametrize(
    "reply",
    [b"SSH-2.0-OpenSSH\n", b"{}\n", b"\xff\n", b'{"id":1,"ok":"perhaps"}\n', b'{"id":1,"ok":true}'],
)
async def test_what_makes_no_sense_is_unreachable(tmp_path: Path, reply: bytes) -> None:
    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readline()
        writer.write(reply)
        writer.close()

    server = await asyncio.start_unix_server(serve, str(tmp_path / "s"))
    with pytest.raises(EngineUnreachable):
        await asyncio.to_thread(Client(tmp_path / "s", timeout=2).request, "ping")
    client = await connected(tmp_path / "s", 2)
    with pytest.raises(EngineUnreachable):
        await client.request("ping")
    await client.close()
    server.close()


async def test_error_text_of_a_server_cannot_drive_the_terminal(tmp_path: Path) -> None:
    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readline()
        writer.write(b'{"id":1,"ok":false,"error":{"code":"X","message":"\\u001b[2Jgone"}}\n')
        await writer.drain()
        writer.close()

    server = await asyncio.start_unix_server(serve, str(tmp_path / "s"))
    ask: Callable[..., Awaitable[object]] = asyncio.to_thread
    with pytest.raises(ControlError) as caught:
        await ask(Client(tmp_path / "s", timeout=2).request, "ping")
    assert "\x1b" not in str(caught.value)
    server.close()
