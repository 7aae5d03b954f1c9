"""The client's program."""

from __future__ import annotations

import socket
import subprocess
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lvstui.lab.process import script
from lvstui.lab.tally import Asked, Tally
from lvstui.lab.traffic import is_whole, who_answered

PAGE = b"HTTP/1.0 200 OK\r\n\r\nThis is rs1 web page\n"
Answer = Callable[[socket.socket], None]


@contextmanager
def server(answer: Answer) -> Iterator[int]:
    with socket.create_server(("127.0.0.1", 0), backlog=128) as listener:

        def serve() -> None:
            while True:
                try:
                    connection, _ = listener.accept()
                except OSError:
                    return
                with connection:
                    answer(connection)

        thread = threading.Thread(target=serve, daemon=True)
        thread.start()
        try:
            yield listener.getsockname()[1]
        finally:
            listener.shutdown(socket.SHUT_RDWR)


def asked(port: int, orders: str = "every 0.02\n", seconds: float = 0.4) -> list[str]:
    """Run the program against a local port and return what it says."""
    command = [*script("traffic.py"), "127.0.0.1", str(port)]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdin
        assert process.stdout
        process.stdin.write(orders)
        process.stdin.flush()
        time.sleep(seconds)
        process.stdin.write("stop\n")
        process.stdin.flush()
        lines = []
        for line in process.stdout:
            lines.append(line.strip())
            if line == "idle\n":
                break
        process.stdin.close()
        assert process.wait(5) == 0
    return lines[:-1]


def tally(lines: list[str]) -> list[Asked]:
    counter = Tally()
    return [each for each in (counter.add_line(line) for line in lines) if each]


def hangs_up(connection: socket.socket) -> None:
    connection.recv(4096)


def good(connection: socket.socket) -> None:
    connection.recv(4096)
    connection.sendall(PAGE)


def test_it_asks_at_its_interval_and_names_who_answers() -> None:
    with server(good) as port:
        found = tally(asked(port))
    assert 10 <= len(found) <= 25
    assert {each.who for each in found} == {"rs1"}
    assert all(0 < each.end - each.at < 1.0 for each in found)


def test_nobody_listens() -> None:
    with socket.socket() as closed:
        closed.bind(("127.0.0.1", 0))
        found = tally(asked(closed.getsockname()[1], seconds=0.2))
    assert {each.who for each in found} == {"-refused"}


def test_a_reset_is_asked_again_once_and_said() -> None:
    calls = [0]

    def first_resets(connection: socket.socket) -> None:
        calls[0] += 1
        if calls[0] == 1:
            connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, b"\1\0\0\0\0\0\0\0")
        else:
            good(connection)

    with server(first_resets) as port:
        found = tally(asked(port, seconds=0.2))
    assert [each.again for each in found].count(True) == 1
    assert {each.who for each in found} == {"rs1"}


def test_an_empty_answer_twice_is_a_failure() -> None:
    with server(hangs_up) as port:
        found = tally(asked(port, seconds=0.1))
    assert {(each.who, each.again) for each in found} <= {("-empty", True), ("-reset", True)}


def test_one_that_never_answers_is_given_up() -> None:
    with server(lambda connection: time.sleep(1)) as port:
        found = tally(asked(port, "every 0.5\n", seconds=0.3))
    assert {each.who for each in found} <= {"-timeout", "-empty", "-reset"}


def test_rubbish_orders_do_not_end_it() -> None:
    with server(good) as port:
        assert tally(asked(port, "\nnonsense\n\0\nevery 0.05\n"))


@pytest.mark.parametrize(
    ("answer", "who"),
    [
        (PAGE, "rs1"),
        (b"HTTP/1.1 200 OK\r\nX: y\r\n\r\nSorry, I am lb1 sorry page\n", "sorry-lb1"),
        (b"HTTP/1.0 200 OK\r\n\r\nhello", "other"),
        (b"", "-empty"),
        (b"SSH-2.0\r\n\r\nThis is rs1", "-empty"),
    ],
)
def test_who_answered(answer: bytes, who: str) -> None:
    assert who_answered(answer) == who


@given(st.binary(max_size=200))
def test_no_answer_breaks_it(data: bytes) -> None:
    who_answered(data)
    assert " " not in who_answered(b"HTTP/1.0 200 OK\r\n\r\nThis is " + data)


def test_an_answer_is_whole_when_its_length_has_come() -> None:
    assert is_whole(b"HTTP/1.0 200 OK\r\nContent-Length: 3\r\n\r\nabc")
    assert not is_whole(b"HTTP/1.0 200 OK\r\nContent-Length: 3\r\n\r\nab")
    assert not is_whole(b"HTTP/1.0 200 OK\r\nContent-Length: 3\r\n")
    assert not is_whole(PAGE)  # the end of the connection is the end of the page


def test_a_reset_after_the_whole_page_is_no_failure() -> None:
    def answers_and_resets(connection: socket.socket) -> None:
        connection.recv(4096)
        connection.sendall(b"HTTP/1.0 200 OK\r\nContent-Length: 20\r\n\r\nThis is rs1 web page")
        connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, b"\1\0\0\0\0\0\0\0")

    with server(answers_and_resets) as port:
        found = tally(asked(port, seconds=0.2))
    assert {(each.who, each.again) for each in found} == {("rs1", False)}
