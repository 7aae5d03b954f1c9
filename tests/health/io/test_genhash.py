"""Digests against Debian's genhash, on the same page of the same server."""

from __future__ import annotations

import asyncio
import shutil

import pytest

from lvstui.errors import LvstuiError
from lvstui.health.io.genhash import genhash
from lvstui.health.io.http_probe import probe_http
from lvstui.model.configuration import UrlCheck
from tests.health.cast import http
from tests.health.io.servers import PAGE, closed_port, page, says, serving

REPLIES = {
    "a page": page(),
    "until closed": b"HTTP/1.0 200 OK\r\nServer: x\r\n\r\n" + PAGE * 5000,
    "an error page": page(b"oops\n", "500 Oops"),
    "longer than said": b"HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\n" + PAGE,
    "shorter than said": b"HTTP/1.1 200 OK\r\nContent-Length: 500\r\n\r\n" + PAGE,
    "chunked": b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nc\r\n" + PAGE + b"\r\n0\r\n\r\n",
    "binary": page(bytes(range(256)) * 40),
    "empty": page(b""),
}


async def peer(port: int, *more: str) -> str:
    process = await asyncio.create_subprocess_exec(
        "genhash", "-s", "127.0.0.1", "-p", str(port), "-u", "/", *more, stdout=asyncio.subprocess.PIPE
    )
    output, _ = await process.communicate()
    return output.decode().strip()


@pytest.mark.skipif(shutil.which("genhash") is None, reason="needs genhash (apt-get install keepalived)")
@pytest.mark.parametrize("name", REPLIES)
async def test_it_equals_the_real_tool(name: str) -> None:
    async with serving(says(REPLIES[name])) as endpoint:
        wanted = await peer(endpoint.port)
        assert len(wanted) == 32
        assert await genhash("127.0.0.1", endpoint.port, "/") == wanted


@pytest.mark.skipif(shutil.which("genhash") is None, reason="needs genhash (apt-get install keepalived)")
async def test_the_requests_are_the_same() -> None:
    seen: list[bytes] = []

    async def handler(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        seen.append(await reader.readuntil(b"\r\n\r\n"))
        writer.write(page())

    async with serving(handler) as endpoint:
        for more in ([], ["-V", "www.example.org"], ["-P", "1.1"], ["-P", "1.0c"]):
            await peer(endpoint.port, *more)
        await genhash("127.0.0.1", endpoint.port, "/")
        await genhash("127.0.0.1", endpoint.port, "/", "www.example.org")
        await genhash("127.0.0.1", endpoint.port, "/", version="1.1")
        await genhash("127.0.0.1", endpoint.port, "/", version="1.0C")
    assert seen[4:] == seen[:4]


async def test_the_checker_accepts_what_genhash_says() -> None:
    async with serving(says(page(b"some page"))) as endpoint:
        digest = await genhash("127.0.0.1", endpoint.port, "/")
        assert (await probe_http(http(endpoint, UrlCheck(digest=digest)), 0)).ok


async def test_without_a_page_it_says_why() -> None:
    endpoint = closed_port()
    with pytest.raises(LvstuiError, match=f"no digest of {endpoint}/x: Connection refused"):
        await genhash("127.0.0.1", endpoint.port, "/x")
    with pytest.raises(LvstuiError, match="'localhost' is not an address"):
        await genhash("localhost", 80, "/")
    async with serving(says(b"SSH-2.0\r\n")) as other:
        with pytest.raises(LvstuiError, match="not an HTTP reply"):
            await genhash("127.0.0.1", other.port, "/")
