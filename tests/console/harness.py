"""A console without a terminal, against directors on real sockets."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from rich.style import Style
from textual.pilot import Pilot

from lvstui.console.app import ConsoleApp
from tests.console import pictures
from tests.console.director import Director, serving

SIZES = ((80, 24), (120, 40), (200, 60))


@dataclass
class Stage:
    """Everything a test of the console plays with."""

    app: ConsoleApp
    pilot: Pilot[int]
    lb1: Director
    lb2: Director
    lab: Director | None

    def rows(self) -> list[str]:
        """Return what is on the screen."""
        return [strip.text for strip in self.app.screen._compositor.render_strips()]

    def text(self) -> str:
        """Return what is on the screen, as one text."""
        return "\n".join(self.rows())

    def styles_of(self, word: str) -> list[Style]:
        """Return the styles of all pieces that contain `word`."""
        strips = self.app.screen._compositor.render_strips()
        return [piece.style for strip in strips for piece in strip if piece.style and word in piece.text]

    async def until(self, is_so: Callable[[], bool], seconds: float = 5.0) -> None:
        """Wait until something is so."""
        end = asyncio.get_running_loop().time() + seconds
        while not is_so():
            assert asyncio.get_running_loop().time() < end, f"still not so:\n{self.text()}"
            await self.pilot.pause(0.02)

    async def shows(self, *words: str) -> None:
        """Wait until all words are on the screen."""
        await self.until(lambda: all(word in self.text() for word in words))

    async def press(self, *keys: str) -> None:
        """Press keys."""
        await self.pilot.press(*keys)
        await self.pilot.pause()


@asynccontextmanager
async def console(
    folder: Path,
    size: tuple[int, int] = (80, 24),
    *,
    lb1: object = None,
    lb2: object = None,
    lab: object = None,
) -> AsyncIterator[Stage]:
    """Open a console on lb1 and lb2, and on a lab if a picture of it is given; it has painted its first picture."""
    async with AsyncExitStack() as stack:
        first = await stack.enter_async_context(serving(folder / "1", lb1 or pictures.director()))
        second = await stack.enter_async_context(serving(folder / "2", lb2 or pictures.backup()))
        third = await stack.enter_async_context(serving(folder / "3", lab)) if lab else None
        app = ConsoleApp([("lb1", first.path), ("lb2", second.path)], third.path if third else None)
        pilot: Pilot[Any] = await stack.enter_async_context(app.run_test(size=size))
        stage = Stage(app, pilot, first, second, third)
        await stage.until(lambda: all(source.picture for source in app.sources))
        if app.lab_source:
            await stage.until(lambda: app.lab_source is not None and app.lab_source.picture is not None)
        await stage.pilot.pause()
        yield stage
