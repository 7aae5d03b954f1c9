from __future__ import annotations

from itertools import permutations

from hypothesis import given
from hypothesis import strategies as st

from lvstui.ipvs.ipvsadm_order import destinations_in_ipvsadm_order, in_ipvsadm_order
from lvstui.model.endpoint import Endpoint, Protocol, ServiceKey
from lvstui.model.ipvs import Destination, Service


def service(address: str, port: int = 80, fwmark: int = 0, protocol: Protocol = Protocol.TCP) -> Service:
    return Service(key=ServiceKey(protocol, address, port, fwmark), scheduler="rr")


def test_marks_families_protocols_then_addresses_that_wrap() -> None:
    wanted = [
        service("0.0.0.0", 0, 4_000_000_000),
        service("192.168.0.1"),
        service("10.0.0.1"),
        service("10.0.0.1", 443),
        service("10.0.0.1", 53, protocol=Protocol.UDP),
        service("fd00::1"),
        service("2001:db8::1"),
        service("0.0.0.0", 0, 1),
        service("::", 0, 2),
    ]
    # This one has no cycle, so any order of input gives the same.
    for order in (wanted[::-1], wanted[3:] + wanted[:3], wanted[1::2] + wanted[::2]):
        assert in_ipvsadm_order(order) == wanted


def test_a_cycle_depends_on_the_order_of_input() -> None:
    cycle = [service("0.0.0.0"), service("100.0.0.0"), service("200.0.0.0")]
    assert len({tuple(s.key for s in in_ipvsadm_order(order)) for order in permutations(cycle)}) > 1


def test_destinations_of_both_families() -> None:
    names = ["192.168.9.2", "10.0.0.9", "10.0.0.11", "fd00::1", "2001:db8::9"]
    wanted = [Destination(endpoint=Endpoint(name, 80)) for name in names]
    assert destinations_in_ipvsadm_order(wanted[::-1]) == wanted


@given(st.lists(st.tuples(st.ip_addresses(v=4).map(str), st.integers(0, 65535)), max_size=30, unique=True))
def test_nothing_is_lost_or_doubled(places: list[tuple[str, int]]) -> None:
    given_ = [Destination(endpoint=Endpoint(*place)) for place in places]
    assert sorted(destinations_in_ipvsadm_order(given_), key=lambda d: d.endpoint) == sorted(
        given_, key=lambda d: d.endpoint
    )


def test_addresses_of_one_half_sort_plainly() -> None:
    wanted = [service(f"10.{i}.0.1") for i in range(100)]
    assert in_ipvsadm_order(wanted[::-1]) == wanted
