"""The pool of a virtual server, played against what keepalived 2.2.7 logged and programmed."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lvstui.health.pool import Pool, netmask
from lvstui.model.check import AdminState
from lvstui.model.configuration import VirtualServer
from lvstui.model.endpoint import Endpoint
from lvstui.model.event import Event, EventKind
from lvstui.model.ipvs import ForwardingMethod
from tests.health.cast import RS1, RS2, SORRY, misc, server, tcp, virtual_server

VS = "VS [192.168.61.100]:tcp:80"
READY, DRAIN, MAINT = AdminState.READY, AdminState.DRAIN, AdminState.MAINT


class Play:
    """A pool and everything it said."""

    def __init__(self, configured: VirtualServer, **changes: AdminState) -> None:
        admin = {{"rs1": RS1, "rs2": RS2}[name]: state for name, state in changes.items()}
        self.pool = Pool(configured, 0.0, router_id="LVS_T", admin=admin)
        self.events: list[Event] = []
        self.now = 0.0
        self._take(self.pool.begin(0.0, 1e9))

    def _take(self, events: tuple[Event, ...]) -> None:
        self.events += events

    def up(self, endpoint: Endpoint, up: bool = True, reason: str = "L4CON Connection refused") -> list[str]:
        return self._act(self.pool.set_up, endpoint, up, reason)

    def down(self, endpoint: Endpoint) -> list[str]:
        return self.up(endpoint, False)

    def admin(self, endpoint: Endpoint, admin: AdminState) -> list[str]:
        return self._act(self.pool.set_admin, endpoint, admin)

    def wish(self, endpoint: Endpoint, weight: int | None) -> list[str]:
        return self._act(self.pool.set_wish, endpoint, 0, weight)

    def _act(self, verb: object, *arguments: object) -> list[str]:
        self.now += 1
        assert callable(verb)
        said = verb(*arguments, self.now, 1e9 + self.now)
        self._take(said)
        return [event.text for event in said]

    @property
    def table(self) -> dict[str, int]:
        return {one.endpoint.address: one.weight for one in self.pool.service().destinations}


def tutorial(**changes: object) -> VirtualServer:
    changes = {"sorry_server": SORRY, **changes}
    return virtual_server(**changes)


def test_servers_start_in_the_table_and_quorum_is_gained() -> None:
    play = Play(tutorial())
    assert play.table == {RS1.address: 1, RS2.address: 2}
    assert [event.text for event in play.events] == [f"Gained quorum 1+0=1 <= 3 for {VS}"]
    assert play.events[0].kind is EventKind.QUORUM


def test_one_server_leaves_and_comes_back() -> None:
    play = Play(tutorial())
    assert play.down(RS1) == [f"Removing service [192.168.61.21]:tcp:80 from {VS}"]
    assert play.table == {RS2.address: 2}
    assert play.up(RS1) == [f"Adding service [192.168.61.21]:tcp:80 to {VS}"]
    assert play.table == {RS1.address: 1, RS2.address: 2}


def test_both_down_the_sorry_server_comes_in_and_goes_again() -> None:
    play = Play(tutorial())
    play.down(RS1)
    assert play.down(RS2) == [
        f"Removing service [192.168.61.22]:tcp:80 from {VS}",
        f"Lost quorum 1-0=1 > 0 for {VS}",
        f"Adding sorry server [192.168.61.99]:tcp:80 to {VS}",
        f"Removing alive servers from the pool for {VS}",
    ]
    assert play.table == {SORRY.address: 1}
    assert play.pool.status().sorry_active
    assert play.up(RS1) == [
        f"Adding service [192.168.61.21]:tcp:80 to {VS}",
        f"Gained quorum 1+0=1 <= 1 for {VS}",
        f"Removing sorry server [192.168.61.99]:tcp:80 from {VS}",
        f"Adding alive servers to the pool for {VS}",
    ]
    assert play.table == {RS1.address: 1}


def test_below_quorum_live_servers_leave_when_there_is_a_sorry_server() -> None:
    play = Play(tutorial(quorum=3))
    play.down(RS1)
    assert play.table == {SORRY.address: 1}
    assert play.up(RS1)[-1] == f"Adding alive servers to the pool for {VS}"


def test_below_quorum_without_a_sorry_server_they_stay() -> None:
    play = Play(virtual_server(quorum=3))
    assert play.down(RS1)[1:] == [f"Lost quorum 3-0=3 > 2 for {VS}"]
    assert play.table == {RS2.address: 2}
    assert not play.pool.status().quorum_up


def test_hysteresis_holds_on_both_sides() -> None:
    servers = [server(Endpoint(f"10.0.0.{number}", 80)) for number in range(1, 6)]
    play = Play(virtual_server(*servers, quorum=3, hysteresis=1))
    assert play.pool.quorum_up
    places = [one.endpoint for one in servers]
    for place in places[:3]:
        play.down(place)
    assert play.pool.quorum_up
    play.down(places[3])
    assert not play.pool.quorum_up
    play.up(places[0])
    play.up(places[1])
    assert not play.pool.quorum_up
    play.up(places[2])
    assert play.pool.quorum_up


def test_inhibited_servers_stay_with_weight_0() -> None:
    play = Play(virtual_server(server(RS1, inhibit_on_failure=True), server(RS2, weight=2), sorry_server=SORRY))
    assert play.down(RS1) == [f"Disabling service [192.168.61.21]:tcp:80 of {VS}"]
    assert play.table == {RS1.address: 0, RS2.address: 2}
    play.down(RS2)
    assert play.table == {RS1.address: 0, SORRY.address: 1}
    assert play.up(RS1)[0] == f"Enabling service [192.168.61.21]:tcp:80 of {VS}"


def test_an_inhibited_sorry_server_waits_with_weight_0() -> None:
    play = Play(tutorial(sorry_inhibit=True))
    assert play.table[SORRY.address] == 0
    play.down(RS1)
    assert f"Enabling sorry server [192.168.61.99]:tcp:80 to {VS}" in play.down(RS2)
    assert play.table == {SORRY.address: 1}
    assert f"Disabling sorry server [192.168.61.99]:tcp:80 from {VS}" in play.up(RS2)


def test_alpha_servers_start_behind_the_sorry_server() -> None:
    play = Play(virtual_server(server(RS1, tcp(), alpha=True), sorry_server=SORRY))
    assert play.table == {SORRY.address: 1}
    assert play.events[0].text == f"Starting with quorum down 1-0=1 > 0 for {VS}"
    play.up(RS1)
    assert play.table == {RS1.address: 1}


def test_weights_of_0_are_no_quorum() -> None:
    assert Play(virtual_server(server(RS1, weight=0), sorry_server=SORRY)).table == {SORRY.address: 1}
    assert Play(virtual_server(server(RS1, weight=0))).table == {RS1.address: 0}


def test_a_dynamic_weight_moves_the_table_and_the_quorum() -> None:
    play = Play(virtual_server(server(RS1, misc(["x"], dynamic=True), weight=2), sorry_server=SORRY))
    assert play.wish(RS1, 5) == [f"Changing weight from 2 to 5 for active service [192.168.61.21]:tcp:80 of {VS}"]
    assert play.table == {RS1.address: 5}
    assert play.wish(RS1, 5) == []
    assert play.wish(RS1, 0)[1] == f"Lost quorum 1-0=1 > 0 for {VS}"
    assert play.table == {SORRY.address: 1}
    play.wish(RS1, None)
    assert play.table == {RS1.address: 2}


def test_drain_is_weight_0_and_back() -> None:
    play = Play(tutorial())
    said = play.admin(RS1, DRAIN)
    assert said == [f"Changing weight from 1 to 0 for active service [192.168.61.21]:tcp:80 of {VS}"]
    assert play.table == {RS1.address: 0, RS2.address: 2}
    assert play.events[-1].reason == "operator: drain"
    assert play.admin(RS1, DRAIN) == []
    play.admin(RS1, READY)
    assert play.table == {RS1.address: 1, RS2.address: 2}


def test_draining_the_last_server_keeps_its_connections_beside_the_sorry_page() -> None:
    play = Play(tutorial())
    play.down(RS2)
    play.admin(RS1, DRAIN)
    assert play.table == {RS1.address: 0, SORRY.address: 1}
    play.admin(RS1, READY)
    assert play.table == {RS1.address: 1}


def test_a_drained_server_that_dies_leaves() -> None:
    play = Play(tutorial())
    play.admin(RS1, DRAIN)
    play.down(RS1)
    assert play.table == {RS2.address: 2}


def test_maintenance_takes_it_out_and_it_comes_back_when_proved() -> None:
    play = Play(tutorial())
    assert play.admin(RS1, MAINT) == [f"Removing service [192.168.61.21]:tcp:80 from {VS}"]
    assert play.table == {RS2.address: 2}
    assert play.admin(RS1, READY) == []
    assert play.table == {RS2.address: 2}
    assert play.up(RS1) == [f"Adding service [192.168.61.21]:tcp:80 to {VS}"]
    assert play.table == {RS1.address: 1, RS2.address: 2}


def test_a_server_without_checkers_is_back_from_maintenance_at_once() -> None:
    unchecked = virtual_server(server(RS1)).real_servers[0]
    play = Play(virtual_server(type(unchecked)(endpoint=RS1), server(RS2)))
    play.admin(RS1, MAINT)
    assert play.admin(RS1, READY) == [f"Adding service [192.168.61.21]:tcp:80 to {VS}"]


def test_overrides_hold_from_the_start() -> None:
    play = Play(tutorial(), rs1=DRAIN, rs2=MAINT)
    assert play.table == {RS1.address: 0, SORRY.address: 1}


def test_mail_only_for_what_the_checks_found_and_the_file_wants() -> None:
    quiet = virtual_server(server(RS1), server(RS2, smtp_alert=False))
    play = Play(quiet)
    play.down(RS1)
    play.up(RS1)
    play.down(RS2)
    play.admin(RS1, MAINT)
    assert [event.mail_subject for event in play.events if event.mail_subject] == [
        "[LVS_T] Realserver [192.168.61.21]:tcp:80 of virtual server [192.168.61.100]:tcp:80 - DOWN",
        "[LVS_T] Realserver [192.168.61.21]:tcp:80 of virtual server [192.168.61.100]:tcp:80 - UP",
    ]


def test_quorum_is_mailed_when_the_file_wants_it_but_not_at_the_start() -> None:
    play = Play(virtual_server(server(RS1, smtp_alert=False), smtp_alert=True))
    play.down(RS1)
    play.up(RS1)
    assert [event.mail_subject for event in play.events if event.mail_subject] == [
        "[LVS_T] Virtualserver [192.168.61.100]:tcp:80 - DOWN",
        "[LVS_T] Virtualserver [192.168.61.100]:tcp:80 - UP",
    ]


def test_a_replacement_goes_on_without_a_word() -> None:
    old = Play(tutorial(quorum=2))
    old.down(RS1)
    new = Pool(old.pool.configured, 50.0, router_id="LVS_T")
    new.resume(old.pool.status(), {RS1: False, RS2: True})
    assert new.settle(50.0, 1e9) == ()
    assert new.service() == old.pool.service()
    assert new.status() == old.pool.status()


def test_the_service_carries_what_the_file_says() -> None:
    configured = virtual_server(
        server(RS1, forwarding=ForwardingMethod.ROUTE, upper_threshold=9, lower_threshold=3),
        persistence_timeout=50,
        persistence_netmask="24",
        one_packet=True,
        scheduler_flags=("sh-port",),
    )
    service = Pool(configured, 0.0).service()
    assert (service.scheduler, service.persistence_timeout, service.netmask) == ("rr", 50, "255.255.255.0")
    assert (service.one_packet, service.flags) == (True, ("sh-port",))
    destination = service.destinations[0]
    assert (destination.forwarding, destination.upper_threshold, destination.lower_threshold) == (
        ForwardingMethod.ROUTE,
        9,
        3,
    )


@pytest.mark.parametrize(
    ("address", "configured", "wanted"),
    [
        ("10.0.0.1", "255.255.255.0", "255.255.255.0"),
        ("10.0.0.1", "24", "255.255.255.0"),
        ("10.0.0.1", "255.255.255.255", "255.255.255.255"),
        ("fd00::1", "64", "64"),
        ("fd00::1", "255.255.255.255", "128"),
    ],
)
def test_masks(address: str, configured: str, wanted: str) -> None:
    assert netmask(address, configured) == wanted


ACTS = st.one_of(
    st.tuples(st.just("up"), st.sampled_from([RS1, RS2]), st.booleans()),
    st.tuples(st.just("admin"), st.sampled_from([RS1, RS2]), st.sampled_from(AdminState)),
    st.tuples(st.just("wish"), st.sampled_from([RS1, RS2]), st.one_of(st.none(), st.integers(0, 9))),
)


@given(
    acts=st.lists(ACTS, max_size=25),
    quorum=st.integers(1, 5),
    hysteresis=st.integers(0, 2),
    inhibit=st.booleans(),
    sorry=st.booleans(),
)
def test_whatever_happens_the_table_is_sound(
    acts: list[tuple[str, Endpoint, object]], quorum: int, hysteresis: int, inhibit: bool, sorry: bool
) -> None:
    servers = (server(RS1, inhibit_on_failure=inhibit), server(RS2, weight=2))
    play = Play(virtual_server(*servers, quorum=quorum, hysteresis=hysteresis, sorry_server=SORRY if sorry else None))
    for verb, endpoint, value in acts:
        getattr(play, verb)(endpoint, value)
        status, table = play.pool.status(), play.table
        assert status.sorry_active == (sorry and not status.quorum_up)
        assert (SORRY.address in table) == status.sorry_active
        assert status.alive_weight == sum(member.live_weight for member in play.pool.members.values() if member.serving)
        for one in status.real_servers:
            assert one.in_table == (one.endpoint.address in table)
            assert one.weight == table.get(one.endpoint.address, 0)
            assert not (one.admin is MAINT and one.in_table)
            assert not (one.admin is DRAIN and one.weight)
        if status.quorum_up:
            assert sum(table.values()) == status.alive_weight
