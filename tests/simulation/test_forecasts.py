"""A forecast is compared with what the cluster then does."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st

from lvstui.model.forecast import Forecast
from lvstui.model.vrrp import Peer
from lvstui.vrrp.forecast import forecast
from tests.simulation.world import Node, World

V2 = {"version": 2, "advert_interval": 1.0}
V3 = {"version": 3, "advert_interval": 0.1}
LB1, LB2 = "10.0.0.1", "10.0.0.2"


def cluster(version: dict[str, Any], phase: float, first: int = 100, second: int = 99, **settings: Any) -> World:
    """lb2 was MASTER first, so that lb1 knows it; then lb1 took over."""
    world = World()
    world.add(LB2, priority=second, **version, **settings)
    world.run(5.0)
    world.add(LB1, priority=first, **version, **settings)
    world.run(15.0 + phase)
    return world


def node(world: World, address: str) -> Node:
    return next(n for n in world.nodes if n.address == address)


def act(
    world: World, address: str, adjustment: int, known: tuple[Peer, ...] = ()
) -> tuple[Forecast, float | None, float]:
    """The forecast, when the addresses then really moved (None: not within 20 s), and the longest gap."""
    actor = node(world, address).actor
    said = forecast(actor.status(world.now, 0.0), adjustment, world.now, {}, known)
    (before,) = world.masters_now()
    began = world.now
    world.perform(node(world, address), actor.set_adjustment(adjustment, began))
    world.run(began + 20)
    (after,) = world.masters_now()
    gap = world.longest(lambda n: n == 0, began, "holders")
    if after is before:
        return said, None, gap
    moved = max(at for at, who in world.masters if who == frozenset({after.address}))
    first = min(at for at, who in world.masters if at >= began and after.address in who)
    assert first <= moved
    return said, first - began, gap


@given(st.sampled_from([V2, V3]), st.floats(0, 1), st.integers(-60, 60))
@hypothesis_settings(deadline=None, max_examples=80)
def test_lowering_or_raising_the_master(version: dict[str, Any], phase: float, adjustment: int) -> None:
    said, seconds, gap = act(cluster(version, phase), LB1, adjustment)
    assert said.moves == (seconds is not None)
    if seconds is not None:
        assert said.seconds == pytest.approx(seconds, abs=0.002)
        assert said.new_master == LB2
    assert (gap > 0) == said.gap


@given(st.sampled_from([V2, V3]), st.floats(0, 1), st.integers(-60, 60))
@hypothesis_settings(deadline=None, max_examples=80)
def test_raising_or_lowering_the_backup(version: dict[str, Any], phase: float, adjustment: int) -> None:
    said, seconds, gap = act(cluster(version, phase), LB2, adjustment)
    assert said.moves == (seconds is not None)
    if seconds is not None:
        assert said.seconds == pytest.approx(seconds, abs=0.002)
        assert said.new_master == LB2
    assert (gap > 0) == said.gap


@given(st.floats(0, 1), st.sampled_from([0.5, 1.5, 2.0, 5.7]))
@hypothesis_settings(deadline=None, max_examples=40)
def test_a_backup_that_waits_before_it_preempts(phase: float, delay: float) -> None:
    said, seconds, _ = act(cluster(V2, phase, preempt_delay=delay), LB2, 5)
    assert seconds is not None
    assert said.seconds == pytest.approx(seconds, abs=0.002)


def test_a_backup_that_does_not_preempt() -> None:
    said, seconds, _ = act(cluster(V2, 0.3, preempt=False, first=99, second=100), LB1, 10)
    assert (said.moves, seconds) == (False, None)


@given(st.floats(0, 3.4), st.integers(-60, -2))
@hypothesis_settings(deadline=None, max_examples=40)
def test_a_takeover_under_way_is_forecast_to_its_moment(later: float, adjustment: int) -> None:
    world = cluster(V2, 0.4)
    lb1 = node(world, LB1)
    world.perform(lb1, lb1.actor.set_adjustment(-2, world.now))
    world.run(min(world.now + later, world.now + 2.5))
    said, seconds, _ = act(world, LB1, adjustment)
    assert seconds is not None
    assert said.seconds == pytest.approx(seconds, abs=0.002)


def test_a_backup_that_was_never_heard_is_foreseen_if_it_is_known_otherwise() -> None:
    world = World()
    world.add(LB1, priority=100, **V2)
    world.add(LB2, priority=99, **V2)
    world.run(10.3)
    known = (Peer(LB2, 99, 0.0, 0),)
    said, seconds, _ = act(world, LB1, -2, known)
    assert seconds is not None
    assert said.seconds == pytest.approx(seconds, abs=0.002)
