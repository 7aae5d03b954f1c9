"""The top row: who is who, and whether what is shown is live."""

from __future__ import annotations

import msgspec

from lvstui.console.bars.header import freshness, header_pieces, seat_pieces
from lvstui.console.view import Seat, View
from lvstui.model.vrrp import VrrpState
from tests.console import pictures


def text(view: View, width: int = 80) -> str:
    return "".join(piece for piece, _ in header_pieces(view, width, pictures.TIME))


def a_view(**changes: object) -> View:
    snapshot = pictures.director(warnings=("no SCHED_FIFO here",))
    seats = (Seat("lb1", snapshot, False, True), Seat("lb2", pictures.backup(), False, False))
    values: dict[str, object] = {"name": "lb1", "snapshot": snapshot, "stale": False, "seats": seats, **changes}
    return View(**values)  # type: ignore[arg-type]


def test_both_directors_are_there_and_the_shown_one_is_marked() -> None:
    row = text(a_view())
    assert "▸lb1 ◆ MASTER" in row
    assert " lb2 ◇ BACKUP" in row
    assert "live" in row


def test_a_wide_header_tells_plane_and_warnings() -> None:
    assert "userspace plane   1 warning (i)   live" in text(a_view(), 120)


def test_data_has_an_age() -> None:
    assert freshness(a_view(age=0.4))[0] == "live"
    assert freshness(a_view(age=2.6))[0] == "data 2s old"
    assert freshness(a_view(age=12.0, stale=True))[0] == "STALE 12s"
    assert freshness(a_view(snapshot=None))[0] == "no data"


def test_a_seat_without_news_is_not_shown_in_its_last_state() -> None:
    assert seat_pieces(Seat("lb2", None, True, False))[1][0] == "✖ unreachable"
    assert seat_pieces(Seat("lb2", pictures.backup(), True, False))[1][0] == "~ stale"


def test_several_instances_are_counted() -> None:
    other = msgspec.structs.replace(pictures.instance(VrrpState.BACKUP), name="VI_2")
    several = pictures.director(instances=(pictures.instance(), other, other))
    assert "".join(word for word, _ in seat_pieces(Seat("lb1", several, False, True))) == "▸lb1 ◆ 1 MASTER ◇ 2 BACKUP"
    assert seat_pieces(Seat("lb1", pictures.director(instances=()), False, True))[1][0] == "no VRRP"


def test_a_narrow_header_fits() -> None:
    assert len(text(a_view(), 40)) == 40
