"""A socket is followed for ever: its pictures, their age, and why there are none."""

from __future__ import annotations

import asyncio
import time
from pathlib import Path

import pytest

from lvstui.console.source import SILENCE_SECONDS, Source
from lvstui.errors import ControlError, EngineUnreachable
from lvstui.model.snapshot import DirectorSnapshot
from tests.console import pictures
from tests.console.director import serving


async def until(is_so: object, seconds: float = 5.0) -> None:
    end = time.monotonic() + seconds
    while not is_so():  # type: ignore[operator]
        assert time.monotonic() < end
        await asyncio.sleep(0.01)


async def test_pictures_arrive_and_a_lost_engine_is_found_again(tmp_path: Path) -> None:
    news: list[bool] = []
    source = Source("lb1", tmp_path / "s", DirectorSnapshot, lambda: news.append(source.picture is not None))
    following = asyncio.create_task(source.follow())
    try:
        await until(lambda: "no engine answers" in source.problem)
        assert source.hint
        assert source.is_stale(time.monotonic())
        async with serving(tmp_path / "s", pictures.director()) as director:
            await until(lambda: source.picture is not None)
            assert not source.problem
            assert not source.is_stale(time.monotonic())
            director.show(pictures.director(generation=99))
            await until(lambda: source.picture is not None and source.picture.generation == 99)
            answer = await source.request("priority", {"instance": "VI_1", "adjustment": -2}, dry_run=True)
            assert answer.result["effective_priority"] == 98
            director.refusal = ControlError("NO", "no", "never")
            with pytest.raises(ControlError, match="no"):
                await source.request("priority", {"instance": "VI_1", "adjustment": -2})
        await until(lambda: bool(source.problem))
        assert source.picture is not None, "the last picture stays, to be shown as stale"
        assert source.is_stale(time.monotonic())
        with pytest.raises(EngineUnreachable):
            await source.request("ping", {})
        async with serving(tmp_path / "s", pictures.director(generation=100)):
            await until(lambda: not source.problem and source.picture is not None and source.picture.generation == 100)
    finally:
        following.cancel()
        await asyncio.gather(following, return_exceptions=True)
    assert news


async def test_it_ends_when_closed_even_if_nobody_cancels_it(tmp_path: Path) -> None:
    async with serving(tmp_path / "s", pictures.director()) as director:
        source = Source("lb1", tmp_path / "s", DirectorSnapshot, lambda: None)
        following = asyncio.create_task(source.follow())
        await until(lambda: source.picture is not None)
        source.close()
        director.show(pictures.director(generation=99))
        await asyncio.wait_for(following, 3)


async def test_garbage_on_the_socket_is_a_problem_not_a_crash(tmp_path: Path) -> None:
    async def babble(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(b'\xff\x00not json\n{"picture": 7}\n')
        await writer.drain()

    server = await asyncio.start_unix_server(babble, tmp_path / "s")
    source = Source("lb1", tmp_path / "s", DirectorSnapshot, lambda: None)
    following = asyncio.create_task(source.follow())
    try:
        await until(lambda: bool(source.problem))
        assert not following.done()
        assert source.picture is None
    finally:
        following.cancel()
        await asyncio.gather(following, return_exceptions=True)
        server.close()


async def test_a_picture_of_another_version_is_a_problem(tmp_path: Path) -> None:
    async with serving(tmp_path / "s", {"generation": "many"}):
        source = Source("lb1", tmp_path / "s", DirectorSnapshot, lambda: None)
        following = asyncio.create_task(source.follow())
        await until(lambda: "another version" in source.problem)
        following.cancel()
        await asyncio.gather(following, return_exceptions=True)


def test_age_and_silence() -> None:
    source = Source("lb1", Path("/nowhere"), DirectorSnapshot, lambda: None)
    assert source.age(50.0) == 0.0
    assert source.is_stale(50.0)
    source.picture, source.received_at = pictures.director(), 50.0
    assert source.age(51.5) == 1.5
    assert not source.is_stale(50.0 + SILENCE_SECONDS)
    assert source.is_stale(50.1 + SILENCE_SECONDS)
