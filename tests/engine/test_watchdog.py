"""Plays of the WatchDog and of the pauses between replacements, in counted time."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from lvstui.engine.watchdog import Backoff, WatchDog


def beats_until_stuck(dog: WatchDog) -> int:
    beats = 0
    while not dog.stuck:
        dog.beat()
        beats += 1
        assert beats < 1000
    return beats


def test_a_child_that_answers_is_never_stuck() -> None:
    dog = WatchDog(2.0, 0.5)
    for _ in range(1000):
        dog.answered(dog.beat())
        assert not dog.stuck


def test_a_child_that_stops_answering_is_stuck_after_its_patience() -> None:
    dog = WatchDog(2.0, 0.5)
    dog.answered(dog.beat())
    assert beats_until_stuck(dog) == 4  # the next one would be asked 2 s after the first


def test_an_answer_sets_the_counter_back() -> None:
    dog = WatchDog(2.0, 0.5)
    for _ in range(3):
        last = dog.beat()
    dog.answered(last)
    assert beats_until_stuck(dog) == 4


def test_an_old_answer_shows_only_what_it_shows() -> None:
    dog = WatchDog(2.0, 0.5)
    numbers = [dog.beat() for _ in range(3)]
    dog.answered(numbers[1])
    assert beats_until_stuck(dog) == 3


@given(st.lists(st.integers(-5, 1 << 70)))
def test_made_up_answers_do_no_harm(answers: list[int]) -> None:
    dog = WatchDog(2.0, 0.5)
    for answer in answers:
        dog.answered(answer)
    assert not dog.stuck
    assert beats_until_stuck(dog) == 4


def test_the_pauses_are_keepaliveds() -> None:
    backoff = Backoff()
    assert [backoff.died(1.0) for _ in range(10)] == [0, 1, 2, 4, 8, 16, 32, 60, 60, 60]


def test_a_long_life_is_forgiven() -> None:
    backoff = Backoff()
    for _ in range(5):
        backoff.died(1.0)
    assert backoff.died(60.0) == 0
    assert backoff.died(59.9) == 1
