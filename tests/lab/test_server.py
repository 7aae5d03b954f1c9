"""The lab's control socket."""

from __future__ import annotations

import asyncio

import msgspec
import pytest

from lvstui.control.client import AsyncClient
from lvstui.errors import ControlError
from lvstui.lab.server import LabServer
from lvstui.model.lab import HostRole, LabStatus
from tests.lab.examples import cluster

pytestmark = pytest.mark.root


async def test_the_picture_and_the_acts() -> None:
    async with cluster() as lab:
        lab.start()
        server = LabServer(lab, lab.run.directory / "lab.sock")
        await server.start()
        client = AsyncClient(server.path)
        await client.connect()
        try:
            first = msgspec.convert((await client.request("snapshot")).result, LabStatus)
            assert [host.name for host in first.hosts] == ["lb1", "lb2", "rs1", "rs2", "client"]
            assert first.hosts[0].role is HostRole.DIRECTOR
            assert (first.hosts[0].running, first.hosts[0].down_file, first.hosts[0].daemon) == (
                False,
                False,
                "keepalived",
            )
            assert (first.vip, first.plane) == ("192.168.61.100", "userspace")
            answer = await client.request("lab.web", {"host": "rs1", "action": "stop"})
            assert "rs1" in answer.result["text"]
            await client.request("lab.down_file", {"host": "lb2", "action": "touch"})
            await client.request("lab.link", {"host": "rs2", "action": "cut"})
            second = msgspec.convert((await client.request("snapshot")).result, LabStatus)
            hosts = {host.name: host for host in second.hosts}
            assert not hosts["rs1"].running
            assert hosts["lb2"].down_file is True
            assert not hosts["rs2"].link_up
        finally:
            await client.close()
            await server.close()


async def test_watchers_get_pictures_and_mistakes_are_refused() -> None:
    async with cluster() as lab:
        server = LabServer(lab, lab.run.directory / "lab.sock")
        await server.start()
        client = AsyncClient(server.path)
        await client.connect()
        try:
            with pytest.raises(ControlError, match="host and action"):
                await client.request("lab.web", {"host": 7})
            with pytest.raises(ControlError, match="no 'rs9'"):
                await client.request("lab.web", {"host": "rs9", "action": "stop"})
            dry = await client.request("lab.web", {"host": "rs1", "action": "stop"}, dry_run=True)
            assert dry.result["text"] == "would stop web of rs1"
            pictures = client.watch(LabStatus, 0.2)
            async with asyncio.timeout(3):
                assert (await anext(pictures)).run == lab.run.prefix
                assert (await anext(pictures)).run == lab.run.prefix
            await pictures.aclose()  # type: ignore[attr-defined]
        finally:
            await client.close()
            await server.close()
