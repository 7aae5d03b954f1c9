"""The comparison with keepalived; run for real in tests/system."""

from __future__ import annotations

import pytest

from lvstui.lab.compare import TOLERANCE_SECONDS, difference
from lvstui.lab.director import Daemon
from lvstui.lab.stage import StepFailed


def times(theirs: list[float], ours: list[float]) -> dict[Daemon, dict[str, list[float]]]:
    return {Daemon.KEEPALIVED: {"crash": theirs}, Daemon.LVSTUI: {"crash": ours}}


async def test_medians_are_compared() -> None:
    measured = await difference("crash", times([3.6, 3.7, 9.0], [3.5, 3.8, 3.6]))
    assert measured["difference_s"] == -0.1


async def test_too_far_apart_fails() -> None:
    with pytest.raises(StepFailed, match=r"differs from keepalived by 0\.35 s") as failure:
        await difference("crash", times([3.6], [3.6 + TOLERANCE_SECONDS + 0.05]))
    assert failure.value.measured["lvstui_s"] == [3.6 + TOLERANCE_SECONDS + 0.05]


async def test_what_was_not_measured_is_no_success() -> None:
    with pytest.raises(StepFailed, match="not measured with both"):
        await difference("crash", times([], [3.6]))
