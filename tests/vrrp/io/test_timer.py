"""The deadline timer: fires once, on time, and only for the newest arming."""

from __future__ import annotations

import asyncio
import time

import pytest

from lvstui.errors import MisuseError
from lvstui.vrrp.io.timer import DeadlineTimer


class Clock:
    """Records when the timer called."""

    def __init__(self) -> None:
        self.fired: list[float] = []
        self.timer = DeadlineTimer(asyncio.get_running_loop(), self.note)

    def note(self) -> None:
        self.fired.append(time.monotonic())


async def test_fires_once_and_never_early() -> None:
    clock = Clock()
    at = time.monotonic() + 0.03
    clock.timer.arm(at)
    await asyncio.sleep(0.2)
    clock.timer.close()
    assert len(clock.fired) == 1
    assert at <= clock.fired[0] < at + 0.1


@pytest.mark.parametrize("at", [0.0, -5.0, 1e-12])
async def test_a_past_moment_fires_at_once(at: float) -> None:
    clock = Clock()
    clock.timer.arm(at)
    await asyncio.sleep(0.05)
    clock.timer.close()
    assert len(clock.fired) == 1


async def test_arming_again_replaces_and_none_disarms() -> None:
    clock = Clock()
    clock.timer.arm(time.monotonic() + 0.01)
    clock.timer.arm(time.monotonic() + 0.06)
    await asyncio.sleep(0.03)
    assert clock.fired == []
    clock.timer.arm(None)
    await asyncio.sleep(0.06)
    assert clock.fired == []
    clock.timer.close()


async def test_an_expiry_that_the_loop_has_not_seen_is_forgotten_by_a_new_arming() -> None:
    clock = Clock()
    clock.timer.arm(0.0)
    time.sleep(0.005)  # noqa: ASYNC251 - the loop must not see the expiry yet
    later = time.monotonic() + 0.05
    clock.timer.arm(later)
    await asyncio.sleep(0.15)
    clock.timer.close()
    assert len(clock.fired) == 1
    assert clock.fired[0] >= later


async def test_far_moments_do_not_overflow_and_no_moment_is_refused() -> None:
    clock = Clock()
    clock.timer.arm(float("inf"))
    clock.timer.arm(1e300)
    with pytest.raises(MisuseError):
        clock.timer.arm(float("nan"))
    await asyncio.sleep(0.01)
    assert clock.fired == []
    clock.timer.close()


async def test_rearming_in_the_callback_keeps_a_steady_beat() -> None:
    loop = asyncio.get_running_loop()
    start = time.monotonic()
    late: list[float] = []

    def beat() -> None:
        due = start + 0.01 * (len(late) + 1)
        late.append(time.monotonic() - due)
        timer.arm(start + 0.01 * (len(late) + 1) if len(late) < 20 else None)

    timer = DeadlineTimer(loop, beat)
    timer.arm(start + 0.01)
    await asyncio.sleep(0.4)
    timer.close()
    assert len(late) == 20
    assert min(late) >= 0
    assert sorted(late)[10] < 0.02


async def test_closed_is_closed() -> None:
    clock = Clock()
    clock.timer.arm(0.0)
    clock.timer.close()
    clock.timer.close()
    await asyncio.sleep(0.02)
    assert clock.fired == []
    with pytest.raises(MisuseError):
        clock.timer.arm(None)
