"""Sentences as Debian's keepalived 2.2.7 logged them."""

from __future__ import annotations

from lvstui.health import wording
from lvstui.model.configuration import PingChecker
from lvstui.model.endpoint import Endpoint, Protocol, ServiceKey
from tests.health.cast import KEY, RS1, http, misc, tcp, timing


def test_names() -> None:
    assert wording.service_name(KEY) == "[192.168.61.100]:tcp:80"
    assert wording.service_name(ServiceKey(Protocol.TCP, "0.0.0.0", 0, 7)) == "FWM 7"
    assert wording.server_name(Endpoint("fd00::1", 53), Protocol.UDP) == "[fd00::1]:udp:53"
    assert wording.server_subject(KEY, RS1) == "192.168.61.100:80/tcp -> 192.168.61.21:80"


def test_failures() -> None:
    ping = PingChecker(endpoint=RS1, timing=timing(retries=1))
    assert wording.failure_text(http(), KEY, RS1, "") == (
        "HTTP_CHECK on service [192.168.61.21]:tcp:80 failed after 3 retries."
    )
    assert wording.failure_text(tcp(retries=0), KEY, RS1, "") == "TCP_CHECK on service [192.168.61.21]:tcp:80 failed."
    assert wording.failure_text(ping, KEY, RS1, "") == (
        "ICMP CHECK on service [192.168.61.21]:tcp:80 failed after 1 retries."
    )
    assert wording.failure_text(misc(["/m.sh"], retries=0), KEY, RS1, "exited with status 1") == (
        "Misc check for [[192.168.61.21]:tcp:80 VS [192.168.61.100]:tcp:80] by [/m.sh] failed with retry disabled "
        "(exited with status 1)."
    )


def test_successes() -> None:
    ping = PingChecker(endpoint=RS1, timing=timing())
    assert wording.success_text(http(), KEY, RS1) == "Remote Web server [192.168.61.21]:tcp:80 succeed on service."
    assert wording.success_text(tcp(), KEY, RS1) == "TCP connection to [192.168.61.21]:tcp:80 success."
    assert wording.success_text(ping, KEY, RS1) == "ICMP connection to [192.168.61.21]:tcp:80 success."
    assert wording.success_text(misc(["/m.sh", "x"]), KEY, RS1) == (
        "Misc check for [[192.168.61.21]:tcp:80 VS [192.168.61.100]:tcp:80] by [/m.sh x] succeeded."
    )
