"""A whole cluster, from build to removal."""

from __future__ import annotations

import asyncio
import os
import time
from pathlib import Path

import msgspec
import pytest

from lvstui.errors import LabError
from lvstui.lab.cluster import Cluster, available_plane
from lvstui.lab.command import tutorial_files
from lvstui.lab.namespace import existing
from lvstui.lab.process import start_time
from lvstui.lab.topology import batch
from lvstui.model.ipvs import Plane
from tests.lab.examples import KEEPALIVED, cluster, tutorial_plan

pytestmark = pytest.mark.root
HOST_DOWN_FILE = Path("/etc/keepalived/down")


async def test_it_is_built_fast_and_leaves_nothing() -> None:
    begin = time.monotonic()
    async with cluster() as lab:
        assert time.monotonic() - begin < 2
        prefix = lab.run.prefix
        lab.start()
        assert len(existing(f"{prefix}-")) == 6
        pids = [*lab.own_processes()]
        assert len(pids) == 6  # a view and a web server for each director, two web servers
        assert all(start_time(pid) for pid in pids)
    assert existing(f"{prefix}-") == ()
    assert not any(start_time(pid) for pid in pids)
    assert not lab.run.directory.exists()


async def test_closing_twice_is_fine() -> None:
    async with cluster() as lab:
        await lab.close()


async def test_a_build_that_fails_leaves_nothing() -> None:
    plan = msgspec.structs.replace(tutorial_plan(), down_files=("/no-such-place/at/all/down", ""))
    lab = Cluster(plan, tutorial_files(), daemons=KEEPALIVED)
    with pytest.raises(LabError, match="no part of"):
        await lab.build()
    await lab.close()
    assert existing(f"lvstui-{os.getpid()}-") == ()


async def test_down_files_are_each_director_s_own() -> None:
    async with cluster() as lab:
        first, second = lab.down_file("lb1"), lab.down_file("lb2")
        assert first
        assert second
        first.touch()
        assert first.exists()
        assert not second.exists()
        assert not os.access(HOST_DOWN_FILE, os.F_OK)


async def test_a_web_server_stops_and_starts() -> None:
    async with cluster() as lab:
        web = lab.webs["rs1"]
        web.start()
        assert web.running
        await web.stop()
        assert not web.running
        web.start()
        assert web.running


async def test_the_client_begins_when_somebody_holds_the_vip() -> None:

    async with cluster() as lab:
        lab.start()
        task = asyncio.create_task(lab.ask_from_first_master())
        await asyncio.sleep(0.2)
        assert lab.client.tally.requests == 0
        batch(["address add 192.168.61.100/24 dev ens33"], namespace=lab.topology.namespace("lb1"))
        await asyncio.sleep(0.4)
        assert lab.client.tally.requests > 0
        assert lab.client.tally.failures == 0
        await task


async def test_the_plane_is_known_before_an_engine_starts() -> None:
    async with cluster() as lab:
        assert lab.plane is Plane.USERSPACE
        assert available_plane(None, lab.topology.namespace("lb1")) is lab.plane or lab.plane is Plane.USERSPACE


@pytest.mark.skipif(Path("/proc/net/ip_vs").exists(), reason="this kernel has IPVS")
async def test_a_plane_that_is_not_to_be_had_is_refused_before_anything_starts() -> None:
    lab = Cluster(tutorial_plan(), tutorial_files(), plane="kernel")
    try:
        with pytest.raises(LabError, match="ip_vs"):
            await lab.build()
        assert lab.directors == {}
    finally:
        await lab.close()
