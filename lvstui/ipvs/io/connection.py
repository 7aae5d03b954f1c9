"""One forwarded TCP connection: connect to the destination, copy both ways, end as the two ends do.

Copying reads a chunk and writes all of it before it reads the next: a slow reader slows its sender down, and no
more than a chunk is held for each direction.
"""

from __future__ import annotations

import asyncio
import contextlib
import socket
import struct
from collections.abc import Callable

from lvstui.ipvs.io.forwarded_destination import ForwardedDestination, Tally

CONNECT_SECONDS = 10.0
# As the kernel's time-out of an established connection.
IDLE_SECONDS = 900.0
CHUNK = 65536
_RESET_AT_CLOSE = struct.pack("ii", 1, 0)


def reset(sock: socket.socket) -> None:
    """Close a connection with an RST, which is what a client gets whom no server takes."""
    with contextlib.suppress(OSError):
        sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, _RESET_AT_CLOSE)
    sock.close()


class Connection:
    """A client's connection to a destination. Runs in a task of its own; cancelling that resets both sides."""

    def __init__(self, client: socket.socket, destination: ForwardedDestination, service: Tally, now: float) -> None:
        self._client = client
        self._destination = destination
        self._tallies = (destination.tally, service)
        self._loop = asyncio.get_running_loop()
        self._server: socket.socket | None = None
        self._task: asyncio.Task[None] | None = None
        self._orderly = False
        self.active_at = now

    def start(self) -> asyncio.Task[None]:
        """Begin to forward; the task ends with the connection and never fails."""
        self._destination.opened(self)
        self._tallies[1].connections += 1
        self._task = self._loop.create_task(self._run())
        # Not in the task itself: one that is cancelled before its first step runs no `finally`.
        self._task.add_done_callback(self._close)
        return self._task

    def cut(self) -> None:
        """Reset both sides."""
        if self._task is not None:
            self._task.cancel()

    async def _run(self) -> None:
        endpoint = self._destination.settings.endpoint
        family = socket.AF_INET6 if ":" in endpoint.address else socket.AF_INET
        try:
            self._server = server = socket.socket(family, socket.SOCK_STREAM | socket.SOCK_NONBLOCK)
            async with asyncio.timeout(CONNECT_SECONDS):
                await self._loop.sock_connect(server, (endpoint.address, endpoint.port))
            for sock in (self._client, server):
                sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        except OSError:  # TimeoutError is one, too
            return
        await self._exchange(server)

    async def _exchange(self, server: socket.socket) -> None:
        """Copy until both directions have ended; a reset of one side ends both."""
        try:
            async with asyncio.TaskGroup() as directions:
                directions.create_task(self._copy(self._client, server, Tally.count_in))
                directions.create_task(self._copy(server, self._client, Tally.count_out))
        except* OSError:
            pass
        else:
            self._orderly = True

    def _close(self, _task: asyncio.Task[None]) -> None:
        end = socket.socket.close if self._orderly else reset
        for sock in (self._client, self._server):
            if sock is not None:
                end(sock)
        self._destination.closed(self, self._loop.time(), not self._orderly)

    async def _copy(self, source: socket.socket, target: socket.socket, count: Callable[[Tally, int], None]) -> None:
        """Copy until the source ends, then end the target's direction only: the other may go on."""
        while chunk := await self._loop.sock_recv(source, CHUNK):
            for tally in self._tallies:
                count(tally, len(chunk))
            self.active_at = self._loop.time()
            await self._loop.sock_sendall(target, chunk)
        with contextlib.suppress(OSError):  # the target may be gone already
            target.shutdown(socket.SHUT_WR)
