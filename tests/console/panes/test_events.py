"""What happened: newest first, in keepalived's words, of both directors."""

from __future__ import annotations

from pathlib import Path

from lvstui.console.panes.events import EventsPane
from lvstui.model.event import Severity
from tests.console import pictures
from tests.console.harness import console


async def test_events_of_both_directors_newest_first(tmp_path: Path) -> None:
    async with console(tmp_path, (120, 40)) as stage:
        await stage.shows("(VI_1) Entering MASTER STATE", "(VI_1) Entering BACKUP STATE (init)")
        rows = [row for row in stage.rows() if "STATE" in row or "started" in row]
        assert [row.split()[1] for row in rows] == ["lb1", "lb2", "lb1", "lb1"]
        assert "notice" in rows[0]
        assert "master down interval expired" in rows[0]


async def test_a_new_event_is_on_top_unless_the_operator_reads_an_old_one(tmp_path: Path) -> None:
    def later(text: str, ago: float) -> object:
        return pictures.director(events=(*pictures.events(), pictures.event(ago, text, Severity.ERROR)))

    async with console(tmp_path) as stage:
        pane = stage.app.query_one(EventsPane)
        stage.lb1.show(later("(VI_1) one", 3))
        await stage.shows("(VI_1) one")
        assert pane.selected == pane.rows[0].key
        await stage.press("5", "down", "down")
        reading = pane.selected
        stage.lb1.show(later("(VI_1) two", 1))
        await stage.until(lambda: "two" in pane.rows[0].key)
        assert pane.selected == reading


async def test_nothing_yet_is_said(tmp_path: Path) -> None:
    async with console(tmp_path, lb1=pictures.director(events=()), lb2=pictures.backup(events=())) as stage:
        await stage.shows("nothing has happened yet")
