"""The bottom row: keys of the focused pane, or what was just done."""

from __future__ import annotations

from pathlib import Path

import pytest

from lvstui.console import actions
from lvstui.console.actions import Where
from lvstui.console.bars.footer import Footer, keys_pieces
from tests.console.harness import console


@pytest.mark.parametrize("width", [20, 40, 60, 80, 200])
def test_help_and_quit_are_always_there(width: int) -> None:
    text = "".join(text for text, _ in keys_pieces(actions.footer(Where.TABLE, Where.EVERYWHERE), width))
    assert "? help" in text
    assert "q quit" in text
    assert len(text) <= width


async def test_keys_follow_the_focus(tmp_path: Path) -> None:
    async with console(tmp_path) as stage:
        await stage.shows("d drain")
        await stage.press("2")
        await stage.shows("Enter apply")
        await stage.until(lambda: "d drain" not in stage.text())


async def test_a_message_stands_in_for_the_keys(tmp_path: Path) -> None:
    async with console(tmp_path) as stage:
        footer = stage.app.query_one(Footer)
        footer.say("VI_1: done")
        await stage.shows("VI_1: done")
        footer._silence("another message")
        assert footer.message == "VI_1: done"
        footer._silence("VI_1: done")
        await stage.shows("d drain")
