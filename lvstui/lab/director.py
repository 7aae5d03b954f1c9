"""Lab: a director's daemon, lvstui's engine or Debian's keepalived: started, stopped, killed."""

from __future__ import annotations

import asyncio
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from enum import StrEnum
from pathlib import Path

from lvstui.errors import LabError
from lvstui.lab.namespace import processes_in
from lvstui.lab.process import STOP_SECONDS, command_in, gone, kill, start, stop


class Daemon(StrEnum):
    """Which program plays the director."""

    LVSTUI = "lvstui"
    KEEPALIVED = "keepalived"


class Director:
    """One director's daemon. `view`: the process that holds its mounts. `spare`: pids of its host that are not its own.

    `plane` is passed on to the engine; keepalived is started for VRRP only unless `kernel` says that there is IPVS.
    """

    def __init__(
        self,
        name: str,
        namespace: str,
        folder: Path,
        configuration: Path,
        *,
        daemon: Daemon,
        plane: str,
        kernel: bool,
        view: int,
        spare: Callable[[], frozenset[int]],
    ) -> None:
        if daemon is Daemon.KEEPALIVED and shutil.which("keepalived") is None:
            raise LabError("keepalived is not installed (Debian: apt-get install keepalived)")
        self.name = name
        self.namespace = namespace
        self.folder = folder
        self.configuration = configuration
        self.daemon = daemon
        self._plane = plane
        self._kernel = kernel
        self._view = view
        self._spare = spare
        self.process: subprocess.Popen[bytes] | None = None
        self.started_at = 0.0
        self.ended_on_purpose = True

    @property
    def socket(self) -> Path:
        """Where the engine's control socket is."""
        return self.folder / "control.sock"

    @property
    def log(self) -> Path:
        """What the daemon says."""
        return self.folder / "director.log"

    @property
    def running(self) -> bool:
        """Whether the daemon's main process is alive."""
        return self.process is not None and self.process.poll() is None

    def start(self) -> None:
        """Start the daemon if it does not run."""
        if self.running:
            return
        argv = self._engine() if self.daemon is Daemon.LVSTUI else self._keepalived()
        command = command_in(self.namespace, argv, view=self._view, death="TERM")
        self.started_at = asyncio.get_running_loop().time()
        # The engine's lock file goes with the lab; its default place outlives it.
        self.process = start(command, log=self.log, environment={"LVSTUI_LOCK_DIR": str(self.folder)})
        self.ended_on_purpose = False

    def _engine(self) -> list[str]:
        command = [sys.executable, "-m", "lvstui", "engine", "-f", str(self.configuration)]
        return [*command, "--run-dir", str(self.folder), "--plane", self._plane]

    def _keepalived(self) -> list[str]:
        pids = (("-p", "keepalived"), ("-r", "vrrp"), ("-c", "checkers"), ("-b", "bfd"))
        command = ["keepalived", "-n", "-l", "-D", "-G", "-f", str(self.configuration)]
        for option, name in pids:
            command += [option, str(self.folder / f"{name}.pid")]
        return command if self._kernel else [*command, "-P"]

    async def stop(self, seconds: float = STOP_SECONDS) -> None:
        """End it in an orderly way (SIGTERM), and whatever it left running."""
        self.ended_on_purpose = True
        if self.process:
            await stop(self.process, seconds)
        self._kill_all()

    def terminate(self) -> None:
        """Send SIGTERM and do not wait."""
        self.ended_on_purpose = True
        if self.process and self.running:
            self.process.terminate()

    async def kill(self) -> None:
        """Kill all processes of the daemon with SIGKILL, children first so that none replaces another."""
        self.ended_on_purpose = True
        self._kill_all()
        if self.process:
            await gone(self.process, STOP_SECONDS)

    def _kill_all(self) -> None:
        # The parent stands still first: it must not replace a child, and dying first it would let one end in order.
        if self.process and self.running:
            kill(self.process.pid, signal.SIGSTOP)
        main = {self.process.pid} if self.process and self.running else set()
        # The main process may not have reached its namespace yet, if it was started just now.
        while own := self.processes() | main:
            for pid in [*(own - main), *(own & main)]:
                kill(pid)
            time.sleep(0.002)
            if not self.running:
                main = set()

    def processes(self) -> frozenset[int]:
        """Return the pids of the daemon: all that runs in its namespace, but for the lab's own."""
        return frozenset(processes_in([self.namespace])) - self._spare()

    def last_words(self, lines: int = 6) -> str:
        """Return the end of what the daemon said, for an error message."""
        try:
            return "\n".join(self.log.read_text("utf-8", "replace").splitlines()[-lines:])
        except OSError:
            return ""
