from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from lvstui.ipvs.rates import INTERVAL, Estimator, Lingering
from lvstui.model.ipvs import Counters, Rates


def test_a_steady_rate_is_reached_as_in_the_kernel() -> None:
    estimator = Estimator()
    seen = []
    for step in range(1, 41):
        estimator.step(Counters(step * 20, step * 200, 0, step * 2000), INTERVAL)
        seen.append(estimator.rates().connections)
    # A quarter of the way each time: 2.5, 4.375, 5.78, 6.84 ...
    assert seen[:4] == [2, 4, 6, 7]
    assert estimator.rates() == Rates(10, 100, 0, 1000, 0)


def test_rates_fade() -> None:
    estimator = Estimator()
    estimator.step(Counters(1000), INTERVAL)
    for _ in range(40):
        estimator.step(Counters(1000), INTERVAL)
    assert estimator.rates() == Rates()


def test_a_late_step_is_not_a_burst() -> None:
    late, punctual = Estimator(), Estimator()
    late.step(Counters(100), 4.0)
    punctual.step(Counters(50), 2.0)
    assert late.rates() == punctual.rates()


def test_ended_connections_are_counted_for_their_time() -> None:
    lingering = Lingering()
    lingering.add(100.0, 120.0)
    lingering.add(100.5, 10.0)
    assert lingering.count(100.5) == 2
    assert lingering.count(112.0) == 1
    assert lingering.count(219.9) == 1
    assert lingering.count(222.0) == 0


@given(st.lists(st.tuples(st.floats(0, 50), st.sampled_from([10.0, 120.0])), max_size=200))
def test_all_of_them_go_in_the_end(ends: list[tuple[float, float]]) -> None:
    lingering = Lingering()
    for now, seconds in ends:
        lingering.add(now, seconds)
    assert lingering.count(0.0) == len(ends)
    assert lingering.count(200.0) == 0
