"""A checker as the screen and the pool see it."""

from __future__ import annotations

from lvstui.health.checker import CheckerState, target_of
from lvstui.health.outcome import bad, good
from lvstui.health.verdict import Turn
from lvstui.model.check import CheckCode
from lvstui.model.configuration import PingChecker, UrlCheck
from tests.health.cast import KEY, RS1, http, misc, server, timing


def test_status_before_and_after_the_first_probe() -> None:
    state = CheckerState(KEY, server(RS1, http()), 0, 10.0, 2.0)
    first = state.status()
    assert (first.kind, first.target, first.up, first.code) == (
        "HTTP_GET",
        "192.168.61.21:80/",
        None,
        CheckCode.INITIAL,
    )
    assert (first.next_at, first.interval, first.retries) == (13.0, 6.0, 3)
    state.conclude(bad(CheckCode.L4CONNECTION, "Connection refused").after(0.01), 13.0, 13.01, 1e9)
    second = state.status()
    assert (second.up, second.code, second.detail, second.latency, second.failures) == (
        False,
        CheckCode.L4CONNECTION,
        "Connection refused",
        0.01,
        1,
    )


def test_a_change_is_told_in_keepalived_s_words_with_the_reason() -> None:
    state = CheckerState(KEY, server(RS1, http()), 0, 0.0, 0.0)
    turn, events = state.conclude(bad(CheckCode.L7STATUS, "500 Oops, wanted 200"), 1.0, 1.0, 1e9)
    assert turn is Turn.DOWN
    assert [event.text for event in events] == ["HTTP_CHECK on service [192.168.61.21]:tcp:80 failed after 3 retries."]
    assert events[0].reason == "L7STS 500 Oops, wanted 200"
    assert (events[0].time, events[0].at) == (1e9, 1.0)
    assert state.conclude(bad(CheckCode.L7STATUS, "500"), 7.0, 7.0, 1e9) == (Turn.NONE, ())


def test_the_file_s_alpha_counts_from_server_and_checker() -> None:
    assert not CheckerState(KEY, server(RS1, http(), alpha=True), 0, 0.0, 0.0).verdict.up
    assert not CheckerState(KEY, server(RS1, http(alpha=True)), 0, 0.0, 0.0).verdict.up
    assert CheckerState(KEY, server(RS1, http()), 0, 0.0, 0.0).verdict.up


def test_paused_checks_have_no_next_moment() -> None:
    state = CheckerState(KEY, server(RS1, http()), 0, 0.0, 0.0)
    state.conclude(good(CheckCode.L7OK), 1.0, 1.0, 1e9)
    state.verdict.pause(2.0)
    assert (state.status().next_at, state.status().up, state.status().code) == (0.0, None, CheckCode.UNCHECKED)


def test_targets() -> None:
    assert target_of(http(RS1, UrlCheck("/a"), UrlCheck("/b"))) == "192.168.61.21:80/a, /b"
    assert target_of(PingChecker(endpoint=RS1, timing=timing())) == "192.168.61.21"
    assert target_of(misc(["/bin/x", "\x1b[0m"])) == "/bin/x ␛[0m"
