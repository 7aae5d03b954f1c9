"""Each kind of checker gets its probe, and the time it took."""

from __future__ import annotations

import pytest

from lvstui.health.io.probe import probe
from lvstui.model.check import CheckCode
from lvstui.model.configuration import PingChecker, UrlCheck
from lvstui.model.endpoint import Endpoint
from tests.health.cast import http, misc, tcp, timing
from tests.health.io.servers import page, says, serving


async def test_http_and_tcp() -> None:
    async with serving(says(page(), pause=0.05)) as endpoint:
        asked = await probe(http(endpoint, UrlCheck("/a"), UrlCheck(digest="0" * 32)), 1)
        assert asked.code is CheckCode.L7DIGEST
        assert 0 < asked.latency < 1
        assert (await probe(tcp(endpoint), 0)).code is CheckCode.L4OK


async def test_a_script() -> None:
    outcome = await probe(misc(["/bin/sleep", "0.1"]), 0)
    assert outcome.code is CheckCode.SCRIPT_OK
    assert 0.1 <= outcome.latency < 1


@pytest.mark.root
async def test_an_echo() -> None:
    outcome = await probe(PingChecker(endpoint=Endpoint("127.0.0.1", 0), timing=timing()), 0)
    assert outcome.code is CheckCode.L3OK
    assert outcome.latency > 0
