"""The lab's web server."""

from __future__ import annotations

import socket
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lvstui.lab.webserver import MAX_SLOW_SECONDS, WebServer, read_page, slow_seconds


@pytest.fixture
def port(tmp_path: Path) -> Iterator[int]:
    page = tmp_path / "page"
    page.write_text("This is rs1 web page\n")
    server = WebServer(lambda: read_page(str(page)), "rs1", [0])
    ended = threading.Event()

    def serve() -> None:
        while not ended.is_set():
            server.turn(0.02)

    thread = threading.Thread(target=serve)
    thread.start()
    yield server.ports[0]
    ended.set()
    thread.join()


def ask(port: int, request: bytes, *, wait: bool = True) -> bytes:
    with socket.create_connection(("127.0.0.1", port), 5) as connection:
        connection.sendall(request)
        answer = b""
        while wait and (data := connection.recv(4096)):
            answer += data
    return answer


def test_the_page_comes_with_its_length(port: int) -> None:
    head, _, body = ask(port, b"GET / HTTP/1.0\r\n\r\n").partition(b"\r\n\r\n")
    assert head.startswith(b"HTTP/1.0 200 OK\r\n")
    assert b"Content-Length: 21" in head
    assert body == b"This is rs1 web page\n"


def test_a_changed_page_is_served_at_once(port: int, tmp_path: Path) -> None:
    (tmp_path / "page").write_text("changed")
    assert ask(port, b"GET /any/path HTTP/1.1\r\nHost: x\r\n\r\n").endswith(b"\r\n\r\nchanged")
    (tmp_path / "page").unlink()
    assert ask(port, b"GET / HTTP/1.0\r\n\r\n").endswith(b"\r\n\r\n")


def test_a_slow_answer_sends_a_line_each_100_ms(port: int) -> None:
    begin = time.monotonic()
    body = ask(port, b"GET /slow?seconds=0.5 HTTP/1.0\r\n\r\n").partition(b"\r\n\r\n")[2]
    assert body.splitlines() == [b"rs1 1", b"rs1 2", b"rs1 3", b"rs1 4", b"rs1 5"]
    assert 0.35 < time.monotonic() - begin < 3


def test_others_are_served_beside_a_slow_answer(port: int) -> None:
    with socket.create_connection(("127.0.0.1", port), 5) as slow:
        slow.sendall(b"GET /slow?seconds=5 HTTP/1.0\r\n\r\n")
        assert b"rs1" in ask(port, b"GET / HTTP/1.0\r\n\r\n")


@pytest.mark.parametrize("rubbish", [b"", b"\0\xff" * 100, b"GET", b"x" * 20000, b"\r\n\r\n", b"\n\n"])
def test_rubbish_does_not_end_it(port: int, rubbish: bytes) -> None:
    ask(port, rubbish, wait=False)
    assert b"rs1" in ask(port, b"GET / HTTP/1.0\r\n\r\n")


def test_a_client_that_hangs_up_in_the_middle_does_not_end_it(port: int) -> None:
    for _ in range(5):
        ask(port, b"GET /slow?seconds=2 HTTP/1.0\r\n\r\n", wait=False)
    time.sleep(0.15)
    assert b"rs1" in ask(port, b"GET / HTTP/1.0\r\n\r\n")


def test_how_slow() -> None:
    assert slow_seconds(b"GET /slow?seconds=2.5 HTTP/1.0\r\n\r\n") == 2.5
    assert slow_seconds(b"GET /slow HTTP/1.0\r\n\r\n") == 1.0
    assert slow_seconds(b"GET /slow?seconds=1e9 HTTP/1.0\r\n\r\n") == MAX_SLOW_SECONDS
    assert slow_seconds(b"GET /slow?seconds=-1 HTTP/1.0\r\n\r\n") == 0.0
    for other in (
        b"GET / HTTP/1.0\r\n\r\n",
        b"GET /slow?seconds=x HTTP/1.0\r\n\r\n",
        b"GET /slow?seconds=nan H\r\n\r\n",
    ):
        assert slow_seconds(other) is None


@given(st.binary(max_size=100))
def test_no_request_line_breaks_it(data: bytes) -> None:
    slow_seconds(data)
    slow_seconds(b"GET /slow?seconds=" + data)


def test_it_shares_its_port_with_a_forwarder(port: int) -> None:
    with socket.socket() as forwarder:
        forwarder.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEPORT, 1)
        forwarder.bind(("127.0.0.1", port))
