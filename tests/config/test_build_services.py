"""Virtual and real servers: keepalived's defaults and corrections."""

from __future__ import annotations

import pytest

from lvstui.model.endpoint import Endpoint, Protocol, ServiceKey
from lvstui.model.ipvs import ForwardingMethod
from tests.config.support import check, codes, configuration, finding, service, service_text


def test_a_plain_service() -> None:
    made = service("delay_loop 6", "sorry_server 127.0.0.1 80", server="weight 2")
    assert made.key == ServiceKey(Protocol.TCP, "10.0.0.1", 80)
    assert (made.scheduler, made.forwarding, made.quorum, made.hysteresis) == ("rr", ForwardingMethod.ROUTE, 1, 0)
    assert made.sorry_server == Endpoint("127.0.0.1", 80)
    assert made.persistence_timeout == 0
    (server,) = made.real_servers
    assert (server.endpoint, server.weight) == (Endpoint("10.0.0.11", 80), 2)
    assert server.forwarding is ForwardingMethod.ROUTE
    assert server.smtp_alert
    assert not made.smtp_alert


def test_without_protocol_it_is_udp() -> None:
    loaded = check(service_text().replace("protocol TCP", ""))
    assert loaded.configuration is not None
    assert loaded.configuration.virtual_servers[0].key.protocol is Protocol.UDP
    assert finding(loaded, "no-protocol").status == 5


def test_without_scheduler_and_method() -> None:
    loaded = check(service_text().replace("lb_algo rr", "").replace("lb_kind DR", ""))
    assert loaded.configuration is not None
    (made,) = loaded.configuration.virtual_servers
    assert (made.scheduler, made.forwarding) == ("wlc", ForwardingMethod.MASQUERADE)
    assert codes(loaded) == ["no-method", "no-scheduler"]


@pytest.mark.parametrize(("kind", "port"), [("DR", 80), ("TUN", 80), ("NAT", 8080)])
def test_only_nat_changes_the_port(kind: str, port: int) -> None:
    text = service_text().replace("lb_kind DR", f"lvs_method {kind}").replace("0.11 80", "0.11 8080")
    assert configuration(text).virtual_servers[0].real_servers[0].endpoint == Endpoint("10.0.0.11", port)


def test_a_method_of_its_own() -> None:
    assert service(server="lvs_method NAT").real_servers[0].forwarding is ForwardingMethod.MASQUERADE


@pytest.mark.parametrize(
    ("lines", "timeout"),
    [
        ((), 0),
        (("persistence_timeout 50",), 50),
        (("persistence_timeout",), 360),
        (("persistence_timeout 0",), 0),
    ],
)
def test_persistence(lines: tuple[str, ...], timeout: int) -> None:
    assert service(*lines).persistence_timeout == timeout


def test_port_zero_needs_persistence() -> None:
    text = service_text().replace("10.0.0.1 80", "10.0.0.1").replace("0.11 80", "0.11")
    loaded = check(text)
    assert loaded.configuration is not None
    assert loaded.configuration.virtual_servers[0].persistence_timeout == 360
    assert "zero-port" in codes(loaded)


@pytest.mark.parametrize(
    ("granularity", "netmask"),
    [("255.255.255.0", "255.255.255.0"), ("255.255.0", "255.255.255.255"), ("24", "255.255.255.255")],
)
def test_granularity(granularity: str, netmask: str) -> None:
    assert service(f"persistence_granularity {granularity}").persistence_netmask == netmask


def test_scheduler_flags_count_after_their_scheduler() -> None:
    text = service_text("sh-port").replace("lb_algo rr", "sh-fallback\n    lb_algo sh")
    loaded = check(text)
    assert loaded.configuration is not None
    assert loaded.configuration.virtual_servers[0].scheduler_flags == ("sh-port",)
    assert codes(loaded) == ["scheduler-flag"]


def test_one_packet_scheduling_needs_udp() -> None:
    assert not service("ops").one_packet
    text = service_text("ops").replace("TCP", "UDP")
    assert configuration(text).virtual_servers[0].one_packet


@pytest.mark.parametrize(
    ("lines", "weight", "expected"),
    [
        (("quorum 3",), 5, (3, 0)),
        (("quorum 9",), 5, (5, 0)),
        (("quorum 3", "hysteresis 5"), 5, (3, 2)),
        (("quorum 9", "hysteresis 7"), 1, (1, 0)),
        ((), 0, (0, 0)),
    ],
)
def test_quorum(lines: tuple[str, ...], weight: int, expected: tuple[int, int]) -> None:
    made = service(*lines, server=f"weight {weight}")
    assert (made.quorum, made.hysteresis) == expected


def test_fwmark() -> None:
    text = service_text().replace("10.0.0.1 80", "fwmark 7")
    loaded = check(text)
    assert loaded.configuration is not None
    (made,) = loaded.configuration.virtual_servers
    assert made.key == ServiceKey(Protocol.TCP, "0.0.0.0", 0, 7)
    assert made.real_servers[0].endpoint.port == 0
    assert codes(loaded) == ["fwmark-protocol", "fwmark-port"]
    assert check(text.replace("fwmark 7", "fwmark x")).configuration is not None


def test_ipv6() -> None:
    text = service_text().replace("10.0.0.1 80", "2001:db8::1 80")
    loaded = check(text)
    assert sorted(codes(loaded)) == ["family-mismatch", "no-real-server"]
    assert len(configuration(text.replace("10.0.0.11", "2001:db8::2")).virtual_servers) == 1


def test_doubles() -> None:
    again = check(service_text() + service_text().replace("0.11", "0.12"))
    assert again.configuration is not None
    assert [str(server.endpoint) for server in again.configuration.virtual_servers[0].real_servers] == [
        "10.0.0.11:80",
        "10.0.0.12:80",
    ]
    assert again.status == 0
    twice = check(service_text("real_server 10.0.0.11 80 {", "}"))
    assert codes(twice) == ["duplicate-server"]


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("virtual_server 10.0.0.1 80 {\n}\n", "no-real-server"),
        ("virtual_server x 80 {\n real_server 10.0.0.1 80 {\n}\n}\n", "bad-address"),
        ("virtual_server 10.0.0.1 http {\n real_server 10.0.0.1 80 {\n}\n}\n", "bad-port"),
        ("virtual_server 10.0.0.1 70000 {\n real_server 10.0.0.1 80 {\n}\n}\n", "bad-port"),
        ("virtual_server group G {\n real_server 10.0.0.1 80 {\n}\n}\n", "no-effect"),
    ],
)
def test_services_that_are_left_out(text: str, code: str) -> None:
    loaded = check(text)
    assert loaded.configuration is not None
    assert loaded.configuration.virtual_servers == ()
    assert code in codes(loaded)


def test_inheritance_of_server_settings() -> None:
    made = service("weight 5", "alpha", "inhibit_on_failure").real_servers[0]
    assert (made.weight, made.alpha, made.inhibit_on_failure) == (5, True, True)
    made = service("weight 5", "inhibit_on_failure", server="weight 0\ninhibit_on_failure off").real_servers[0]
    assert (made.weight, made.inhibit_on_failure) == (0, False)
    made = service(server="uthreshold 10\nlthreshold 5").real_servers[0]
    assert (made.upper_threshold, made.lower_threshold) == (10, 5)


def test_mail() -> None:
    text = "global_defs {\n smtp_alert_checker\n}\n" + service_text(server="smtp_alert off")
    (made,) = configuration(text).virtual_servers
    assert made.smtp_alert
    assert not made.real_servers[0].smtp_alert


@pytest.mark.parametrize("line", ["sorry_server x 80", "sorry_server 10.0.0.1 x", "sorry_server ::1 80"])
def test_a_bad_sorry_server_is_left_out(line: str) -> None:
    assert service(line).sorry_server is None


def test_the_sorry_server_of_dr_gets_the_services_port() -> None:
    assert service("sorry_server 127.0.0.1 8080").sorry_server == Endpoint("127.0.0.1", 80)
