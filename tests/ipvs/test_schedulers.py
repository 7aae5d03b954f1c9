"""The schedulers alone; that they choose as the kernel's do is checked in tests/kernel."""

from __future__ import annotations

from collections import Counter

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lvstui.ipvs.schedulers import SCHEDULERS, Candidate
from lvstui.model.endpoint import Endpoint


def real(number: int, weight: int = 1, active: int = 0, inactive: int = 0, overloaded: bool = False) -> Candidate:
    return Candidate(Endpoint(f"10.1.0.{number}", 80), weight, active, inactive, overloaded)


def picks(name: str, candidates: list[Candidate], count: int, flags: tuple[str, ...] = ()) -> list[int]:
    scheduler = SCHEDULERS[name](flags)
    chosen = [scheduler.pick(candidates, f"10.0.{n // 250}.{n % 250}", 40000 + n) for n in range(count)]
    return [int(c.endpoint.address.rpartition(".")[2]) if c else 0 for c in chosen]


def test_rr_ignores_weights() -> None:
    assert picks("rr", [real(1, 5), real(2, 1), real(3, 9)], 7) == [1, 2, 3, 1, 2, 3, 1]


def test_rr_goes_on_after_the_one_chosen_last_when_the_list_changes() -> None:
    scheduler = SCHEDULERS["rr"](())
    three = [real(1), real(2), real(3)]
    assert scheduler.pick(three, "10.0.0.1", 1) == real(1)
    assert scheduler.pick(three, "10.0.0.1", 1) == real(2)
    assert scheduler.pick([real(4), *three], "10.0.0.1", 1) == real(3)
    assert scheduler.pick([real(1), real(2)], "10.0.0.1", 1) == real(1)


@pytest.mark.parametrize(
    ("weights", "shares"), [((1, 2), (4, 8)), ((2, 4), (4, 8)), ((1, 2, 3), (2, 4, 6)), ((3, 0), (12, 0))]
)
def test_wrr_shares_by_weight(weights: tuple[int, ...], shares: tuple[int, ...]) -> None:
    chosen = picks("wrr", [real(n, weight) for n, weight in enumerate(weights, 1)], 24)[12:]
    assert tuple(chosen.count(n) for n in range(1, len(weights) + 1)) == shares


def test_wrr_spreads_within_a_round() -> None:
    chosen = picks("wrr", [real(1, 4), real(2, 3), real(3, 2)], 27)
    assert chosen[9:18] == chosen[18:27]
    assert max(len(run) for run in "".join(map(str, chosen[9:])).replace("2", " ").replace("3", " ").split()) <= 3


def test_wrr_with_a_huge_weight_that_is_overloaded_does_not_search_for_ever() -> None:
    assert picks("wrr", [real(1, 2**31 - 1, overloaded=True), real(2, 1)], 4) == [2, 2, 2, 2]


def test_lc_takes_the_fewest_connections_inactive_ones_cost_little() -> None:
    assert picks("lc", [real(1, 9, active=2), real(2, 1, active=1, inactive=255), real(3, active=2)], 1) == [2]
    assert picks("lc", [real(1, active=1), real(2, inactive=257)], 1) == [1]
    assert picks("lc", [real(1), real(2)], 1) == [1]  # the first of equals


def test_wlc_takes_the_fewest_for_its_weight() -> None:
    assert picks("wlc", [real(1, 1, active=1), real(2, 3, active=2)], 1) == [2]
    assert picks("wlc", [real(1, 1, active=1), real(2, 3, active=4)], 1) == [1]


def test_sh_keeps_a_client_and_shares_by_weight() -> None:
    servers = [real(1, 1), real(2, 3)]
    first = picks("sh", servers, 1000)
    assert picks("sh", servers, 1000) == first
    share = Counter(first)[2] / 1000
    assert 0.65 < share < 0.85


def test_sh_refuses_a_client_whose_server_is_out_unless_it_may_fall_back() -> None:
    servers = [real(1, 0), real(2, 1)]
    plain, fallback = picks("sh", servers, 500), picks("sh", servers, 500, ("sh-fallback",))
    assert set(plain) == {0, 2}
    assert set(fallback) == {2}
    assert all(now == before for now, before in zip(fallback, plain, strict=True) if before)


def test_sh_port_spreads_one_clients_connections() -> None:
    for flags, several in (((), False), (("sh-port",), True)):
        scheduler = SCHEDULERS["sh"](flags)
        chosen = {scheduler.pick([real(1), real(2)], "10.0.0.1", port) for port in range(100)}
        assert (len(chosen) > 1) == several


@pytest.mark.parametrize("name", SCHEDULERS)
def test_nobody_there(name: str) -> None:
    assert picks(name, [], 2) == [0, 0]
    assert picks(name, [real(1, 0), real(2, overloaded=True)], 3) == [0, 0, 0]


candidates = st.lists(
    st.builds(real, st.integers(1, 6), st.integers(0, 70000), st.integers(0, 5), st.integers(0, 600), st.booleans()),
    max_size=6,
    unique_by=lambda c: c.endpoint,
)


@pytest.mark.parametrize("name", SCHEDULERS)
@given(rounds=st.lists(candidates, max_size=8))
def test_only_the_available_are_chosen_and_always_if_there_is_one(name: str, rounds: list[list[Candidate]]) -> None:
    scheduler = SCHEDULERS[name](("sh-fallback",))
    for servers in rounds:
        chosen = scheduler.pick(servers, "10.0.0.1", 7)
        assert chosen is None or (chosen in servers and chosen.is_available)
        if any(c.is_available for c in servers) and name != "sh":
            assert chosen is not None


def test_ipv6_clients_are_hashed() -> None:
    scheduler = SCHEDULERS["sh"](())
    chosen = {scheduler.pick([real(1), real(2)], f"2001:db8::{n:x}", 0) for n in range(100)}
    assert len(chosen) == 2
