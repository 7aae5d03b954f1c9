"""virtual_server, real_server and checkers: old and foreign keywords."""

from __future__ import annotations

import pytest

from lvstui.config.schema_checkers import BLOCKS, SCHEDULERS
from tests.config.support import check, codes, configuration, finding, service_text


@pytest.mark.parametrize("scheduler", SCHEDULERS)
@pytest.mark.parametrize("keyword", ["lb_algo", "lvs_sched"])
def test_schedulers(scheduler: str, keyword: str) -> None:
    text = service_text().replace("lb_algo rr", f"{keyword} {scheduler}")
    assert configuration(text).virtual_servers[0].scheduler == scheduler


def test_nb_get_retry_is_deprecated_in_http_and_unknown_in_tcp() -> None:
    http = check(service_text(server="HTTP_GET {\n url {\n path /\n}\n nb_get_retry 3\n}"))
    assert finding(http, "deprecated").suggestion.startswith('write "retry"')
    tcp = check(service_text(server="TCP_CHECK {\n nb_get_retry 3\n}"))
    assert "retry" in finding(tcp, "unknown-keyword").suggestion
    assert http.status == tcp.status == 5


def test_nat_mask_is_told_to_be_old() -> None:
    loaded = check(service_text("nat_mask 255.255.255.0"))
    assert codes(loaded) == ["old-keyword"]
    assert loaded.status == 5
    assert loaded.configuration is not None


@pytest.mark.parametrize("kind", ["SSL_GET", "SMTP_CHECK", "DNS_CHECK", "UDP_CHECK"])
def test_a_checker_that_is_not_built_says_that_the_server_counts_as_up(kind: str) -> None:
    inside = "url {\n path /\n}" if kind == "SSL_GET" else "connect_port 1"
    loaded = check(service_text(server=f"{kind} {{\n {inside}\n}}"))
    assert "counts as up" in finding(loaded, "no-effect").message
    assert loaded.status == 0
    assert loaded.configuration is not None
    assert loaded.configuration.virtual_servers[0].real_servers[0].checkers == ()


def test_misc_check_has_no_connection() -> None:
    assert "connect_port" not in BLOCKS["MISC_CHECK"]
    assert "connect_port" in BLOCKS["TCP_CHECK"]
