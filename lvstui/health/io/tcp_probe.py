"""Health, io: TCP_CHECK: a connection must be accepted."""

from __future__ import annotations

from lvstui.health.io.dial import connect
from lvstui.health.outcome import Outcome, good
from lvstui.model.check import CheckCode
from lvstui.model.configuration import TcpChecker


async def probe_tcp(checker: TcpChecker) -> Outcome:
    """Connect and close; at most `connect_timeout` seconds."""
    sock = await connect(checker.endpoint, checker.bind_address, checker.timing.connect_timeout)
    if isinstance(sock, Outcome):
        return sock
    sock.close()
    return good(CheckCode.L4OK, "connected")
