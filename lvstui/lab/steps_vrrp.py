"""Lab: the tutorial's steps about mastership: election, demotion and return, stop, crash."""

from __future__ import annotations

import asyncio
from pathlib import Path

from lvstui.lab.director import Daemon, Director
from lvstui.lab.handover import MARGIN_SECONDS, handover
from lvstui.lab.stage import Stage, StepFailed
from lvstui.lab.witness import address_change, advert_from

Measured = dict[str, object]
# keepalived runs a track script every second; it, and the way of its result, is waited for on top.
_SCRIPT_SECONDS = 2.0
OWNER = 255


async def election(stage: Stage) -> Measured:
    """The VIP, with its label, comes up on the director with the higher priority, and only there."""
    vip, master, backup = stage.plan.vip, stage.master, stage.backup
    limit = stage.master_down(master) + MARGIN_SECONDS + 2
    advert = await stage.cluster.witness.wait_for(advert_from(master.name, stage.plan.vrid), master.started_at, limit)
    if not advert:
        raise StepFailed(f"{master.name} sent no advert within {limit:.1f} s of its start: {master.last_words()}")
    added = address_change(master.name, vip.address, True)
    address = await stage.cluster.witness.wait_for(added, master.started_at, 1.0)
    await asyncio.sleep(0.5)
    first = advert.at - master.started_at
    held, other = await stage.vip_of(master), await stage.vip_of(backup)
    measured: Measured = {
        "master": master.name,
        "label": held.label if held else None,
        "first_advert_s": round(first, 3),
        "master_down_s": round(stage.master_down(master), 3),
        "start_overhead_s": round(first - stage.master_down(master), 3),
        "address_s": round(address.at - master.started_at, 3) if address else None,
        "memory_mb": {each.name: memory_megabytes(each) for each in stage.cluster.directors.values()},
        "plane": str(stage.plane),
    }
    if held is None or held.label != stage.plan.label:
        raise StepFailed(f"{vip} with label {stage.plan.label!r} is not on {master.name}", measured)
    if other is not None:
        raise StepFailed(f"{vip} is on {backup.name} as well", measured)
    return measured


async def down_file(stage: Stage) -> Measured:
    """The down file lowers the master's priority; the VIP goes to the backup, no request is lost."""
    if reason := _why_not_demoted(stage):
        return {"skipped": reason}
    touched = stage.cluster.down_file(stage.master.name)
    assert touched is not None

    async def act() -> None:
        touched.touch()

    return _lossless(await handover(stage, stage.backup, stage.master, act, seconds=_limit(stage, stage.backup)))


async def preempt_back(stage: Stage) -> Measured:
    """The down file goes away, and the master takes the VIP back."""
    if reason := _why_not_demoted(stage) or _why_no_return(stage):
        return {"skipped": reason}
    removed = stage.cluster.down_file(stage.master.name)
    assert removed is not None

    async def act() -> None:
        removed.unlink(missing_ok=True)

    return _lossless(await handover(stage, stage.master, stage.backup, act, seconds=_limit(stage, stage.master)))


async def slider(stage: Stage) -> Measured:
    """The operator's adjustment through the control socket does the same, and back."""
    if stage.master.daemon is not Daemon.LVSTUI:
        return {"skipped": f"{stage.master.name} is {stage.master.daemon}"}
    if reason := _why_never_demoted(stage):
        return {"skipped": reason}
    difference = stage.priority(stage.master) - stage.priority(stage.backup)
    adjustment = min(-2, -difference - 1)

    async def down() -> None:
        await _adjust(stage, adjustment)

    async def up() -> None:
        await _adjust(stage, 0)

    limit = _limit(stage, stage.backup)
    there = await handover(stage, stage.backup, stage.master, down, seconds=limit)
    if reason := _why_no_return(stage):
        await up()
        return {"adjustment": adjustment, **_lossless(there), "back": {"skipped": reason}}
    back = await handover(stage, stage.master, stage.backup, up, seconds=_limit(stage, stage.master))
    return {"adjustment": adjustment, **_lossless(there), "back": _lossless(back)}


async def graceful_stop(stage: Stage) -> Measured:
    """The master's daemon is told to stop: it says so (priority 0), and the backup takes over after its skew time."""

    async def act() -> None:
        stage.master.terminate()

    limit = stage.master_down(stage.backup) + MARGIN_SECONDS
    measured = await handover(stage, stage.backup, stage.master, act, seconds=limit)
    await stage.master.stop()
    resigned = advert_from(stage.master.name, stage.plan.vrid, priority=lambda value: value == 0)
    if not stage.cluster.witness.last(resigned):
        raise StepFailed(f"{stage.master.name} sent no advert with priority 0", measured)
    if left := stage.master.processes():
        raise StepFailed(f"{len(left)} processes of {stage.master.name} are left", measured)
    return measured


async def crash(stage: Stage) -> Measured:
    """All processes of the master are killed: the backup takes over when it has heard nothing for long enough."""
    limit = stage.master_down(stage.backup) + MARGIN_SECONDS
    return await handover(stage, stage.backup, stage.master, stage.master.kill, seconds=limit, loser_keeps=True)


def memory_megabytes(director: Director) -> float:
    """Return the resident memory of a director's processes, shared pages counted once (PSS), in megabytes."""
    kilobytes = 0
    for pid in director.processes():
        try:
            lines = Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines()
        except OSError:
            continue
        kilobytes += sum(int(line.split()[1]) for line in lines if line.startswith("Pss:"))
    return round(kilobytes / 1024, 1)


async def _adjust(stage: Stage, adjustment: int) -> None:
    instance = stage.instance(stage.master).name
    args = {"instance": instance, "adjustment": adjustment, "why": "lab scenario"}
    await stage.ask_director(stage.master, "priority", args)


def _limit(stage: Stage, winner: Director) -> float:
    return stage.master_down(winner) + _SCRIPT_SECONDS + MARGIN_SECONDS


def _lossless(measured: Measured) -> Measured:
    if measured["failed"]:
        raise StepFailed(f"a priority change lost {measured['failed']} requests", measured)
    return measured


def _why_not_demoted(stage: Stage) -> str:
    """Return why the down file does not move the VIP here, or ""."""
    if stage.cluster.down_file(stage.master.name) is None:
        return f"no track script of {stage.master.name} tests a file"
    instance = stage.instance(stage.master)
    drop = sum(abs(script.weight) for script in instance.track_scripts)
    zero = any(script.weight == 0 for script in instance.track_scripts)
    lowered = max(1, stage.priority(stage.master) - drop)
    if not zero and lowered >= stage.priority(stage.backup):
        return f"its script lowers {stage.master.name} to {lowered} only, {stage.backup.name} has less"
    return _why_never_demoted(stage)


def _why_never_demoted(stage: Stage) -> str:
    """Return why no priority moves the VIP here, or ""."""
    if stage.priority(stage.master) == OWNER:
        return f"{stage.master.name} owns the addresses: its priority never changes"
    return "" if stage.instance(stage.backup).preempt else f"{stage.backup.name} has nopreempt"


def _why_no_return(stage: Stage) -> str:
    return "" if stage.instance(stage.master).preempt else f"{stage.master.name} has nopreempt"
