from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lvstui.vrrp import timers


def test_the_formulas_of_both_versions() -> None:
    assert timers.skew(2, 100, 1.0) == 156 / 256
    assert timers.skew(2, 100, 5.0) == 156 / 256, "v2's skew does not depend on the interval"
    assert timers.skew(3, 100, 0.5) == 0.5 * 156 / 256
    assert timers.master_down_interval(2, 150, 1.0) == pytest.approx(3.4140625)
    assert timers.master_down_interval(3, 150, 0.1) == pytest.approx(0.34140625)


def test_a_small_skew_is_not_cut_away() -> None:
    assert timers.skew(3, 254, 0.01) == pytest.approx(78.125e-6)


@given(st.sampled_from([2, 3]), st.integers(1, 255), st.floats(0.01, 255))
def test_the_interval_can_be_read_back(version: int, priority: int, interval: float) -> None:
    down = timers.master_down_interval(version, priority, interval)
    assert timers.master_interval(version, priority, down) == pytest.approx(interval)


@given(st.sampled_from([2, 3]), st.integers(1, 254), st.floats(0.01, 40.95))
def test_a_higher_priority_waits_shorter(version: int, priority: int, interval: float) -> None:
    assert timers.skew(version, priority + 1, interval) < timers.skew(version, priority, interval)
