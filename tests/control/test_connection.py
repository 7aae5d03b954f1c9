"""One client's conduct is nobody else's trouble."""

from __future__ import annotations

import asyncio
import socket
from pathlib import Path

import pytest

from lvstui.control import connection
from lvstui.control.messages import MAX_LINE_BYTES
from tests.control.harness import bench, talk


async def test_requests_are_answered_in_order_even_in_one_piece(tmp_path: Path) -> None:
    async with bench(tmp_path / "s"):
        sent = b"".join(b'{"id":%d,"cmd":"echo"}\n' % number for number in range(1, 201))
        got = await talk(tmp_path / "s", sent, 200)
    assert [answer["id"] for answer in got] == list(range(1, 201))


async def test_half_lines_are_waited_for(tmp_path: Path) -> None:
    async with bench(tmp_path / "s"):
        reader, writer = await asyncio.open_unix_connection(str(tmp_path / "s"))
        for byte in b'{"id":1,"cmd":"ping"}\n':
            writer.write(bytes([byte]))
            await asyncio.sleep(0.001)
        assert b'"ok":true' in await asyncio.wait_for(reader.readline(), 5)
        writer.close()


@pytest.mark.parametrize(
    "garbage",
    [
        b"\x00\xff\xfe\n",
        b"hello\n",
        b"[" * 50_000 + b"\n",
        b"{}\n",
        b'{"id":99999999999999999999999,"cmd":"a"}\n',
        b'{"id":-1,"cmd":"ping"}\n',
    ],
)
async def test_garbage_is_refused_with_a_reason_and_ends_only_this_client(tmp_path: Path, garbage: bytes) -> None:
    async with bench(tmp_path / "s"):
        answers = await talk(tmp_path / "s", garbage, 2)
        assert len(answers) == 1
        assert answers[0]["error"]["code"] == "BAD_REQUEST"
        assert (await talk(tmp_path / "s", b'{"id":1,"cmd":"ping"}\n'))[0]["ok"]


async def test_an_endless_line_is_refused(tmp_path: Path) -> None:
    async with bench(tmp_path / "s"):
        answers = await talk(tmp_path / "s", b"x" * (MAX_LINE_BYTES + 2), 2)
    assert [answer["error"]["code"] for answer in answers] == ["TOO_LONG"]


async def test_a_reader_that_stops_reading_holds_up_nobody_and_gets_the_newest_later(tmp_path: Path) -> None:
    async with bench(tmp_path / "s") as made:
        made.padding = "x" * 100_000
        deaf = socket.socket(socket.AF_UNIX)
        deaf.connect(str(tmp_path / "s"))
        deaf.sendall(b'{"id":1,"cmd":"watch","args":{"interval":0.1}}\n')
        for number in range(1, 41):
            made.number = number
            made.server.changed()
            await asyncio.sleep(0.02 if number < 40 else 0.3)
        started = asyncio.get_running_loop().time()
        assert (await talk(tmp_path / "s", b'{"id":1,"cmd":"ping"}\n'))[0]["ok"]
        assert asyncio.get_running_loop().time() - started < 2.0
        deaf.setblocking(False)
        seen = b""
        while b'"number":40' not in seen:
            seen += await asyncio.wait_for(asyncio.get_running_loop().sock_recv(deaf, 1 << 20), 5)
        deaf.close()
    assert len(seen) < 40 * 100_000 / 2, "pictures were to be left out"


async def test_a_client_that_stays_deaf_is_cut(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(connection, "DEAF_SECONDS", 0.2)
    async with bench(tmp_path / "s") as made:
        made.padding = "x" * 1_000_000
        _, writer = await asyncio.open_unix_connection(str(tmp_path / "s"), limit=1024)
        writer.write(b'{"id":1,"cmd":"watch"}\n')
        await asyncio.sleep(0.1)
        assert made.server._clients
        await asyncio.sleep(0.4)
        assert not made.server._clients
        writer.close()


async def test_a_flood_of_requests_without_reading_is_bounded(tmp_path: Path) -> None:
    async with bench(tmp_path / "s") as made:
        made.padding = "x" * 100_000
        flood = socket.socket(socket.AF_UNIX)
        flood.connect(str(tmp_path / "s"))
        flood.setblocking(False)
        sent = 0
        for _ in range(200):
            try:
                sent += flood.send(b'{"id":1,"cmd":"snapshot"}\n' * 1000)
            except BlockingIOError:
                await asyncio.sleep(0.005)
        assert 0 < sent < 200 * 26_000
        assert (await talk(tmp_path / "s", b'{"id":1,"cmd":"ping"}\n'))[0]["ok"]
        flood.close()


async def test_who_never_speaks_loses_its_place(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(connection, "FIRST_LINE_SECONDS", 0.1)
    async with bench(tmp_path / "s") as made:
        _, writer = await asyncio.open_unix_connection(str(tmp_path / "s"))
        await asyncio.sleep(0.3)
        assert not made.server._clients
        writer.close()


async def test_a_command_under_way_is_finished_when_its_client_goes(tmp_path: Path) -> None:
    async with bench(tmp_path / "s") as made:
        _, writer = await asyncio.open_unix_connection(str(tmp_path / "s"))
        writer.write(b'{"id":1,"cmd":"wait"}\n')
        await asyncio.sleep(0.05)
        writer.close()
        await asyncio.sleep(0.05)
        made.release.set()
        await asyncio.sleep(0.05)
        assert made.finished == ["wait"]
