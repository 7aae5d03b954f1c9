"""Health, io: which probe a checker needs."""

from __future__ import annotations

import time

from lvstui.health.io.http_probe import probe_http
from lvstui.health.io.ping_probe import probe_ping
from lvstui.health.io.script_probe import probe_script
from lvstui.health.io.tcp_probe import probe_tcp
from lvstui.health.outcome import Outcome
from lvstui.model.configuration import Checker, HttpChecker, MiscChecker, PingChecker, TcpChecker


async def probe(checker: Checker, step: int) -> Outcome:
    """Run one probe and return its outcome with the time it took; `step` is the url of an HTTP_GET."""
    started = time.monotonic()
    match checker:
        case HttpChecker():
            outcome = await probe_http(checker, step)
        case TcpChecker():
            outcome = await probe_tcp(checker)
        case PingChecker():
            outcome = await probe_ping(checker)
        case MiscChecker():
            outcome = await probe_script(checker)
    return outcome.after(time.monotonic() - started)
