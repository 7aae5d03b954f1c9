from __future__ import annotations

from lvstui.model.configuration import GarpSettings
from lvstui.vrrp.announcements import Announcements


def test_five_at_once_and_five_after_five_seconds() -> None:
    queue = Announcements(GarpSettings())
    assert queue.taken_over(10.0) == 5
    assert queue.next_at() == 15.0
    assert queue.due(14.999) == 0
    assert queue.due(15.0) == 5
    assert queue.next_at() is None


def test_leaving_cancels_the_second_set() -> None:
    queue = Announcements(GarpSettings(refresh=10.0))
    queue.taken_over(10.0)
    queue.worse_master_heard(10.0, 1.0)
    queue.cancel()
    assert queue.next_at() is None
    assert queue.due(100.0) == 0


def test_refresh_repeats() -> None:
    queue = Announcements(GarpSettings(master_delay=0.0, refresh=10.0, refresh_repeat=2))
    queue.taken_over(0.0)
    assert [queue.due(float(t)) for t in (9, 10, 11, 20, 30)] == [0, 2, 0, 2, 2]


def test_a_winner_announces_again_one_interval_after_the_loser_fell_silent() -> None:
    queue = Announcements(GarpSettings(lower_priority_delay=0.0))
    assert queue.worse_master_heard(0.0, 1.0) == 5
    assert queue.worse_master_heard(0.5, 1.0) == 5
    assert queue.due(1.0) == 0, "it spoke again meanwhile"
    assert queue.due(1.5) == 5
    assert queue.next_at() is None


def test_and_once_more_after_the_configured_delay() -> None:
    queue = Announcements(GarpSettings())
    queue.worse_master_heard(0.0, 1.0)
    assert (queue.due(1.0), queue.due(4.9), queue.due(5.0)) == (5, 0, 5)


def test_it_can_be_switched_off() -> None:
    queue = Announcements(GarpSettings(lower_priority_repeat=0))
    assert queue.worse_master_heard(0.0, 1.0) == 0
    assert queue.next_at() is None


def test_after_a_takeover_from_a_living_master_once_more_when_it_has_fallen_silent() -> None:
    queue = Announcements(GarpSettings())
    assert queue.taken_over(10.0, interval=1.0) == 5
    assert [queue.due(at) for at in (10.9, 11.0, 14.9, 15.0)] == [0, 5, 0, 5]
    assert queue.next_at() is None
