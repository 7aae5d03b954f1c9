from __future__ import annotations

from typing import cast

from lvstui.ipvs.io.connection import Connection
from lvstui.ipvs.io.forwarded_destination import ENDED_SECONDS, RESET_SECONDS, ForwardedDestination, Tally
from lvstui.model.endpoint import Endpoint
from lvstui.model.ipvs import Counters, Destination


def destination(upper: int = 0, lower: int = 0) -> ForwardedDestination:
    endpoint = Endpoint("10.1.0.1", 80)
    return ForwardedDestination(Destination(endpoint=endpoint, upper_threshold=upper, lower_threshold=lower, weight=3))


def connections(count: int) -> list[Connection]:
    """Things that are told apart: a destination only keeps them."""
    return [cast(Connection, object()) for _ in range(count)]


def test_live_and_ended_connections_are_counted() -> None:
    target = destination()
    one, two = connections(2)
    target.opened(one)
    target.opened(two)
    target.closed(one, 0.0, reset=False)
    shown = target.status(1.0, persistent=4)
    assert (shown.active_connections, shown.inactive_connections, shown.persistent_connections) == (1, 1, 4)
    assert shown.counters.connections == 2
    target.closed(two, 1.0, reset=True)
    assert target.candidate(RESET_SECONDS + 3).inactive == 1
    assert target.candidate(ENDED_SECONDS + 2).inactive == 0


def test_overloaded_from_the_upper_threshold_until_below_three_quarters_of_it() -> None:
    target, held = destination(upper=4), connections(4)
    states = []
    for connection in held:
        target.opened(connection)
        states.append(target.candidate(0.0).overloaded)
    assert states == [False, False, False, True]
    target.closed(held[0], 0.0, reset=False)
    assert target.candidate(1.0).overloaded, "an ended one counts as long as it is remembered"
    assert target.candidate(130.0).overloaded, "3 of 4 is not below three quarters"
    target.closed(held[1], 130.0, reset=False)
    assert not target.candidate(260.0).overloaded


def test_the_lower_threshold_ends_it() -> None:
    target, held = destination(upper=3, lower=2), connections(3)
    for connection in held:
        target.opened(connection)
    assert target.candidate(0.0).overloaded
    target.closed(held[0], 0.0, reset=True)
    assert target.candidate(20.0).overloaded
    target.closed(held[1], 20.0, reset=True)
    assert not target.candidate(40.0).overloaded


def test_without_threshold_it_is_never_overloaded_also_after_an_edit() -> None:
    target = destination(upper=1)
    for connection in connections(5):
        target.opened(connection)
    assert target.candidate(0.0).overloaded
    target.settings = destination().settings
    assert not target.candidate(0.0).overloaded


def test_a_tally_counts_and_has_rates() -> None:
    tally = Tally()
    tally.connections += 1
    tally.count_in(10)
    tally.count_out(1000)
    tally.count_out(1000)
    assert tally.counters() == Counters(1, 1, 2, 10, 2000)
    tally.step(2.0)
    assert tally.estimator.rates().bytes_out == 250
