"""Control: the other end of the socket, blocking (commands) and asynchronous (console)."""

from __future__ import annotations

import asyncio
import os
import socket
import time
from collections.abc import AsyncIterator, Mapping
from pathlib import Path
from typing import Any, TypeVar

import msgspec

from lvstui.control.framing import MAX_PICTURE_BYTES, LineSplitter, decode, encode
from lvstui.control.messages import Request, Response
from lvstui.errors import ControlError, EngineUnreachable
from lvstui.safety import clean

T = TypeVar("T")


class _Line(msgspec.Struct):
    """A line from the server: an answer (has `id`) or a picture."""

    id: int | None = None
    picture: msgspec.Raw = msgspec.Raw()


class Client:
    """Blocking client; connects at the first request. `timeout` seconds bound each request as a whole."""

    def __init__(self, path: Path, timeout: float = 5.0) -> None:
        self._path = path
        self._timeout = timeout
        self._socket: socket.socket | None = None
        self._splitter = LineSplitter(MAX_PICTURE_BYTES)
        self._number = 0

    def __enter__(self) -> Client:
        return self

    def __exit__(self, *exception: object) -> None:
        self.close()

    def close(self) -> None:
        """Close the connection; a later request opens a new one."""
        if self._socket:
            self._socket.close()
            self._socket = None
        self._splitter = LineSplitter(MAX_PICTURE_BYTES)

    def request(
        self,
        cmd: str,
        args: Mapping[str, Any] | None = None,
        *,
        dry_run: bool = False,
        if_gen: int | None = None,
    ) -> Response:
        """Send a command and return its answer; ControlError if refused, EngineUnreachable if nobody answers."""
        self._number += 1
        request = Request(id=self._number, cmd=cmd, args=dict(args or {}), dry_run=dry_run, if_gen=if_gen)
        deadline = time.monotonic() + self._timeout
        try:
            if self._socket is None:
                self._socket = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
                self._socket.settimeout(self._timeout)
                self._socket.connect(os.fspath(self._path))
            self._socket.sendall(encode(request))
            return self._receive(deadline)
        except OSError as error:
            self.close()
            raise _unreachable(self._path, error) from error
        except EngineUnreachable:
            self.close()
            raise

    def _receive(self, deadline: float) -> Response:
        assert self._socket is not None
        while True:
            self._socket.settimeout(max(0.001, deadline - time.monotonic()))
            data = self._socket.recv(1 << 18)
            if not data:
                raise EngineUnreachable("the engine closed the connection")
            for line in _split(self._splitter, data):
                head = _head(line)
                if head.id in (self._number, 0):
                    return _checked(_response(line))


class AsyncClient:
    """Client for a running event loop: many requests under way, and one stream of pictures."""

    def __init__(self, path: Path, timeout: float = 5.0) -> None:
        self._path = path
        self._timeout = timeout
        self._number = 0
        self._answers: dict[int, asyncio.Future[Response]] = {}
        self._writer: asyncio.StreamWriter | None = None
        self._task: asyncio.Task[None] | None = None
        self._picture = msgspec.Raw()
        self._news = asyncio.Event()
        self._lost: EngineUnreachable | None = None

    async def connect(self) -> None:
        """Open the connection; EngineUnreachable if nobody listens."""
        try:
            async with asyncio.timeout(self._timeout):
                reader, self._writer = await asyncio.open_unix_connection(os.fspath(self._path))
        except (OSError, TimeoutError) as error:
            raise _unreachable(self._path, error) from error
        self._lost = None
        self._task = asyncio.get_running_loop().create_task(self._read(reader))

    async def close(self) -> None:
        """Close; requests under way and the stream of pictures end with EngineUnreachable."""
        if self._task:
            self._task.cancel()
            await asyncio.gather(self._task, return_exceptions=True)
            self._task = None
        self._lose(EngineUnreachable("the connection was closed"))

    async def request(
        self,
        cmd: str,
        args: Mapping[str, Any] | None = None,
        *,
        dry_run: bool = False,
        if_gen: int | None = None,
    ) -> Response:
        """Send a command and return its answer; ControlError if refused, EngineUnreachable if nobody answers."""
        if self._lost or self._writer is None:
            raise self._lost or EngineUnreachable("not connected")
        self._number += 1
        number = self._number
        line = encode(Request(id=number, cmd=cmd, args=dict(args or {}), dry_run=dry_run, if_gen=if_gen))
        self._answers[number] = asyncio.get_running_loop().create_future()
        try:
            self._writer.write(line)
            async with asyncio.timeout(self._timeout):
                return _checked(await self._answers[number])
        except (TimeoutError, OSError) as error:
            raise _unreachable(self._path, error) from error
        finally:
            self._answers.pop(number, None)

    async def watch(self, kind: type[T], interval: float = 1.0) -> AsyncIterator[T]:
        """Yield pictures: the newest at each change and at least every `interval` seconds; a slow user misses some."""
        self._picture = msgspec.Raw()
        self._news.clear()
        await self.request("watch", {"interval": interval})
        while True:
            await self._news.wait()
            if self._lost:
                raise self._lost
            self._news.clear()
            yield _picture(self._picture, kind)

    async def _read(self, reader: asyncio.StreamReader) -> None:
        splitter = LineSplitter(MAX_PICTURE_BYTES)
        error = EngineUnreachable("the engine closed the connection")
        try:
            while data := await reader.read(1 << 18):
                for line in _split(splitter, data):
                    self._take(line)
        except OSError as problem:
            error = _unreachable(self._path, problem)
        except EngineUnreachable as problem:
            error = problem
        self._lose(error)

    def _take(self, line: bytes) -> None:
        head = _head(line)
        if head.id is None:
            self._picture = head.picture
            self._news.set()
            return
        response = _response(line)
        if head.id == 0 and response.error:  # it refuses us as a whole and closes
            raise EngineUnreachable(clean(response.error.message), clean(response.error.hint))
        waiting = self._answers.get(head.id)
        if waiting and not waiting.done():
            waiting.set_result(response)

    def _lose(self, error: EngineUnreachable) -> None:
        if self._lost is None:
            self._lost = error
        for waiting in self._answers.values():
            if not waiting.done():
                waiting.set_exception(error)
        self._news.set()
        if self._writer:
            self._writer.close()
            self._writer = None


def _split(splitter: LineSplitter, data: bytes) -> list[bytes]:
    try:
        return splitter.feed(data)
    except ControlError as error:
        raise EngineUnreachable("what answers there makes no sense: a line without end") from error


def _head(line: bytes) -> _Line:
    try:
        head = decode(line, _Line)
    except ControlError as error:
        raise EngineUnreachable(f"what answers there makes no sense: {error}") from error
    if head.id is None and not bytes(head.picture):
        raise EngineUnreachable("what answers there makes no sense: neither an answer nor a picture")
    return head


def _response(line: bytes) -> Response:
    try:
        return decode(line, Response)
    except ControlError as error:
        raise EngineUnreachable(f"what answers there makes no sense: {error}") from error


def _picture(raw: msgspec.Raw, kind: type[T]) -> T:
    try:
        return decode(bytes(raw), kind)
    except ControlError as error:
        raise EngineUnreachable(
            f"the engine speaks another version: {error}", "use the lvstui that belongs to the engine"
        ) from error


def _checked(response: Response) -> Response:
    if response.ok:
        return response
    if response.error is None:
        raise ControlError("REFUSED", "the engine refused and gave no reason")
    raise ControlError(clean(response.error.code), clean(response.error.message, 500), clean(response.error.hint, 500))


def _unreachable(path: Path, error: OSError) -> EngineUnreachable:
    if isinstance(error, TimeoutError):
        return EngineUnreachable(f"no answer on {path} in time", "is the engine stuck, or stopped by a signal?")
    if isinstance(error, PermissionError):
        return EngineUnreachable(f"no access to {path}", "run it as the user who runs the engine (root)")
    if isinstance(error, FileNotFoundError | ConnectionRefusedError):
        return EngineUnreachable(f"no engine answers on {path}", "start one: lvstui run -f FILE")
    return EngineUnreachable(f"cannot talk to {path}: {error.strerror or error}")
