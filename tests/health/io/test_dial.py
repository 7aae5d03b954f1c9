"""Connections of probes: whose fault an error is."""

from __future__ import annotations

import errno
import os
import resource
import socket
import time

import pytest

from lvstui.health.io.dial import connect, failure, probe_socket
from lvstui.health.outcome import Outcome
from lvstui.model.check import CheckCode
from tests.health.io.servers import closed_port, full_backlog, says, serving


async def test_a_connection_is_made_from_the_address_that_is_asked_for() -> None:
    async with serving(says()) as endpoint:
        sock = await connect(endpoint, "127.0.0.7", 1.0)
        assert isinstance(sock, socket.socket)
        assert sock.getsockname()[0] == "127.0.0.7"
        sock.close()


async def test_ipv6() -> None:
    async with serving(says(), "::1") as endpoint:
        sock = await connect(endpoint, "::1", 1.0)
        assert isinstance(sock, socket.socket)
        sock.close()


async def test_refused_is_the_server_s_fault() -> None:
    outcome = await connect(closed_port(), "", 1.0)
    assert isinstance(outcome, Outcome)
    assert (outcome.ok, outcome.code, outcome.detail) == (False, CheckCode.L4CONNECTION, "Connection refused")


async def test_silence_ends_at_the_limit() -> None:
    with full_backlog() as endpoint:
        started = time.monotonic()
        outcome = await connect(endpoint, "", 0.2)
        assert isinstance(outcome, Outcome)
        assert (outcome.code, outcome.detail) == (CheckCode.L4TIMEOUT, "no connection within 0.2 s")
        assert time.monotonic() - started < 2.0


async def test_an_address_that_is_not_ours_is_our_fault() -> None:
    outcome = await connect(closed_port(), "198.51.100.7", 1.0)
    assert isinstance(outcome, Outcome)
    assert (outcome.ok, outcome.code) == (None, CheckCode.CONFIGURATION)
    assert outcome.detail == "cannot bind to 198.51.100.7: Cannot assign requested address"


async def test_no_descriptors_left_is_our_fault() -> None:
    endpoint = closed_port()
    limits = resource.getrlimit(resource.RLIMIT_NOFILE)
    highest = max(int(name) for name in os.listdir("/proc/self/fd"))
    fillers = [os.open("/dev/null", os.O_RDONLY) for _ in range(highest)]
    try:
        resource.setrlimit(resource.RLIMIT_NOFILE, (highest, limits[1]))
        outcome = await connect(endpoint, "", 1.0)
    finally:
        resource.setrlimit(resource.RLIMIT_NOFILE, limits)
        for filler in fillers:
            os.close(filler)
    assert isinstance(outcome, Outcome)
    assert (outcome.ok, outcome.detail) == (None, "cannot open a socket: Too many open files")


@pytest.mark.parametrize(
    ("number", "ok"),
    [
        (errno.ECONNREFUSED, False),
        (errno.EHOSTUNREACH, False),
        (errno.ENETUNREACH, False),
        (errno.ECONNRESET, False),
        (errno.EADDRNOTAVAIL, None),
        (errno.ENOBUFS, None),
    ],
)
def test_errors_are_sorted(number: int, ok: bool | None) -> None:
    assert failure(OSError(number, "whatever ('10.0.0.1', 80)")).ok is ok
    assert "10.0.0.1" not in failure(OSError(number, "whatever ('10.0.0.1', 80)")).detail


async def test_a_socket_that_could_not_be_bound_is_closed() -> None:
    before = len(os.listdir("/proc/self/fd"))
    for _ in range(5):
        assert isinstance(probe_socket("127.0.0.1", "198.51.100.7", socket.SOCK_STREAM), Outcome)
    assert len(os.listdir("/proc/self/fd")) == before
