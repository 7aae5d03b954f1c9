"""The socket: commands, pictures, limits, and the file it lives in."""

from __future__ import annotations

import asyncio
import os
import socket
from pathlib import Path
from typing import Any

import pytest

from lvstui.control import server
from lvstui.control.server import Server
from lvstui.errors import AlreadyRunning, ControlError
from tests.control.harness import bench, talk


async def ask(path: Path, line: bytes) -> Any:
    return (await talk(path, line + b"\n"))[0]


async def test_ping_snapshot_and_own_commands(tmp_path: Path) -> None:
    async with bench(tmp_path / "s") as made:
        made.number = 5
        assert (await ask(tmp_path / "s", b'{"id":1,"cmd":"ping"}'))["result"]["pid"] == os.getpid()
        answer = await ask(tmp_path / "s", b'{"id":2,"cmd":"snapshot"}')
        assert (answer["gen"], answer["result"]["number"]) == (5, 5)
        answer = await ask(tmp_path / "s", b'{"id":3,"cmd":"own","args":{"a":1},"dry_run":true}')
        assert answer["result"] == {"cmd": "own", "args": {"a": 1}, "dry": True}
        assert (await ask(tmp_path / "s", b'{"id":4,"cmd":"warn"}'))["warn"] == ["careful"]
        assert made.callers[0].pid == os.getpid()


async def test_errors_carry_code_and_hint_and_never_a_traceback(tmp_path: Path) -> None:
    async with bench(tmp_path / "s"):
        error = (await ask(tmp_path / "s", b'{"id":1,"cmd":"refuse"}'))["error"]
        assert error == {"code": "NO_SUCH_THING", "message": "there is none", "hint": "there are: a, b"}
        asyncio.get_running_loop().set_exception_handler(lambda _loop, _context: None)
        error = (await ask(tmp_path / "s", b'{"id":1,"cmd":"break"}'))["error"]
        assert error["code"] == "INTERNAL"
        assert (await ask(tmp_path / "s", b'{"id":1,"cmd":"unencodable"}'))["error"]["code"] == "INTERNAL"


async def test_a_request_made_for_another_generation_is_stale(tmp_path: Path) -> None:
    async with bench(tmp_path / "s") as made:
        made.number = 5
        assert (await ask(tmp_path / "s", b'{"id":1,"cmd":"own","if_gen":5}'))["ok"]
        assert (await ask(tmp_path / "s", b'{"id":1,"cmd":"own","if_gen":4}'))["error"]["code"] == "STALE"


@pytest.mark.parametrize("interval", [b"0", b"-1", b'"x"', b"true", b"1e9", b"null"])
async def test_a_silly_interval_is_refused(tmp_path: Path, interval: bytes) -> None:
    async with bench(tmp_path / "s"):
        answer = await ask(tmp_path / "s", b'{"id":1,"cmd":"watch","args":{"interval":%s}}' % interval)
        assert answer["error"]["code"] == "BAD_ARGUMENT"


async def test_pictures_come_at_once_at_changes_and_at_the_interval(tmp_path: Path) -> None:
    async with bench(tmp_path / "s") as made:
        loop = asyncio.get_running_loop()
        reader, writer = await asyncio.open_unix_connection(str(tmp_path / "s"))
        writer.write(b'{"id":1,"cmd":"watch","args":{"interval":0.5}}\n')
        assert b'"ok":true' in await reader.readline()
        assert b'"number":0' in await asyncio.wait_for(reader.readline(), 1)
        await asyncio.sleep(0.15)
        started, made.number = loop.time(), 1
        for _ in range(100):
            made.server.changed()
        assert b'"number":1' in await asyncio.wait_for(reader.readline(), 1)
        assert loop.time() - started < 1.0
        started = loop.time()
        await asyncio.wait_for(reader.readline(), 1)
        assert 0.3 < loop.time() - started < 2.0, "the hundred calls were to be one picture"
        writer.close()


async def test_many_clients_are_served_and_one_too_many_is_told(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(server, "MAX_CLIENTS", 20)
    async with bench(tmp_path / "s"):
        answers = await asyncio.gather(*(ask(tmp_path / "s", b'{"id":1,"cmd":"ping"}') for _ in range(20)))
        assert all(answer["ok"] for answer in answers)
        await asyncio.sleep(0.05)
        held = [await asyncio.open_unix_connection(str(tmp_path / "s")) for _ in range(20)]
        await asyncio.sleep(0.05)
        assert (await ask(tmp_path / "s", b'{"id":1,"cmd":"ping"}'))["error"]["code"] == "BUSY"
        for _, writer in held:
            writer.close()


async def test_the_socket_is_for_its_owner_only_and_goes_with_the_server(tmp_path: Path) -> None:
    path = tmp_path / "run" / "s"
    async with bench(path):
        assert path.stat().st_mode & 0o777 == 0o600
    assert not path.exists()


async def test_a_stale_socket_file_is_replaced(tmp_path: Path) -> None:
    with socket.socket(socket.AF_UNIX) as dead:
        dead.bind(str(tmp_path / "s"))
    async with bench(tmp_path / "s"):
        assert (await ask(tmp_path / "s", b'{"id":1,"cmd":"ping"}'))["ok"]


async def test_a_living_socket_and_a_foreign_file_are_respected(tmp_path: Path) -> None:
    async with bench(tmp_path / "s") as made:
        with pytest.raises(AlreadyRunning):
            await Server(tmp_path / "s", made.handle, made.picture).start()
        assert (await ask(tmp_path / "s", b'{"id":1,"cmd":"ping"}'))["ok"]
        (tmp_path / "file").write_text("precious")
        with pytest.raises(ControlError):
            await Server(tmp_path / "file", made.handle, made.picture).start()
        assert (tmp_path / "file").read_text() == "precious"
        with pytest.raises(ControlError):
            await Server(tmp_path / ("x" * 120), made.handle, made.picture).start()


async def test_close_lets_the_last_answer_out(tmp_path: Path) -> None:
    async with bench(tmp_path / "s") as made:
        asking = asyncio.ensure_future(ask(tmp_path / "s", b'{"id":1,"cmd":"wait"}'))
        await asyncio.sleep(0.05)
        closing = asyncio.ensure_future(made.server.close())
        await asyncio.sleep(0.05)
        made.release.set()
        assert (await asking)["ok"]
        await closing
