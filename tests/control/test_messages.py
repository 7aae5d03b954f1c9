"""Requests and answers are what the documentation of the socket says."""

from __future__ import annotations

import msgspec
import pytest

from lvstui.control.messages import ErrorBody, Request, Response


def test_a_request_needs_an_id_and_a_command_only() -> None:
    request = msgspec.json.decode(b'{"id":7,"cmd":"ping"}', type=Request)
    assert (request.args, request.dry_run, request.if_gen) == ({}, False, None)


def test_answers_leave_out_what_they_do_not_say() -> None:
    assert msgspec.json.encode(Response(id=7, ok=True, gen=4)) == b'{"id":7,"ok":true,"gen":4}'
    refused = Response(id=7, ok=False, error=ErrorBody("STALE", "it changed", "look again"))
    assert b'"result"' not in msgspec.json.encode(refused)


@pytest.mark.parametrize("line", [b"", b"{}", b"[]", b'{"id":"x","cmd":"ping"}', b"\xff", b'{"id":1,"cmd":2}'])
def test_garbage_is_no_request(line: bytes) -> None:
    with pytest.raises((msgspec.DecodeError, UnicodeDecodeError)):
        msgspec.json.decode(line, type=Request)
