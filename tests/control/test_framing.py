"""Lines come out of a stream whole, whatever pieces it arrives in."""

from __future__ import annotations

import contextlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lvstui.control.framing import LineSplitter, decode, encode
from lvstui.control.messages import Request
from lvstui.errors import ControlError


@given(st.lists(st.binary(max_size=30).map(lambda line: b"x" + line.replace(b"\n", b""))), st.data())
def test_lines_survive_any_cutting(lines: list[bytes], data: st.DataObject) -> None:
    stream = b"".join(line + b"\n" for line in lines)
    splitter, got = LineSplitter(), []
    while stream:
        cut = data.draw(st.integers(1, len(stream)))
        got += splitter.feed(stream[:cut])
        stream = stream[cut:]
    assert got == lines


def test_empty_lines_are_left_out() -> None:
    assert LineSplitter().feed(b"\n \r\n{}\n") == [b"{}"]


@pytest.mark.parametrize("pieces", [[b"x" * 11], [b"x" * 6, b"x" * 6], [b"y" * 11 + b"\n"], [b"ok\n" + b"z" * 11]])
def test_a_line_over_the_limit_is_refused_and_not_kept(pieces: list[bytes]) -> None:
    splitter = LineSplitter(10)
    for piece in pieces[:-1]:
        splitter.feed(piece)
    with pytest.raises(ControlError) as caught:
        splitter.feed(pieces[-1])
    assert splitter.feed(b"next\n") == [b"next"]
    assert caught.value.code == "TOO_LONG"


@given(st.binary())
def test_decode_gives_a_record_or_a_control_error(line: bytes) -> None:
    with contextlib.suppress(ControlError):
        assert isinstance(decode(line, Request), Request)


@pytest.mark.parametrize(
    "line",
    [
        b"[" * 100_000,
        b'{"id":1,"cmd":"x","args":' + b'{"a":' * 50_000,
        b'{"id":1e400,"cmd":"x"}',
        b'{"id":1,"cmd":"\xff"}',
        b'{"id":"1","cmd":"x"}',
        b"null",
        b"\x00",
    ],
)
def test_hostile_lines_are_refused(line: bytes) -> None:
    with pytest.raises(ControlError):
        decode(line, Request)


def test_the_error_text_is_harmless() -> None:
    with pytest.raises(ControlError) as caught:
        decode(b'{"id":1,"cmd":"a","args":{"\x1b[2J', Request)
    assert "\x1b" not in str(caught.value)


def test_encode_and_decode_agree() -> None:
    request = Request(id=7, cmd="priority", args={"adjustment": -2}, dry_run=True, if_gen=9)
    assert decode(encode(request).rstrip(b"\n"), Request) == request


def test_what_cannot_be_encoded_is_a_control_error() -> None:
    with pytest.raises(ControlError):
        encode(object())
