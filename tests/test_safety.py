"""Text from outside cannot drive the terminal."""

from __future__ import annotations

import unicodedata

from hypothesis import given
from hypothesis import strategies as st

from lvstui.safety import MAX_LENGTH, clean


@given(st.text())
def test_what_comes_out_is_one_harmless_bounded_line(text: str) -> None:
    result = clean(text)
    assert len(result) <= MAX_LENGTH
    assert all(unicodedata.category(c) not in ("Cc", "Cs", "Zl", "Zp") for c in result)


@given(st.binary(max_size=2000))
def test_any_bytes_are_accepted(data: bytes) -> None:
    assert "\x1b" not in clean(data)


def test_escapes_are_shown_not_obeyed() -> None:
    assert clean("\x1b[2Jgone\x07\x9b1m") == "␛[2Jgone␇\ufffd1m"


def test_text_cannot_reorder_itself_on_screen() -> None:
    assert clean("abc\u202edef\u2066") == "abc\ufffddef\ufffd"


def test_a_cut_is_shown() -> None:
    assert clean("x" * 300, limit=10) == "x" * 9 + "…"


def test_ordinary_text_is_left_alone() -> None:
    assert clean("HTTP/1.1 200 Grün ✓") == "HTTP/1.1 200 Grün ✓"
