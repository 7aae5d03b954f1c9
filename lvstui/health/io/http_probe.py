"""Health, io: HTTP_GET: one request on one connection, judged by lvstui.health.http.

The time is bounded as a whole: `connect_timeout` for the connection, and as much again until the reply is complete.
keepalived starts its timer again at each read, so that a server which sends a byte now and then is never judged.
"""

from __future__ import annotations

import asyncio
import socket
from collections.abc import Callable

from lvstui.health.http import Reply, host_of, judge, request, status_accepted
from lvstui.health.io.dial import connect, failure
from lvstui.health.outcome import Outcome, bad
from lvstui.model.check import CheckCode
from lvstui.model.configuration import HttpChecker
from lvstui.model.endpoint import Endpoint

READ_SIZE = 16 * 1024


async def probe_http(checker: HttpChecker, step: int) -> Outcome:
    """Ask for url number `step` and judge the reply; at most twice `connect_timeout` seconds."""
    url = checker.urls[step]
    octets = request(url.path, host_of(checker, url), checker.http_version)
    reply = await fetch(
        checker.endpoint,
        octets,
        checker.timing.connect_timeout,
        bind_address=checker.bind_address,
        enough=lambda reply: not status_accepted(reply.status, url),
    )
    return reply if isinstance(reply, Outcome) else judge(reply, url)


async def fetch(
    endpoint: Endpoint,
    octets: bytes,
    limit: float,
    *,
    bind_address: str = "",
    enough: Callable[[Reply], bool] = lambda _: False,
) -> Reply | Outcome:
    """Send `octets` and receive the reply; an Outcome says why there is none.

    `enough` may end the reading once the header is in. `limit` seconds for each of the two phases.
    """
    sock = await connect(endpoint, bind_address, limit)
    if isinstance(sock, Outcome):
        return sock
    reply = Reply()
    try:
        async with asyncio.timeout(limit):
            await _converse(sock, octets, reply, enough)
    except TimeoutError:
        got = f"{reply.body_bytes} bytes of the body" if reply.status else "no complete header"
        return bad(CheckCode.L7TIMEOUT, f"no complete reply within {limit:g} s, {got}")
    except OSError as error:
        return failure(error)
    finally:
        sock.close()
    return reply


async def _converse(sock: socket.socket, octets: bytes, reply: Reply, enough: Callable[[Reply], bool]) -> None:
    loop = asyncio.get_running_loop()
    await loop.sock_sendall(sock, octets)
    while not reply.done:
        data = await loop.sock_recv(sock, READ_SIZE)
        if not data:
            reply.end()
        elif not reply.feed(data) and reply.status and enough(reply):
            return
        # A read that finds data does not go through the loop: without this a flood would stop every other checker
        # and the time limit itself.
        await asyncio.sleep(0)
