"""What a probe found is harmless text."""

from __future__ import annotations

from lvstui.health.outcome import bad, good, local
from lvstui.model.check import CheckCode


def test_text_from_outside_is_cleaned() -> None:
    outcome = bad(CheckCode.L7STATUS, "503 \x1b[31mred\u202e")
    assert "\x1b" not in outcome.detail
    assert "\u202e" not in outcome.detail
    assert len(bad(CheckCode.L7STATUS, "x" * 5000).detail) <= 200


def test_three_kinds_of_outcome() -> None:
    assert good(CheckCode.L4OK).ok is True
    assert bad(CheckCode.L4TIMEOUT, "").ok is False
    assert local("no descriptors").ok is None
    assert local("no descriptors").code is CheckCode.CONFIGURATION


def test_the_time_it_took_is_added() -> None:
    assert good(CheckCode.L4OK, "connected").after(0.25).latency == 0.25
