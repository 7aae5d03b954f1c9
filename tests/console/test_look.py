"""How the console looks, compared with pictures kept beside; after a wanted change: pytest --snapshot-update."""

from __future__ import annotations

import time
from collections.abc import Callable
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from textual.pilot import Pilot

from lvstui.console.app import ConsoleApp
from lvstui.console.bars import header
from lvstui.console.source import Source
from tests.console import pictures


@pytest.fixture(autouse=True)
def still(monkeypatch: pytest.MonkeyPatch) -> None:
    """Stop the clocks, and show pictures that were put there instead of following sockets."""

    async def stand(self: Source[Any]) -> None:
        return

    monkeypatch.setattr(Source, "follow", stand)
    monkeypatch.setattr(Source, "age", lambda self, now: 0.0)
    monkeypatch.setattr(header, "time", SimpleNamespace(time=lambda: pictures.TIME))
    monkeypatch.setenv("TZ", "UTC")
    time.tzset()


def console(lb1: object) -> ConsoleApp:
    app = ConsoleApp([("lb1", Path("/1")), ("lb2", Path("/2"))], Path("/3"))
    for source, picture in zip(app.sources, (lb1, pictures.backup()), strict=True):
        source.picture = picture  # type: ignore[assignment]
    assert app.lab_source is not None
    app.lab_source.picture = pictures.lab()
    return app


def pressing(*keys: str) -> Callable[[Pilot[int]], Any]:
    async def press(pilot: Pilot[int]) -> None:
        await pilot.press(*keys)
        await pilot.pause()
        app = pilot.app
        assert isinstance(app, ConsoleApp)
        app._refresh_view()
        await pilot.pause()

    return press


@pytest.mark.parametrize("size", [(80, 24), (200, 60)], ids=["80x24", "200x60"])
def test_a_healthy_cluster(snap_compare: Callable[..., bool], size: tuple[int, int]) -> None:
    assert snap_compare(console(pictures.director()), terminal_size=size, run_before=pressing("3"))


def test_trouble_at_120x40(snap_compare: Callable[..., bool]) -> None:
    assert snap_compare(console(pictures.drained()), terminal_size=(120, 40), run_before=pressing("4", "down"))
