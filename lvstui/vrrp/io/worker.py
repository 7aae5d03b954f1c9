"""The vrrp worker: instances, sockets, timer, scripts and addresses, wired together in one event loop.

Nothing else runs here: an advert is late by whatever else the loop does.
"""

from __future__ import annotations

import asyncio
import contextlib
import os
import time
from collections.abc import Callable, Collection

from lvstui.errors import MisuseError
from lvstui.model.configuration import VrrpInstance
from lvstui.model.event import Event
from lvstui.model.vrrp import InstanceStatus, PartKind, VrrpState
from lvstui.model.worker import Configure, Happened, Ready, Report, SetAdjustment, VrrpReport
from lvstui.vrrp.effects import Announce, Record
from lvstui.vrrp.instance import Instance
from lvstui.vrrp.io.addresses import Addresses
from lvstui.vrrp.io.agenda import Agenda
from lvstui.vrrp.io.arp import Announcer
from lvstui.vrrp.io.links import LinkWatcher
from lvstui.vrrp.io.router import VirtualRouter
from lvstui.vrrp.io.scripts import ScriptRunner
from lvstui.vrrp.io.surroundings import Surroundings
from lvstui.vrrp.io.timer import DeadlineTimer
from lvstui.vrrp.io.vips import PUT_BACK_PAUSE, VipKeeper
from lvstui.vrrp.io.wire import Wire
from lvstui.vrrp.tracking import ScriptVerdict

REPORT_INTERVAL = 1.0
PULSE_LOST_SECONDS = 3 * REPORT_INTERVAL


class VrrpWorker:
    """Runs the configured instances; `send` gets reports and events in the loop's thread."""

    def __init__(self, configure: Configure, send: Callable[[Report], None]) -> None:
        self._configure = configure
        self._send = send
        self._router_id = configure.configuration.settings.router_id or os.uname().nodename
        self._open = contextlib.ExitStack()
        self._routers: dict[str, VirtualRouter] = {}
        self._wires: dict[tuple[str, str], Wire] = {}
        self._vrids: dict[str, set[int]] = {}
        self._verdicts: dict[str, ScriptVerdict] = {}
        self._runners: list[ScriptRunner] = []
        self._agenda: Agenda[VirtualRouter] = Agenda(lambda router: router.instance.next_deadline())
        self._armed_at: float | None = None
        self._report_queued = False
        self._stopped = False
        self._pulse: asyncio.TimerHandle | None = None
        self._beat_at = time.monotonic()

    async def start(self) -> None:
        """Open everything and begin; KernelError if this process may not (rights), MisuseError if started twice."""
        if self._pulse is not None:
            raise MisuseError("the vrrp worker was started twice")
        self._loop = asyncio.get_running_loop()
        self._build()
        now = time.monotonic()
        self._surroundings.refresh(self._wires.values(), now)
        for router in self._routers.values():
            self._begin(router, now)
        for router in self._routers.values():
            if router.instance.state is not VrrpState.MASTER:
                self._vips.remove_residual(router.name, router.instance.vips)
        self._pulse = self._loop.call_later(REPORT_INTERVAL, self._beat)
        self._send(Ready())
        self._report()
        for runner in self._runners:
            await runner.start()

    def handle(self, order: SetAdjustment) -> None:
        """Carry out an operator's order; MisuseError if there is no such instance."""
        router = self._routers.get(order.instance)
        if router is None:
            raise MisuseError(f"no VRRP instance {order.instance!r}")
        router.perform(router.instance.set_adjustment(order.adjustment, time.monotonic()))
        self._after(router)

    def is_beating(self) -> bool:
        """Whether the last whole pulse (addresses looked at, report sent) is young; one that fails does not count."""
        return time.monotonic() - self._beat_at < PULSE_LOST_SECONDS

    async def stop(self) -> None:
        """Resign, remove the VIPs, end scripts, close sockets; may be called at any time, more than once."""
        now = time.monotonic()
        for router in self._routers.values():
            if router.instance.state is not VrrpState.INIT:
                router.perform(router.instance.shutdown(now))
            router.settle()
        if self._pulse is not None and not self._stopped:
            self._pulse.cancel()
            self._report()
        self._stopped = True
        await asyncio.gather(*(runner.stop() for runner in self._runners))
        self._open.close()
        self._routers.clear()
        self._runners.clear()

    # Building.

    def _build(self) -> None:
        addresses = Addresses()
        self._open.callback(addresses.close)
        announcer = Announcer()
        self._open.callback(announcer.close)
        links = LinkWatcher(self._loop, self._on_change)
        self._open.callback(links.close)
        self._timer = DeadlineTimer(self._loop, self._on_timer)
        self._open.callback(self._timer.close)
        configuration = self._configure.configuration
        vips = frozenset(vip.address for i in configuration.instances for vip in i.vips + i.excluded_vips)
        self._vips = VipKeeper(addresses, self._note)
        self._surroundings = Surroundings(links, addresses, vips, self._note, self._after)
        self._open.callback(self._close_wires)
        self._build_scripts()
        for settings in configuration.instances:
            self._build_router(settings, announcer)

    def _build_scripts(self) -> None:
        configuration = self._configure.configuration
        used = {tracked.name for instance in configuration.instances for tracked in instance.track_scripts}
        for script in configuration.scripts:
            if script.name in used:
                self._verdicts[script.name] = ScriptVerdict(script)
                self._runners.append(ScriptRunner(script, self._on_script))

    def _build_router(self, settings: VrrpInstance, announcer: Announcer) -> None:
        instance = Instance(settings, "", time.monotonic(), router_id=self._router_id)
        router = VirtualRouter(instance, self._vips, announcer, self._surroundings.link, self._note)
        source = settings.unicast_source or "0.0.0.0" if settings.unicast_peers else ""
        key = (settings.interface, source)
        if key not in self._wires:
            self._wires[key] = Wire(self._loop, settings.interface, source, self._after, self._configured)
        self._wires[key].routers[settings.vrid] = router
        self._vrids.setdefault(settings.interface, set()).add(settings.vrid)
        self._routers[settings.name] = router

    def _begin(self, router: VirtualRouter, now: float) -> None:
        instance = router.instance
        instance.set_adjustment(self._configure.adjustments.get(router.name, 0), now)
        previous = self._predecessor(instance.settings)
        if previous is not None:
            instance.restore(previous)
            self._restore_verdicts(previous)
        for name, verdict in self._verdicts.items():
            if verdict.ok is not None:
                router.perform(instance.set_tracker(PartKind.SCRIPT, name, verdict.ok, verdict.detail, now))
        resumes = previous is not None and previous.state is VrrpState.MASTER
        router.perform(instance.resume_master(now) if resumes else instance.start(now))
        self._after(router)

    def _predecessor(self, settings: VrrpInstance) -> InstanceStatus | None:
        place = (settings.name, settings.vrid, settings.interface)
        found = (s for s in self._configure.resume_instances if (s.name, s.vrid, s.interface) == place)
        return next(found, None)

    def _restore_verdicts(self, previous: InstanceStatus) -> None:
        for part in previous.parts:
            verdict = self._verdicts.get(part.name) if part.kind is PartKind.SCRIPT else None
            if verdict is not None and part.ok is not None:
                verdict.restore(part.ok, part.detail)

    def _configured(self, interface: str) -> Collection[int]:
        return self._vrids[interface]

    def _close_wires(self) -> None:
        for wire in self._wires.values():
            wire.close()

    # What happens.

    def _on_timer(self) -> None:
        self._armed_at = None
        # Adverts that wait in the sockets are read first (they are ready in this very turn of the loop): a process
        # that was late itself must not take its master for dead (V-101).
        self._loop.call_soon(self._run_due)

    def _run_due(self) -> None:
        now = time.monotonic()
        for router in self._agenda.due(now):
            router.perform(router.instance.handle_timer(now))
            self._after(router)
        self._arm()

    def _on_script(self, name: str, ok: bool, detail: str) -> None:
        now = time.monotonic()
        verdict = self._verdicts[name]
        for record in verdict.result(ok, detail):
            self._note(name, record)
        if verdict.ok is None:
            return
        for router in self._routers.values():
            router.perform(router.instance.set_tracker(PartKind.SCRIPT, name, verdict.ok, verdict.detail, now))
            self._after(router)

    def _on_change(self) -> None:
        """Links or addresses are not what they were: read them again, put back what is missing."""
        now = time.monotonic()
        self._surroundings.refresh(self._wires.values(), now)
        self._vips.forget()
        for router in self._routers.values():
            if router.instance.state is VrrpState.MASTER:
                self._put_back(router, now)
        self._queue_report()

    def _put_back(self, router: VirtualRouter, now: float) -> None:
        missing = self._vips.missing(router.instance.vips, now)
        if missing:
            self._vips.put_back(router.name, missing, now)
            router.perform([Announce(missing, router.instance.settings.garp.master_repeat)])
        elif self._vips.missing(router.instance.vips, now + PUT_BACK_PAUSE):
            self._loop.call_later(PUT_BACK_PAUSE, self._on_change)

    # After what happened.

    def _after(self, router: VirtualRouter) -> None:
        """A router may have moved its deadline or its state."""
        self._agenda.update(router)
        self._arm()
        if router.instance.revision != router.reported_revision:
            self._queue_report()

    def _arm(self) -> None:
        at = self._agenda.next_at()
        if at != self._armed_at:
            self._armed_at = at
            self._timer.arm(at)

    def _note(self, subject: str, record: Record) -> None:
        event = Event(
            time=time.time(),
            at=time.monotonic(),
            kind=record.kind,
            severity=record.severity,
            subject=subject,
            text=record.text,
            reason=record.reason,
            mail_subject=record.mail_subject,
        )
        self._send(Happened(event))

    def _queue_report(self) -> None:
        if not self._report_queued and not self._stopped:
            self._report_queued = True
            self._loop.call_soon(self._report)

    def _beat(self) -> None:
        self._pulse = self._loop.call_later(REPORT_INTERVAL, self._beat)
        self._vips.forget()
        for router in self._routers.values():
            if router.instance.state is VrrpState.MASTER:
                self._vips.retry(router.name, router.instance.vips)
        self._report()
        self._beat_at = time.monotonic()

    def _report(self) -> None:
        self._report_queued = False
        if self._stopped:
            return
        now, wall = time.monotonic(), time.time()
        statuses = []
        for router in self._routers.values():
            router.reported_revision = router.instance.revision
            statuses.append(router.instance.status(now, wall, self._vips.statuses(router.instance.vips)))
        self._send(VrrpReport(tuple(statuses)))
