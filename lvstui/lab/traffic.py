"""Lab: the client: asks the service again and again, and says of each request who answered and when.

Run as a program (`python -S -I traffic.py ADDRESS PORT`): lines on standard input rule it (`every 0.01`, `stop`),
each finished request is a line on standard output: start, end (monotonic seconds), and a word: who answered, or
`-refused`, `-timeout`, `-reset`, `-unreachable`, `-empty`. After `stop`, and when the last request has ended, it says
`idle`. It ends with its standard input.

As browsers do with a GET (RFC 9110 9.2.2), it asks once more when a connection ends before a single octet came back;
such a line ends with `again`, so that nothing is hidden: a change of director resets what is under way just then.
"""

from __future__ import annotations

import contextlib
import errno
import os
import re
import selectors
import socket
import sys
import time

LIMIT_SECONDS = 3.0
# One port after another, like many clients. Left to the kernel, a port comes again within seconds, and IPVS takes
# the new connection for the old one, which it remembers for two minutes, and sends it to the same real server.
FIRST_PORT, LAST_PORT = 10_000, 32_000
_PORT_TRIALS = 50
MAX_UNDER_WAY = 400
MAX_ANSWER_BYTES = 65536
_REQUEST = b"GET / HTTP/1.0\r\nHost: %s\r\n\r\n"
_WHO = re.compile(rb"(?:This is|I am) (\S{1,40})")
_LENGTH = re.compile(rb"(?i)\r\ncontent-length: *([0-9]{1,9})")
_REFUSALS = {
    errno.ECONNREFUSED: "-refused",
    errno.ECONNRESET: "-reset",
    errno.EPIPE: "-reset",
    errno.EHOSTUNREACH: "-unreachable",
    errno.ENETUNREACH: "-unreachable",
    errno.ETIMEDOUT: "-timeout",
}


class Asked:
    """One request under way."""

    def __init__(self, connection: socket.socket, at: float, again: bool) -> None:
        self.connection = connection
        self.at = at
        self.again = again
        self.sent = False
        self.answer = b""


class Traffic:
    """Starts a request each interval, whatever became of the earlier ones, and reports each to `report`."""

    def __init__(self, address: str, port: int) -> None:
        self._target = (address, port)
        self._request = _REQUEST % address.encode()
        self._selector = selectors.DefaultSelector()
        self._under_way: dict[Asked, None] = {}
        self._orders = b""
        self.interval = 0.0
        self._next_at = 0.0
        self._port = FIRST_PORT
        self._out: list[str] = []
        self._idle_said = True

    def run(self) -> None:
        """Obey standard input until it ends."""
        os.set_blocking(0, False)
        self._selector.register(0, selectors.EVENT_READ, None)
        while self.turn():
            pass

    def turn(self) -> bool:
        """Wait for the next thing to do and do it; False when standard input has ended."""
        now = time.monotonic()
        pause = max(0.0, self._next_at - now) if self.interval else 0.2
        going = True
        for key, _ in self._selector.select(min(pause, 0.2)):
            if key.data is None:
                going = self._obey()
            else:
                self._go_on(key.data)
        now = time.monotonic()
        if self.interval and now >= self._next_at:
            # A machine that stood still is not made up for with a burst.
            self._next_at = max(self._next_at + self.interval, now)
            self._ask(now)
        self._give_up(now)
        self._write()
        return going

    def _obey(self) -> bool:
        data = os.read(0, 4096)
        self._orders += data
        *lines, self._orders = self._orders.split(b"\n")
        for line in lines:
            words = line.split()
            if words[:1] == [b"every"]:
                self.interval = max(0.001, float(words[1]))
                self._next_at = time.monotonic()
            elif words[:1] == [b"stop"]:
                self.interval = 0.0
                self._idle_said = False
        return bool(data)

    def _ask(self, at: float, again: bool = False) -> None:
        if len(self._under_way) >= MAX_UNDER_WAY:
            self._say(at, "-timeout", again)
            return
        connection = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
        connection.setblocking(False)
        self._bind(connection)
        asked = Asked(connection, at, again)
        self._under_way[asked] = None
        number = connection.connect_ex(self._target)
        if number not in (0, errno.EINPROGRESS):
            self._finish(asked, _REFUSALS.get(number, "-unreachable"))
            return
        self._selector.register(connection, selectors.EVENT_WRITE, asked)

    def _bind(self, connection: socket.socket) -> None:
        for _ in range(_PORT_TRIALS):
            self._port = self._port + 1 if self._port < LAST_PORT else FIRST_PORT
            with contextlib.suppress(OSError):
                connection.bind(("", self._port))
                return

    def _go_on(self, asked: Asked) -> None:
        try:
            if not asked.sent:
                number = asked.connection.getsockopt(socket.SOL_SOCKET, socket.SO_ERROR)
                if number:
                    raise OSError(number, "")
                asked.connection.send(self._request)
                asked.sent = True
                self._selector.modify(asked.connection, selectors.EVENT_READ, asked)
                return
            data = asked.connection.recv(16384)
        except BlockingIOError:
            return
        except OSError as error:
            self._finish(asked, _REFUSALS.get(error.errno or 0, "-reset"))
            return
        asked.answer += data
        if not data or is_whole(asked.answer) or len(asked.answer) > MAX_ANSWER_BYTES:
            self._finish(asked, who_answered(asked.answer))

    def _give_up(self, now: float) -> None:
        for asked in [asked for asked in self._under_way if now - asked.at >= LIMIT_SECONDS]:
            self._finish(asked, "-timeout")

    def _finish(self, asked: Asked, word: str) -> None:
        with contextlib.suppress(KeyError):
            self._selector.unregister(asked.connection)
        asked.connection.close()
        del self._under_way[asked]
        if word in ("-reset", "-empty") and not asked.answer and not asked.again:
            self._ask(asked.at, again=True)
        else:
            self._say(asked.at, word, asked.again)

    def _say(self, at: float, word: str, again: bool) -> None:
        self._out.append(f"{at:.6f} {time.monotonic():.6f} {word}{' again' if again else ''}\n")

    def _write(self) -> None:
        if not self.interval and not self._under_way and not self._idle_said:
            self._out.append("idle\n")
            self._idle_said = True
        if self._out:
            sys.stdout.write("".join(self._out))
            sys.stdout.flush()
            self._out.clear()


def is_whole(answer: bytes) -> bool:
    """Whether all of the body has come that the head's Content-Length promises."""
    head, blank, body = answer.partition(b"\r\n\r\n")
    match = _LENGTH.search(head) if blank else None
    return match is not None and len(body) >= int(match.group(1))


def who_answered(answer: bytes) -> str:
    """Return who answered by the page: `rs1`, `sorry-lb1`, `other`; `-empty` for no answer at all."""
    head, _, body = answer.partition(b"\r\n\r\n")
    if not head.startswith(b"HTTP/1."):
        return "-empty"
    match = _WHO.search(body)
    if not match:
        return "other"
    name = match.group(1).decode("ascii", "replace")
    return f"sorry-{name}" if body.startswith(b"Sorry") else name


if __name__ == "__main__":
    with contextlib.suppress(BrokenPipeError, KeyboardInterrupt):
        Traffic(sys.argv[1], int(sys.argv[2])).run()
