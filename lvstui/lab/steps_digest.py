"""Lab: the tutorial's step about digests: a page that changes takes its real server out of the table."""

from __future__ import annotations

import asyncio
import re
import sys
from collections import Counter
from collections.abc import Mapping

from lvstui.lab.director import Daemon
from lvstui.lab.stage import Stage, StepFailed
from lvstui.lab.steps_servers import longest_round, names_of, out_of_table, web_of
from lvstui.model.configuration import HttpChecker, RealServer

Measured = dict[str, object]
CHANGED_PAGE = "This is {name} web page, changed\n"
_REAL_SERVER = re.compile(r"^\s*real_server\s+(\S+)\s+(\d+)")
_STATUS = re.compile(r"(?<!\S)status_code\s+[\d\s-]*\d")
_DIGEST = re.compile(r"MD5SUM = ([0-9a-f]{32})")


async def digest(stage: Stage) -> Measured:
    """Both directors run with digests; the first real server's page changes, and it leaves the table."""
    if stage.master.daemon is not Daemon.LVSTUI:
        return {"skipped": f"{stage.master.name} is {stage.master.daemon}"}
    victim = stage.plan.service.real_servers[0]
    checker = next((each for each in victim.checkers if isinstance(each, HttpChecker)), None)
    if checker is None:
        return {"skipped": f"{victim.endpoint} has no HTTP_GET"}
    measured: Measured = {}
    if not any(url.digest for url in checker.urls):
        measured["digests"] = await _run_with_digests(stage)
    web = web_of(stage, victim)
    wanted = {str(each.endpoint): each.weight for each in stage.plan.service.real_servers}

    async def all_in() -> bool:
        return await stage.weights(stage.master) == wanted

    # A first round of checks must have found the pages as the digests say.
    await stage.until(all_in, longest_round(victim), "the real servers do not serve with digests")
    await asyncio.sleep(_first_checks(victim))
    if not await all_in():
        raise StepFailed("a digest of lvstui genhash does not match its page", measured)
    web.page_file.write_text(CHANGED_PAGE.format(name=web.host.name))
    taken = await stage.until(
        lambda: out_of_table(stage, [victim]), longest_round(victim), f"{web.host.name} not removed"
    )
    answers = await stage.cluster.client.ask_times(10)
    measured |= {"removed_s": round(taken, 2), "answers": dict(Counter(answers))}
    if web.host.name in answers or set(answers) - set(names_of(stage)):
        raise StepFailed("requests fail or still go to the changed page", measured)
    web.page_file.write_text(web.host.page)
    return measured


def _first_checks(server: RealServer) -> float:
    """Return when the first round of checks is over (1 s after the start, and the warm-up) at the latest."""
    return min(max((each.timing.delay_loop for each in server.checkers), default=0.0), 10.0) + 1.0


async def _run_with_digests(stage: Stage) -> dict[str, str]:
    """Restart the directors with files that have digests: the pages' own, printed by `lvstui genhash`."""
    digests = {
        str(server.endpoint): await _genhash(stage, server)
        for server in stage.plan.service.real_servers
        if any(isinstance(checker, HttpChecker) for checker in server.checkers)
    }
    for director in stage.cluster.directors.values():
        if director.daemon is not Daemon.LVSTUI:
            continue
        await director.stop()
        changed = director.folder / "digest.conf"
        changed.write_text(with_digests(director.configuration.read_text("utf-8", "replace"), digests))
        director.configuration = changed
    await stage.cluster.start_directors()
    await stage.ready()
    limit = stage.master_down(stage.master) + 5

    async def well() -> bool:
        return await stage.vip_of(stage.master) is not None

    await stage.until(well, limit, f"{stage.master.name} does not become master with {stage.master.configuration}")
    return digests


async def _genhash(stage: Stage, server: RealServer) -> str:
    checker = next(each for each in server.checkers if isinstance(each, HttpChecker))
    argv = [sys.executable, "-m", "lvstui", "genhash", "-s", checker.endpoint.address]
    argv += ["-p", str(checker.endpoint.port), "-u", checker.urls[0].path]
    text = await stage.output(stage.master, argv)
    match = _DIGEST.search(text)
    if not match:
        raise StepFailed(f"lvstui genhash printed no digest: {text.strip()!r}")
    return match.group(1)


def with_digests(text: str, digests: Mapping[str, str]) -> str:
    """Return a configuration in which each real server's `status_code` has become the digest of its page."""
    current = ""
    lines = []
    for line in text.splitlines():
        if match := _REAL_SERVER.match(line):
            current = f"{match.group(1)}:{match.group(2)}"
        if current in digests:
            line = _STATUS.sub(f"digest {digests[current]}", line)
        lines.append(line)
    return "\n".join(lines) + "\n"
