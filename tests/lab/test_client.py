"""The client's end."""

from __future__ import annotations

import asyncio

import pytest

from lvstui.lab.topology import batch
from lvstui.model.lab import HostRole
from tests.lab.examples import cluster

pytestmark = pytest.mark.root


async def test_it_asks_again_and_again_and_one_by_one() -> None:
    async with cluster() as lab:
        lab.start()
        # Without a director: the VIP is put where the tutorial's master would have it.

        batch(["address add 192.168.61.100/24 dev ens33"], namespace=lab.topology.namespace("lb1"))
        await asyncio.sleep(0.2)
        assert await lab.client.ask_times(3) == ["sorry-lb1"] * 3
        lab.client.ask_every(0.01)
        await asyncio.sleep(0.5)
        await lab.client.quiet()
        seen = lab.client.tally.requests
        assert 20 <= seen <= 60
        assert lab.client.tally.failures == 0
        await asyncio.sleep(0.1)
        assert lab.client.tally.requests == seen  # it has really stopped
        slow = await lab.client.open_slow(0.5)
        assert await slow.server() == "lb1"
        assert await slow.lines(3) == 5
        slow.close()


async def test_a_long_answer_that_is_cut_off_is_no_answer() -> None:
    async with cluster() as lab:
        lab.start()

        batch(["address add 192.168.61.100/24 dev ens33"], namespace=lab.topology.namespace("lb1"))
        await asyncio.sleep(0.2)
        slow = await lab.client.open_slow(30)
        assert await slow.server() == "lb1"
        await lab.webs["lb1"].stop()
        assert await slow.lines(2) < 300
        assert (await lab.client.ask()).startswith("-")
        slow.close()


async def test_its_program_ends_with_the_lab() -> None:
    async with cluster() as lab:
        lab.start()
        assert lab.client.running
        assert lab.plan.client.role is HostRole.CLIENT
        client = lab.client
    assert not client.running
