"""Who holds the VIPs: state, since when, reason, addresses, peers."""

from __future__ import annotations

from pathlib import Path

import msgspec
import pytest

from lvstui.console.lines import Line, Pieces
from lvstui.console.panes.vips import compact_lines, full_lines, heard_piece, peer_pieces, peers_pieces, vip_pieces
from lvstui.console.view import PeerSight, View
from lvstui.model.vip import Vip
from lvstui.model.vrrp import InstanceStatus, VipStatus, VrrpState
from tests.console import pictures
from tests.console.harness import console

VIEW = View("lb1", pictures.director(), pictures.NOW, stale=False, names={pictures.LB2: "lb2"})
VIP = Vip("192.168.77.100", 24, "ens33", "ens33:0")


def text(lines: list[Line]) -> str:
    return "\n".join(line.text for line in lines)


def test_three_rows_say_it_all() -> None:
    lines = compact_lines(pictures.instance(), VIEW, 80)
    assert len(lines) == 3
    assert all(len(line.text) <= 80 for line in lines)
    for words in ("VI_1", "vrid 61 on ens33", "◆ MASTER 4m12s", "priority 100", "192.168.77.100/24 ens33:0", "● held"):
        assert words in text(lines)
    assert "peer lb2 192.168.77.12 priority 99  heard 4m12s ago" in text(lines)
    assert "priority 100 is the highest heard" in text(lines)


def test_a_long_reason_gets_its_own_row() -> None:
    one = msgspec.structs.replace(pictures.instance(), reason="preempts 192.168.77.12: priority 99, ours 100, at last")
    assert len(compact_lines(one, VIEW, 80)) == 4


def test_a_row_for_each_fact_where_there_is_room() -> None:
    lines = text(full_lines(pictures.instance(VrrpState.BACKUP, base=99), VIEW, 70))
    for words in (
        "VRRPv2",
        "◇ BACKUP for 4m12s",
        "because",
        "○ not held",
        "lb2 192.168.77.12",
        "takes over after 3.61 s",
    ):
        assert words in lines


@pytest.mark.parametrize(
    ("state", "is_held", "style"),
    [
        (VrrpState.MASTER, True, "up"),
        (VrrpState.MASTER, False, "error"),
        (VrrpState.BACKUP, True, "error"),
        (VrrpState.BACKUP, False, "dim"),
    ],
)
def test_an_address_that_contradicts_the_state_is_an_error(state: VrrpState, is_held: bool, style: str) -> None:
    assert vip_pieces(VipStatus(VIP, is_held), state)[2][1] == style


def test_why_an_address_could_not_be_added_is_said() -> None:
    assert vip_pieces(VipStatus(VIP, False, "no such device"), VrrpState.MASTER)[-1] == ("  no such device", "error")


def words(pieces: Pieces) -> str:
    return "".join(word for word, _ in pieces)


MASTER = pictures.instance()
BACKUP = pictures.instance(VrrpState.BACKUP, base=99, source=pictures.LB2, peer=pictures.LB1)


@pytest.mark.parametrize(
    ("one", "state", "since", "said", "style"),
    [
        (BACKUP, None, 0.4, "heard <2s ago", ""),
        (BACKUP, None, 9.0, "silent for 9s", "warn"),
        (MASTER, None, 0.4, "heard <2s ago", ""),
        (MASTER, None, 90.0, "heard 1m30s ago", "dim"),
        (MASTER, VrrpState.BACKUP, 90.0, "heard 1m30s ago", "dim"),
        (MASTER, VrrpState.MASTER, 90.0, "silent for 1m30s", "warn"),
        (MASTER, VrrpState.BACKUP, None, "not heard", "dim"),
    ],
)
def test_silence_is_a_warning_only_of_those_who_ought_to_speak(
    one: InstanceStatus, state: VrrpState | None, since: float | None, said: str, style: str
) -> None:
    peer = PeerSight(pictures.LB1, "lb1", 100, state, since)
    assert heard_piece(peer, one) == (said, style)


def test_a_peer_is_named_with_what_its_engine_says() -> None:
    peer = PeerSight(pictures.LB2, "lb2", 99, VrrpState.BACKUP, None)
    assert words(peer_pieces(peer, MASTER)) == "lb2 192.168.77.12 priority 99  ◇ BACKUP  not heard"


def test_rejected_adverts_of_a_peer_are_shown() -> None:
    peer = PeerSight(pictures.LB2, "", 99, since=0.1, rejected=3, last_rejection="wrong password")
    assert peer_pieces(peer, MASTER)[-1] == ("  3 rejected (wrong password)", "warn")


def test_a_master_that_hears_nobody_is_as_it_should_be_a_backup_is_not() -> None:
    alone = msgspec.structs.replace(MASTER, peers=())
    assert peers_pieces(alone, VIEW)[0][0][1] == "dim"
    deaf = msgspec.structs.replace(BACKUP, peers=())
    assert peers_pieces(deaf, VIEW) == [(("none heard", "warn"),)]


def test_a_reason_names_directors_not_addresses() -> None:
    one = msgspec.structs.replace(MASTER, reason="preempts 192.168.77.12: priority 99, ours 100")
    assert "preempts lb2: priority 99, ours 100" in text(compact_lines(one, VIEW, 80))


async def test_the_selected_instance_is_the_one_the_slider_moves(tmp_path: Path) -> None:
    other = pictures.instance(VrrpState.BACKUP, name="VI_2", base=50)
    picture = pictures.director(instances=(pictures.instance(), other))
    async with console(tmp_path, (120, 40), lb1=picture) as stage:
        await stage.shows("2 Priority VI_1", "VI_2")
        await stage.press("1", "down")
        await stage.shows("2 Priority VI_2")
        await stage.press("2", "up")
        await stage.shows("2 Priority VI_1")
        await stage.press("j", "right")
        await stage.shows("2 Priority VI_2", "50 → 51")
        await stage.press("enter")
        await stage.until(lambda: bool(stage.lb1.acts()))
        assert stage.lb1.acts()[0][1]["instance"] == "VI_2"
