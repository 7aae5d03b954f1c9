"""Quorum arithmetic, with the numbers that keepalived 2.2.7 printed."""

from __future__ import annotations

import pytest

from lvstui.health.quorum import Quorum


@pytest.mark.parametrize(
    ("quorum", "hysteresis", "total", "wanted"),
    [(1, 0, 3, Quorum(1, 0)), (5, 0, 3, Quorum(3, 0)), (2, 9, 5, Quorum(2, 1)), (1, 0, 0, Quorum(1, 0))],
)
def test_what_cannot_be_had_is_reduced(quorum: int, hysteresis: int, total: int, wanted: Quorum) -> None:
    assert Quorum.of(quorum, hysteresis, total) == wanted


def test_hysteresis_widens_both_ways() -> None:
    quorum = Quorum(3, 1)
    assert [quorum.gained(weight) for weight in (2, 3, 4)] == [False, False, True]
    assert [quorum.lost(weight) for weight in (0, 1, 2, 3)] == [True, True, False, False]


def test_no_weight_at_all_is_never_a_quorum() -> None:
    assert Quorum(1, 0).lost(0)
    assert not Quorum(1, 0).gained(0)


def test_the_lines_are_keepalived_s() -> None:
    name = "[10.9.0.100]:tcp:80"
    assert Quorum(2, 1).gain_text(3, name) == "Gained quorum 2+1=3 <= 3 for VS [10.9.0.100]:tcp:80"
    assert Quorum(1, 0).loss_text(0, name) == "Lost quorum 1-0=1 > 0 for VS [10.9.0.100]:tcp:80"
