"""Whole clusters in virtual time: what must hold whatever the priorities, addresses, versions, losses and delays."""

from __future__ import annotations

import random
from typing import Any

from hypothesis import given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st

from lvstui.model.vrrp import VrrpState
from lvstui.vrrp.packet import GROUP
from lvstui.vrrp.timers import master_down_interval
from tests.simulation.world import World
from tests.vrrp.play import ip_header

priorities = st.lists(st.integers(1, 254), min_size=2, max_size=5)
versions = st.sampled_from([{"version": 2, "advert_interval": 1.0}, {"version": 3, "advert_interval": 0.1}])


def populate(world: World, wanted: list[int], version: dict[str, Any], starts: list[float] | None = None) -> None:
    for n, priority in enumerate(wanted):
        if starts:
            world.run(world.now + starts[n % len(starts)])
        world.add(f"10.0.0.{n + 1}", priority=priority, **version)


def bound(version: dict[str, Any]) -> float:
    """3 x advert + the largest skew."""
    return master_down_interval(version["version"], 1, version["advert_interval"])


@given(priorities, versions, st.lists(st.floats(0, 2), min_size=1, max_size=5))
@hypothesis_settings(deadline=None, max_examples=60)
def test_the_best_one_is_master_and_alone(wanted: list[int], version: dict[str, Any], starts: list[float]) -> None:
    world = World()
    populate(world, wanted, version, starts)
    settled = world.now + 3 * bound(version)
    world.run(settled + 5)
    (master,) = world.masters_now()
    assert master.actor.settings.priority == max(wanted)
    assert [node.holds for node in world.nodes] == [node is master for node in world.nodes]
    assert world.longest(lambda n: n != 1, settled) == 0
    assert world.longest(lambda n: n > 1, 0.0) <= bound(version)


@given(priorities, versions, st.floats(0, 1))
@hypothesis_settings(deadline=None, max_examples=40)
def test_a_crash_is_survived_within_the_master_down_interval(
    wanted: list[int], version: dict[str, Any], phase: float
) -> None:
    world = World()
    populate(world, wanted, version)
    world.run(3 * bound(version) + phase)
    (master,) = world.masters_now()
    world.crash(master)
    crashed = world.now
    world.run(crashed + bound(version) + 0.01)
    assert len(world.masters_now()) == 1
    assert world.longest(lambda n: n == 0, crashed, "holders") <= bound(version)


@given(versions, st.floats(0, 1))
@hypothesis_settings(deadline=None, max_examples=30)
def test_a_graceful_stop_costs_the_skew_time_only(version: dict[str, Any], phase: float) -> None:
    world = World()
    populate(world, [100, 99], version)
    world.run(5 * bound(version) + phase)
    (master,) = world.masters_now()
    stopped = world.now
    world.perform(master, master.actor.shutdown(world.now))
    skew = 157 / 256 * (1.0 if version["version"] == 2 else version["advert_interval"])
    world.run(stopped + skew + 0.01)
    assert [node.address for node in world.masters_now()] == ["10.0.0.2"]
    gap = world.longest(lambda n: n == 0, stopped, "holders")
    assert skew <= gap <= skew + 0.001


@given(st.integers(0, 2**32), versions)
@hypothesis_settings(deadline=None, max_examples=40)
def test_after_any_loss_and_delay_it_settles_on_one(seed: int, version: dict[str, Any]) -> None:
    chance = random.Random(seed)
    world = World(
        delay=lambda _: chance.uniform(0, 0.4 * version["advert_interval"]), lost=lambda _: chance.random() < 0.5
    )
    populate(world, [100, 99, 99, 3], version)
    world.run(60 * version["advert_interval"])
    world.lost = lambda _: False
    world.delay = lambda _: 0.0005
    world.run(world.now + 3 * bound(version))
    settled = world.now
    world.run(settled + 20 * version["advert_interval"])
    (master,) = world.masters_now()
    assert master.address == "10.0.0.1"
    assert world.longest(lambda n: n != 1, settled) == 0


@given(priorities, st.integers(0, 2**32))
@hypothesis_settings(deadline=None, max_examples=30)
def test_a_split_network_heals_into_one_master(wanted: list[int], seed: int) -> None:
    chance = random.Random(seed)
    version = {"version": 2, "advert_interval": 1.0}
    world = World()
    populate(world, wanted, version)
    world.run(12.0)
    away = chance.choice(world.nodes)
    away.plugged = False
    world.run(30.0)
    away.plugged = True
    world.run(30.0 + 1.1)
    assert len(world.masters_now()) == 1, "two masters end with the first advert that one of them hears"
    world.run(45.0)
    (master,) = world.masters_now()
    assert master.actor.settings.priority == max(wanted)


@given(st.integers(0, 2**32), versions)
@hypothesis_settings(deadline=None, max_examples=25)
def test_refused_packets_change_no_moment_of_what_would_have_happened(seed: int, version: dict[str, Any]) -> None:
    chance = random.Random(seed)

    def history(disturbed: bool) -> list[tuple[float, frozenset[str]]]:
        world = World()
        populate(world, [100, 99], version)
        for step in range(100):
            world.run(step * 0.23 * version["advert_interval"])
            if disturbed:
                junk = bytes([0x31 if version["version"] == 3 else 0x21, 61]) + chance.randbytes(chance.randrange(40))
                world.inject(ip_header("10.0.0.9", GROUP, len(junk), ttl=chance.choice([255, 254])) + junk)
        return [(round(at, 9), who) for at, who in world.masters]

    assert history(True) == history(False)


def test_a_hundred_routers_agree() -> None:
    world = World()
    populate(world, list(range(50, 150)), {"version": 3, "advert_interval": 0.1})
    world.run(3.0)
    (master,) = world.masters_now()
    assert master.actor.effective_priority == 149
    assert sum(node.actor.state is VrrpState.BACKUP for node in world.nodes) == 99
