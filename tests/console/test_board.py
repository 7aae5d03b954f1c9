"""The board puts panes where arrange says, and tells them their form."""

from __future__ import annotations

from pathlib import Path

from lvstui.console import arrange
from lvstui.console.board import Board
from lvstui.console.panes.vips import VipsPane
from lvstui.model.endpoint import Endpoint
from tests.console import pictures
from tests.console.harness import console


async def test_panes_are_where_arrange_says_and_move_with_the_size(tmp_path: Path) -> None:
    async with console(tmp_path, (120, 40), lab=pictures.lab()) as stage:
        board = stage.app.query_one(Board)
        for size in ((120, 40), (80, 24), (200, 60)):
            await stage.pilot.resize_terminal(*size)
            await stage.pilot.pause(0.1)
            expected = arrange.places(board.size.width, board.size.height, board.wanted())
            found = {str(pane.id): pane.region for pane in board.children}
            for name, place in expected.items():
                assert (found[name].x, found[name].y - board.region.y) == (place.x, place.y)
                assert found[name].size == (place.width, place.height)
            assert stage.app.query_one(VipsPane).compact == arrange.is_compact(*board.size)


async def test_a_pane_that_wants_more_gets_it(tmp_path: Path) -> None:
    async with console(tmp_path, (120, 40)) as stage:
        table = stage.app.query_one("#table")
        before = table.size.height
        many = tuple(pictures.destination(Endpoint(f"10.0.0.{n}", 80), 1) for n in range(1, 9))
        stage.lb1.show(pictures.director(table=pictures.table(*many)))
        await stage.shows("-> 10.0.0.8:80")
        assert table.size.height > before


async def test_zoom_gives_all_to_the_pane_in_focus(tmp_path: Path) -> None:
    async with console(tmp_path) as stage:
        await stage.press("5", "z")
        board = stage.app.query_one(Board)
        await stage.until(lambda: stage.app.query_one("#events").size == board.size)
        await stage.shows("lvstui 0.1.0 started with lb1.conf")
