"""Lab: the client's end: the traffic program and its tally, and single requests made by hand."""

from __future__ import annotations

import asyncio
import contextlib
import os
import socket
import subprocess
from collections.abc import Callable
from itertools import cycle, islice
from pathlib import Path

from lvstui.lab.namespace import within
from lvstui.lab.process import command_in, script, start, stop
from lvstui.lab.tally import Tally
from lvstui.lab.traffic import who_answered
from lvstui.model.endpoint import Endpoint

INTERVAL_SECONDS = 0.01
REQUEST_SECONDS = 3.0
# Apart from those of the traffic program, and as those one after another.
_FIRST_PORT, _LAST_PORT = 40_000, 60_000
_PORT_TRIALS = 50
_REQUEST = "GET {path} HTTP/1.0\r\nHost: {host}\r\n\r\n"


class Client:
    """Asks `target` from the client's namespace."""

    def __init__(self, target: Endpoint, namespace: str, folder: Path) -> None:
        self.target = target
        self.tally = Tally()
        self._namespace = namespace
        self._log = folder / "traffic.log"
        self._process: subprocess.Popen[bytes] | None = None
        self._rest = b""
        self._idle = asyncio.Event()
        self._ports = cycle(range(_FIRST_PORT, _LAST_PORT))
        self.on_change: Callable[[], None] = lambda: None

    @property
    def running(self) -> bool:
        """Whether the traffic program is alive."""
        return self._process is not None and self._process.poll() is None

    def start(self) -> None:
        """Start the traffic program; it waits for `ask_every`."""
        argv = [*script("traffic.py"), self.target.address, str(self.target.port)]
        self._process = start(
            command_in(self._namespace, argv), log=self._log, stdin=subprocess.PIPE, stdout=subprocess.PIPE
        )
        assert self._process.stdout
        os.set_blocking(self._process.stdout.fileno(), False)
        asyncio.get_running_loop().add_reader(self._process.stdout, self._read)

    async def close(self) -> None:
        """End the traffic program."""
        if self._process is None:
            return
        assert self._process.stdout
        assert self._process.stdin
        asyncio.get_running_loop().remove_reader(self._process.stdout)
        await stop(self._process)
        self._process.stdout.close()
        with contextlib.suppress(OSError):
            self._process.stdin.close()
        self._process = None

    def ask_every(self, seconds: float = INTERVAL_SECONDS) -> None:
        """Begin to ask."""
        self._idle.clear()
        self._order(f"every {seconds}\n")

    def stop_asking(self) -> None:
        """Ask no more; what is under way comes to its end."""
        self._order("stop\n")
        self.tally.pause()

    async def quiet(self) -> None:
        """Ask no more, and wait until the last request has been answered or given up."""
        self.stop_asking()
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(REQUEST_SECONDS + 1):
                await self._idle.wait()

    def _order(self, line: str) -> None:
        if self._process and self._process.stdin:
            with contextlib.suppress(OSError):
                self._process.stdin.write(line.encode())
                self._process.stdin.flush()

    def _read(self) -> None:
        assert self._process
        assert self._process.stdout
        try:
            data = os.read(self._process.stdout.fileno(), 1 << 16)
        except BlockingIOError:
            return
        if not data:
            asyncio.get_running_loop().remove_reader(self._process.stdout)
            return
        *lines, self._rest = (self._rest + data).split(b"\n")
        for line in lines:
            if line == b"idle":
                self._idle.set()
            else:
                self.tally.add_line(line.decode("ascii", "replace"))
        self.on_change()

    def _open(self) -> socket.socket:
        opened = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
        opened.setblocking(False)
        for port in islice(self._ports, _PORT_TRIALS):
            with contextlib.suppress(OSError):
                opened.bind(("", port))
                break
        return opened

    async def ask(self, path: str = "/") -> str:
        """Ask once and return who answered, or "-" and what went wrong."""
        loop = asyncio.get_running_loop()
        connection = within(self._namespace, self._open)
        try:
            async with asyncio.timeout(REQUEST_SECONDS):
                await loop.sock_connect(connection, (self.target.address, self.target.port))
                await loop.sock_sendall(connection, _REQUEST.format(path=path, host=self.target.address).encode())
                answer = b""
                while data := await loop.sock_recv(connection, 1 << 16):
                    answer += data
        except TimeoutError:
            return "-timeout"
        except OSError as error:
            return f"-{os.strerror(error.errno or 0)}"
        finally:
            connection.close()
        return who_answered(answer)

    async def ask_times(self, times: int) -> list[str]:
        """Ask one after another."""
        return [await self.ask() for _ in range(times)]

    async def open_slow(self, seconds: float) -> SlowAnswer:
        """Begin a long request: an answer that sends a line each 100 ms for `seconds`."""
        loop = asyncio.get_running_loop()
        connection = within(self._namespace, self._open)
        async with asyncio.timeout(REQUEST_SECONDS):
            await loop.sock_connect(connection, (self.target.address, self.target.port))
            request = _REQUEST.format(path=f"/slow?seconds={seconds}", host=self.target.address)
            await loop.sock_sendall(connection, request.encode())
        return SlowAnswer(connection)


class SlowAnswer:
    """A long answer being read; `server` is known with the first line."""

    def __init__(self, connection: socket.socket) -> None:
        self._connection = connection
        self.text = b""

    async def server(self) -> str:
        """Wait for the first line and return who sends it; "" if none comes."""
        with contextlib.suppress(TimeoutError, OSError):
            async with asyncio.timeout(REQUEST_SECONDS):
                while b"\n" not in self.body and await self._more():
                    pass
        return self.body.split(b" ", 1)[0].decode("ascii", "replace")

    @property
    def body(self) -> bytes:
        """What has come so far, without the head."""
        return self.text.partition(b"\r\n\r\n")[2]

    async def lines(self, seconds: float) -> int:
        """Read to the end, for at most `seconds`; return how many lines came, -1 if it was cut off."""
        try:
            async with asyncio.timeout(seconds):
                while await self._more():
                    pass
        except (TimeoutError, OSError):
            return -1
        return self.body.count(b"\n")

    async def _more(self) -> bool:
        data = await asyncio.get_running_loop().sock_recv(self._connection, 1 << 16)
        self.text += data
        return bool(data)

    def close(self) -> None:
        """Hang up."""
        self._connection.close()
