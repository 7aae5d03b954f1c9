"""Lab: a scenario: steps one after another, each verified from outside, and a verdict."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from typing import NamedTuple

import msgspec

from lvstui.errors import LvstuiError
from lvstui.lab.namespace import existing, processes_in
from lvstui.lab.process import start_time
from lvstui.lab.stage import Stage, StepFailed
from lvstui.lab.steps_digest import digest
from lvstui.lab.steps_servers import both_down, drain, round_robin, rs1_down, rs_back, table
from lvstui.lab.steps_vrrp import crash, down_file, election, graceful_stop, preempt_back, slider

Measured = dict[str, object]
Walk = Callable[[Stage], Awaitable[Measured]]


class Step(NamedTuple):
    """A step. `well`: it begins when the master has the VIP and all is mended. `table`: it needs the master's table."""

    name: str
    walk: Walk
    well: bool = False
    table: bool = False


# The tutorial's own order.
TUTORIAL = (
    Step("election", election),
    Step("table", table, table=True),
    Step("round_robin", round_robin, table=True),
    Step("down_file", down_file, well=True),
    Step("preempt_back", preempt_back),
    Step("slider", slider, well=True),
    Step("rs1_down", rs1_down, well=True, table=True),
    Step("both_down", both_down, table=True),
    Step("rs_back", rs_back, table=True),
    Step("drain", drain, well=True, table=True),
    Step("digest", digest, well=True, table=True),
    Step("graceful_stop", graceful_stop, well=True),
    Step("crash", crash, well=True),
)


class StepResult(msgspec.Struct, frozen=True, omit_defaults=True):
    """What a step came to: `reason` says why it is not ok."""

    step: str
    ok: bool
    measured: Measured
    reason: str = ""


Report = Callable[[StepResult], None]


async def run(stage: Stage, report: Report, steps: Sequence[Step] = TUTORIAL) -> bool:
    """Run the steps and at last `cleanup`, which closes the cluster; True if all were ok.

    A failed step does not stop those after it.
    """
    verdict = True
    try:
        for step in steps:
            if step.well:
                await stage.settle()
            lacking = step.table and not stage.has_table(stage.master)
            result = await attempt(step.name, _no_table(stage) if lacking else step.walk(stage))
            report(result)
            verdict = verdict and result.ok
    finally:
        result = await attempt("cleanup", cleanup(stage))
        report(result)
    return verdict and result.ok


async def _no_table(stage: Stage) -> Measured:
    return {"skipped": f"{stage.master.daemon} has no table without the kernel's IPVS"}


async def attempt(name: str, step: Awaitable[Measured]) -> StepResult:
    """Run one step; whatever it meets on its way is its reason for failing."""
    begin = asyncio.get_running_loop().time()
    try:
        measured = await step
        reason = ""
    except StepFailed as failure:
        measured, reason = failure.measured, str(failure)
    except (LvstuiError, OSError, TimeoutError, ValueError, LookupError, AssertionError) as failure:
        measured, reason = {}, f"{type(failure).__name__}: {failure}"
    took = round(asyncio.get_running_loop().time() - begin, 2)
    return StepResult(name, not reason, {**measured, "step_s": took}, reason)


async def cleanup(stage: Stage) -> Measured:
    """Remove the lab, then look for what is left: namespaces (and with them addresses), processes, files."""
    cluster = stage.cluster
    prefix = f"{cluster.run.prefix}-"
    before = {pid: start_time(pid) for pid in (*processes_in(existing(prefix)), *cluster.own_processes())}
    begin = stage.now
    await cluster.close()
    left = [pid for pid, started in before.items() if started and start_time(pid) == started]
    measured: Measured = {
        "seconds": round(stage.now - begin, 2),
        "processes_ended": len(before) - len(left),
        "namespaces_left": list(existing(prefix)),
        "processes_left": left,
        "files_left": cluster.run.directory.exists(),
    }
    if measured["namespaces_left"] or left or measured["files_left"]:
        raise StepFailed("something is left", measured)
    return measured
