"""Control: the socket that an engine or a lab offers to consoles and commands."""

from __future__ import annotations

import asyncio
import contextlib
import os
import socket
import stat
from collections.abc import Awaitable, Callable
from pathlib import Path

import msgspec

from lvstui import __version__
from lvstui.control.caller import Caller
from lvstui.control.connection import Connection
from lvstui.control.messages import Request, Response
from lvstui.errors import AlreadyRunning, ControlError

Handler = Callable[[Request, Caller], Awaitable[object]]
MAX_CLIENTS = 64
PUSH_GAP_SECONDS = 0.1
CLOSE_SECONDS = 1.0
_MAX_PATH_BYTES = 107


class Answer(msgspec.Struct, frozen=True):
    """What a handler may return instead of a bare result, to add warnings."""

    result: object
    warn: tuple[str, ...] = ()


class Server:
    """Answers `ping`, `snapshot` and `watch` from `picture`, and gives every other command to `handle`.

    A picture is sent to the watchers when `changed()` was called, at most ten times a second, and at least every
    interval they asked for. A request whose `if_gen` is not `generation()` is refused with `STALE`.
    """

    def __init__(
        self,
        path: Path,
        handle: Handler,
        picture: Callable[[], object],
        *,
        generation: Callable[[], int] = lambda: 0,
    ) -> None:
        self.path = path
        self._handle = handle
        self._picture = picture
        self._generation = generation
        self._clients: set[Connection] = set()
        self._listener: asyncio.Server | None = None
        self._push: asyncio.TimerHandle | None = None
        self._line = b""
        self._line_at = -1e9
        self._inode = 0
        self._empty = asyncio.Event()

    async def start(self) -> None:
        """Listen, mode 0600; a socket file that nobody answers on is replaced. AlreadyRunning, ControlError."""
        bound = _bind(self.path)
        self._inode = self.path.stat().st_ino
        loop = asyncio.get_running_loop()
        self._listener = await loop.create_unix_server(lambda: Connection(self), sock=bound, backlog=MAX_CLIENTS)

    async def close(self) -> None:
        """Stop listening, end all clients, remove the socket file if it is still ours."""
        if self._push:
            self._push.cancel()
            self._push = None
        if self._listener:
            self._listener.close()
            self._listener = None
        for client in tuple(self._clients):
            client.finish()
        if self._clients:
            self._empty.clear()
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(CLOSE_SECONDS):
                    await self._empty.wait()
        for client in tuple(self._clients):
            client.cut()
        try:
            if self.path.stat().st_ino == self._inode:
                self.path.unlink()
        except FileNotFoundError:
            pass

    def changed(self) -> None:
        """Tell the watchers soon; many calls become one picture."""
        if self._push or not any(client.watching for client in self._clients):
            self._line_at = -1e9
            return
        loop = asyncio.get_running_loop()
        self._line_at, since = -1e9, loop.time() - self._line_at
        self._push = loop.call_later(max(0.0, PUSH_GAP_SECONDS - since), self._push_now)

    def _push_now(self) -> None:
        self._push = None
        self._line_at = -1e9
        line = self.picture_line()
        for client in tuple(self._clients):
            if client.watching:
                client.offer(line)

    def picture_line(self) -> bytes:
        """Return the newest picture as a line; one encoding serves all who ask within the same moment."""
        now = asyncio.get_running_loop().time()
        if now - self._line_at >= PUSH_GAP_SECONDS:
            self._line = b'{"picture":' + msgspec.json.encode(self._picture()) + b"}\n"
            self._line_at = now
        return self._line

    def admit(self, connection: Connection) -> bool:
        """Take a client in, unless there are MAX_CLIENTS."""
        if len(self._clients) >= MAX_CLIENTS:
            return False
        self._clients.add(connection)
        return True

    def forget(self, connection: Connection) -> None:
        """A client is gone."""
        self._clients.discard(connection)
        if not self._clients:
            self._empty.set()

    async def answer(self, request: Request, connection: Connection) -> Response:
        """Carry out one request; whatever ControlError the handler raises goes to the client."""
        if request.if_gen is not None and request.if_gen != self._generation():
            raise ControlError("STALE", "the state has changed since you looked", "look again, then repeat the command")
        result = await self._result(request, connection)
        answer = result if isinstance(result, Answer) else Answer(result)
        return Response(id=request.id, ok=True, gen=self._generation(), result=answer.result, warn=answer.warn)

    async def _result(self, request: Request, connection: Connection) -> object:
        match request.cmd:
            case "ping":
                return {"pid": os.getpid(), "version": __version__}
            case "snapshot":
                return self._picture()
            case "watch":
                connection.watch(_interval(request))
                return None
            case _:
                return await self._handle(request, connection.caller)


def _interval(request: Request) -> float:
    value = request.args.get("interval", 1.0)
    if isinstance(value, bool) or not isinstance(value, int | float) or not 0.1 <= value <= 3600:
        raise ControlError("BAD_ARGUMENT", "interval must be a number of seconds from 0.1 to 3600")
    return float(value)


def _bind(path: Path) -> socket.socket:
    if len(os.fsencode(path)) > _MAX_PATH_BYTES:
        raise ControlError("BAD_PATH", f"{path} is too long for a socket ({_MAX_PATH_BYTES} bytes)", "use --run-dir")
    path.parent.mkdir(mode=0o750, parents=True, exist_ok=True)
    _remove_stale(path)
    bound = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
    bound.setblocking(False)
    mask = os.umask(0o177)
    try:
        bound.bind(os.fspath(path))
    except OSError as error:
        bound.close()
        raise ControlError("BAD_PATH", f"cannot make the socket {path}: {error.strerror}") from error
    finally:
        os.umask(mask)
    return bound


def _remove_stale(path: Path) -> None:
    try:
        mode = path.lstat().st_mode
    except FileNotFoundError:
        return
    if not stat.S_ISSOCK(mode):
        raise ControlError("BAD_PATH", f"{path} exists and is not a socket", "remove it, or use --run-dir")
    with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as attempt:
        attempt.settimeout(1.0)
        try:
            attempt.connect(os.fspath(path))
        except (ConnectionRefusedError, FileNotFoundError):
            path.unlink(missing_ok=True)
            return
        except OSError:
            pass
    raise AlreadyRunning(f"somebody answers on {path} already")
