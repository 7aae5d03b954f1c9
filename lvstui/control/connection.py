"""Control: one client of the socket. Nothing it does, or does not do, holds up anybody else.

What it does not read stays in a bounded buffer: pictures are then left out (the newest is sent when it reads
again), and a client that stays deaf is cut.
"""

from __future__ import annotations

import asyncio
import socket
from collections import deque
from typing import Protocol, cast

from lvstui.control.caller import Caller, of_socket
from lvstui.control.framing import LineSplitter, decode, encode
from lvstui.control.messages import ErrorBody, Request, Response
from lvstui.errors import ControlError

MAX_WAITING_REQUESTS = 64
MAX_UNREAD_BYTES = 4 << 20
DEAF_SECONDS = 30.0
FIRST_LINE_SECONDS = 10.0


class Host(Protocol):
    """What a connection needs of the server."""

    def admit(self, connection: Connection) -> bool:
        """Take the connection in, or refuse: too many."""

    def forget(self, connection: Connection) -> None:
        """The connection is gone."""

    async def answer(self, request: Request, connection: Connection) -> Response:
        """Carry out a request; ControlError if it is refused."""

    def picture_line(self) -> bytes:
        """Return the newest picture as a line."""


class Connection(asyncio.Protocol):
    """Requests of one client are carried out one after the other, in order."""

    caller = Caller(0, -1, "")

    def __init__(self, host: Host) -> None:
        self._host = host
        self._splitter = LineSplitter()
        self._waiting: deque[Request] = deque()
        self._running: asyncio.Task[Response] | None = None
        self._transport: asyncio.Transport | None = None
        self._deaf: asyncio.TimerHandle | None = None
        self._silent: asyncio.TimerHandle | None = None
        self._beat: asyncio.TimerHandle | None = None
        self._interval = 0.0
        self._owes_picture = False

    @property
    def watching(self) -> bool:
        """It asked for pictures."""
        return self._interval > 0

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = cast(asyncio.Transport, transport)
        self._transport.set_write_buffer_limits(high=0)
        peer = transport.get_extra_info("socket")
        try:
            self.caller = of_socket(peer)
        except OSError:
            self._transport.abort()
            return
        peer.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, 1 << 18)
        if not self._host.admit(self):
            self._refuse(ControlError("BUSY", "too many clients", "close a console that is not needed"))
            return
        loop = asyncio.get_running_loop()
        self._silent = loop.call_later(FIRST_LINE_SECONDS, self.cut)

    def connection_lost(self, exc: Exception | None) -> None:
        for timer in (self._deaf, self._silent, self._beat):
            if timer:
                timer.cancel()
        # A command under way is finished: an act is never half done because its client went away.
        self._transport = None
        self._waiting.clear()
        self._host.forget(self)

    def data_received(self, data: bytes) -> None:
        try:
            lines = self._splitter.feed(data)
        except ControlError as error:
            self._refuse(error)
            return
        for line in lines:
            if not self._take(line):
                return
        self._throttle()
        self._next()

    def _take(self, line: bytes) -> bool:
        try:
            request = decode(line, Request)
            if not 0 < request.id < 1 << 53:
                raise ControlError("BAD_REQUEST", "id must be a number from 1 to 2^53-1")
        except ControlError as error:
            self._refuse(error)
            return False
        if self._silent:
            self._silent.cancel()
            self._silent = None
        self._waiting.append(request)
        return True

    def _throttle(self) -> None:
        if self._transport and not self._transport.is_closing():
            if len(self._waiting) >= MAX_WAITING_REQUESTS or self._deaf:
                self._transport.pause_reading()
            else:
                self._transport.resume_reading()

    def _next(self) -> None:
        if self._running or not self._waiting or self._deaf:
            return
        request = self._waiting.popleft()
        self._running = asyncio.get_running_loop().create_task(self._host.answer(request, self))
        self._running.add_done_callback(lambda task: self._done(request.id, task))

    def _done(self, number: int, task: asyncio.Task[Response]) -> None:
        self._running = None
        if task.cancelled():
            return
        error = task.exception()
        if error is None:
            response = task.result()
        elif isinstance(error, ControlError):
            body = ErrorBody(error.code, str(error), error.hint)
            response = Response(id=number, ok=False, error=body)
        else:
            body = ErrorBody("INTERNAL", f"the command failed: {type(error).__name__}", "see the engine's log")
            response = Response(id=number, ok=False, error=body)
            asyncio.get_running_loop().call_exception_handler({"message": "a command failed", "exception": error})
        self._answer(response)
        self._throttle()
        self._next()

    def _answer(self, response: Response) -> None:
        try:
            line = encode(response)
        except ControlError as error:
            line = encode(Response(id=response.id, ok=False, error=ErrorBody("INTERNAL", str(error))))
        self._write(line)
        if response.ok and self._owes_picture and not self._deaf:
            self.offer(self._host.picture_line())

    def _write(self, line: bytes) -> None:
        if self._transport is None or self._transport.is_closing():
            return
        self._transport.write(line)
        if self._transport.get_write_buffer_size() > MAX_UNREAD_BYTES:
            self.cut()

    def watch(self, interval: float) -> None:
        """Send a picture after the answer, at each change, and at least every `interval` seconds."""
        self._interval = interval
        self._owes_picture = True

    def offer(self, line: bytes) -> None:
        """Send this picture now, or the newest one as soon as the client reads again."""
        if self._transport is None:
            return
        self._owes_picture = self._deaf is not None
        if not self._owes_picture:
            self._write(line)
        if self._beat:
            self._beat.cancel()
        self._beat = asyncio.get_running_loop().call_later(self._interval, self._on_beat)

    def _on_beat(self) -> None:
        self.offer(self._host.picture_line())

    def pause_writing(self) -> None:
        self._deaf = asyncio.get_running_loop().call_later(DEAF_SECONDS, self.cut)
        self._throttle()

    def resume_writing(self) -> None:
        if self._deaf:
            self._deaf.cancel()
            self._deaf = None
        self._throttle()
        if self._owes_picture and self.watching:
            self.offer(self._host.picture_line())
        self._next()

    def _refuse(self, error: ControlError) -> None:
        if self._transport:
            self._write(encode(Response(id=0, ok=False, error=ErrorBody(error.code, str(error), error.hint))))
            if self._transport:
                self._transport.close()

    def finish(self) -> None:
        """End the connection once a command under way is answered and what was written is read."""
        self._waiting.clear()
        if self._running:
            self._running.add_done_callback(lambda _task: self.finish())
        elif self._transport:
            self._transport.close()

    def cut(self) -> None:
        """End the connection now, whatever is unsent."""
        if self._transport:
            self._transport.abort()
