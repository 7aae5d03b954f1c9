"""A real server's weight and place in the table."""

from __future__ import annotations

import pytest

from lvstui.health.member import Member, members, table_endpoint
from lvstui.model.check import AdminState
from lvstui.model.endpoint import Endpoint, Protocol, ServiceKey
from lvstui.model.ipvs import ForwardingMethod
from tests.health.cast import RS1, RS2, misc, server, tcp, virtual_server

READY, DRAIN, MAINT = AdminState.READY, AdminState.DRAIN, AdminState.MAINT


@pytest.mark.parametrize(
    ("up", "admin", "inhibit", "sorry", "in_table", "weight"),
    [
        (True, READY, False, False, True, 2),
        (True, READY, False, True, False, 0),
        (True, READY, True, True, True, 0),
        (True, DRAIN, False, False, True, 0),
        (True, DRAIN, False, True, True, 0),
        (True, MAINT, True, False, False, 0),
        (False, READY, False, False, False, 0),
        (False, READY, True, False, True, 0),
        (False, DRAIN, False, False, False, 0),
    ],
)
def test_where_it_stands(up: bool, admin: AdminState, inhibit: bool, sorry: bool, in_table: bool, weight: int) -> None:
    member = Member(server(weight=2, inhibit_on_failure=inhibit), up, 0.0, admin)
    assert member.in_table(sorry) is in_table
    assert member.weight(sorry) == weight
    assert member.status(sorry).weight == weight


def test_a_dynamic_script_s_wish_is_the_weight() -> None:
    member = Member(server(RS1, misc(["x"], dynamic=True), weight=2), True, 0.0)
    member.wishes[0] = 5
    assert member.live_weight == 5
    member.admin = DRAIN
    assert member.live_weight == 0
    assert member.checked_weight == 5


def test_two_wishes_add_up_and_never_go_below_zero() -> None:
    member = Member(server(weight=10), True, 0.0)
    member.wishes.update({0: 12, 1: 5})
    assert member.live_weight == 7
    member.wishes.update({0: 0, 1: 0})
    assert member.live_weight == 0


def test_a_replacement_keeps_the_wish() -> None:
    old = Member(server(RS1, tcp(), misc(["x"], dynamic=True), weight=2), True, 3.0)
    old.wishes[1] = 7
    new = Member(old.configured, True, 9.0)
    new.resume(old.status(False), False)
    assert (new.live_weight, new.since_at, new.wishes) == (7, 3.0, {1: 7})


def test_how_they_start() -> None:
    service = virtual_server(server(RS1, tcp(alpha=True)), server(RS2))
    started = members(service, {}, 0.0)
    assert (started[RS1].up, started[RS2].up) == (False, True)
    assert members(service, {RS2: MAINT}, 0.0)[RS2].up is False


def test_without_nat_the_port_is_the_service_s() -> None:
    odd = Endpoint("10.0.0.1", 8080)
    service = virtual_server()
    mark = virtual_server(key=ServiceKey(Protocol.TCP, "0.0.0.0", 0, 3))
    assert table_endpoint(service, odd, ForwardingMethod.MASQUERADE).port == 8080
    assert table_endpoint(service, odd, ForwardingMethod.ROUTE).port == 80
    assert table_endpoint(mark, odd, ForwardingMethod.TUNNEL).port == 0
