"""TCP_CHECK on loopback."""

from __future__ import annotations

from lvstui.health.io.tcp_probe import probe_tcp
from lvstui.model.check import CheckCode
from tests.health.cast import tcp
from tests.health.io.servers import closed_port, full_backlog, says, serving


async def test_an_accepted_connection_is_good() -> None:
    async with serving(says()) as endpoint:
        outcome = await probe_tcp(tcp(endpoint))
    assert (outcome.ok, outcome.code) == (True, CheckCode.L4OK)


async def test_a_refused_one_is_not() -> None:
    assert (await probe_tcp(tcp(closed_port()))).code is CheckCode.L4CONNECTION


async def test_nor_is_silence() -> None:
    with full_backlog() as endpoint:
        assert (await probe_tcp(tcp(endpoint, connect_timeout=0.1))).code is CheckCode.L4TIMEOUT
