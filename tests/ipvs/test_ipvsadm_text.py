from __future__ import annotations

import msgspec
import pytest

from lvstui.ipvs.ipvsadm_text import listing
from lvstui.model.endpoint import Endpoint, Protocol, ServiceKey
from lvstui.model.ipvs import Counters, Destination, Rates, Service, Table
from tests.ipvs.recorded import golden, table


@pytest.mark.parametrize(
    ("name", "options"),
    [
        ("Ln.txt", {}),
        ("Ln-stats.txt", {"stats": True}),
        ("Ln-rate.txt", {"rate": True}),
        ("Ln-stats-exact.txt", {"stats": True, "exact": True}),
        ("Ln-rate-exact.txt", {"rate": True, "exact": True}),
        ("Ln-thresholds.txt", {"thresholds": True}),
        ("Ln-persistent-conn.txt", {"persistent": True}),
        ("Ln-nosort.txt", {"sort": False}),
    ],
)
def test_the_recorded_kernel_prints_as_ipvsadm_printed_it(name: str, options: dict[str, bool]) -> None:
    assert listing(table(), **options) == golden(name)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("name", "key"),
    [
        ("Ln-t.txt", ServiceKey(Protocol.TCP, "10.0.0.1", 443)),
        ("Ln-f.txt", ServiceKey(Protocol.TCP, "0.0.0.0", 0, 1)),
    ],
)
def test_one_service_has_no_version_line(name: str, key: ServiceKey) -> None:
    assert listing(table(), only=key) == golden(name)


def test_names_stand_where_the_caller_knows_them() -> None:
    ports = {80: "http", 443: "https", 53: "domain", 8080: "http-alt"}
    sip = {5060: "sip"}

    def name(endpoint: Endpoint, protocol: Protocol | None) -> str:
        known = {} if protocol is None else ports | sip if protocol is Protocol.UDP else ports
        port = known.get(endpoint.port, str(endpoint.port))
        return str(Endpoint("localhost" if endpoint.address == "127.0.0.1" else endpoint.address, 1))[:-1] + port

    assert listing(table(), name=name) == golden("L.txt")


def test_long_ipv4_names_are_cut_and_ipv6_names_are_not() -> None:
    long = "a-very-long-name-of-a-host.example.com:http"
    for address in ("10.0.0.1", "2001:db8::1"):
        service = Service(
            key=ServiceKey(Protocol.TCP, address, 80),
            scheduler="rr",
            destinations=(Destination(endpoint=Endpoint(address, 80)),),
        )
        lines = listing(Table(services=(service,)), name=lambda *_: long).splitlines()
        cut = address == "10.0.0.1"
        assert (long in lines[3], long in lines[4]) == (not cut, not cut)
    assert lines[4].startswith(f"  -> {long} Masq")


@pytest.mark.parametrize(
    ("number", "short"),
    [
        (0, "        0"),
        (99_999_999, " 99999999"),
        (100_000_000, "  100000K"),
        (999_999_999, "  999999K"),
        (1_000_000_000, "    1000M"),
        (99_999_999_999, "   99999M"),
        (100_000_000_000, "     100G"),
        (100_000_000_000_000, "     100T"),
    ],
)
def test_big_numbers_are_shortened_unless_exact(number: int, short: str) -> None:
    key = ServiceKey(Protocol.TCP, "10.0.0.1", 80)
    counters, rates = Counters(bytes_out=number), Rates(connections=number)
    destination = Destination(endpoint=Endpoint("10.1.0.1", 80), counters=counters, rates=rates)
    service = Service(key=key, scheduler="rr", counters=counters, rates=rates, destinations=(destination,))
    lines = listing(Table(services=(service,)), stats=True).splitlines()
    assert lines[3].endswith(short)
    assert lines[4].endswith(short)
    assert listing(Table(services=(service,)), stats=True, exact=True).splitlines()[4].endswith(f" {number}")
    # ipvsadm never shortens a destination's first three rates.
    assert f"  -> {'10.1.0.1:80':<28} {number:>8} " in listing(Table(services=(service,)), rate=True)


def test_an_empty_table_has_three_lines() -> None:
    assert listing(Table()).count("\n") == 3


def test_options_of_a_service() -> None:
    service = Service(
        key=ServiceKey(Protocol.UDP, "2001:db8::1", 53),
        scheduler="sh",
        persistence_timeout=60,
        netmask="64",
        one_packet=True,
        flags=("sh-port",),
        persistence_engine="sip",
    )
    assert "UDP  [2001:db8::1]:53 sh (sh-port) persistent 60 mask 64 pe sip ops" in listing(Table(services=(service,)))
    full = msgspec.structs.replace(service, netmask="128", flags=())
    assert "UDP  [2001:db8::1]:53 sh persistent 60 pe sip ops" in listing(Table(services=(full,)))


@pytest.mark.parametrize(
    ("scheduler", "flags", "shown"),
    [
        ("sh", ("sh-port", "flag-3"), "sh (sh-port)"),
        ("mh", ("flag-3",), "mh ()"),
        ("rr", ("flag-1", "flag-3"), "rr (flag-1,flag-3)"),
        ("rr", (), "rr"),
    ],
)
def test_flags_as_the_real_tool_prints_them(scheduler: str, flags: tuple[str, ...], shown: str) -> None:
    service = Service(key=ServiceKey(Protocol.TCP, "10.0.0.1", 80), scheduler=scheduler, flags=flags)
    assert f"TCP  10.0.0.1:80 {shown}\n" in listing(Table(services=(service,)))
