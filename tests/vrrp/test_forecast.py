from __future__ import annotations

from typing import Any

import pytest

from lvstui.model.forecast import Forecast
from lvstui.model.vrrp import Peer, VrrpState
from lvstui.vrrp.forecast import forecast
from tests.vrrp.play import Play, advert, backup, instance

NAMES = {"10.0.0.1": "lb2"}


def ask(play: Play, adjustment: int, *known: Peer) -> Forecast:
    return forecast(play.status(), adjustment, play.now, NAMES, known)


def lb1(heard: int = 99, **changes: Any) -> Play:
    """lb1 of the tutorial: MASTER with 100, has heard lb2 while that was MASTER with `heard`."""
    play = Play(instance(priority=100, **changes)).starts().at(1.0).hears(advert(heard)).at(10.0)
    assert play.actor.state is VrrpState.MASTER
    return play


def test_the_tutorial_s_down_file_as_a_slider() -> None:
    play = lb1()
    answer = ask(play, -2)
    last_sent = play.status().timer_at - 1.0
    assert (answer.moves, answer.new_master, answer.effective_priority, answer.gap) == (True, "10.0.0.1", 98, False)
    assert answer.seconds == pytest.approx(last_sent + 3 + 157 / 256 - 10.0)
    assert answer.text == f"at 98 lb2 takes VI_1 in about {answer.seconds:.1f} s; no gap"


def test_a_step_smaller_than_the_distance_moves_nothing() -> None:
    answer = ask(lb1(heard=97), -2)
    assert (answer.moves, answer.seconds, answer.new_master) == (False, None, "")
    assert answer.text == "stays: 98 is still above lb2's 97"


def test_at_equal_priority_a_living_master_stays() -> None:
    answer = ask(lb1(), -1)
    assert not answer.moves
    assert answer.text.startswith("stays: 99 equals lb2's 99")


def test_when_nobody_was_heard_it_says_so() -> None:
    play = Play(instance(priority=100)).starts().at(10.0)
    answer = ask(play, -2)
    assert not answer.moves
    assert answer.text.startswith("no peer heard on VRID 61: a silent backup above 98 would take VI_1 within 3.6 s")
    assert "lb2 resigned" in ask(lb1(heard=0), -2).text


def test_a_peer_known_by_other_means_counts() -> None:
    play = Play(instance(priority=100)).starts().at(10.0)
    answer = ask(play, -2, Peer("10.0.0.1", 99, 0.0, 0))
    assert (answer.moves, answer.new_master) == (True, "10.0.0.1")
    assert ask(lb1(heard=90), -2, Peer("10.0.0.1", 99, 9.0, 0)).moves, "and for more than its old word"


def test_an_old_word_is_told_with_its_age() -> None:
    play = lb1().at(1000.0)
    assert ask(play, -2).text.endswith("no gap (last heard 17 min ago)")
    assert ask(lb1().at(36001.0), -2).text.endswith("(last heard 10 h ago)")


def test_raising_a_master_keeps_it() -> None:
    assert ask(lb1(), 10).text == "stays: 110 is still above lb2's 99"


def test_a_takeover_under_way_keeps_its_moment() -> None:
    play = lb1()
    first = ask(play, -2)
    assert first.seconds is not None
    play.adjusts(-2).at(12.5)
    again = ask(play, -2)
    assert again.seconds == pytest.approx(first.seconds - 2.5)


def test_a_peer_that_does_not_come_is_gone_or_does_not_preempt() -> None:
    play = lb1().adjusts(-2).at(60.0)
    answer = ask(play, -2)
    assert not answer.moves
    assert "is gone or does not preempt" in answer.text


def test_a_raised_backup_takes_over_when_its_running_timer_ends() -> None:
    play = backup().at(10.6)
    answer = forecast(play.status(), 2, play.now, {"10.0.0.1": "lb1"})
    assert (answer.moves, answer.new_master, answer.gap) == (True, "10.0.0.2", False)
    assert answer.seconds == pytest.approx(10 + 3 + 155 / 256 - 10.6)
    assert answer.text == f"at 101 this director takes VI_1 from lb1 in about {answer.seconds:.1f} s; no gap"


@pytest.mark.parametrize(("adjustment", "words"), [(0, "still below its 100"), (1, "equals its priority")])
def test_a_backup_that_is_not_above_stays(adjustment: int, words: str) -> None:
    answer = ask(backup(), adjustment)
    assert not answer.moves
    assert words in answer.text


def test_nopreempt_stays() -> None:
    assert "nopreempt" in ask(backup(preempt=False), 10).text


def test_a_backup_without_a_master_says_when_it_takes_over() -> None:
    play = Play(instance()).starts().at(1.0)
    answer = ask(play, 0)
    assert answer.moves
    assert answer.seconds == pytest.approx(2.61, abs=0.01)


def test_an_owner_and_a_fault_do_not_move() -> None:
    assert "never changes" in ask(Play(instance(priority=255)).starts(), -5).text
    assert "is in FAULT" in ask(backup().fault("x"), -5).text


def test_short_times_are_told_finely() -> None:
    play = Play(instance(version=3, advert_interval=0.1, priority=100)).starts()
    play.hears(advert(99, version=3, advert_interval=0.1)).at(10.0)
    assert "in about 0.3" in ask(play, -2).text
