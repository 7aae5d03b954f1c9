from __future__ import annotations

from lvstui.vrrp.counters import FURTHER_COUNTERS, KEEPALIVED_COUNTERS, fresh_counters
from tests.vrrp.play import instance


def test_names_are_those_of_keepalived_and_ours_and_none_twice() -> None:
    counters = fresh_counters()
    assert len(counters) == len(KEEPALIVED_COUNTERS) + len(FURTHER_COUNTERS)
    assert {"advert_rcvd", "authtype_mismatch", "pri_zero_sent", "checksum_err"} <= set(counters)
    assert set(counters.values()) == {0}


def test_instances_do_not_share_their_counters() -> None:
    one, other = instance(), instance()
    one.counters["advert_rcvd"] += 1
    assert other.counters["advert_rcvd"] == 0
