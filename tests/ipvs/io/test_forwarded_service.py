from __future__ import annotations

import asyncio
import errno

import pytest

from lvstui.errors import KernelError
from lvstui.ipvs.io import forwarded_service
from lvstui.ipvs.io.forwarded_service import ForwardedService, unsupported
from lvstui.model.endpoint import Endpoint, Protocol, ServiceKey
from lvstui.model.ipvs import Destination, Service
from tests.ipvs.io.forwarding import Web, connect, service, until, who


@pytest.mark.parametrize(
    ("key", "scheduler", "words"),
    [
        (ServiceKey(Protocol.UDP, "127.0.0.1", 53), "rr", "UDP"),
        (ServiceKey(Protocol.SCTP, "127.0.0.1", 53), "rr", "SCTP"),
        (ServiceKey(Protocol.TCP, "0.0.0.0", 0, 7), "rr", "mark"),
        (ServiceKey(Protocol.TCP, "127.0.0.1", 0), "rr", "all ports"),
        (ServiceKey(Protocol.TCP, "127.0.0.1", 80), "mh", "mh"),
    ],
)
async def test_what_it_cannot_serve(key: ServiceKey, scheduler: str, words: str) -> None:
    bad = Service(key=key, scheduler=scheduler)
    assert words in unsupported(bad)
    with pytest.raises(KernelError) as caught:
        ForwardedService(bad)
    assert caught.value.errno == errno.EOPNOTSUPP


async def test_an_edit_keeps_connections_and_counters() -> None:
    async with Web("rs1") as rs1:
        virtual = service()
        forwarded = ForwardedService(virtual)
        forwarded.put(rs1.destination())
        reader, writer = await connect(virtual)
        assert await reader.readline() == b"rs1\n"
        forwarded.edit(Service(key=virtual.key, scheduler="wlc", persistence_timeout=60))
        forwarded.put(rs1.destination(5))
        writer.write(b"on\n")
        assert await reader.readline() == b"on\n"
        shown = forwarded.status()
        assert (shown.scheduler, shown.persistence_timeout, shown.counters.connections) == ("wlc", 60, 1)
        assert [(d.weight, d.active_connections) for d in shown.destinations] == [(5, 1)]
        with pytest.raises(KernelError):
            forwarded.edit(Service(key=virtual.key, scheduler="mh"))
        assert forwarded.status().scheduler == "wlc"
        writer.close()
        await forwarded.close()


async def test_an_idle_connection_is_cut_in_the_end(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(forwarded_service, "IDLE_SECONDS", 0.2)
    async with Web("rs1") as rs1:
        virtual = service()
        forwarded = ForwardedService(virtual)
        forwarded.put(rs1.destination())
        reader, writer = await connect(virtual)
        assert await reader.readline() == b"rs1\n"
        forwarded.step(2.0)
        writer.write(b"alive\n")
        assert await reader.readline() == b"alive\n"
        await asyncio.sleep(0.3)
        forwarded.step(2.0)
        with pytest.raises(ConnectionResetError):
            await reader.read()
        await until(lambda: forwarded.status().destinations[0].active_connections == 0)
        writer.close()
        await forwarded.close()


async def test_rates_move_with_the_steps() -> None:
    async with Web("rs1") as rs1:
        virtual = service()
        forwarded = ForwardedService(virtual)
        forwarded.put(rs1.destination())
        for _ in range(8):
            assert await who(virtual) == "rs1"
        forwarded.step(2.0)
        shown = forwarded.status()
        assert shown.rates.connections == shown.destinations[0].rates.connections == 1  # a quarter of 4 a second
        await forwarded.close()


async def test_the_newest_destination_is_asked_first_and_the_trash_is_bounded() -> None:
    forwarded = ForwardedService(service())
    async with Web("rs1") as rs1, Web("rs2") as rs2:
        forwarded.put(rs1.destination())
        forwarded.put(rs2.destination())
        assert [d.endpoint for d in forwarded.status().destinations] == [rs2.endpoint, rs1.endpoint]
        forwarded.put(rs1.destination(7))
        assert [d.endpoint for d in forwarded.status().destinations] == [rs2.endpoint, rs1.endpoint]
        forwarded.remove(rs2.endpoint)
        forwarded.remove(rs2.endpoint)
    for port in range(1, 400):
        extra = Destination(endpoint=Endpoint("127.0.0.1", port))
        forwarded.put(extra)
        forwarded.remove(extra.endpoint)
    assert len(forwarded._trash) <= forwarded_service.MAX_TRASH
    await forwarded.close()
