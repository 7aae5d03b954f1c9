"""Engine: the parent at work: children, state tree, socket, log and mail, from the first beat to an orderly end."""

from __future__ import annotations

import asyncio
import os
import signal
import socket
import time
from pathlib import Path

from lvstui import __version__
from lvstui.control.server import Server
from lvstui.engine.commands import Commands
from lvstui.engine.keeper import Keeper
from lvstui.engine.leftovers import withdraw_vips
from lvstui.engine.log import EventLog
from lvstui.engine.mail import Mailer
from lvstui.engine.resume import configure_child
from lvstui.engine.spawn import Process, pss_bytes
from lvstui.engine.state import State
from lvstui.engine.supervisor import HEALTH, MEMORY_SECONDS, VRRP, Supervisor
from lvstui.errors import KernelError, LvstuiError
from lvstui.model.configuration import Configuration
from lvstui.model.event import Event, EventKind, Severity
from lvstui.model.ipvs import Plane, Table
from lvstui.model.snapshot import ProcessStatus
from lvstui.model.worker import Configure, Happened, HealthReport, Ready, Report, VrrpReport

CANNOT_RUN = 4


class Engine:
    """One running engine. `plane` None: the health process chooses. `keep`: descriptors that children inherit."""

    def __init__(
        self,
        configuration: Configuration,
        socket_path: Path,
        *,
        plane: Plane | None = None,
        log: EventLog,
        keep: tuple[int, ...] = (),
    ) -> None:
        self._plane = plane
        self._log = log
        self._started_at = time.monotonic()
        self._stop = asyncio.Event()
        self._status = 0
        self._memory = 0
        self._ready: set[str] = set()
        self.state = State(configuration, socket.gethostname(), time.time())
        self._mailer = Mailer(configuration.settings, self.record)
        kinds = [VRRP] if configuration.instances else []
        kinds += [HEALTH] if configuration.virtual_servers else []
        self._keepers = tuple(Keeper(kind, self, keep) for kind in kinds)
        self._supervisor = Supervisor(self._keepers)
        commands = Commands(self.state, self._supervisor.send, self.record, self.stop, self._fresh_table)
        self._server = Server(socket_path, commands.handle, self._picture, generation=lambda: self.state.generation)

    async def serve(self, processes: dict[str, Process]) -> int:
        """Run until stopped; `processes` are children started already. Returns the exit status.

        AlreadyRunning or ControlError if the socket cannot be had; nothing is touched then.
        """
        self._handle_signals()
        await self._server.start()
        for keeper in self._keepers:
            keeper.launch(processes.pop(keeper.kind.name, None))
        for name in tuple(processes):
            self._dismiss(processes.pop(name))
        self._supervisor.start()
        self._tell(Severity.INFO, "engine", f"Starting lvstui v{__version__} ({self.state.configuration.path})", "")
        measuring = asyncio.get_running_loop().create_task(self._measure())
        await self._stop.wait()
        measuring.cancel()
        await self._shut_down()
        return self._status

    def warn(self, warnings: tuple[str, ...]) -> None:
        """Keep what is to be said of the configuration."""
        self.state.warnings = warnings
        for text in warnings:
            self._tell(Severity.WARNING, "configuration", text, "", EventKind.CONFIGURATION)

    def stop(self, reason: str, status: int = 0) -> None:
        """Begin the orderly end."""
        if not self._stop.is_set():
            self._tell(Severity.NOTICE, "engine", "Stopping", reason)
            self._status = status
            self._stop.set()

    def record(self, event: Event) -> None:
        """Let an event be known: history, log, mail, screens."""
        self.state.happened(event)
        self._log.write(event)
        self._mailer.offer(event)
        self._server.changed()

    def configure(self, name: str, alive_at: float | None) -> Configure:
        """Return what a child is told first."""
        return configure_child(self.state, self._plane, name, alive_at, time.monotonic())

    def report(self, name: str, report: Report) -> None:
        """Take in what a child reports."""
        now = time.monotonic()
        match report:
            case VrrpReport():
                self.state.take_vrrp(report, now)
            case HealthReport():
                self.state.take_health(report, now)
            case Happened(event=event):
                self.record(event)
            case Ready():
                self._ready.add(name)
        self._server.changed()

    def process_event(self, name: str, severity: Severity, text: str, reason: str) -> None:
        """Let it be known what happened to a child."""
        self._tell(severity, name, text, reason)

    def unattended(self, name: str) -> None:
        """No child for a while: the VIPs go, so that another director can have them alone."""
        if name == VRRP.name:
            self._withdraw()

    def failed(self, name: str, message: str) -> None:
        """A child that cannot work from the start means that this machine cannot run the configuration."""
        if name not in self._ready:
            self.stop(f"the {name} process cannot work: {message}", CANNOT_RUN)

    def _handle_signals(self) -> None:
        loop = asyncio.get_running_loop()
        for number in (signal.SIGTERM, signal.SIGINT):
            loop.add_signal_handler(number, self.stop, signal.Signals(number).name)
        hang_up = "SIGHUP: a running engine does not read its configuration again; stop and start it"
        loop.add_signal_handler(signal.SIGHUP, self._tell, Severity.WARNING, "engine", hang_up, "")

    def _dismiss(self, process: Process) -> None:
        """Send a child home for which this configuration has no work."""
        loop = asyncio.get_running_loop()
        process.channel_end.close()

        def gone() -> None:
            loop.remove_reader(process.pidfd)
            process.poll()
            process.close()

        loop.add_reader(process.pidfd, gone)

    async def _shut_down(self) -> None:
        killed = await self._supervisor.stop()
        for name in killed:
            self._tell(Severity.ERROR, name, f"the {name} process did not stop in time and was killed", "")
        self._withdraw()
        self._tell(Severity.INFO, "engine", f"Stopped lvstui v{__version__}", "")
        await self._mailer.close()
        await self._server.close()
        self._log.close()

    def _withdraw(self) -> None:
        if not self.state.configuration.instances:
            return
        try:
            problems = withdraw_vips(self.state.configuration)
        except (LvstuiError, OSError) as error:
            problems = (str(error),)
        for problem in problems:
            self._tell(Severity.ERROR, "vrrp", "a VIP could not be removed", problem)

    async def _measure(self) -> None:
        while True:
            self._take_own_status(pss_bytes(os.getpid()))
            await asyncio.sleep(MEMORY_SECONDS)

    def _take_own_status(self, memory: int) -> None:
        self._memory = memory or self._memory
        self.state.take_process(
            ProcessStatus(
                name="engine",
                pid=os.getpid(),
                alive=True,
                started_at=self._started_at,
                answered_at=time.monotonic(),
                memory_bytes=self._memory,
            )
        )

    def _picture(self) -> object:
        self._take_own_status(0)
        for status in self._supervisor.statuses:
            self.state.take_process(status)
        return self.state.snapshot(time.monotonic(), time.time())

    async def _fresh_table(self) -> Table:
        """Read the kernel's table now; of the other plane the last report (at most a second old)."""
        if self.state.plane is Plane.KERNEL:
            from lvstui.ipvs.io.kernel import KernelPlane

            try:
                plane = KernelPlane()
            except KernelError:
                return self.state.table
            try:
                return await plane.read()
            except KernelError:
                return self.state.table
            finally:
                await plane.close()
        return self.state.table

    def _tell(
        self, severity: Severity, subject: str, text: str, reason: str, kind: EventKind = EventKind.PROCESS
    ) -> None:
        self.record(
            Event(
                time=time.time(),
                at=time.monotonic(),
                kind=kind,
                severity=severity,
                subject=subject,
                text=text,
                reason=reason,
            )
        )
