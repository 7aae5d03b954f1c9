"""Words to typed values."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lvstui.config.diagnostics import Report
from lvstui.config.lexer import Word, split_line
from lvstui.config.schema import Keyword, address, boolean, choice, command, flag, integer, seconds, word
from lvstui.config.source import SourceLine
from lvstui.config.values import address_or_none, read_number, read_value


def read(row: Keyword, text: str) -> tuple[object | None, list[str]]:
    report = Report("f")
    (line,) = split_line(SourceLine("f", 1, f"key {text}"))
    return read_value(row, line, report), [found.code for found in report.diagnostics()]


@pytest.mark.parametrize(
    ("row", "text", "value", "codes"),
    [
        (flag(), "", True, []),
        (boolean(), "", True, []),
        (boolean(), "on", True, []),
        (boolean(), "no", False, []),
        (boolean(), "False", None, ["not-a-boolean"]),
        (integer(1, 9), "9", 9, []),
        (integer(1, 9), "+9", 9, []),
        (integer(1, 9), "10", None, ["out-of-range"]),
        (integer(1, 9), "-1", None, ["out-of-range"]),
        (integer(1, 9), "x", None, ["not-a-number"]),
        (integer(1, 9), "5x", 5, ["not-a-number"]),
        (integer(1, 9, strict=True), "5x", None, ["not-a-number"]),
        (integer(1, 9), "55x", None, ["not-a-number"]),
        (seconds(), "1.5", 1.5, []),
        (seconds(), ".5", 0.5, []),
        (seconds(), "2", 2.0, []),
        (seconds(), "0", None, ["out-of-range"]),
        (seconds(), "2s", 2.0, ["not-a-number"]),
        (seconds(), "1e3", 1.0, ["not-a-number"]),
        (word(), "a", "a", []),
        (choice("TCP", "UDP"), "tcp", "TCP", []),
        (choice("rr", "wrr"), "RR", None, ["unknown-value"]),
        (address(), "2001:DB8::1", "2001:db8::1", []),
        (address(), "1.2.3", None, ["bad-address"]),
        (command(), '"/bin/x a" root', '"/bin/x a" root', []),
    ],
)
def test_read_value(row: Keyword, text: str, value: object, codes: list[str]) -> None:
    assert read(row, text) == (value, codes)


def test_the_message_says_what_holds_instead() -> None:
    report = Report("f")
    (line,) = split_line(SourceLine("f", 1, "priority 300"))
    read_value(integer(1, 255, 100), line, report)
    assert "100 is used" in report.diagnostics()[0].message


@pytest.mark.parametrize("text", ["fe80::1%eth0", "10.0.0.01", "10.0.0.256", "", "1"])
def test_addresses_that_are_none(text: str) -> None:
    assert address_or_none(text) is None


@given(st.text(max_size=60))
def test_any_word_as_a_number(text: str) -> None:
    report = Report("f")
    number = read_number(integer(0, 100), Word(text, SourceLine("f", 1, text), 1), report)
    assert number is None or 0 <= number <= 100
