"""The console as an operator uses it: against real sockets, at the sizes people have."""

from __future__ import annotations

from pathlib import Path

import msgspec
import pytest

from lvstui.errors import ControlError
from lvstui.model.event import Severity
from tests.console import pictures
from tests.console.harness import SIZES, console

LB2 = {"address": "192.168.77.12", "priority": 99, "name": "lb2"}
SERVER = {"service": "192.168.77.100:80/tcp", "real_server": "192.168.77.21:80"}


@pytest.mark.parametrize("size", SIZES)
async def test_everything_is_on_the_screen_at_once(tmp_path: Path, size: tuple[int, int]) -> None:
    async with console(tmp_path, size, lab=pictures.lab()) as stage:
        await stage.shows("lb1 ◆ MASTER", "lb2 ◇ BACKUP", "live")
        await stage.shows("1 VIPs", "2 Priority VI_1", "3 IPVS table", "4 Checkers", "5 Events", "6 Lab", "q quit")
        await stage.shows("192.168.77.100/24", "● held", "priority 100 is the highest heard")
        await stage.shows("Prot LocalAddress:Port Scheduler Flags", "-> RemoteAddress:Port", "ActiveConn InActConn")
        await stage.shows("TCP  192.168.77.100:80 rr", "-> 192.168.77.21:80", "-> 192.168.77.22:80", "Route")
        await stage.shows("userspace plane", "HTTP_GET", "L7OK", "rs1 1234", "chk_mt", "base")


@pytest.mark.parametrize("size", SIZES)
async def test_no_row_of_a_pane_is_cut_off(tmp_path: Path, size: tuple[int, int]) -> None:
    async with console(tmp_path, size, lab=pictures.lab()) as stage:
        await stage.shows("rs1 1234")
        events = ("Activating service", "Entering MASTER STATE")  # long ones are cut; Enter shows them whole
        cut = [row for row in stage.rows() if "…" in row and not any(word in row for word in events)]
        assert cut == []


@pytest.mark.parametrize("size", SIZES)
async def test_the_slider_does_what_the_down_file_does_and_back(tmp_path: Path, size: tuple[int, int]) -> None:
    async with console(tmp_path, size) as stage:
        await stage.press("2", "left", "left")
        await stage.shows("at 98 lb2 takes VI_1 in about 3.3 s; no gap", "100 → 98", "0 → -2")
        assert stage.lb1.acts() == []
        await stage.press("enter")
        await stage.until(lambda: bool(stage.lb1.acts()))
        assert stage.lb1.acts() == [
            ("priority", {"instance": "VI_1", "adjustment": -2, "why": "from the console", "peers": [LB2]})
        ]
        assert stage.lb2.requests == []
        stage.lb1.show(pictures.director(one=pictures.instance(manual=-2)))
        await stage.until(lambda: "pending" not in stage.text())
        await stage.press("0")
        await stage.shows("at 100 lb1 keeps VI_1", "-2 → 0")
        await stage.press("enter")
        await stage.until(lambda: len(stage.lb1.acts()) == 2)
        assert stage.lb1.acts()[1][1]["adjustment"] == 0


async def test_keys_typed_faster_than_the_engine_answers_still_apply(tmp_path: Path) -> None:
    async with console(tmp_path) as stage:
        await stage.pilot.press("2", "left", "left", "enter")
        await stage.until(lambda: bool(stage.lb1.acts()))
        assert [args["adjustment"] for _, args in stage.lb1.acts()] == [-2]


async def test_escape_drops_what_is_pending(tmp_path: Path) -> None:
    async with console(tmp_path) as stage:
        await stage.press("2", "left_square_bracket")
        await stage.shows("100 → 90")
        await stage.press("escape", "enter")
        assert "→ 90" not in stage.text()
        assert stage.lb1.acts() == []


async def test_a_gap_is_asked_for_and_cancel_is_marked(tmp_path: Path) -> None:
    async with console(tmp_path) as stage:
        stage.lb1.gap = True
        await stage.press("2", "left", "left")
        await stage.shows("requests are lost")
        await stage.press("enter")
        await stage.shows("Set VI_1 to -2?", "Cancel")
        await stage.press("enter")
        assert stage.lb1.acts() == []
        await stage.press("enter")
        await stage.shows("Set VI_1 to -2?")
        await stage.press("tab", "enter")
        await stage.until(lambda: bool(stage.lb1.acts()))


async def test_drain_shows_its_effect_stands_on_cancel_and_can_be_undone(tmp_path: Path) -> None:
    async with console(tmp_path) as stage:
        await stage.press("3", "d")
        await stage.shows("Drain 192.168.77.21:80 of 192.168.77.100:80/tcp?", "1 of 2 stays, quorum 1 kept")
        await stage.press("enter")
        await stage.shows("Nothing was changed")
        assert stage.lb1.acts() == []
        await stage.press("d")
        await stage.shows("Drain 192.168.77.21:80")
        await stage.press("y")
        await stage.until(lambda: bool(stage.lb1.acts()))
        assert stage.lb1.acts() == [("server.state", {**SERVER, "state": "drain", "why": "from the console"})]
        await stage.shows("is set to drain. U takes it back to ready")
        await stage.press("U")
        await stage.shows("Return 192.168.77.21:80")
        await stage.press("enter")
        await stage.until(lambda: len(stage.lb1.acts()) == 2)
        assert stage.lb1.acts()[1][1]["state"] == "ready"


async def test_a_drained_server_is_marked_and_returned_from_the_checkers(tmp_path: Path) -> None:
    async with console(tmp_path, lb1=pictures.drained()) as stage:
        await stage.shows("▽ drain", "✖ DOWN", "not in the table", "status 500", "1 DOWN")
        await stage.press("4", "u")
        await stage.shows("Return 192.168.77.21:80")
        await stage.press("enter")
        await stage.until(lambda: bool(stage.lb1.acts()))
        assert stage.lb1.acts()[0][1] == {**SERVER, "state": "ready", "why": "from the console"}


async def test_what_is_so_already_is_not_asked_for(tmp_path: Path) -> None:
    async with console(tmp_path) as stage:
        await stage.press("3", "u")
        await stage.shows("192.168.77.21:80 is ready already")
        assert stage.lb1.requests == []


async def test_a_refusal_is_shown_with_its_hint(tmp_path: Path) -> None:
    async with console(tmp_path) as stage:
        stage.lb1.refusal = ControlError("LAST", "this is the last server", "drain another one")
        await stage.press("3", "m")
        await stage.shows("Take out 192.168.77.21:80")
        await stage.press("y")
        await stage.shows("this is the last server. drain another one")


async def test_the_other_director_can_be_shown_and_is_the_one_that_is_acted_on(tmp_path: Path) -> None:
    async with console(tmp_path) as stage:
        await stage.shows("▸lb1", "● held")
        await stage.press("n")
        await stage.shows("▸lb2", "○ not held", "hears the MASTER with priority 100")
        await stage.press("3", "d")
        await stage.shows("Drain")
        await stage.press("y")
        await stage.until(lambda: bool(stage.lb2.acts()))
        assert stage.lb1.requests == []


async def test_the_lab_menu_breaks_and_mends(tmp_path: Path) -> None:
    async with console(tmp_path, lab=pictures.lab(rs1_running=False)) as stage:
        assert stage.lab is not None
        await stage.shows("rs1 web server stopped")
        await stage.press("x")
        await stage.shows("touch the down file", "kill the engine", "start the web server", "now: web server stopped")
        await stage.press("enter")
        await stage.until(lambda: bool(stage.lab and stage.lab.acts()))
        assert stage.lab.acts() == [("lab.down_file", {"host": "lb1", "action": "touch"})]
        await stage.shows("lb1: touch the down file: done")
        await stage.press("L", *["down"] * 8, "enter")
        await stage.until(lambda: bool(stage.lab and len(stage.lab.acts()) == 2))
        assert stage.lab.acts()[1] == ("lab.web", {"host": "rs1", "action": "start"})


async def test_without_a_lab_there_is_neither_pane_nor_key(tmp_path: Path) -> None:
    async with console(tmp_path) as stage:
        assert "x lab" not in stage.text()
        await stage.press("x")
        await stage.shows("this is not the lab's console")


async def test_a_silent_engine_is_stale_and_the_console_comes_back(tmp_path: Path) -> None:
    async with console(tmp_path) as stage:
        await stage.shows("● up")
        green = stage.styles_of("● up")[0].color
        await stage.lb1.server.close()
        await stage.shows("! STALE", "~ stale", "no engine answers")
        assert green not in {style.color for style in stage.styles_of("● up")}
        await stage.press("n")
        await stage.shows("▸lb2", "live")
        await stage.press("n")
        await stage.lb1.server.start()
        await stage.until(lambda: "STALE" not in stage.text())
        await stage.shows("◆ MASTER", "live")


async def test_an_engine_that_never_answered_is_named(tmp_path: Path) -> None:
    async with console(tmp_path) as stage:
        stage.app.sources[0].picture = None
        await stage.lb1.server.close()
        await stage.shows("ENGINE UNREACHABLE", "waiting for the engine", "no data")


async def test_text_from_outside_neither_drives_the_terminal_nor_is_markup(tmp_path: Path) -> None:
    hostile = "\x1b[2J\x1b]0;owned\x07[bold red]not markup[/] [@click=app.quit]x[/]\u202e"
    picture = pictures.director(
        events=(pictures.event(1, hostile, Severity.ERROR, reason="\x9b31m"),),
        checkers=(msgspec.structs.replace(pictures.checker(pictures.RS1), detail=hostile),),
        plane_note=hostile,
    )
    async with console(tmp_path, (200, 60), lb1=picture) as stage:
        await stage.shows("[bold red]not markup[/]", "␛[2J")
        controls = {character for character in stage.text() if character != "\n" and not character.isprintable()}
        assert controls == set()
        await stage.press("5", "enter")
        await stage.shows("[@click=app.quit]x[/]")


async def test_details_help_and_engine_pages_open_and_close(tmp_path: Path) -> None:
    async with console(tmp_path) as stage:
        for keys, words in (
            (("1", "enter"), ("VRRP instance VI_1 on lb1", "master-down")),
            (("3", "enter"), ("Real server 192.168.77.21:80", "In the table")),
            (("4", "down", "enter"), ("Real server 192.168.77.22:80",)),
            (("5", "enter"), ("Event", "severity")),
            (("question_mark",), ("Help", "Keys: events")),
            (("i",), ("Engine of lb1", "pid 4712")),
        ):
            await stage.press(*keys)
            await stage.shows(*words, "Esc closes")
            await stage.press("escape")
            await stage.until(lambda: "Esc closes" not in stage.text())


async def test_quitting_ends_the_console_only(tmp_path: Path) -> None:
    async with console(tmp_path) as stage:
        await stage.press("ctrl+c")
        await stage.shows("q leaves the console; the engine goes on")
        await stage.press("q")
        await stage.pilot.pause()
        assert stage.app.return_code == 0
        assert stage.lb1.acts() == []


async def test_tab_goes_through_all_panes_and_zoom_gives_one_the_screen(tmp_path: Path) -> None:
    async with console(tmp_path, lab=pictures.lab()) as stage:
        seen = []
        for _ in range(6):
            seen.append(stage.app.focused.id if stage.app.focused else "")
            await stage.press("tab")
        assert sorted(str(name) for name in seen) == ["checkers", "events", "lab", "priority", "table", "vips"]
        await stage.press("4", "z")
        await stage.until(lambda: "1 VIPs" not in stage.text())
        await stage.press("z")
        await stage.shows("1 VIPs")


@pytest.mark.parametrize("size", [(60, 16), (40, 10), (20, 5), (71, 24), (80, 21), (300, 90), (1, 1)])
async def test_any_size_works_and_panes_stay_within_reach(tmp_path: Path, size: tuple[int, int]) -> None:
    async with console(tmp_path, size, lab=pictures.lab()) as stage:
        for key, pane in (
            ("1", "vips"),
            ("2", "priority"),
            ("4", "checkers"),
            ("5", "events"),
            ("6", "lab"),
            ("3", "table"),
        ):
            await stage.press(key)
            await stage.until(lambda pane=pane: stage.app.query_one(f"#{pane}").region.height > 0 or size[1] < 4)  # type: ignore[misc]
        await stage.pilot.resize_terminal(80, 24)
        await stage.shows("1 VIPs", "6 Lab")


async def test_the_cursor_stays_on_its_server_when_rows_come_and_go(tmp_path: Path) -> None:
    async with console(tmp_path) as stage:
        await stage.press("3", "down")
        more = pictures.table(
            pictures.destination(pictures.SORRY, 1),
            pictures.destination(pictures.RS1, 1),
            pictures.destination(pictures.RS2, 2),
        )
        stage.lb1.show(pictures.director(table=more))
        await stage.shows("127.0.0.1:80")
        await stage.press("d")
        await stage.shows("Drain 192.168.77.22:80")


async def test_an_unchanged_picture_repaints_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    async with console(tmp_path) as stage:
        await stage.shows("● up")
        board = [pane for pane in stage.app.query_one("#board").children if pane.id != "events"]
        refreshed: list[str] = []
        for pane in board:
            monkeypatch.setattr(pane, "refresh", lambda *regions, name=pane.id, **_: refreshed.append(str(name)))
        stage.app._refresh_view()
        stage.app._refresh_view()
        assert refreshed == []


async def test_every_theme_can_be_chosen(tmp_path: Path) -> None:
    async with console(tmp_path) as stage:
        seen = set()
        for _ in range(3):
            seen.add(stage.app.theme)
            await stage.press("T")
        assert seen == {"lvstui-dark", "lvstui-light", "lvstui-mono"}
        await stage.shows("● up")
