from __future__ import annotations

import asyncio
import errno
import resource
import socket

import pytest

from lvstui.errors import KernelError
from lvstui.ipvs.io.listener import Listener
from lvstui.model.endpoint import Protocol, ServiceKey
from tests.ipvs.io.forwarding import free_port, until


def key(port: int, address: str = "127.0.0.1") -> ServiceKey:
    return ServiceKey(Protocol.TCP, address, port)


async def test_clients_are_handed_on_with_their_address() -> None:
    came: list[tuple[socket.socket, str, int]] = []
    listener = Listener(key(port := free_port()), lambda *one: came.append(one))
    clients = [socket.create_connection(("127.0.0.1", port)) for _ in range(100)]
    await until(lambda: len(came) == 100)
    assert {(address, number) for _, address, number in came} == {client.getsockname() for client in clients}
    assert all(sock.getblocking() is False for sock, _, _ in came)
    listener.close()
    for sock in (*clients, *(sock for sock, _, _ in came)):
        sock.close()


async def test_ipv6_does_not_take_ipv4_away() -> None:
    port = free_port("::1")
    came: list[str] = []

    def arrived(sock: socket.socket, address: str, _port: int) -> None:
        sock.close()
        came.append(address)

    listener = Listener(key(port, "::"), arrived)
    with socket.create_server(("127.0.0.1", port)):
        socket.create_connection(("::1", port)).close()
        await until(lambda: came == ["::1"])
    listener.close()


async def test_an_address_that_nobody_has_yet_can_be_listened_on() -> None:
    for address in ("198.51.100.9", "2001:db8:ffff::9"):
        Listener(key(8080, address), lambda *_: None).close()


async def test_a_taken_port_is_explained() -> None:
    with socket.create_server(("", port := free_port())):
        with pytest.raises(KernelError) as caught:
            Listener(key(port), lambda *_: None)
        assert caught.value.errno == errno.EADDRINUSE
        assert f"port {port}" in str(caught.value)


async def test_out_of_descriptors_it_pauses_and_goes_on() -> None:
    came: list[socket.socket] = []
    listener = Listener(key(port := free_port()), lambda sock, *_: came.append(sock))
    clients = [socket.create_connection(("127.0.0.1", port)) for _ in range(3)]
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    highest = max(client.fileno() for client in clients)
    resource.setrlimit(resource.RLIMIT_NOFILE, (highest + 1, hard))
    try:
        await asyncio.sleep(0.1)
        assert came == []
    finally:
        resource.setrlimit(resource.RLIMIT_NOFILE, (soft, hard))
    await until(lambda: len(came) == 3)
    listener.close()
    for sock in (*clients, *came):
        sock.close()


async def test_closing_while_it_pauses() -> None:
    listener = Listener(key(free_port()), lambda *_: None)
    listener._pause()
    listener.close()
    await asyncio.sleep(0.6)
