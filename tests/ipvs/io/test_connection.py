from __future__ import annotations

import asyncio
import socket

import pytest

from lvstui.ipvs.io.connection import Connection, reset
from lvstui.ipvs.io.forwarded_destination import ForwardedDestination, Tally
from lvstui.model.endpoint import Endpoint
from lvstui.model.ipvs import Destination
from tests.ipvs.io.forwarding import free_port


def pair() -> tuple[socket.socket, socket.socket]:
    """Return a client and what its connection is at the director (TCP: a socket pair knows no reset)."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        client = socket.create_connection(server.getsockname())
        ours = server.accept()[0]
    client.setblocking(False)
    ours.setblocking(False)
    return client, ours


def destination(port: int) -> ForwardedDestination:
    return ForwardedDestination(Destination(endpoint=Endpoint("127.0.0.1", port)))


async def test_a_destination_that_refuses_resets_the_client() -> None:
    client, ours = pair()
    target, service = destination(free_port()), Tally()
    await Connection(ours, target, service, 0.0).start()
    with pytest.raises(ConnectionResetError):
        await asyncio.get_running_loop().sock_recv(client, 1)
    assert target.connections == set()
    assert (target.tally.connections, service.connections) == (1, 1)
    client.close()


async def test_one_that_is_cut_before_it_began_leaves_nothing() -> None:
    client, ours = pair()
    target = destination(free_port())
    connection = Connection(ours, target, Tally(), 0.0)
    task = connection.start()
    connection.cut()
    await asyncio.gather(task, return_exceptions=True)
    await asyncio.sleep(0)
    assert target.connections == set()
    assert ours.fileno() == -1
    client.close()


async def test_bytes_are_counted_for_the_destination_and_its_service() -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        server.setblocking(False)
        loop = asyncio.get_running_loop()
        client, ours = pair()
        target, service = destination(server.getsockname()[1]), Tally()
        task = Connection(ours, target, service, 0.0).start()
        peer, _ = await loop.sock_accept(server)
        await loop.sock_sendall(client, b"question")
        assert await loop.sock_recv(peer, 100) == b"question"
        await loop.sock_sendall(peer, b"a longer answer")
        assert await loop.sock_recv(client, 100) == b"a longer answer"
        for tally in (target.tally, service):
            counters = tally.counters()
            assert (counters.connections, counters.bytes_in, counters.bytes_out) == (1, 8, 15)
            assert (counters.packets_in, counters.packets_out) == (1, 1)
        client.close()
        peer.close()
        await task


async def test_reset_is_a_reset() -> None:
    client, ours = pair()
    reset(ours)
    with pytest.raises(ConnectionResetError):
        await asyncio.get_running_loop().sock_recv(client, 1)
    client.close()
