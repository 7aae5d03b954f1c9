"""Bytes to lines."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from lvstui.config.source import MAX_LINE, split_lines


def test_line_ends_and_byte_order_mark() -> None:
    lines, oddities = split_lines(b"\xef\xbb\xbfa\r\nb\nc", "f")
    assert [(line.number, line.text) for line in lines] == [(1, "a"), (2, "b"), (3, "c")]
    assert [oddity.code for oddity in oddities] == ["byte-order-mark"]


def test_lines_that_keepalived_ignores() -> None:
    lines, oddities = split_lines(b"a\0b\n" + b"x" * MAX_LINE + b"\nok", "f")
    assert [line.text for line in lines] == ["", "", "ok"]
    assert [(oddity.code, oddity.line.number) for oddity in oddities] == [("nul-byte", 1), ("long-line", 2)]


def test_the_longest_line_is_read() -> None:
    lines, oddities = split_lines(b"x" * (MAX_LINE - 1), "f")
    assert len(lines[0].text) == MAX_LINE - 1
    assert not oddities


@given(st.binary(max_size=300))
def test_any_bytes(data: bytes) -> None:
    lines, _ = split_lines(data, "f")
    assert len(lines) == data.removeprefix(b"\xef\xbb\xbf").count(b"\n") + 1
