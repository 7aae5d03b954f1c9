"""Whatever a file holds, loading it raises nothing and says something sensible."""

from __future__ import annotations

import random
from pathlib import Path

import msgspec
from hypothesis import given, settings
from hypothesis import strategies as st

from lvstui.config.diagnostics import render, to_json
from lvstui.config.load import Loaded
from lvstui.config.schema_checkers import BLOCKS
from lvstui.model.configuration import Configuration
from tests.config.support import FIXTURES, check

FILES = [path.read_bytes() for path in sorted(FIXTURES.glob("[tc]*/*.conf"))]
WORDS = sorted({word for table in BLOCKS.values() for word in table})
VALUES = ["{", "}", "\n", "10.0.0.1", "80", "-1", "0", "x", '"', "weight", "!", "$A", "$A=b", "@lb1", "é", "\0", "1.5"]


def sound(loaded: Loaded) -> None:
    """What must hold of every result."""
    assert (loaded.configuration is None) == any(found.fatal for found in loaded.diagnostics)
    text = render(loaded.diagnostics)
    assert not any(ord(letter) < 32 and letter != "\n" for letter in text)
    assert to_json(loaded.diagnostics)
    for found in loaded.diagnostics:
        assert "\n" not in found.message
        assert found.line >= 0
    if loaded.configuration is not None:
        wire = msgspec.json.encode(loaded.configuration)
        assert msgspec.json.decode(wire, type=Configuration) == loaded.configuration


@given(st.binary(max_size=400))
def test_any_bytes(data: bytes) -> None:
    sound(check(data))


@given(st.lists(st.sampled_from(WORDS + VALUES * 8), max_size=120))
@settings(max_examples=150)
def test_known_words_in_any_order(words: list[str]) -> None:
    sound(check(" ".join(words)))


@given(st.integers(0, 2**32))
@settings(max_examples=150)
def test_mutated_files(seed: int) -> None:
    dice = random.Random(seed)
    data = bytearray(dice.choice(FILES))
    for _ in range(dice.randrange(1, 6)):
        at = dice.randrange(len(data))
        what = dice.randrange(4)
        if what == 0:
            del data[at : at + dice.randrange(1, 40)]
        elif what == 1:
            data[at:at] = dice.randbytes(dice.randrange(1, 4))
        elif what == 2:
            data[at:at] = dice.choice([b"{", b"}", b"\n", b'"', b"!", b" \\ ", b" $X ", b"}\n}", b'\n"open\n'])
        else:
            start = dice.randrange(len(data))
            data[at:at] = data[start : start + dice.randrange(1, 200)]
        if not data:
            data = bytearray(b"x")
    sound(check(bytes(data)))


def test_the_files_are_there() -> None:
    assert len(FILES) >= 10
    assert Path(FIXTURES, "tutorial", "lb1.conf").exists()
