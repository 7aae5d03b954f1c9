"""Lab: the same acts done to Debian's keepalived and to lvstui, in the same namespaces, measured the same way."""

from __future__ import annotations

import statistics
from collections.abc import Awaitable, Callable

from lvstui.lab.director import Daemon
from lvstui.lab.scenario import Measured, Report, StepResult, attempt, cleanup
from lvstui.lab.stage import Stage, StepFailed
from lvstui.lab.steps_vrrp import crash, down_file, graceful_stop, preempt_back

TOLERANCE_SECONDS = 0.3
ACTS: tuple[tuple[str, Callable[[Stage], Awaitable[Measured]]], ...] = (
    ("down_file", down_file),
    ("preempt_back", preempt_back),
    ("graceful_stop", graceful_stop),
    ("crash", crash),
)


async def compare(stage: Stage, report: Report, repeat: int = 1) -> bool:
    """Measure each act `repeat` times with each daemon; True if all medians differ by at most 0.3 s.

    A daemon that loses a request at a priority change is reported so; only lvstui's own loss is a failure.
    """
    times: dict[Daemon, dict[str, list[float]]] = {}
    verdict = True
    try:
        for daemon in (Daemon.KEEPALIVED, Daemon.LVSTUI):
            await _switch(stage, daemon)
            times[daemon] = {name: [] for name, _ in ACTS}
            for _ in range(repeat):
                for name, act in ACTS:
                    if name != "preempt_back":
                        await stage.settle()
                    result = await attempt(f"{name} {daemon}", act(stage))
                    report(result)
                    taken = result.measured.get("takeover_s")
                    if isinstance(taken, float):
                        times[daemon][name].append(taken)
                    verdict = verdict and (result.ok or daemon is Daemon.KEEPALIVED)
        for name, _ in ACTS:
            result = await attempt(f"compare {name}", difference(name, times))
            report(result)
            verdict = verdict and result.ok
    finally:
        result = await attempt("cleanup", cleanup(stage))
        report(result)
    return verdict and result.ok


async def _switch(stage: Stage, daemon: Daemon) -> None:
    """Run both directors with this daemon."""
    for director in stage.cluster.directors.values():
        await director.stop()
        director.daemon = daemon
    await stage.cluster.start_directors()
    await stage.settle()


async def difference(name: str, times: dict[Daemon, dict[str, list[float]]]) -> Measured:
    """Compare the medians of one act; StepFailed if they differ by more than TOLERANCE_SECONDS."""
    theirs, ours = times[Daemon.KEEPALIVED][name], times[Daemon.LVSTUI][name]
    measured: Measured = {"keepalived_s": theirs, "lvstui_s": ours}
    if not theirs or not ours:
        raise StepFailed("not measured with both", measured)
    difference = statistics.median(ours) - statistics.median(theirs)
    measured["difference_s"] = round(difference, 3)
    if abs(difference) > TOLERANCE_SECONDS:
        raise StepFailed(f"lvstui differs from keepalived by {difference:.2f} s", measured)
    return measured


__all__ = ["ACTS", "StepResult", "compare"]
