"""Lab: the web server of a real server or a sorry page, small enough to start in 20 ms.

Run as a program (`python -S -I webserver.py PAGE_FILE NAME PORT...`): it answers every path with the page file as
it is at that moment, and `/slow?seconds=N` with a line each 100 ms. HTTP/1.0, one answer a connection.
"""

from __future__ import annotations

import contextlib
import selectors
import socket
import sys
import time
from collections.abc import Callable

BACKLOG = 512
MAX_REQUEST_BYTES = 8192
IDLE_SECONDS = 30.0
MAX_SLOW_SECONDS = 600.0
SLOW_STEP_SECONDS = 0.1
_HEAD = b"HTTP/1.0 200 OK\r\nServer: lvstui-lab\r\nContent-Type: text/plain; charset=utf-8\r\nConnection: close\r\n"


class Client:
    """One connection: what it has sent so far, and, for a slow answer, the steps still to go."""

    def __init__(self, connection: socket.socket, now: float) -> None:
        self.connection = connection
        self.request = b""
        self.deadline = now + IDLE_SECONDS
        self.steps_left = 0
        self.steps = 0
        self.next_at = 0.0


class WebServer:
    """Listens on every address at the given ports (port sharing allowed, for a forwarder on VIP:80 beside it)."""

    def __init__(self, page: Callable[[], bytes], name: str, ports: list[int]) -> None:
        self._page = page
        self._name = name
        self._selector = selectors.DefaultSelector()
        self._slow: set[Client] = set()
        self._waiting: set[Client] = set()
        self.ports = [self._listen(port) for port in ports]

    def _listen(self, port: int) -> int:
        listener = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEPORT, 1)
        listener.bind(("0.0.0.0", port))
        listener.listen(BACKLOG)
        listener.setblocking(False)
        self._selector.register(listener, selectors.EVENT_READ, None)
        return int(listener.getsockname()[1])

    def serve(self) -> None:
        """Answer until the process is ended."""
        while True:
            self.turn(SLOW_STEP_SECONDS / 4 if self._slow else 1.0)

    def turn(self, timeout: float) -> None:
        """Wait up to `timeout` seconds for something to do and do it."""
        events = self._selector.select(timeout)
        now = time.monotonic()
        for key, _ in events:
            if key.data is None:
                self._accept(key.fileobj, now)  # type: ignore[arg-type]
            else:
                self._read(key.data, now)
        for client in [client for client in self._slow if now >= client.next_at]:
            self._step(client, now)
        for client in [client for client in self._waiting if now >= client.deadline]:
            self._end(client)

    def _accept(self, listener: socket.socket, now: float) -> None:
        for _ in range(BACKLOG):
            try:
                connection, _address = listener.accept()
            except OSError:
                return
            connection.setblocking(False)
            client = Client(connection, now)
            self._waiting.add(client)
            self._selector.register(connection, selectors.EVENT_READ, client)

    def _read(self, client: Client, now: float) -> None:
        try:
            data = client.connection.recv(4096)
        except BlockingIOError:
            return
        except OSError:
            self._end(client)
            return
        if not data or client.steps or len(client.request) > MAX_REQUEST_BYTES:
            self._end(client)
            return
        client.request += data
        if b"\r\n\r\n" in client.request or b"\n\n" in client.request:
            self._waiting.discard(client)
            self._answer(client, now)

    def _answer(self, client: Client, now: float) -> None:
        seconds = slow_seconds(client.request)
        if seconds is None:
            page = self._page()
            self._send(client, _HEAD + f"Content-Length: {len(page)}\r\n\r\n".encode() + page)
            self._end(client)
            return
        client.steps_left = max(1, round(seconds / SLOW_STEP_SECONDS))
        client.next_at = now
        self._slow.add(client)
        if self._send(client, _HEAD + b"\r\n"):
            self._step(client, now)

    def _step(self, client: Client, now: float) -> None:
        client.steps += 1
        client.steps_left -= 1
        client.next_at += SLOW_STEP_SECONDS
        sent = self._send(client, f"{self._name} {client.steps}\n".encode())
        if not sent or client.steps_left <= 0:
            self._end(client)

    def _send(self, client: Client, data: bytes) -> bool:
        try:
            return client.connection.send(data) == len(data)
        except OSError:
            return False

    def _end(self, client: Client) -> None:
        self._slow.discard(client)
        self._waiting.discard(client)
        with contextlib.suppress(KeyError, ValueError):
            self._selector.unregister(client.connection)
        with contextlib.suppress(OSError):
            client.connection.shutdown(socket.SHUT_WR)
        client.connection.close()


def slow_seconds(request: bytes) -> float | None:
    """Return the N of `GET /slow?seconds=N`, within 0..600, or None for any other request."""
    words = request.split(b"\n", 1)[0].split()
    if len(words) < 2 or not words[1].startswith(b"/slow"):
        return None
    try:
        seconds = float(words[1].partition(b"seconds=")[2] or b"1")
    except ValueError:
        return None
    return min(max(seconds, 0.0), MAX_SLOW_SECONDS) if seconds == seconds else None


def read_page(path: str) -> bytes:
    """Return the page as the file has it now; an unreadable file is an empty page."""
    try:
        with open(path, "rb") as file:
            return file.read()
    except OSError:
        return b""


if __name__ == "__main__":
    WebServer(lambda: read_page(sys.argv[1]), sys.argv[2], [int(word) for word in sys.argv[3:]]).serve()
