"""Engine: the life of one child: started, watched, replaced when it dies or hangs, stopped in order."""

from __future__ import annotations

import asyncio
import signal
from collections.abc import Callable
from typing import Protocol

import msgspec

from lvstui.engine.channel import CLOSED, Channel
from lvstui.engine.spawn import Process, how_it_ended, pss_bytes
from lvstui.engine.watchdog import Backoff, WatchDog
from lvstui.model.event import Severity
from lvstui.model.snapshot import ProcessStatus
from lvstui.model.worker import Configure, Failed, Order, Ready, Report, Stop, Tick, Tock

START_PATIENCE = 10.0
EXIT_PATIENCE = 1.0
LAST_WORDS_SECONDS = 0.5
FAILED_DELAY = 60.0


class ChildKind(msgspec.Struct, frozen=True, kw_only=True):
    """What child to keep. `title` is keepalived's word for it; `patience` seconds without an answer: stuck."""

    name: str
    module: str
    title: str
    patience: float


class Master(Protocol):
    """What a keeper needs of the engine."""

    def configure(self, name: str, alive_at: float | None) -> Configure:
        """Return the first message; `alive_at`: when a predecessor last was known to work, None for the first."""

    def report(self, name: str, report: Report) -> None:
        """A child reports."""

    def process_event(self, name: str, severity: Severity, text: str, reason: str) -> None:
        """Something happened to a child."""

    def unattended(self, name: str) -> None:
        """A child is gone and there will be none for a while: what it held must not be left alone."""

    def failed(self, name: str, message: str) -> None:
        """A child said that it cannot work, and why."""


class Keeper:
    """Keeps one child. `first` is a process that was started already, to save time."""

    def __init__(self, kind: ChildKind, master: Master, keep: tuple[int, ...] = ()) -> None:
        self.kind = kind
        self.ended = asyncio.Event()
        self.killed = False
        self._master = master
        self._keep = keep
        self._backoff = Backoff()
        self._watchdog = WatchDog(START_PATIENCE)
        self._process: Process | None = None
        self._channel: Channel[Report] | None = None
        self._attaching: asyncio.Task[None] | None = None
        self._timers: dict[str, asyncio.TimerHandle] = {}
        self._awake = False
        self._stopping = False
        self._alive_at: float | None = None
        self._failure = ""
        self._trouble = ""
        self._status = ProcessStatus(name=kind.name, pid=0, alive=False, started_at=0.0, answered_at=0.0)

    @property
    def status(self) -> ProcessStatus:
        """How the process is."""
        return self._status

    def launch(self, first: Process | None = None) -> None:
        """Start the child, or take over `first`, and configure it."""
        loop = asyncio.get_running_loop()
        now = loop.time()
        self._timers.pop("launch", None)
        try:
            process = first or Process(self.kind.module, self._keep)
        except OSError as error:
            self._tell(Severity.ERROR, f"{self.kind.title} child process cannot be started", str(error))
            self._later("launch", self._backoff.died(0.0) or 1.0, self.launch)
            return
        self._process, self._failure, self._trouble = process, "", ""
        self._watchdog, self._awake = WatchDog(START_PATIENCE), False
        self._update(pid=process.pid, alive=True, started_at=now, answered_at=now, notes=())
        self._channel = Channel(Report, self._take, self._lost)
        self._channel.send(self._master.configure(self.kind.name, self._alive_at))
        self._attaching = loop.create_task(self._channel.attach(process.channel_end))
        loop.add_reader(process.pidfd, self._exited)
        self._tell(Severity.INFO, f"Starting {self.kind.title} child process, pid={process.pid}", "")

    def send(self, order: Order) -> None:
        """Pass an order on; a child that is not there will hear of it in its configuration."""
        if self._channel and self._process:
            self._channel.send(order)

    def beat(self) -> None:
        """Ask the child whether it works; kill it if it has not answered for too long."""
        if self._process is None or self._stopping:
            return
        if self._watchdog.stuck:
            self._trouble = self._trouble or f"it has not answered for {self.kind.patience:g} s"
            self._process.signal(signal.SIGKILL)
            return
        self.send(Tick(self._watchdog.beat()))

    def measure(self) -> None:
        """Read how much memory the child has."""
        if self._process:
            self._update(memory_bytes=pss_bytes(self._process.pid))

    def stop(self) -> None:
        """Ask the child to end in an orderly way; `ended` is set when it has."""
        self._stopping = True
        self._cancel("launch")
        if self._process is None:
            self.ended.set()
            return
        self.send(Stop())

    def kill(self) -> None:
        """End the child now. For one that does not stop."""
        if self._process:
            self.killed = True
            self._process.signal(signal.SIGKILL)

    def _take(self, report: Report) -> None:
        match report:
            case Tock(counter=counter):
                if not self._awake:  # from its first answer on it has no longer the time that loading takes
                    self._awake = True
                    self._watchdog = WatchDog(self.kind.patience)
                self._watchdog.answered(counter)
                self._alive_at = asyncio.get_running_loop().time()
                self._update(answered_at=self._alive_at)
            case Failed(message=message):
                self._failure = message
            case Ready(notes=notes):
                self._update(notes=notes)
                self._master.report(self.kind.name, report)
            case _:
                self._alive_at = asyncio.get_running_loop().time()
                self._master.report(self.kind.name, report)

    def _lost(self, reason: str) -> None:
        """The channel is at its end. A child that closed it is ending; any other is of no use any more."""
        if reason == CLOSED:
            self._later("exit", EXIT_PATIENCE, lambda: self._kill_useless(f"{reason} and went on"))
        else:
            self._kill_useless(reason)
        if "ended" in self._timers:
            self._ended()

    def _kill_useless(self, reason: str) -> None:
        self._trouble = self._trouble or reason
        if self._process:
            self._process.signal(signal.SIGKILL)

    def _exited(self) -> None:
        """The process has ended; its last words may still be on the way."""
        assert self._process
        asyncio.get_running_loop().remove_reader(self._process.pidfd)
        self._process.poll()
        if self._channel and self._channel.is_open:
            self._later("ended", LAST_WORDS_SECONDS, self._ended)
        else:
            self._ended()

    def _ended(self) -> None:
        assert self._process
        self._cancel("ended")
        self._cancel("exit")
        now = asyncio.get_running_loop().time()
        process, self._process = self._process, None
        if self._channel:
            self._channel.abort()
        process.close()
        self._update(alive=False, memory_bytes=0)
        if self._stopping:
            self._tell(Severity.INFO, f"{self.kind.title} child process({process.pid}) stopped", "")
            self.ended.set()
            return
        if not self._trouble:
            self._alive_at = now  # it worked until this moment; one that hung worked until its last answer
        self._replace(process, now)

    def _replace(self, process: Process, now: float) -> None:
        delay = self._backoff.died(now - self._status.started_at)
        title = f"{self.kind.title} child process({process.pid})"
        if self._failure:
            delay = FAILED_DELAY
            self._update(notes=(self._failure,))
            self._tell(Severity.ERROR, f"{title} cannot work", self._failure)
        else:
            status = process.poll()
            reason = self._trouble or ("" if status is None else how_it_ended(status))
            when = f" in {delay:g} s" if delay else ""
            self._tell(Severity.ERROR, f"{title} died: Respawning{when}", f"it {reason}".replace("it it", "it"))
        self._update(restarts=self._status.restarts + 1)
        if delay:
            self._master.unattended(self.kind.name)
            self._later("launch", delay, self.launch)
        else:
            self.launch()
        if self._failure:
            self._master.failed(self.kind.name, self._failure)

    def _update(self, **changes: object) -> None:
        self._status = msgspec.structs.replace(self._status, **changes)

    def _tell(self, severity: Severity, text: str, reason: str) -> None:
        self._master.process_event(self.kind.name, severity, text, reason)

    def _later(self, name: str, delay: float, action: Callable[[], None]) -> None:
        self._cancel(name)
        self._timers[name] = asyncio.get_running_loop().call_later(delay, action)

    def _cancel(self, name: str) -> None:
        timer = self._timers.pop(name, None)
        if timer:
            timer.cancel()
