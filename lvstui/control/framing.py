"""Control: lines out of a byte stream, records out of lines."""

from __future__ import annotations

from typing import TypeVar

import msgspec

from lvstui.control.messages import MAX_LINE_BYTES
from lvstui.errors import ControlError
from lvstui.safety import clean

T = TypeVar("T")
MAX_PICTURE_BYTES = 64 << 20


def encode(record: object) -> bytes:
    """Return `record` as one JSON line with its newline; ControlError if it is no record of ours."""
    try:
        return msgspec.json.encode(record) + b"\n"
    except (msgspec.MsgspecError, TypeError, ValueError, OverflowError) as error:
        raise ControlError("UNENCODABLE", f"cannot be sent: {clean(str(error))}") from error


def decode(line: bytes, kind: type[T]) -> T:
    """Return the record on `line`; ControlError (code `BAD_REQUEST`) for whatever is not one, deep nesting included."""
    try:
        return msgspec.json.decode(line, type=kind)
    except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError, ValueError) as error:
        raise ControlError("BAD_REQUEST", f"not a message: {clean(str(error))}") from error


class LineSplitter:
    """Puts a stream back together into lines, whatever pieces it came in; never holds more than `limit` bytes."""

    def __init__(self, limit: int = MAX_LINE_BYTES) -> None:
        self._limit = limit
        self._rest = bytearray()
        self._searched = 0

    def feed(self, data: bytes) -> list[bytes]:
        """Return the lines that `data` completes, without their newline; ControlError if one is over the limit."""
        self._rest += data
        end = self._rest.find(b"\n", self._searched)
        if end < 0:
            self._searched = len(self._rest)
            self._refuse_long(len(self._rest))
            return []
        *lines, rest = bytes(self._rest).split(b"\n")
        self._rest = bytearray(rest)
        self._searched = len(rest)
        self._refuse_long(max(map(len, lines)))
        self._refuse_long(len(rest))
        return [line for line in lines if line.strip()]

    def _refuse_long(self, length: int) -> None:
        if length > self._limit:
            self._rest.clear()
            self._searched = 0
            raise ControlError("TOO_LONG", f"a line may have {self._limit} bytes")
