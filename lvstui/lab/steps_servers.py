"""Lab: the tutorial's steps about the table and the real servers: rr, failures, sorry page, drain, digest."""

from __future__ import annotations

import asyncio
from collections import Counter

from lvstui.lab import listing
from lvstui.lab.client import SlowAnswer
from lvstui.lab.cluster import Web
from lvstui.lab.director import Daemon, Director
from lvstui.lab.stage import Stage, StepFailed
from lvstui.model.configuration import CheckTiming, PingChecker, RealServer
from lvstui.model.ipvs import Plane

Measured = dict[str, object]
_QUIET_SECONDS = 2.0
_SLOW_SECONDS = 4.0
_GRACE_SECONDS = 5.0
_DRAIN_SECONDS = 1.0
_LONGEST_SECONDS = 150.0


async def table(stage: Stage) -> Measured:
    """Both directors have the whole table, printed as ipvsadm prints it; with a kernel, by ipvsadm itself."""
    measured: Measured = {}
    wanted = {str(each.endpoint): each.weight for each in stage.plan.service.real_servers}
    place = str(stage.plan.service.key.endpoint)
    for director in (stage.master, stage.backup):
        if not stage.has_table(director):
            measured[director.name] = f"{director.daemon} has no table without the kernel's IPVS"
            continue
        text = await _listing(stage, director, measured)
        measured[director.name] = text.splitlines()
        services = listing.parse(text)
        service = next((each for each in services if each.place == place), None)
        if service is None or service.scheduler != stage.plan.service.scheduler:
            raise StepFailed(f"{director.name}: no {stage.plan.service.scheduler} service at {place}", measured)
        found = {each.place: each.weight for each in service.destinations}
        if found != wanted:
            raise StepFailed(f"{director.name}: {found} instead of {wanted}", measured)
        methods = {each.place: each.forwarding for each in service.destinations}
        if any(methods[str(each.endpoint)] != each.forwarding for each in stage.plan.service.real_servers):
            raise StepFailed(f"{director.name}: forwarding methods are not as configured: {methods}", measured)
    return measured


async def _listing(stage: Stage, director: Director, measured: Measured) -> str:
    """Return the listing; where both tools can print it, they must print the same, byte for byte."""
    if stage.plane is not Plane.KERNEL:
        return await stage.lvstui_table(director)
    real = await stage.ipvsadm(director)
    if director.daemon is not Daemon.LVSTUI:
        return real
    for _ in range(3):  # connections end in between
        ours = await stage.lvstui_table(director)
        real = await stage.ipvsadm(director)
        if ours == real:
            measured[f"{director.name}_ipvsadm_equal"] = True
            return real
        await asyncio.sleep(0.3)
    raise StepFailed(f"{director.name}: lvstui table -n differs from ipvsadm -Ln", {"lvstui": ours, "ipvsadm": real})


async def round_robin(stage: Stage) -> Measured:
    """Requests one after another: rr gives each real server its turn, whatever the weights."""
    names = names_of(stage)
    times = 5 * len(names)
    answers = await stage.cluster.client.ask_times(times)
    measured: Measured = {"requests": times, "answers": dict(Counter(answers)), "order": answers}
    if set(answers) - set(names):
        raise StepFailed("not every request was answered by a real server", measured)
    if stage.plan.service.scheduler == "rr" and stage.plan.service.persistence_timeout == 0:
        if any(answers.count(name) != 5 for name in names):
            raise StepFailed(f"not 5 requests for each of {', '.join(names)}", measured)
        if any(answers[place] != answers[place + len(names)] for place in range(times - len(names))):
            raise StepFailed("the real servers do not take turns", measured)
    return measured


async def rs1_down(stage: Stage) -> Measured:
    """The first real server's web server stops: it leaves the table, and no request fails after that."""
    victim = next((each for each in stage.plan.service.real_servers if each.checkers), None)
    if victim is None:
        return {"skipped": "no real server has a checker, so that none is ever removed"}
    web = web_of(stage, victim)
    client = stage.cluster.client
    client.ask_every()
    try:
        await asyncio.sleep(0.2)
        begin = stage.now
        await take_down(stage, victim)
        removed = await stage.until(
            lambda: out_of_table(stage, [victim]), longest_round(victim), f"{web.host.name} not removed"
        )
        removed_at = stage.now
        await asyncio.sleep(_QUIET_SECONDS)
    finally:
        await client.quiet()
    before, after = client.tally.since(begin, removed_at), client.tally.since(removed_at)
    measured: Measured = {
        "removed_s": round(removed, 2),
        "failed_before": before.failed,
        "asked_again_before": before.asked_again,
        "requests_after": after.requests,
        "failed_after": after.failed + after.asked_again,
        "answers_after": after.answers,
        "longest_expected_s": round(longest_round(victim) - _GRACE_SECONDS, 1),
    }
    if measured["failed_after"] or web.host.name in after.answers or not after.requests:
        raise StepFailed(f"requests fail or go to {web.host.name} although it is removed", measured)
    return measured


async def both_down(stage: Stage) -> Measured:
    """All real servers are down: the sorry server answers."""
    sorry = stage.plan.service.sorry_server
    if sorry is None:
        return {"skipped": "no sorry_server"}
    if unchecked := [str(each.endpoint) for each in stage.plan.service.real_servers if not each.checkers]:
        return {"skipped": f"{', '.join(unchecked)} has no checker and always counts as up"}
    begin = stage.now
    for each in stage.plan.service.real_servers:
        await take_down(stage, each)
    longest = max(longest_round(each) for each in stage.plan.service.real_servers)

    async def sorry_page() -> bool:
        return (await stage.cluster.client.ask()).startswith("sorry-")

    await stage.until(sorry_page, longest, "no sorry page")
    measured: Measured = {"sorry_s": round(stage.now - begin, 2)}
    answers = await stage.cluster.client.ask_times(10)
    measured["answers"] = dict(Counter(answers))
    if any(not answer.startswith("sorry-") for answer in answers):
        raise StepFailed("not every request got the sorry page", measured)
    if sorry.address.startswith("127.") and set(answers) != {f"sorry-{stage.master.name}"}:
        raise StepFailed(f"the sorry page is not {stage.master.name}'s", measured)
    return measured


async def rs_back(stage: Stage) -> Measured:
    """The web servers start again: the real servers return with their weights, the sorry server goes."""
    servers = stage.plan.service.real_servers
    for each in servers:
        await bring_up(stage, each)
    wanted = {str(each.endpoint): each.weight for each in servers}

    async def back() -> bool:
        return await stage.weights(stage.master) == wanted

    longest = max(longest_round(each) for each in servers)
    measured: Measured = {"back_s": round(await stage.until(back, longest, "the real servers are not back"), 2)}
    if stage.has_table(stage.backup):

        async def back_there() -> bool:
            return await stage.weights(stage.backup) == wanted

        await stage.until(back_there, longest, f"the real servers are not back on {stage.backup.name}")
    return {**measured, **await round_robin(stage)}


async def drain(stage: Stage) -> Measured:
    """A drained real server gets no new request, and what it is busy with comes to its end."""
    if stage.master.daemon is not Daemon.LVSTUI:
        return {"skipped": f"{stage.master.name} is {stage.master.daemon}"}
    if len(stage.plan.service.real_servers) < 2:
        return {"skipped": "a single real server cannot be drained without an outage"}
    persistent = stage.plan.service.persistence_timeout > 0
    if persistent and stage.plane is Plane.KERNEL:
        return {"skipped": "persistent: the kernel keeps a client on its server unless expire_quiescent_template=1"}
    drained = await _server_of_client(stage) if persistent else stage.plan.service.real_servers[0]
    name = web_of(stage, drained).host.name
    slow = await _slow_on(stage, name)
    try:
        await _set_state(stage, drained, "drain")
        taken = await stage.until(lambda: out_of_table(stage, [drained]), _DRAIN_SECONDS, f"{name} keeps its weight")
        answers = await stage.cluster.client.ask_times(10)
        weights = await stage.weights(stage.master)
        lines = await slow.lines(_SLOW_SECONDS + 3)
    finally:
        slow.close()
        await _set_state(stage, drained, "ready")
    measured: Measured = {
        "answers": dict(Counter(answers)),
        "weight": weights.get(str(drained.endpoint)),
        "drained_s": taken,
        "long_request_lines": lines,
        "long_request_expected": round(_SLOW_SECONDS * 10),
    }
    if set(answers) - set(names_of(stage)) or name in answers:
        raise StepFailed(f"new requests fail or still go to {name}", measured)
    if measured["weight"] != 0:
        raise StepFailed(f"the weight of {name} is not 0", measured)
    if lines != round(_SLOW_SECONDS * 10):
        raise StepFailed("the long request was cut off", measured)
    wanted = {str(each.endpoint): each.weight for each in stage.plan.service.real_servers}

    async def restored() -> bool:
        return await stage.weights(stage.master) == wanted

    await stage.until(restored, _DRAIN_SECONDS, f"{name} does not get its weight back")
    return {**measured, "after": (await round_robin(stage))["answers"]}


async def _server_of_client(stage: Stage) -> RealServer:
    """Return the real server that a persistent service has chosen for the client."""
    name = await stage.cluster.client.ask()
    for server in stage.plan.service.real_servers:
        if web_of(stage, server).host.name == name:
            return server
    raise StepFailed(f"{name} is no real server")


async def _slow_on(stage: Stage, name: str) -> SlowAnswer:
    """Begin long requests until one is answered by the real server `name`."""
    for _ in range(4 * len(names_of(stage))):
        slow = await stage.cluster.client.open_slow(_SLOW_SECONDS)
        if await slow.server() == name:
            return slow
        slow.close()
    raise StepFailed(f"no request reaches {name}")


async def _set_state(stage: Stage, server: RealServer, state: str) -> None:
    args = {
        "service": str(stage.plan.service.key),
        "real_server": str(server.endpoint),
        "state": state,
        "why": "lab scenario",
    }
    await stage.ask_director(stage.master, "server.state", args)


async def out_of_table(stage: Stage, servers: list[RealServer]) -> bool:
    """Whether the master gives none of these real servers a new connection."""
    weights = await stage.weights(stage.master)
    return all(not weights.get(str(each.endpoint)) for each in servers)


def names_of(stage: Stage) -> list[str]:
    """Return the names of the service's real servers, in the file's order."""
    return [web_of(stage, each).host.name for each in stage.plan.service.real_servers]


def web_of(stage: Stage, server: RealServer) -> Web:
    """Return the web server of a real server."""
    address = server.endpoint.address
    for web in stage.cluster.webs.values():
        if any(each.partition("/")[0] == address for each in web.host.addresses):
            return web
    raise StepFailed(f"the real server {server.endpoint} is not one of the lab's hosts")


async def take_down(stage: Stage, server: RealServer) -> None:
    """Break a real server so that its checkers notice: the web server ends; where only pings look, the cable is cut."""
    web = web_of(stage, server)
    if all(isinstance(checker, PingChecker) for checker in server.checkers):
        await stage.faults.link(web.host.name, "cut")
    await web.stop()


async def bring_up(stage: Stage, server: RealServer) -> None:
    """Mend what `take_down` broke."""
    web = web_of(stage, server)
    await stage.faults.link(web.host.name, "mend")
    web.start()


def longest_round(server: RealServer) -> float:
    """Return how long a checker may take to notice, plus a grace: a whole loop, then each retry with its time-out."""
    bounds = [_round(checker.timing) for checker in server.checkers]
    return min(max(bounds, default=0.0), _LONGEST_SECONDS) + _GRACE_SECONDS


def _round(timing: CheckTiming) -> float:
    return (
        timing.delay_loop
        + timing.connect_timeout
        + timing.retries * (timing.delay_before_retry + timing.connect_timeout)
    )
