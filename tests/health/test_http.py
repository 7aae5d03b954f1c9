"""Replies of checked servers: judged as keepalived does, and nothing they send raises."""

from __future__ import annotations

import hashlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lvstui.health.http import BODY_LIMIT, HEAD_LIMIT, Reply, host_of, judge, request
from lvstui.health.outcome import Outcome
from lvstui.model.check import CheckCode
from lvstui.model.configuration import StatusRange, UrlCheck
from lvstui.model.endpoint import Endpoint
from tests.health.cast import http

PAGE = b"hello world\n"
OK = b"HTTP/1.1 200 OK\r\nContent-Length: 12\r\n\r\n" + PAGE


def receive(data: bytes, *, chunk: int = 65536, closed: bool = True) -> Reply:
    reply = Reply()
    for start in range(0, len(data), chunk):
        if reply.feed(data[start : start + chunk]):
            break
    if closed:
        reply.end()
    return reply


def judged(data: bytes, url: UrlCheck | None = None) -> Outcome:
    return judge(receive(data), url or UrlCheck())


def test_the_request_is_keepalived_s_octet_for_octet() -> None:
    assert request("/", "10.9.0.21:80") == (
        b"GET / HTTP/1.0\r\nUser-Agent: KeepAliveClient\r\nHost: 10.9.0.21:80\r\n\r\n"
    )
    assert request("/11", "www.example.org", "1.1") == (
        b"GET /11 HTTP/1.1\r\nUser-Agent: KeepAliveClient\r\nConnection: close\r\nHost: www.example.org\r\n\r\n"
    )
    assert request("/", "a", "1.0C").startswith(b"GET / HTTP/1.0\r\nUser-Agent: KeepAliveClient\r\nConnection: close")


def test_the_host_is_the_url_s_the_checker_s_or_the_address() -> None:
    checker = http(Endpoint("fd00::1", 80))
    assert host_of(checker, UrlCheck("/", virtual_host="www")) == "www"
    assert host_of(checker, UrlCheck()) == "[fd00::1]:80"


@pytest.mark.parametrize("chunk", [1, 7, 65536])
def test_a_good_page(chunk: int) -> None:
    reply = receive(OK, chunk=chunk, closed=False)
    assert reply.done, "the reply ends at its Content-Length"
    outcome = judge(reply, UrlCheck())
    assert (outcome.ok, outcome.code, outcome.detail) == (True, CheckCode.L7OK, "200 OK, 12 bytes")


def test_the_status_is_judged() -> None:
    oops = b"HTTP/1.1 500 Oops\r\n\r\n"
    assert judged(oops).detail == "500 Oops, wanted 200-299"
    assert judged(oops).code is CheckCode.L7STATUS
    wanted = UrlCheck(statuses=(StatusRange(200, 200), StatusRange(301, 302)))
    assert judged(oops, wanted).detail == "500 Oops, wanted 200 301-302"
    assert judged(b"HTTP/1.0 302 Found\r\n\r\n", wanted).ok
    assert not judged(b"HTTP/1.0 204 No Content\r\n\r\n", wanted).ok


def test_the_digest_is_judged_after_the_status() -> None:
    good = UrlCheck(digest=hashlib.md5(PAGE).hexdigest().upper())
    assert judged(OK, good).ok
    wrong = judged(OK, UrlCheck(digest="0" * 32))
    assert wrong.code is CheckCode.L7DIGEST
    assert wrong.detail.startswith("MD5 6f5902ac237024bdd0c176cb93063dc4 of 12 bytes, wanted 000")
    # Seen with keepalived 2.2.7: the right page with status 500 is a failure.
    assert judged(OK.replace(b"200", b"500"), good).code is CheckCode.L7STATUS


@pytest.mark.parametrize(
    ("data", "digest"),
    [
        # What Debian's genhash 2.2.7 printed for the same replies.
        (b"HTTP/1.1 200 OK\r\n\r\n" + PAGE, "6f5902ac237024bdd0c176cb93063dc4"),
        (b"HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\n" + PAGE, "5d41402abc4b2a76b9719d911017c592"),
        (b"HTTP/1.1 200 OK\r\nContent-Length: 50\r\n\r\n" + PAGE, "6f5902ac237024bdd0c176cb93063dc4"),
        (
            b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nc\r\n" + PAGE + b"\r\n0\r\n\r\n",
            "05f37e0246afe558ca5391a506fd8fa8",
        ),
    ],
    ids=["until closed", "longer than said", "shorter than said", "chunked, not decoded"],
)
def test_digests_are_genhash_s(data: bytes, digest: str) -> None:
    assert receive(data).digest == digest


def test_a_short_body_is_judged_and_shown() -> None:
    outcome = judged(b"HTTP/1.1 200 OK\r\nContent-Length: 50\r\n\r\n" + PAGE)
    assert (outcome.ok, outcome.detail) == (True, "200 OK, 12 of 50 bytes")


def test_interim_replies_are_skipped() -> None:
    assert judged(b"HTTP/1.1 100 Continue\r\n\r\n" * 3 + OK).ok
    assert judged(b"HTTP/1.1 100 Continue\r\n\r\n" * 5000).detail == f"header longer than {HEAD_LIMIT} bytes"
    assert judged(b"HTTP/1.1 101 Switching\r\nUpgrade: x\r\nConnection: upgrade\r\n\r\n").code is CheckCode.L7STATUS


@pytest.mark.parametrize(
    ("data", "words"),
    [
        (b"", "closed without a reply"),
        (b"HTTP/1.1 200 OK\r\nA: b\r\n", "closed within the header, after 23 bytes"),
        (b"SSH-2.0-OpenSSH_9.2\r\n", "not an HTTP reply: b'SSH-2.0"),
        (b"\x00\xff" * 40, "not an HTTP reply"),
        (b"\r\nHTTP/1.1 200 OK\r\n\r\n", "not an HTTP reply"),
        (b"HTTP/1.1 99999999999 OK\r\n\r\n", "Invalid response status"),
        (b"HTTP/1.1 -20 OK\r\n\r\n", "Invalid status code"),
        (b"HTTP/1.1 200 OK\r\nContent-Length: -1\r\n\r\n", "Invalid character in Content-Length"),
        (b"HTTP/1.1 200 OK\r\nContent-Length: 18446744073709551616\r\n\r\n", "Content-Length overflow"),
        (b"HTTP/1.1 200 OK\r\nX: a\x00b\r\n\r\n", "not a valid HTTP reply"),
        (b"HTTP/1.1 200 OK\r\n" + b"A: b\r\n" * 10000, "header longer than"),
        (b"HTTP/1.1 200 OK\r\nA: " + b"x" * 10_000_000, "header longer than"),
        (b"HTTP/1.1 200 OK\r\n\r\n" + b"x" * (BODY_LIMIT + 1), f"reply longer than {BODY_LIMIT} bytes"),
    ],
)
def test_what_is_no_reply_says_why(data: bytes, words: str) -> None:
    outcome = judged(data)
    assert outcome.code is CheckCode.L7RESPONSE
    assert words in outcome.detail


def test_a_page_of_the_limit_is_still_good() -> None:
    assert judged(b"HTTP/1.1 200 OK\r\n\r\n" + b"x" * BODY_LIMIT).ok


def test_garbage_is_seen_before_the_server_closes() -> None:
    assert receive(b"220 mail.example.org ESMTP\r\n", closed=False).done


def test_escapes_in_a_reason_do_not_get_through() -> None:
    outcome = judged(b"HTTP/1.1 503 \x1b]52;c;aGk=\x07" + b"z" * 9000 + b"\r\n\r\n")
    assert "\x1b" not in outcome.detail
    assert len(outcome.detail) <= 200


HEADISH = st.builds(
    lambda parts: b"".join(parts),
    st.lists(
        st.one_of(
            st.binary(max_size=20),
            st.sampled_from(
                [b"HTTP/1.1 ", b"200", b" OK", b"\r\n", b"\r\n\r\n", b"Content-Length: ", b"12", b":", b"\n", b"HTTP/"]
            ),
        ),
        max_size=20,
    ),
)


@given(data=HEADISH, chunk=st.integers(1, 40))
def test_any_bytes_end_in_a_judgement_and_the_cut_does_not_matter(data: bytes, chunk: int) -> None:
    whole, pieces = receive(data), receive(data, chunk=chunk)
    assert whole.done
    assert judge(whole, UrlCheck()).ok in (True, False)
    assert (whole.status, whole.digest, bool(whole.problem)) == (pieces.status, pieces.digest, bool(pieces.problem))
