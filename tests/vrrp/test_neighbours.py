from __future__ import annotations

from lvstui.vrrp.neighbours import MOST_NEIGHBOURS, Neighbours
from lvstui.vrrp.packet import Rejected
from tests.vrrp.play import advert


def test_a_peer_is_kept_with_its_last_advert_and_its_age() -> None:
    neighbours = Neighbours()
    assert neighbours.heard(advert(100), 1.0)
    assert not neighbours.heard(advert(100), 2.0)
    assert neighbours.heard(advert(98), 3.0), "another priority is news"
    (peer,) = neighbours.peers()
    assert (peer.address, peer.priority, peer.adverts, peer.last_heard_at) == ("10.0.0.1", 98, 3, 3.0)
    assert peer.vips == ("10.0.0.100",)


def test_refused_adverts_are_counted_beside_the_good_ones_and_do_not_make_a_peer_younger() -> None:
    neighbours = Neighbours()
    neighbours.heard(advert(100), 1.0)
    neighbours.refused(Rejected("auth_failure", "received an invalid passwd!", "10.0.0.1", 61), 5.0)
    (peer,) = neighbours.peers()
    assert (peer.adverts, peer.last_heard_at) == (1, 1.0)
    assert (peer.rejected, peer.last_rejection) == (1, "received an invalid passwd!")


def test_highest_priority_first() -> None:
    neighbours = Neighbours()
    for n in (5, 200, 100):
        neighbours.heard(advert(n, f"10.0.0.{n}"), 1.0)
    assert [peer.priority for peer in neighbours.peers()] == [200, 100, 5]


def test_a_crowd_is_bounded_and_does_not_push_a_real_peer_out() -> None:
    neighbours = Neighbours()
    neighbours.heard(advert(100), 1.0)
    for n in range(1000):
        neighbours.refused(Rejected("checksum_err", "x", f"10.1.{n // 250}.{n % 250}", 61), 2.0 + n)
    peers = neighbours.peers()
    assert len(peers) == MOST_NEIGHBOURS
    assert peers[0].address == "10.0.0.1"


def test_a_datagram_without_a_source_makes_no_peer() -> None:
    neighbours = Neighbours()
    neighbours.refused(Rejected("header_err", "x"), 1.0)
    assert neighbours.peers() == ()


def test_what_a_predecessor_knew_is_kept() -> None:
    before, after = Neighbours(), Neighbours()
    before.heard(advert(100), 1.0)
    after.restore(before.peers())
    after.heard(advert(100), 2.0)
    assert after.peers()[0].adverts == 2
