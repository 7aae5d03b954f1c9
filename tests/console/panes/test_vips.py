"""Who holds the VIPs: state, since when, reason, addresses, peers."""

from __future__ import annotations

from pathlib import Path

import msgspec
import pytest

from lvstui.console.lines import Line
from lvstui.console.panes.vips import compact_lines, full_lines, peer_pieces, vip_pieces
from lvstui.console.view import View
from lvstui.model.vip import Vip
from lvstui.model.vrrp import Peer, VipStatus, VrrpState
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
    assert "peer lb2 priority 99 heard <2s" in text(lines)
    assert "priority 100 is the highest heard" in text(lines)


def test_a_long_address_and_a_long_peer_get_their_own_rows() -> None:
    one = msgspec.structs.replace(
        pictures.instance(), vips=(VipStatus(Vip("192.168.177.100", 24, "enp0s31f6", "enp0s31f6:lvs1"), True),)
    )
    assert len(compact_lines(one, VIEW, 80)) == 4


def test_a_row_for_each_fact_where_there_is_room() -> None:
    lines = text(full_lines(pictures.instance(VrrpState.BACKUP, base=99), VIEW))
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


def test_a_peer_that_fell_silent_is_said_to_be() -> None:
    pieces = "".join(word for word, _ in peer_pieces(Peer("10.0.0.2", 99, pictures.NOW - 9, 5), VIEW))
    assert pieces == "10.0.0.2 priority 99 silent 9s"


def test_rejected_adverts_of_a_peer_are_shown() -> None:
    peer = Peer(pictures.LB2, 99, pictures.NOW, 5, rejected=3, last_rejection="wrong password")
    assert peer_pieces(peer, VIEW)[-1] == ("  3 rejected (wrong password)", "warn")


def test_nobody_heard_is_a_warning() -> None:
    one = msgspec.structs.replace(pictures.instance(), peers=())
    assert ("no peer heard", "warn") in [piece for line in compact_lines(one, VIEW, 80) for piece in line.pieces]


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
