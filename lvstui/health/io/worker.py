"""Health, io: the worker: one task a checker, the pools, and the table that they want."""

from __future__ import annotations

import asyncio
import random
import time
from collections.abc import Callable, Iterable

from lvstui.health.checker import CheckerState
from lvstui.health.io.probe import probe
from lvstui.health.outcome import local
from lvstui.health.pool import Pool
from lvstui.health.verdict import Turn
from lvstui.model.check import AdminState, CheckerStatus, VirtualServerStatus
from lvstui.model.configuration import MiscChecker
from lvstui.model.endpoint import Endpoint, ServiceKey
from lvstui.model.event import Event
from lvstui.model.ipvs import Service
from lvstui.model.worker import Configure, Happened, Report, SetAdmin


def _nothing() -> None:
    """Nobody wants to know."""


class HealthWorker:
    """Runs all checkers of a configuration in the running loop.

    `send` gets an event each time a state changes, `wanted` the whole table whenever it changes and once at the
    start, before any probe; `on_change` is called when a status has changed (each probe does that). A predecessor's
    verdicts in `configure` are kept, so that its replacement changes no table.
    """

    def __init__(
        self,
        configure: Configure,
        send: Callable[[Report], None],
        wanted: Callable[[tuple[Service, ...]], None],
        on_change: Callable[[], None] = _nothing,
    ) -> None:
        self._send = send
        self._wanted = wanted
        self._on_change = on_change
        self._table: tuple[Service, ...] | None = None
        self._tasks: dict[int, asyncio.Task[None]] = {}
        now = time.monotonic()
        self._pools = {pool.key: pool for pool in _pools(configure, now)}
        self._checkers = [state for pool in self._pools.values() for state in _states(pool, now)]
        self._resumed = _resume(configure, self._pools, self._checkers, now)

    async def start(self) -> None:
        """Give the wanted table at once, then start checking."""
        now, wall = time.monotonic(), time.time()
        events: list[Event] = []
        for key, pool in self._pools.items():
            events += pool.settle(now, wall) if key in self._resumed else pool.begin(now, wall)
        self._publish(events)
        for state in self._checkers:
            if state.verdict.active:
                self._watch(state)

    async def stop(self) -> None:
        """End all checks; running scripts are killed. The table is left to whoever holds it."""
        tasks = list(self._tasks.values())
        self._tasks.clear()
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

    def set_admin(self, order: SetAdmin) -> bool:
        """Carry out an operator's decision; False: there is no such real server."""
        pool = self._pools.get(order.service)
        if pool is None or order.real_server not in pool.members:
            return False
        now, wall = time.monotonic(), time.time()
        before = pool.members[order.real_server].admin
        events = pool.set_admin(order.real_server, order.admin, now, wall)
        if AdminState.MAINT in (before, order.admin) and before is not order.admin:
            for state in self._of(pool, order.real_server):
                self._pause_or_go_on(state, order.admin is AdminState.MAINT, now)
        self._publish(events)
        return True

    def virtual_servers(self) -> tuple[VirtualServerStatus, ...]:
        """Return quorum and pool of each virtual server, in the order of the file."""
        return tuple(pool.status() for pool in self._pools.values())

    def checkers(self) -> tuple[CheckerStatus, ...]:
        """Return the state of each checker, in the order of the file."""
        return tuple(state.status() for state in self._checkers)

    def wanted_table(self) -> tuple[Service, ...]:
        """Return the table as it should be now."""
        return tuple(pool.service() for pool in self._pools.values())

    def _of(self, pool: Pool, server: Endpoint) -> list[CheckerState]:
        return [state for state in self._checkers if state.key == pool.key and state.server == server]

    def _pause_or_go_on(self, state: CheckerState, pause: bool, now: float) -> None:
        task = self._tasks.pop(id(state), None)
        if task is not None:
            task.cancel()
        if pause:
            state.verdict.pause(now)
        else:
            state.verdict.unpause(now)
            self._watch(state)

    def _watch(self, state: CheckerState) -> None:
        task = asyncio.get_running_loop().create_task(self._check_forever(state), name=f"check {state.target}")
        self._tasks[id(state)] = task
        task.add_done_callback(lambda ended: self._supervise(state, ended))

    def _supervise(self, state: CheckerState, ended: asyncio.Task[None]) -> None:
        """A checker's task never ends by itself: if it did, show it and go on with the next turn."""
        if ended.cancelled() or self._tasks.get(id(state)) is not ended:
            return
        error = ended.exception()
        ended.get_loop().call_exception_handler(
            {"message": "a checker's task ended", "exception": error, "task": ended}
        )
        now = time.monotonic()
        state.verdict.conclude(local(f"internal error: {error!r}"), now, now)
        self._on_change()
        self._watch(state)

    async def _check_forever(self, state: CheckerState) -> None:
        while True:
            # At least once through the loop, whatever the intervals: one checker cannot stop the others.
            await asyncio.sleep(max(0.0, state.verdict.next_at - time.monotonic()))
            started = time.monotonic()
            outcome = await probe(state.configured, state.verdict.step)
            now, wall = time.monotonic(), time.time()
            turn, events = state.conclude(outcome, started, now, wall)
            pool = self._pools[state.key]
            followed: list[Event] = list(events)
            if isinstance(state.configured, MiscChecker) and state.configured.dynamic and outcome.ok:
                followed += pool.set_wish(state.server, state.index, outcome.weight, now, wall)
            if turn is not Turn.NONE:
                up = all(one.verdict.up for one in self._of(pool, state.server))
                followed += pool.set_up(state.server, up, state.reason, now, wall)
            if followed:
                self._publish(followed)
            else:
                self._on_change()

    def _publish(self, events: Iterable[Event]) -> None:
        """The table first: it is what users feel."""
        table = self.wanted_table()
        if table != self._table:
            self._table = table
            self._wanted(table)
        for event in events:
            self._send(Happened(event))
        self._on_change()


def _pools(configure: Configure, now: float) -> Iterable[Pool]:
    for virtual_server in configure.configuration.virtual_servers:
        admin = {server: state for key, server, state in configure.admin if key == virtual_server.key}
        yield Pool(virtual_server, now, router_id=configure.configuration.settings.router_id, admin=admin)


def _states(pool: Pool, now: float) -> Iterable[CheckerState]:
    for member in pool.members.values():
        for index, checker in enumerate(member.configured.checkers):
            spread = random.uniform(0, checker.timing.warmup)
            state = CheckerState(pool.key, member.configured, index, now, spread)
            if member.admin is AdminState.MAINT:
                state.verdict.pause(now)
            yield state


def _resume(
    configure: Configure, pools: dict[ServiceKey, Pool], states: list[CheckerState], now: float
) -> frozenset[ServiceKey]:
    """Take over a predecessor's verdicts; return the keys of the pools that it knew."""
    reports = {
        (one.service, one.real_server, one.index, one.kind, one.target): one for one in configure.resume_checkers
    }
    for state in states:
        report = reports.get(state.identity)
        if report is not None and report.up is not None and state.verdict.active:
            spread = random.uniform(0, min(1.0, state.configured.timing.delay_loop))
            state.verdict.resume(
                up=report.up,
                code=report.code,
                detail=report.detail,
                since_at=report.since_at,
                next_at=report.next_at,
                now=now,
                spread=spread,
            )
    known = {status.key: status for status in configure.resume_servers}
    resumed = known.keys() & pools.keys()
    down = {(state.key, state.server) for state in states if not state.verdict.up}
    for key in resumed:
        ups = {
            endpoint: member.admin is not AdminState.MAINT and (key, endpoint) not in down
            for endpoint, member in pools[key].members.items()
        }
        pools[key].resume(known[key], ups)
    return frozenset(resumed)
