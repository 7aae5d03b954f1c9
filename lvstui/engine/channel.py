"""Engine: JSON lines over a socket pair, between the engine and a child. Both ends use this class.

Neither end ever waits for the other. What the other end does not read is kept up to a bound: of reports only the
newest of each kind, of everything else the first ones; what comes from the other end and makes no sense ends the
channel, with the reason.
"""

from __future__ import annotations

import asyncio
import socket
from collections import deque
from collections.abc import Callable
from typing import Generic, TypeVar, cast

import msgspec

from lvstui.control.framing import LineSplitter
from lvstui.errors import ControlError
from lvstui.model.worker import HealthReport, VrrpReport
from lvstui.safety import clean

Incoming = TypeVar("Incoming")
MAX_MESSAGE_BYTES = 64 << 20
MAX_WAITING = 1000
CLOSED = "it closed its channel"
HIGH_WATER = 1 << 20


class Channel(asyncio.Protocol, Generic[Incoming]):
    """One end. `on_message` gets each message, `on_lost` once the reason why there will be no more.

    `kind` is the union that may come in (Report in the engine, Order in a child).
    """

    def __init__(self, kind: object, on_message: Callable[[Incoming], None], on_lost: Callable[[str], None]) -> None:
        self._decoder: msgspec.json.Decoder[Incoming] = msgspec.json.Decoder(kind)
        self._encoder = msgspec.json.Encoder()
        self._on_message = on_message
        self._on_lost = on_lost
        self._splitter = LineSplitter(MAX_MESSAGE_BYTES)
        self._transport: asyncio.Transport | None = None
        self._open = True
        self._full = False
        self._waiting: deque[object] = deque()
        self._newest: dict[type, object] = {}
        self.dropped = 0

    async def attach(self, end: socket.socket) -> None:
        """Take over `end` of the pair; what was sent before goes out now."""
        end.setblocking(False)
        end.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, 1 << 20)
        await asyncio.get_running_loop().create_unix_connection(lambda: self, sock=end)

    def send(self, message: object) -> None:
        """Send without ever waiting; a report replaces one of its kind that has not gone out yet."""
        if not self._open:
            return
        if self._transport is not None and not self._full:
            self._transport.write(self._encoder.encode(message) + b"\n")
        elif isinstance(message, VrrpReport | HealthReport):
            self._newest[type(message)] = message
        elif len(self._waiting) < MAX_WAITING:
            self._waiting.append(message)
        else:
            self.dropped += 1

    @property
    def is_open(self) -> bool:
        """More messages may come."""
        return self._open

    def close(self) -> None:
        """Close this end once what was written has gone; `on_lost` is not called for it."""
        if self._open:
            self._open = False
            if self._transport:
                self._transport.close()

    def abort(self) -> None:
        """Close this end now."""
        self._open = False
        if self._transport:
            self._transport.abort()

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = cast(asyncio.Transport, transport)  # uvloop's transports are none by inheritance
        self._transport.set_write_buffer_limits(high=HIGH_WATER)
        self._flush()
        if not self._open:
            self._transport.close()

    def pause_writing(self) -> None:
        self._full = True

    def resume_writing(self) -> None:
        self._full = False
        self._flush()

    def _flush(self) -> None:
        while self._waiting and not self._full:
            self.send(self._waiting.popleft())
        for kind in tuple(self._newest):
            if not self._full:
                self.send(self._newest.pop(kind))

    def data_received(self, data: bytes) -> None:
        try:
            lines = self._splitter.feed(data)
        except ControlError:
            self._lose("it sent a line without end")
            return
        for line in lines:
            if not self._open:
                return
            try:
                message = self._decoder.decode(line)
            except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError, ValueError) as error:
                self._lose(f"it sent something that is no message: {clean(str(error))}")
                return
            self._on_message(message)

    def connection_lost(self, exc: Exception | None) -> None:
        self._transport = None
        # A child that died with orders unread gives "connection reset": for us the same as a closed channel.
        self._lose(CLOSED if exc is None or isinstance(exc, OSError) else f"its channel broke: {exc}")

    def _lose(self, reason: str) -> None:
        if self._open:
            self.abort()
            self._on_lost(reason)
