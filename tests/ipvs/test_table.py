from __future__ import annotations

import msgspec
from hypothesis import given
from hypothesis import strategies as st

from lvstui.ipvs.table import Change, Verb, changes, same_destination, same_service
from lvstui.model.endpoint import Endpoint, Protocol, ServiceKey
from lvstui.model.ipvs import Counters, Destination, ForwardingMethod, Rates, Service, Table
from tests.ipvs.recorded import table

KEY = ServiceKey(Protocol.TCP, "10.0.0.1", 80)
NONE: frozenset[ServiceKey] = frozenset()
ADD, EDIT, DELETE = Verb.ADD, Verb.EDIT, Verb.DELETE


def real(number: int, weight: int = 1, **more: object) -> Destination:
    return Destination(endpoint=Endpoint(f"10.1.0.{number}", 80), weight=weight, **more)  # type: ignore[arg-type]


def virtual(*destinations: Destination, key: ServiceKey = KEY, **more: object) -> Service:
    return Service(key=key, scheduler=str(more.pop("scheduler", "rr")), destinations=destinations, **more)  # type: ignore[arg-type]


def lines(wanted: tuple[Service, ...], actual: tuple[Service, ...], ours: frozenset[ServiceKey] = NONE) -> list[str]:
    return [str(change) for change in changes(wanted, Table(services=actual), ours)]


def test_from_nothing() -> None:
    assert lines((virtual(real(1), real(2, 3)),), ()) == [
        "add 10.0.0.1:80/tcp rr",
        "add 10.0.0.1:80/tcp -> 10.1.0.1:80 Masq weight 1",
        "add 10.0.0.1:80/tcp -> 10.1.0.2:80 Masq weight 3",
    ]


def test_additions_come_first_then_higher_weights_then_lower_ones_then_deletions() -> None:
    wanted = (virtual(real(1, 0), real(2, 5), real(4)),)
    actual = (virtual(real(1, 1), real(2, 0), real(3)),)
    assert lines(wanted, actual) == [
        "add 10.0.0.1:80/tcp -> 10.1.0.4:80 Masq weight 1",
        "edit 10.0.0.1:80/tcp -> 10.1.0.2:80 Masq weight 5",
        "edit 10.0.0.1:80/tcp -> 10.1.0.1:80 Masq weight 0",
        "delete 10.0.0.1:80/tcp -> 10.1.0.3:80",
    ]


def test_the_sorry_server_is_in_before_the_last_real_server_is_out() -> None:
    sorry = Destination(endpoint=Endpoint("127.0.0.1", 80))
    assert [line.split()[0] for line in lines((virtual(sorry),), (virtual(real(1)),))] == ["add", "delete"]


def test_what_the_kernel_counts_is_not_compared() -> None:
    busy = real(1, active_connections=7, inactive_connections=9, counters=Counters(1, 2, 3, 4, 5), rates=Rates(1))
    actual = virtual(busy, counters=Counters(9), rates=Rates(8))
    assert lines((virtual(real(1)),), (actual,)) == []


def test_what_is_set_is_compared() -> None:
    for more in (
        {"scheduler": "wlc"},
        {"persistence_timeout": 5},
        {"netmask": "255.255.255.0"},
        {"one_packet": True},
        {"flags": ("sh-port",)},
        {"persistence_engine": "sip"},
    ):
        assert lines((virtual(),), (virtual(**more),)) == ["edit 10.0.0.1:80/tcp rr"], more
        assert not same_service(virtual(), virtual(**more))
    for other in (
        real(1, 2),
        real(1, forwarding=ForwardingMethod.ROUTE),
        real(1, upper_threshold=3),
        real(1, upper_threshold=3, lower_threshold=2),
    ):
        assert lines((virtual(real(1)),), (virtual(other),)) == ["edit 10.0.0.1:80/tcp -> 10.1.0.1:80 Masq weight 1"]
        assert not same_destination(real(1), other)


def test_the_same_thing_in_other_words_is_the_same() -> None:
    six = ServiceKey(Protocol.TCP, "2001:db8::1", 80)
    assert same_service(virtual(key=six), virtual(key=six, netmask="128"))
    assert same_service(virtual(netmask="24"), virtual(netmask="255.255.255.0"))
    assert same_service(virtual(scheduler="sh", flags=("flag-2",)), virtual(scheduler="sh", flags=("sh-port",)))
    mark, again = ServiceKey(Protocol.TCP, "0.0.0.0", 0, 7), ServiceKey(Protocol.UDP, "10.9.9.9", 80, 7)
    assert lines((virtual(key=again),), (virtual(key=mark),)) == []


def test_somebody_elses_mask_with_holes_is_corrected() -> None:
    assert lines((virtual(),), (virtual(netmask="255.0.255.0"),)) == ["edit 10.0.0.1:80/tcp rr"]


def test_what_is_not_ours_is_not_touched_and_what_was_ours_is_deleted_last() -> None:
    foreign = ServiceKey(Protocol.TCP, "10.9.9.9", 80)
    old = ServiceKey(Protocol.TCP, "10.0.0.1", 81)
    gone = ServiceKey(Protocol.TCP, "10.0.0.1", 82)
    actual = (virtual(real(9), key=old), virtual(real(8), key=foreign))
    assert lines((virtual(real(1)),), actual, frozenset({old, gone, KEY})) == [
        "add 10.0.0.1:80/tcp rr",
        "add 10.0.0.1:80/tcp -> 10.1.0.1:80 Masq weight 1",
        "delete 10.0.0.1:81/tcp",
    ]
    assert lines((), actual) == []


def test_a_service_or_destination_named_twice_is_made_once() -> None:
    twice = virtual(real(1), real(1, 2))
    assert len(changes((twice, twice), Table(), NONE)) == 2


def test_the_recorded_table_is_as_it_is_wanted() -> None:
    assert changes(table().services, table(), frozenset(s.key for s in table().services)) == ()


def applied(actual: Table, made: tuple[Change, ...]) -> Table:
    """Make changes in a dictionary, as a plane does; a change that does not fit is an error."""
    services = {service.key: service for service in actual.services}
    for change in made:
        key = change.service.key
        if change.destination is None:
            assert (key in services) == (change.verb is not ADD)
            if change.verb is DELETE:
                del services[key]
                continue
            kept = services[key].destinations if change.verb is EDIT else ()
            services[key] = msgspec.structs.replace(change.service, destinations=kept)
            continue
        present = {d.endpoint: d for d in services[key].destinations}
        assert (change.destination.endpoint in present) == (change.verb is not ADD)
        present.pop(change.destination.endpoint, None)
        if change.verb is not DELETE:
            present[change.destination.endpoint] = change.destination
        services[key] = msgspec.structs.replace(services[key], destinations=tuple(present.values()))
    return Table(services=tuple(services.values()))


reals = st.builds(real, st.integers(1, 5), st.integers(0, 3))
virtuals = st.builds(
    lambda port, scheduler, many: virtual(
        *{d.endpoint: d for d in many}.values(), key=ServiceKey(Protocol.TCP, "10.0.0.1", port), scheduler=scheduler
    ),
    st.integers(1, 4),
    st.sampled_from(["rr", "wlc"]),
    st.lists(reals, max_size=5),
)
tables = st.lists(virtuals, max_size=5).map(lambda many: tuple({s.key: s for s in many}.values()))


@given(tables, tables, st.frozensets(st.integers(1, 4)))
def test_the_changes_lead_to_what_is_wanted(
    wanted: tuple[Service, ...], actual: tuple[Service, ...], ports: frozenset[int]
) -> None:
    ours = frozenset(ServiceKey(Protocol.TCP, "10.0.0.1", port) for port in ports)
    before = Table(services=actual)
    after = applied(before, changes(wanted, before, ours))
    assert changes(wanted, after, ours) == ()
    keys = {service.key for service in wanted}
    foreign = [service for service in actual if service.key not in keys | ours]
    assert [service for service in after.services if service.key not in keys] == foreign


@given(tables, tables)
def test_a_service_is_never_without_destinations_on_the_way(
    wanted: tuple[Service, ...], actual: tuple[Service, ...]
) -> None:
    now = Table(services=actual)
    ends = {s.key: s for s in wanted}
    starts = {s.key: s for s in actual}
    safe = {key for key in ends.keys() & starts.keys() if serving(ends[key]) and serving(starts[key])}
    for change in changes(wanted, now, NONE):
        now = applied(now, (change,))
        for service in now.services:
            assert service.key not in safe or serving(service), change


def serving(service: Service) -> bool:
    return any(d.weight for d in service.destinations)
