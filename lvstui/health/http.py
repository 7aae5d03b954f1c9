"""Health: HTTP_GET without sockets: the request, an incremental reader of the reply, and its judgement.

The checked server is hostile input: every size is bounded, every byte sequence ends in a judgement. As keepalived
2.2.7: the digest is the MD5 of the body as it came (a chunked body is not decoded), no longer than Content-Length;
a body shorter than Content-Length is judged all the same; nothing is redirected or decompressed. Otherwise:
interim replies (100) are skipped, a reply ends at its Content-Length although the server keeps the connection, the
header name is not case-sensitive, and the header may have 16 KiB (keepalived: 4 KiB).
"""

from __future__ import annotations

import hashlib

import httptools

from lvstui.health.outcome import Outcome, bad, good
from lvstui.model.check import CheckCode
from lvstui.model.configuration import HttpChecker, StatusRange, UrlCheck
from lvstui.model.endpoint import Endpoint

HEAD_LIMIT = 16 * 1024
BODY_LIMIT = 4 * 1024 * 1024
DEFAULT_STATUSES = (StatusRange(200, 299),)
_END_OF_HEAD = b"\r\n\r\n"
_START = b"HTTP/"


def request(path: str, host: str, version: str = "1.0") -> bytes:
    """Return the octets keepalived sends; `version` "1.0", "1.0C" (asks to close) or "1.1"."""
    close = "" if version == "1.0" else "Connection: close\r\n"
    line = f"GET {path} HTTP/{version[:3]}\r\nUser-Agent: KeepAliveClient\r\n{close}Host: {host}\r\n\r\n"
    return line.encode("utf-8", "surrogateescape")


def host_of(checker: HttpChecker, url: UrlCheck) -> str:
    """Return the Host header: the url's virtualhost, the checker's, or address and port."""
    return url.virtual_host or checker.virtual_host or host_name(checker.endpoint)


def host_name(endpoint: Endpoint) -> str:
    """Return the Host header without a virtual host: the port is always in it."""
    return str(endpoint)


class _Head:
    """Collects what httptools reads in one header block."""

    def __init__(self) -> None:
        self.reason = b""
        self.length: int | None = None
        self.read = False
        self.bodiless = False

    def on_status(self, reason: bytes) -> None:
        self.reason += reason

    def on_header(self, name: bytes, value: bytes) -> None:
        # httptools has refused a length that is no number, too large or there twice.
        if name.lower() == b"content-length" and value.strip().isdigit():
            self.length = int(value)

    def on_headers_complete(self) -> None:
        self.read = True

    def on_message_complete(self) -> None:
        self.bodiless = True


class Reply:
    """A reply being received. `status` 0: no header yet. `problem`: why it is not a valid reply, or ""."""

    def __init__(self, head_limit: int = HEAD_LIMIT, body_limit: int = BODY_LIMIT) -> None:
        self.status = 0
        self.reason = ""
        self.length: int | None = None
        self.body_bytes = 0
        self.problem = ""
        self.done = False
        self._head_limit = head_limit
        self._body_limit = body_limit
        self._interim = 0
        self._buffer = bytearray()
        self._md5 = hashlib.md5(usedforsecurity=False)

    @property
    def digest(self) -> str:
        """MD5 of the body so far, in hexadecimal."""
        return self._md5.hexdigest()

    def feed(self, data: bytes) -> bool:
        """Take the next octets; True: nothing more is needed."""
        if self.done:
            return True
        if self.status:
            self._feed_body(data)
        else:
            self._feed_head(data)
        return self.done

    def end(self) -> None:
        """The server has closed its side."""
        if self.done:
            return
        if not self.status:
            received = self._interim + len(self._buffer)
            self._refuse(f"closed within the header, after {received} bytes" if received else "closed without a reply")
        self.done = True

    def _feed_head(self, data: bytes) -> None:
        self._buffer += data
        while not self.done and not self.status:
            if self._buffer[: len(_START)] != _START[: len(self._buffer)]:
                self._refuse(f"not an HTTP reply: {bytes(self._buffer[:40])!r}")
                return
            end = self._buffer.find(_END_OF_HEAD)
            size = self._interim + (len(self._buffer) if end < 0 else end + len(_END_OF_HEAD))
            if size > self._head_limit:
                self._refuse(f"header longer than {self._head_limit} bytes")
                return
            if end < 0:
                return
            head = bytes(self._buffer[: end + len(_END_OF_HEAD)])
            del self._buffer[: len(head)]
            self._interim += len(head)
            self._read_head(head)
        rest = bytes(self._buffer)
        self._buffer.clear()
        if not self.done:
            self._feed_body(rest)

    def _read_head(self, head: bytes) -> None:
        found = _Head()
        parser = httptools.HttpResponseParser(found)
        try:
            parser.feed_data(head)
        except httptools.HttpParserUpgrade:
            found.bodiless = True
        except httptools.HttpParserError as error:
            self._refuse(f"not a valid HTTP reply: {error}")
            return
        if not found.read:
            self._refuse("not a valid HTTP reply: no status line")
            return
        status = parser.get_status_code()
        if 100 <= status <= 199 and status != 101:
            return
        self.status = status
        self.reason = found.reason.decode("utf-8", "replace")
        self.length = found.length
        self.done = found.bodiless or found.length == 0

    def _feed_body(self, data: bytes) -> None:
        if self.length is not None:
            data = data[: self.length - self.body_bytes]
        self.body_bytes += len(data)
        if self.body_bytes > self._body_limit:
            self._refuse(f"reply longer than {self._body_limit} bytes")
            return
        self._md5.update(data)
        self.done = self.body_bytes == self.length

    def _refuse(self, problem: str) -> None:
        self.problem = problem
        self.done = True
        self._buffer.clear()


def judge(reply: Reply, url: UrlCheck) -> Outcome:
    """Judge a finished reply: status first (200..299 unless the file says otherwise, also beside a digest)."""
    if reply.problem:
        return bad(CheckCode.L7RESPONSE, reply.problem)
    if not status_accepted(reply.status, url):
        return bad(CheckCode.L7STATUS, f"{_status_line(reply)}, wanted {_wanted(url)}")
    short = "" if reply.length in (None, reply.body_bytes) else f" of {reply.length}"
    if url.digest and reply.digest != url.digest.lower():
        detail = f"MD5 {reply.digest} of {reply.body_bytes}{short} bytes, wanted {url.digest.lower()}"
        return bad(CheckCode.L7DIGEST, detail)
    return good(CheckCode.L7OK, f"{_status_line(reply)}, {reply.body_bytes}{short} bytes")


def status_accepted(status: int, url: UrlCheck) -> bool:
    """Whether the status code alone is good; a code that is not ends the reading of the reply."""
    return any(accepted.first <= status <= accepted.last for accepted in url.statuses or DEFAULT_STATUSES)


def _status_line(reply: Reply) -> str:
    return f"{reply.status} {reply.reason[:80]}".rstrip()


def _wanted(url: UrlCheck) -> str:
    return " ".join(
        str(accepted.first) if accepted.first == accepted.last else f"{accepted.first}-{accepted.last}"
        for accepted in url.statuses or DEFAULT_STATUSES
    )
