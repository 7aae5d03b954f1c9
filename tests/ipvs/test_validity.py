from __future__ import annotations

import errno

import pytest

from lvstui.ipvs.validity import destination_problem, programmable, service_problem
from lvstui.model.endpoint import Endpoint, Protocol, ServiceKey
from lvstui.model.ipvs import Destination, ForwardingMethod, Service
from tests.ipvs.recorded import table

KEY = ServiceKey(Protocol.TCP, "10.0.0.1", 80)


def service(key: ServiceKey = KEY, **more: object) -> Service:
    return Service(key=key, **{"scheduler": "rr", **more})  # type: ignore[arg-type]


def real(address: str = "10.1.0.1", port: int = 80, **more: object) -> Destination:
    return Destination(endpoint=Endpoint(address, port), **more)  # type: ignore[arg-type]


def test_all_that_ipvsadm_could_program_is_programmable() -> None:
    good, errors = programmable(table().services)
    assert errors == ()
    assert [s.key for s in good] == [s.key for s in table().services]


@pytest.mark.parametrize(
    ("bad", "words"),
    [
        (service(ServiceKey(Protocol.TCP, "224.0.0.9", 80)), "multicast"),
        (service(ServiceKey(Protocol.TCP, "10.0.0.1", 0)), "needs persistence"),
        (service(ServiceKey(Protocol.TCP, "10.0.0.1", 70000)), "out of range"),
        (service(ServiceKey(Protocol.TCP, "0.0.0.0", 0, 2**32)), "firewall mark"),
        (service(one_packet=True), "UDP"),
        (service(scheduler=""), "scheduler"),
        (service(scheduler="a-name-that-is-too-long"), "scheduler"),
        (service(persistence_engine="a-name-that-is-too-long"), "persistence engine"),
        (service(persistence_timeout=-1), "time-out"),
        (service(flags=("sh-prot",)), "sh-prot"),
        (service(netmask="255.0.255.0"), "netmask"),
    ],
)
def test_services_that_the_kernel_would_take_but_should_not(bad: Service, words: str) -> None:
    assert words in service_problem(bad)
    good, (error,) = programmable((bad, service()))
    assert [s.key for s in good] == [KEY]
    assert error.errno == errno.EINVAL
    assert words in str(error)


@pytest.mark.parametrize(
    ("bad", "words"),
    [
        (real("224.0.0.9"), "host"),
        (real("0.0.0.0"), "host"),
        (real("255.255.255.255"), "host"),
        (real("2001:db8::1"), "Tunnel"),
        (real(port=-1), "port"),
        (real(weight=-1), "weight"),
        (real(weight=2**31), "weight"),
        (real(upper_threshold=-1), "threshold"),
        (real(upper_threshold=5, lower_threshold=6), "lower"),
        (real(lower_threshold=6), "lower"),
    ],
)
def test_destinations_that_would_be_wrong(bad: Destination, words: str) -> None:
    assert words in destination_problem(KEY, bad)
    (good,), (error,) = programmable((service(destinations=(bad, real("10.1.0.2"))),))
    assert [d.endpoint.address for d in good.destinations] == ["10.1.0.2"]
    assert str(error).startswith(f"program 10.0.0.1:80/tcp -> {bad.endpoint}: ")


def test_marks_and_persistence_may_have_all_ports() -> None:
    assert service_problem(service(ServiceKey(Protocol.TCP, "0.0.0.0", 0, 7))) == ""
    assert service_problem(service(ServiceKey(Protocol.TCP, "10.0.0.1", 0), persistence_timeout=5)) == ""


@pytest.mark.parametrize("forwarding", [ForwardingMethod.ROUTE, ForwardingMethod.TUNNEL])
def test_methods_that_change_no_port_get_the_services(forwarding: ForwardingMethod) -> None:
    (good,), errors = programmable((service(destinations=(real(port=8080, forwarding=forwarding),)),))
    assert errors == ()
    assert good.destinations[0].endpoint == Endpoint("10.1.0.1", 80)
    mark = service(ServiceKey(Protocol.TCP, "0.0.0.0", 0, 7), destinations=(real(port=8080, forwarding=forwarding),))
    (good,), _ = programmable((mark,))
    assert good.destinations[0].endpoint == Endpoint("10.1.0.1", 0)


def test_nat_keeps_its_port_and_a_destination_is_there_once() -> None:
    twice = (real(port=8080), real(port=8080, weight=9))
    (good,), (error,) = programmable((service(destinations=twice),))
    assert good.destinations == twice[:1]
    assert "twice" in str(error)


def test_flags_get_their_schedulers_own_words() -> None:
    (good,), _ = programmable((service(scheduler="sh", flags=("flag-2", "sh-fallback")),))
    assert good.flags == ("sh-fallback", "sh-port")
    (good,), _ = programmable((service(scheduler="rr", flags=("sh-port",)),))
    assert good.flags == ("flag-2",)
