"""Checkers: timing inherited from three levels, urls, scripts."""

from __future__ import annotations

import pytest

from lvstui.model.configuration import (
    HttpChecker,
    MiscChecker,
    PingChecker,
    StatusRange,
    TcpChecker,
    UrlCheck,
)
from lvstui.model.endpoint import Endpoint
from tests.config.support import check, checker, codes, finding, service, service_text

URL = "url {\n path /\n}\n"


def test_the_tutorials_check() -> None:
    made = checker(
        "HTTP_GET {\n url {\n path /\n status_code 200\n}\n connect_timeout 3\n nb_get_retry 3\n"
        "delay_before_retry 3\n}",
        "delay_loop 6",
    )
    assert isinstance(made, HttpChecker)
    assert made.endpoint == Endpoint("10.0.0.11", 80)
    assert made.urls == (UrlCheck("/", (StatusRange(200, 200),)),)
    timing = made.timing
    assert (timing.delay_loop, timing.connect_timeout, timing.retries) == (6.0, 3.0, 3)
    assert (timing.delay_before_retry, timing.warmup, timing.alpha) == (3.0, 6.0, False)


@pytest.mark.parametrize(
    ("block", "retries", "pause"),
    [
        (f"HTTP_GET {{\n{URL}}}", 1, 3.0),
        ("TCP_CHECK {\n}", 1, 1.0),
        ("PING_CHECK {\n}", 1, 1.0),
        ("MISC_CHECK {\n misc_path true\n}", 0, 1.0),
    ],
)
def test_defaults_of_each_kind(block: str, retries: int, pause: float) -> None:
    timing = checker(block).timing
    assert (timing.delay_loop, timing.connect_timeout, timing.warmup) == (60.0, 5.0, 60.0)
    assert (timing.retries, timing.delay_before_retry) == (retries, pause)


def test_inheritance() -> None:
    levels = ("delay_loop 10", "retry 4", "connect_timeout 2", "warmup 1", "delay_before_retry 7")
    timing = checker("retry 5\nTCP_CHECK {\n connect_timeout 9\n delay_loop 3\n alpha\n}", *levels).timing
    assert (timing.delay_loop, timing.retries, timing.connect_timeout) == (3.0, 5, 9.0)
    assert (timing.warmup, timing.delay_before_retry, timing.alpha) == (1.0, 7.0, True)
    assert checker("TCP_CHECK {\n}", "alpha").timing.alpha
    assert not checker("TCP_CHECK {\n alpha off\n}", "alpha").timing.alpha


def test_defaults_of_the_virtual_server_may_come_after_the_real_server() -> None:
    text = service_text(server="TCP_CHECK {\n}").rstrip().removesuffix("}") + "delay_loop 7\n}\n"
    loaded = check(text)
    assert loaded.configuration is not None
    assert loaded.configuration.virtual_servers[0].real_servers[0].checkers[0].timing.delay_loop == 7


def test_target() -> None:
    made = checker("TCP_CHECK {\n connect_ip 10.9.9.9\n connect_port 8080\n bindto 10.0.0.5\n}")
    assert isinstance(made, TcpChecker)
    assert (made.endpoint, made.bind_address) == (Endpoint("10.9.9.9", 8080), "10.0.0.5")
    assert isinstance(checker("PING_CHECK {\n}"), PingChecker)


def test_the_check_keeps_the_port_that_was_written() -> None:
    text = service_text(server="TCP_CHECK {\n}").replace("0.11 80", "0.11 8080")
    loaded = check(text)
    assert loaded.configuration is not None
    (server,) = loaded.configuration.virtual_servers[0].real_servers
    assert (server.endpoint.port, server.checkers[0].endpoint.port) == (80, 8080)


def test_urls() -> None:
    digest = "EC90A42B99EA9A2F5ECBE213AC9EBA03"
    made = checker(
        f"HTTP_GET {{\n url {{\n path /a\n digest {digest}\n virtualhost a.example\n}}\n"
        'url {\n path "/b c"\n status_code 200-299 404 503\n}\n virtualhost h.example\n http_protocol 1.1\n}'
    )
    assert isinstance(made, HttpChecker)
    assert made.urls == (
        UrlCheck("/a", (), digest.lower(), "a.example"),
        UrlCheck("/b c", (StatusRange(200, 299), StatusRange(404, 404), StatusRange(503, 503))),
    )
    assert (made.virtual_host, made.http_version) == ("h.example", "1.1")


@pytest.mark.parametrize("word", ["99", "600", "299-200", "2xx", "200-", "-200", "200-299-300"])
def test_bad_status_codes(word: str) -> None:
    loaded = check(service_text(server=f"HTTP_GET {{\n url {{\n path /\n status_code {word} 204\n}}\n}}"))
    assert codes(loaded) == ["bad-status"]
    assert loaded.configuration is not None
    (made,) = loaded.configuration.virtual_servers[0].real_servers[0].checkers
    assert isinstance(made, HttpChecker)
    assert made.urls[0].statuses == (StatusRange(204, 204),)


def test_a_check_without_url_is_left_out() -> None:
    loaded = check(service_text(server="HTTP_GET {\n url {\n status_code 200\n}\n}"))
    assert codes(loaded) == ["no-path", "no-url"]
    assert loaded.configuration is not None
    assert loaded.configuration.virtual_servers[0].real_servers[0].checkers == ()


def test_virtual_host_is_inherited() -> None:
    made = checker(f"HTTP_GET {{\n{URL}}}", "virtualhost v.example")
    assert isinstance(made, HttpChecker)
    assert made.virtual_host == "v.example"


def test_scripts() -> None:
    made = checker('MISC_CHECK {\n misc_path "true -x 1"\n misc_timeout 4\n misc_dynamic\n user nobody\n}')
    assert isinstance(made, MiscChecker)
    assert (made.command.argv, made.command.user) == (("true", "-x", "1"), "nobody")
    assert (made.timeout, made.dynamic) == (4.0, True)


def test_a_missing_script_is_told_and_the_server_counts_as_up() -> None:
    loaded = check(service_text(server="MISC_CHECK {\n misc_path /no/such\n}"))
    assert "counts as up" in finding(loaded, "script-not-found").suggestion
    assert loaded.status == 0
    assert codes(check(service_text(server="MISC_CHECK {\n}"))) == ["no-script"]


def test_several_checks_of_one_server_keep_their_order() -> None:
    made = service(server=f"TCP_CHECK {{\n}}\nHTTP_GET {{\n{URL}}}\nTCP_CHECK {{\n connect_port 81\n}}")
    assert [type(item) for item in made.real_servers[0].checkers] == [TcpChecker, HttpChecker, TcpChecker]
