from __future__ import annotations

from lvstui.ipvs import persistence
from lvstui.ipvs.persistence import Persistence
from lvstui.model.endpoint import Endpoint

RS1, RS2 = Endpoint("10.1.0.1", 80), Endpoint("10.1.0.2", 80)


def test_a_client_stays_until_its_time_is_over() -> None:
    kept = Persistence(50, 32)
    assert kept.find("10.0.0.9", 0.0) is None
    kept.keep("10.0.0.9", RS1, 0.0)
    assert kept.find("10.0.0.9", 49.0) == RS1
    assert kept.find("10.0.0.8", 49.0) is None
    kept.keep("10.0.0.9", RS1, 49.0)
    assert kept.find("10.0.0.9", 98.0) == RS1
    assert kept.find("10.0.0.9", 99.0) is None


def test_clients_of_one_network_stay_together() -> None:
    kept = Persistence(50, 24)
    kept.keep("10.0.0.9", RS1, 0.0)
    assert kept.find("10.0.0.200", 1.0) == RS1
    assert kept.find("10.0.1.9", 1.0) is None
    six = Persistence(50, 64)
    six.keep("2001:db8::1", RS2, 0.0)
    assert six.find("2001:db8::ffff:1", 1.0) == RS2


def test_counts_and_forgetting() -> None:
    kept = Persistence(50, 32)
    for number in range(4):
        kept.keep(f"10.0.0.{number}", RS1 if number else RS2, float(number))
    assert kept.counts(10.0) == {RS1: 3, RS2: 1}
    assert kept.counts(51.5) == {RS1: 2}
    kept.forget(RS1)
    assert kept.counts(10.0) == {}


def test_a_flood_of_clients_does_not_fill_the_memory() -> None:
    limit = persistence.MAX_TEMPLATES
    persistence.MAX_TEMPLATES = 3
    try:
        kept = Persistence(50, 32)
        for number in range(10):
            kept.keep(f"10.0.0.{number}", RS1, 0.0)
        assert kept.counts(1.0) == {RS1: 3}
        assert kept.find("10.0.0.9", 1.0) == RS1
        assert kept.find("10.0.0.0", 1.0) is None
    finally:
        persistence.MAX_TEMPLATES = limit
