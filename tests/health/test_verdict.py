"""One checker's life, as keepalived 2.2.7 was seen to live it."""

from __future__ import annotations

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lvstui.health.outcome import Outcome, bad, good, local
from lvstui.health.verdict import Turn, Verdict
from lvstui.model.check import CheckCode
from tests.health.cast import timing

GOOD = good(CheckCode.L4OK, "connected")
BAD = bad(CheckCode.L4CONNECTION, "Connection refused")
LOCAL = local("cannot bind")


def play(verdict: Verdict, *outcomes: Outcome, takes: float = 0.0) -> list[tuple[float, Turn]]:
    """Run probes at the moments the verdict wants; return when each ended and what it changed."""
    said = []
    for outcome in outcomes:
        started = verdict.next_at
        said.append((started + takes, verdict.conclude(outcome, started, started + takes)))
    return said


def test_it_starts_up_and_the_first_probe_is_spread() -> None:
    verdict = Verdict(timing(), 100.0, 4.5)
    assert verdict.up
    assert not verdict.known
    assert verdict.next_at == 105.5


def test_with_alpha_it_starts_down_until_one_success() -> None:
    verdict = Verdict(timing(), 0.0, 0.0, alpha=True)
    assert not verdict.up
    assert play(verdict, BAD, BAD, GOOD) == [(1.0, Turn.NONE), (7.0, Turn.NONE), (13.0, Turn.UP)]


def test_in_the_first_round_one_failure_is_enough() -> None:
    verdict = Verdict(timing(), 0.0, 0.0)
    assert play(verdict, BAD) == [(1.0, Turn.DOWN)]
    assert verdict.next_at == 7.0


def test_later_three_extra_tries_three_seconds_apart() -> None:
    verdict = Verdict(timing(), 0.0, 0.0)
    assert play(verdict, GOOD, BAD, BAD, BAD, BAD) == [
        (1.0, Turn.NONE),
        (7.0, Turn.NONE),
        (10.0, Turn.NONE),
        (13.0, Turn.NONE),
        (16.0, Turn.DOWN),
    ]
    assert verdict.next_at == 22.0
    assert verdict.failures == 4
    assert verdict.since_at == 16.0


def test_a_success_between_gives_all_retries_back() -> None:
    verdict = Verdict(timing(retries=1), 0.0, 0.0)
    turns = [turn for _, turn in play(verdict, GOOD, BAD, GOOD, BAD, GOOD, BAD, BAD)]
    assert turns == [Turn.NONE] * 6 + [Turn.DOWN]


def test_down_it_is_asked_each_delay_loop_and_one_success_brings_up() -> None:
    verdict = Verdict(timing(), 0.0, 0.0)
    assert play(verdict, BAD, BAD, BAD, GOOD)[1:] == [(7.0, Turn.NONE), (13.0, Turn.NONE), (19.0, Turn.UP)]


def test_without_retries_the_first_failure_takes_it_down() -> None:
    verdict = Verdict(timing(retries=0), 0.0, 0.0)
    assert [turn for _, turn in play(verdict, GOOD, BAD)] == [Turn.NONE, Turn.DOWN]


def test_the_pause_is_counted_from_the_end_of_a_probe() -> None:
    verdict = Verdict(timing(), 0.0, 0.0)
    assert [at for at, _ in play(verdict, BAD, BAD, takes=3.0)] == [4.0, 13.0]


def test_a_scripts_pause_is_counted_from_its_start_and_long_runs_miss_turns() -> None:
    verdict = Verdict(timing(), 0.0, 0.0, from_start=True)
    play(verdict, GOOD, takes=2.0)
    assert verdict.next_at == 7.0
    play(verdict, GOOD, takes=13.0)
    assert verdict.next_at == 7.0 + 18.0


def test_a_local_fault_says_nothing_about_the_server() -> None:
    verdict = Verdict(timing(retries=1), 0.0, 0.0)
    play(verdict, GOOD, BAD, LOCAL, LOCAL)
    assert verdict.up
    assert verdict.code is CheckCode.CONFIGURATION
    assert verdict.failures == 1
    assert [turn for _, turn in play(verdict, BAD)] == [Turn.DOWN]


def test_a_page_that_is_back_needs_two_good_answers() -> None:
    verdict = Verdict(timing(), 0.0, 0.0, url_list=True)
    assert play(verdict, BAD, BAD, GOOD, GOOD) == [
        (1.0, Turn.DOWN),
        (7.0, Turn.NONE),
        (13.0, Turn.NONE),
        (19.0, Turn.UP),
    ]


def test_a_list_of_urls_is_asked_one_each_loop_and_the_failed_one_first() -> None:
    verdict = Verdict(timing(retries=0), 0.0, 0.0, urls=3, url_list=True)
    asked = []
    for outcome in (GOOD, BAD, BAD, GOOD, GOOD, GOOD, GOOD):
        asked.append(verdict.step)
        turn = verdict.conclude(outcome, verdict.next_at, verdict.next_at)
    assert asked == [0, 1, 1, 1, 0, 1, 2]
    assert turn is Turn.UP
    assert verdict.step == 0


def test_a_replacement_keeps_the_verdict_with_all_retries() -> None:
    verdict = Verdict(timing(), 100.0, 5.0)
    verdict.resume(up=True, code=CheckCode.L7OK, detail="", since_at=3.0, next_at=102.0, now=100.0, spread=0.5)
    assert (verdict.next_at, verdict.known, verdict.since_at) == (102.0, True, 3.0)
    assert [turn for _, turn in play(verdict, BAD, BAD, BAD, BAD)] == [Turn.NONE] * 3 + [Turn.DOWN]


@pytest.mark.parametrize("stale", [99.0, 107.0, math.inf])
def test_a_replacement_probes_soon_if_the_planned_moment_makes_no_sense(stale: float) -> None:
    verdict = Verdict(timing(), 100.0, 5.0)
    verdict.resume(up=False, code=CheckCode.L4TIMEOUT, detail="", since_at=3.0, next_at=stale, now=100.0, spread=0.5)
    assert verdict.next_at == 100.5
    assert not verdict.up


def test_maintenance_pauses_and_ends_with_a_proof() -> None:
    verdict = Verdict(timing(), 0.0, 0.0)
    play(verdict, GOOD)
    verdict.pause(5.0)
    assert not verdict.active
    assert (verdict.up, verdict.known, verdict.code) == (False, False, CheckCode.UNCHECKED)
    verdict.unpause(50.0)
    assert verdict.next_at == 50.0
    assert not verdict.up
    assert play(verdict, GOOD) == [(50.0, Turn.UP)]


@given(
    outcomes=st.lists(st.sampled_from([GOOD, BAD, LOCAL]), max_size=40),
    takes=st.floats(0, 30),
    urls=st.integers(1, 4),
    flags=st.tuples(st.booleans(), st.booleans(), st.booleans()),
    retries=st.integers(0, 5),
)
def test_turns_alternate_and_time_never_runs_backwards(
    outcomes: list[Outcome], takes: float, urls: int, flags: tuple[bool, bool, bool], retries: int
) -> None:
    alpha, url_list, from_start = flags
    verdict = Verdict(
        timing(retries=retries), 0.0, 0.0, alpha=alpha, urls=urls, url_list=url_list, from_start=from_start
    )
    up = not alpha
    for ended, turn in play(verdict, *outcomes, takes=takes):
        if turn is not Turn.NONE:
            assert (turn is Turn.UP) is not up
            up = not up
        assert verdict.next_at >= ended - takes
    assert verdict.up is up
    assert 0 <= verdict.step < max(1, urls)
