"""The banner is there only when it has something to say."""

from __future__ import annotations

from pathlib import Path

from lvstui.console.bars.banner import Banner
from lvstui.model.snapshot import ProcessStatus
from tests.console import pictures
from tests.console.harness import console


async def test_it_appears_and_goes(tmp_path: Path) -> None:
    async with console(tmp_path) as stage:
        assert not stage.app.query_one(Banner).display
        dead = ProcessStatus(name="vrrp", pid=7, alive=False, started_at=0, answered_at=0, restarts=2)
        stage.lb1.show(pictures.director(processes=(dead,)))
        await stage.shows("! The vrrp process is down; the engine starts it again (2 restarts)")
        stage.lb1.show(pictures.director())
        await stage.until(lambda: "process is down" not in stage.text())
        assert not stage.app.query_one(Banner).display


def test_it_draws_what_it_was_told() -> None:
    banner = Banner(id="banner")
    banner.text = "STALE 3s"
    assert banner.draw(80, 1)[0].text == " ! STALE 3s"
