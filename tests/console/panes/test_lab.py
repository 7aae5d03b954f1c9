"""The lab: who answered, what was lost, what is broken on purpose."""

from __future__ import annotations

from pathlib import Path

import msgspec

from lvstui.console.panes.lab import broken_pieces, client_pieces, faults_of, host_line, recent_pieces, tally_pieces
from lvstui.model.lab import Answers
from tests.console import pictures
from tests.console.harness import console

FINE = pictures.lab()
BROKEN = pictures.lab(rs1_running=False, down_file=True)


def test_the_tally_counts_answers_and_hides_a_zero_of_failures() -> None:
    assert "".join(text for text, _ in tally_pieces(FINE)) == "rs1 1234  rs2 1233  sorry lb1 3"
    lost = msgspec.structs.replace(FINE, tally=(Answers("no answer", 4, 1),))
    assert tally_pieces(lost)[1] == ("no answer", "error")
    assert tally_pieces(msgspec.structs.replace(FINE, tally=()))[0][0] == "no answer yet"


def test_failures_are_an_error() -> None:
    assert client_pieces(FINE)[1] == ("0 failed", "dim")
    assert client_pieces(msgspec.structs.replace(FINE, failures=2))[1] == ("2 failed", "error")


def test_recent_answers_show_what_is_not_a_real_server() -> None:
    pieces = recent_pieces(msgspec.structs.replace(FINE, recent=("rs1", "sorry lb1", "no answer")))
    assert [(text, style) for text, style in pieces[1::2]] == [
        ("rs1", ""),
        ("sorry lb1", "sorry"),
        ("no answer", "error"),
    ]


def test_what_is_broken_is_said_in_words() -> None:
    assert broken_pieces(FINE) == ()
    assert broken_pieces(BROKEN)[0][0] == "lb1 down file, rs1 web server stopped"
    cut = msgspec.structs.replace(FINE.hosts[0], running=False, link_up=False)
    assert faults_of(cut) == ["engine stopped", "link cut"]


def test_a_host_tells_whether_it_holds_the_vip() -> None:
    assert host_line(FINE.hosts[0], FINE).text.endswith("● fine   holds the VIP")
    assert "holds" not in host_line(FINE.hosts[1], FINE).text
    keepalived = msgspec.structs.replace(FINE.hosts[1], daemon="keepalived")
    assert "keepalived" in host_line(keepalived, FINE).text


async def test_one_row_at_24_rows_and_all_hosts_where_there_is_room(tmp_path: Path) -> None:
    async with console(tmp_path, lab=FINE) as stage:
        await stage.shows("6 Lab  rs1 1234  rs2 1233", "2470 requests, 0 failed, gap 104 ms")
        await stage.pilot.resize_terminal(200, 60)
        await stage.shows("last answers", "real server 192.168.77.21", "● fine", "client")


async def test_enter_opens_the_menu(tmp_path: Path) -> None:
    async with console(tmp_path, lab=FINE) as stage:
        await stage.press("6", "enter")
        await stage.shows("touch the down file")
