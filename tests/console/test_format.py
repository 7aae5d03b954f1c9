"""Ages and numbers as operators read them."""

from __future__ import annotations

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lvstui.console import format


@pytest.mark.parametrize(
    ("seconds", "text"),
    [
        (-3, "0s"),
        (0.9, "0s"),
        (59.9, "59s"),
        (60, "1m00s"),
        (252, "4m12s"),
        (3600, "1h00m"),
        (11100, "3h05m"),
        (187200, "2d04h"),
    ],
)
def test_age(seconds: float, text: str) -> None:
    assert format.age(seconds) == text


@pytest.mark.parametrize(
    ("seconds", "text"), [(-1, "0.0s"), (0.44, "0.4s"), (9.94, "9.9s"), (9.96, "9s"), (75, "1m15s")]
)
def test_short_age(seconds: float, text: str) -> None:
    assert format.short_age(seconds) == text


@pytest.mark.parametrize(
    ("seconds", "text"), [(0, "-"), (0.0004, "0.4ms"), (0.0123, "12ms"), (0.9996, "1.0s"), (2.5, "2.5s")]
)
def test_latency(seconds: float, text: str) -> None:
    assert format.latency(seconds) == text


@pytest.mark.parametrize(
    ("number", "text"),
    [(0, "0"), (99_999, "99999"), (123_456, "123k"), (999_600, "1.0M"), (4_500_000, "4.5M"), (12_000_000_000, "12.0G")],
)
def test_count(number: int, text: str) -> None:
    assert format.count(number) == text


@given(st.integers(0, 2**64))
def test_a_count_never_needs_more_than_five_cells(number: int) -> None:
    assert len(format.count(number)) <= 5


@given(st.floats(0, 360_000_000))
def test_an_age_never_needs_more_than_eight_cells(seconds: float) -> None:
    assert len(format.age(seconds)) <= 8


@pytest.mark.parametrize(("number", "text"), [(0, "0"), (5, "+5"), (-2, "-2")])
def test_signed(number: int, text: str) -> None:
    assert format.signed(number) == text


def test_memory() -> None:
    assert [format.memory(size) for size in (400_000, 31_400_000)] == ["0.4 MB", "31 MB"]


def test_times_of_day(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TZ", "UTC")
    time.tzset()
    assert format.clock(1_760_000_000) == "08:53:20"
    assert format.moment(1_760_000_000) == "2025-10-09 08:53:20"
    assert (format.clock(0), format.moment(0)) == ("--:--:--", "unknown")
    monkeypatch.undo()
    time.tzset()
