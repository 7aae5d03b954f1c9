"""Health: the verdict of one checker, keepalived's timing and retry rules without a clock.

As Debian's keepalived 2.2.7 was seen to do it:

- Without `alpha` a checker counts as up before its first probe. First probe 1 s + random(0..warmup) after start.
- Until the first success one failure is enough; later `retries` extra tries, `delay_before_retry` apart.
- Down: a probe each `delay_loop`, no retries. One success brings up.
- HTTP (`url_list`): one URL each `delay_loop`. A URL that failed is asked again until it is good; then the list
  starts from its first URL, and the checker is up when all of it has passed once. So a page that is back needs
  two good answers, `delay_loop` apart.
- The pause is counted from the end of the probe; for scripts (`from_start`) from the start of the last run.
"""

from __future__ import annotations

import math
from enum import Enum

from lvstui.health.outcome import Outcome
from lvstui.model.check import CheckCode
from lvstui.model.configuration import CheckTiming

FIRST_DELAY = 1.0


class Turn(Enum):
    """What a probe's outcome changed."""

    NONE = "none"
    UP = "up"
    DOWN = "down"


class Verdict:
    """The state of one checker.

    `up`: it counts as up for its real server; `known`: a probe has said so. `next_at`: when to probe (monotonic);
    `step`: which URL. `failures`: consecutive failed probes. All moments are seconds of the caller's clock.
    """

    def __init__(
        self,
        timing: CheckTiming,
        now: float,
        spread: float,
        *,
        alpha: bool = False,
        urls: int = 1,
        url_list: bool = False,
        from_start: bool = False,
    ) -> None:
        """Start at `now`; `spread` is the random part of the first delay, 0..timing.warmup."""
        self.timing = timing
        self.urls = max(1, urls)
        self.url_list = url_list
        self.from_start = from_start
        self.up = not alpha
        self.known = False
        self.code = CheckCode.INITIAL
        self.detail = ""
        self.latency = 0.0
        self.step = 0
        self.failures = 0
        self.last_at = 0.0
        self.since_at = now
        self.next_at = now + FIRST_DELAY + spread
        self._tries = 0
        self._proven = False
        self._url_failed = False

    def resume(
        self, *, up: bool, code: CheckCode, detail: str, since_at: float, next_at: float, now: float, spread: float
    ) -> None:
        """Take over a predecessor's verdict: it stays until probes say otherwise, with all retries.

        `next_at` is kept if it lies within the coming `delay_loop`, else the probe comes after `spread` seconds.
        """
        self.up, self.known, self.code, self.detail, self.since_at = up, True, code, detail, since_at
        self._proven = True
        in_time = now < next_at <= now + self.timing.delay_loop
        self.next_at = next_at if in_time else now + spread

    def pause(self, now: float) -> None:
        """Stop checking (maintenance): the verdict is unknown and does not count as up."""
        self._forget(now)
        self.code = CheckCode.UNCHECKED
        self.next_at = math.inf

    def unpause(self, now: float) -> None:
        """Check at once. A server back from maintenance has proved nothing: it is down until a good probe."""
        self._forget(now)
        self.code = CheckCode.INITIAL
        self.next_at = now

    @property
    def active(self) -> bool:
        """Whether it is being checked at all."""
        return self.next_at != math.inf

    def conclude(self, outcome: Outcome, started: float, now: float) -> Turn:
        """Take the outcome of the probe that ran from `started` to `now`; sets `next_at` and `step`."""
        self.code, self.detail, self.latency, self.last_at = outcome.code, outcome.detail, outcome.latency, now
        if outcome.ok is None:
            self._schedule(self.timing.delay_loop, started, now)
            return Turn.NONE
        turn = self._success(now) if outcome.ok else self._failure(now)
        retrying = not outcome.ok and self.up
        self._schedule(self.timing.delay_before_retry if retrying else self.timing.delay_loop, started, now)
        return turn

    def _success(self, now: float) -> Turn:
        self.failures = self._tries = 0
        self._proven = True
        if not self.url_list:
            return self._settle(True, now)
        if self._url_failed:
            self._url_failed = False
            self.step = 0
            return Turn.NONE
        self.step += 1
        if self.step < self.urls:
            return Turn.NONE
        self.step = 0
        return self._settle(True, now)

    def _failure(self, now: float) -> Turn:
        self.failures += 1
        self._url_failed = True
        if not self.up:
            return self._settle(False, now)
        self._tries += 1
        if self._proven and self._tries <= self.timing.retries:
            return Turn.NONE
        self._tries = 0
        return self._settle(False, now)

    def _settle(self, up: bool, now: float) -> Turn:
        changed = up != self.up
        if changed or not self.known:
            self.since_at = now
        self.up, self.known = up, True
        if not changed:
            return Turn.NONE
        return Turn.UP if up else Turn.DOWN

    def _schedule(self, pause: float, started: float, now: float) -> None:
        if not self.from_start:
            self.next_at = now + pause
            return
        if pause <= 0:
            self.next_at = now
            return
        # A script that ran longer than its interval misses whole turns, as keepalived's timer does.
        self.next_at = started + pause * max(1, math.ceil((now - started) / pause))

    def _forget(self, now: float) -> None:
        self.up = self.known = self._proven = self._url_failed = False
        self.failures = self._tries = self.step = 0
        self.detail = ""
        self.since_at = now
