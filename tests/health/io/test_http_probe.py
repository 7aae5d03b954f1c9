"""HTTP_GET against good and hostile servers: each ends in its time, and none takes memory or stops the loop."""

from __future__ import annotations

import asyncio
import os
import time
import tracemalloc

import pytest

from lvstui.health.io.http_probe import probe_http
from lvstui.model.check import CheckCode
from lvstui.model.configuration import HttpChecker, UrlCheck
from lvstui.model.endpoint import Endpoint
from tests.health.cast import timing
from tests.health.io.servers import Handler, closed_port, drips, floods, page, resets, says, serving

LIMIT = 0.25
MD5 = "6f5902ac237024bdd0c176cb93063dc4"
HEAD = b"HTTP/1.1 200 OK\r\n\r\n"


def checker(endpoint: Endpoint, *urls: UrlCheck, version: str = "1.0", bind_address: str = "") -> HttpChecker:
    return HttpChecker(
        endpoint=endpoint,
        timing=timing(connect_timeout=LIMIT),
        urls=urls or (UrlCheck(),),
        http_version=version,
        bind_address=bind_address,
    )


async def test_a_good_page_with_status_and_digest() -> None:
    async with serving(says(page())) as endpoint:
        outcome = await probe_http(checker(endpoint, UrlCheck("/other"), UrlCheck(digest=MD5)), 1)
    assert (outcome.ok, outcome.code, outcome.detail) == (True, CheckCode.L7OK, "200 OK, 12 bytes")


async def test_the_server_sees_keepalived_s_request_from_the_bound_address() -> None:
    seen: list[bytes] = []

    async def handler(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        seen.append(writer.get_extra_info("peername")[0].encode())
        seen.append(await reader.readuntil(b"\r\n\r\n"))
        writer.write(page())

    async with serving(handler) as endpoint:
        outcome = await probe_http(checker(endpoint, UrlCheck("/a?b=c"), bind_address="127.0.0.9"), 0)
    assert outcome.ok
    assert seen == [
        b"127.0.0.9",
        f"GET /a?b=c HTTP/1.0\r\nUser-Agent: KeepAliveClient\r\nHost: {endpoint}\r\n\r\n".encode(),
    ]


async def test_a_server_that_keeps_the_connection_is_good_once_the_page_is_complete() -> None:
    async with serving(says(page(), then_wait=9)) as endpoint:
        assert (await probe_http(checker(endpoint), 0)).ok


async def test_a_wrong_status_is_told_without_reading_the_rest() -> None:
    async with serving(floods(b"HTTP/1.1 503 Busy\r\n\r\n", b"x" * 1000)) as endpoint:
        outcome = await probe_http(checker(endpoint), 0)
    assert (outcome.code, outcome.detail) == (CheckCode.L7STATUS, "503 Busy, wanted 200-299")


HOSTILE: dict[str, tuple[Handler, CheckCode]] = {
    "accepts and says nothing": (says(then_wait=9), CheckCode.L7TIMEOUT),
    "drips the header": (drips(b"HTTP/1.1 200 OK\r\n", b"A: b\r\n"), CheckCode.L7TIMEOUT),
    "drips the header, octet for octet": (drips(b"HTTP/1.1 200 OK\r\nA: ", b"b"), CheckCode.L7TIMEOUT),
    "drips the body": (drips(HEAD, b"x"), CheckCode.L7TIMEOUT),
    "stops within the body": (says(b"HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nx", then_wait=9), CheckCode.L7TIMEOUT),
    "never ends": (floods(HEAD, b"x" * 65536), CheckCode.L7RESPONSE),
    "never ends its header": (floods(b"HTTP/1.1 200 OK\r\n", b"A: b\r\n" * 1000), CheckCode.L7RESPONSE),
    "one line without end": (floods(b"HTTP/1.1 200 ", b"x" * 65536), CheckCode.L7RESPONSE),
    "interim replies for ever": (floods(b"", b"HTTP/1.1 100 Continue\r\n\r\n" * 100), CheckCode.L7RESPONSE),
    "chunks with garbage sizes": (
        floods(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n", b"fffffffffffffffffff\r\nzz\r\n" * 100),
        CheckCode.L7RESPONSE,
    ),
    "NULs": (floods(b"", b"\0" * 1000), CheckCode.L7RESPONSE),
    "another protocol": (says(b"220 mail.example.org ESMTP\r\n", then_wait=9), CheckCode.L7RESPONSE),
    "HTTP/0.9": (says(b"<html>hello</html>"), CheckCode.L7RESPONSE),
    "status out of range": (says(b"HTTP/1.1 99999999999 OK\r\n\r\n"), CheckCode.L7RESPONSE),
    "closes at once": (says(), CheckCode.L7RESPONSE),
    "closes within the header": (says(b"HTTP/1.1 200 OK\r\nA"), CheckCode.L7RESPONSE),
    "resets after the request": (resets(), CheckCode.L4CONNECTION),
    "resets within the body": (resets(b"HTTP/1.1 200 OK\r\nContent-Length: 99\r\n\r\nx"), CheckCode.L4CONNECTION),
    "redirects to a file": (says(b"HTTP/1.1 302 F\r\nLocation: file:///etc/passwd\r\n\r\n"), CheckCode.L7STATUS),
}


@pytest.mark.parametrize("name", HOSTILE)
async def test_a_hostile_server_is_a_failed_check_in_its_time(name: str) -> None:
    handler, code = HOSTILE[name]
    late = 0.0

    async def neighbour() -> None:
        nonlocal late
        while True:
            before = time.monotonic()
            await asyncio.sleep(0.01)
            late = max(late, time.monotonic() - before - 0.01)

    async with serving(handler) as endpoint:
        beside = asyncio.create_task(neighbour())
        started = time.monotonic()
        outcome = await probe_http(checker(endpoint), 0)
        took = time.monotonic() - started
        beside.cancel()
    assert (outcome.ok, outcome.code) == (False, code), outcome
    assert outcome.detail
    assert took < 2 * LIMIT + 1.5
    assert late < 1.0, "the loop went on"


async def test_a_flood_takes_no_memory() -> None:
    async with serving(floods(HEAD, b"x" * 65536)) as endpoint:
        await probe_http(checker(endpoint), 0)
        tracemalloc.start()
        try:
            await probe_http(checker(endpoint), 0)
            peak = tracemalloc.get_traced_memory()[1]
        finally:
            tracemalloc.stop()
    assert peak < 1024 * 1024


async def test_nobody_there() -> None:
    assert (await probe_http(checker(closed_port()), 0)).code is CheckCode.L4CONNECTION


async def test_no_descriptor_is_left_behind() -> None:
    async with serving(says(then_wait=9)) as endpoint:
        task = asyncio.create_task(probe_http(checker(endpoint), 0))
        await asyncio.sleep(0.05)
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)
    await asyncio.sleep(0.05)
    before = len(os.listdir("/proc/self/fd"))
    for _ in range(5):
        await probe_http(checker(closed_port()), 0)
    assert len(os.listdir("/proc/self/fd")) == before
