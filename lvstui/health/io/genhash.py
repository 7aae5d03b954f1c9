"""Health, io: the digest that a `digest` line wants, taken with the very client that checks it."""

from __future__ import annotations

from lvstui.errors import LvstuiError
from lvstui.health.http import host_name, request
from lvstui.health.io.http_probe import fetch
from lvstui.health.outcome import Outcome
from lvstui.model.endpoint import Endpoint, canonical_address


async def genhash(
    host: str,
    port: int,
    url: str,
    virtual_host: str = "",
    timeout: float = 5.0,  # noqa: ASYNC109 - it bounds two phases, one after the other
    *,
    version: str = "1.0",
) -> str:
    """Return the MD5 (hexadecimal) of the page at `url` on `host` (an address), whatever its status code.

    `timeout` seconds to connect, and again for the reply. LvstuiError says why there is no digest.
    """
    try:
        endpoint = Endpoint(canonical_address(host.strip("[]")), port)
    except ValueError:
        raise LvstuiError(f"{host!r} is not an address; give the server's IPv4 or IPv6 address") from None
    octets = request(url, virtual_host or host_name(endpoint), version)
    reply = await fetch(endpoint, octets, timeout)
    if isinstance(reply, Outcome):
        raise LvstuiError(f"no digest of {endpoint}{url}: {reply.detail}")
    if reply.problem:
        raise LvstuiError(f"no digest of {endpoint}{url}: {reply.problem}")
    return reply.digest
