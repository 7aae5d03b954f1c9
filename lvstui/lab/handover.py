"""Lab: one change of master, measured from outside: on the wire, in both kernels, and at the client."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable

from lvstui.lab.capture import GratuitousArp
from lvstui.lab.director import Director
from lvstui.lab.stage import Stage, StepFailed
from lvstui.lab.witness import Sighting, address_change, advert_from

LEAD_SECONDS = 0.3
TAIL_SECONDS = 0.4
MARGIN_SECONDS = 2.5

Act = Callable[[], Awaitable[object]]


async def handover(
    stage: Stage, winner: Director, loser: Director, act: Act, *, seconds: float, loser_keeps: bool = False
) -> dict[str, object]:
    """Do `act` right after an advert of `loser`, wait for `winner` to take over, and return what was seen.

    The moment is chosen so that runs, and daemons, are comparable: the time to a takeover depends on the time
    since the last advert. `seconds`: when to give up. `loser_keeps`: it was killed, its kernel keeps the VIP.
    """
    plan, witness, client = stage.plan, stage.cluster.witness, stage.cluster.client
    client.ask_every()
    try:
        await asyncio.sleep(LEAD_SECONDS)
        if not await witness.wait_for(advert_from(loser.name, plan.vrid), stage.now, 5.0):
            raise StepFailed(f"{loser.name} sends no adverts, so there is nothing to take over")
        since = stage.now
        await act()
        advert = await witness.wait_for(advert_from(winner.name, plan.vrid), since, seconds)
        if not advert:
            raise StepFailed(f"{winner.name} did not take over within {seconds:.1f} s", {"waited_s": round(seconds, 1)})
        address = await witness.wait_for(address_change(winner.name, plan.vip.address, True), since, 1.0)
        if not loser_keeps:
            await witness.wait_for(address_change(loser.name, plan.vip.address, False), since, 1.0)
        await asyncio.sleep(TAIL_SECONDS)
        end = stage.now
    finally:
        await client.quiet()
    measured = _measured(stage, winner, loser, since, advert, address, end)
    await _verify(stage, winner, loser, loser_keeps, measured)
    return measured


def _measured(
    stage: Stage,
    winner: Director,
    loser: Director,
    since: float,
    advert: Sighting,
    address: Sighting | None,
    end: float,
) -> dict[str, object]:
    plan, witness = stage.plan, stage.cluster.witness
    # Adverts that the winner still bows to set its timer back; lower ones do not (RFC 9568 6.4.2).
    own = stage.priority(winner)
    last = witness.last(advert_from(loser.name, plan.vrid, priority=lambda value: value >= own), advert.at)
    lost = witness.first(address_change(loser.name, plan.vip.address, False), since)
    arp = witness.first(lambda seen: _announces(seen, winner.name, plan.vip.address), advert.at)
    window = stage.cluster.client.tally.since(since, end)
    return {
        "takeover_s": round(advert.at - since, 3),
        "address_s": round(address.at - since, 3) if address else None,
        "since_last_advert_s": round(advert.at - last.at, 3) if last else None,
        "old_address_gone_s": round(lost.at - since, 3) if lost else None,
        "garp_ms_after_advert": round((arp.at - advert.at) * 1000, 1) if arp else None,
        "gap_ms": window.gap_ms,
        "requests": window.requests,
        "failed": window.failed,
        "failures": window.failures,
        "asked_again": window.asked_again,
        "slowest_ms": window.slowest_ms,
        "answers": window.answers,
    }


async def _verify(
    stage: Stage, winner: Director, loser: Director, loser_keeps: bool, measured: dict[str, object]
) -> None:
    vip = stage.plan.vip
    held = await stage.vip_of(winner)
    if held is None:
        raise StepFailed(f"{winner.name} advertises, but its kernel does not hold {vip}", measured)
    if held.label != stage.plan.label:
        raise StepFailed(f"{vip} on {winner.name} has the label {held.label!r}, not {stage.plan.label!r}", measured)
    if not loser_keeps and await stage.vip_of(loser) is not None:
        raise StepFailed(f"{vip} is still on {loser.name} as well", measured)
    if measured["garp_ms_after_advert"] is None:
        raise StepFailed(f"{winner.name} sent no gratuitous ARP for {vip}", measured)


def _announces(seen: Sighting, host: str, address: str) -> bool:
    return isinstance(seen.what, GratuitousArp) and (seen.host, seen.what.address) == (host, address)
