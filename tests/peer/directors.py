"""Two kinds of director behind one set of verbs: Debian's keepalived and lvstui's VRRP worker.

`Settings` says what a director is to do; each kind turns it into its own configuration. What a director does is
never asked of it: addresses come from the kernel, adverts from a capture.
"""

from __future__ import annotations

import contextlib
import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import msgspec

from lvstui.model.configuration import (
    Authentication,
    AuthenticationType,
    Configuration,
    ScriptCommand,
    TrackedScript,
    TrackScript,
    VrrpInstance,
)
from lvstui.model.vip import Vip
from lvstui.model.vrrp import InstanceStatus
from lvstui.model.worker import Configure, Report, SetAdjustment, VrrpReport
from tests.system.netns import Host

VRID = 61
VIP = "10.61.0.100"
_REPORTS: msgspec.json.Decoder[Report] = msgspec.json.Decoder(Report)


@dataclass(frozen=True)
class Settings:
    """One instance of VRID 61; `interval` seconds, `password` "" for none, `peer` an address for unicast or "".

    `down_file`: a path; while it exists, a script that runs every second takes 2 from the priority.
    """

    priority: int
    version: int = 2
    interval: float = 1.0
    password: str = ""
    preempt: bool = True
    peer: str = ""
    state: str = "BACKUP"
    down_file: str = ""

    @property
    def skew(self) -> float:
        """Skew_Time in seconds (RFC 3768 6.1; RFC 9568 6.1)."""
        return (256 - self.priority) / 256 * (self.interval if self.version == 3 else 1.0)

    @property
    def master_down(self) -> float:
        """Master_Down_Interval in seconds."""
        return 3 * self.interval + self.skew


class Keepalived:
    """Debian's keepalived 2.2.7 in a host; its files are in `directory`."""

    kind = "keepalived"

    def __init__(self, host: Host, settings: Settings, directory: Path) -> None:
        self.host = host
        self.settings = settings
        self._directory = directory / f"{host.namespace}-keepalived"
        self._directory.mkdir(parents=True, exist_ok=True)
        self._process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        """Write the configuration and start; returns at once."""
        path = self._directory / "keepalived.conf"
        path.write_text(self._text())
        pids = [x for n in ("p", "r", "c", "b") for x in (f"-{n}", str(self._directory / f"{n}.pid"))]
        with (self._directory / "log").open("ab") as log:
            self._process = self.host.start(
                "keepalived", "-n", "-l", "-P", "-f", str(path), *pids, stdout=log, stderr=subprocess.STDOUT
            )

    def stop(self) -> float:
        """SIGTERM; the moment it was sent."""
        assert self._process is not None
        at = time.monotonic()
        self._process.terminate()
        return at

    def wait(self) -> None:
        """Wait until it has ended after `stop`."""
        assert self._process is not None
        self._process.wait(timeout=10)

    def kill(self) -> float:
        """kill -9 of all its processes (the parent stopped first, or it would start its child again)."""
        assert self._process is not None
        return kill_tree(self._process)

    def log(self) -> str:
        """What it logged."""
        return (self._directory / "log").read_text(errors="replace")

    def _text(self) -> str:
        s = self.settings
        lines = ["global_defs {", "  router_id test", "  script_user root", "}"]
        if s.down_file:
            lines += ["vrrp_script chk_down {", f'  script "/usr/bin/test ! -e {s.down_file}"']
            lines += ["  interval 1", "  weight -2", "}"]
        lines += ["vrrp_instance VI_1 {", f"  state {s.state}"]
        lines += ["  interface eth0", f"  virtual_router_id {VRID}", f"  priority {s.priority}"]
        lines += [f"  advert_int {s.interval:g}", f"  version {s.version}"]
        lines += [] if s.preempt else ["  nopreempt"]
        if s.password:
            lines += ["  authentication {", "    auth_type PASS", f"    auth_pass {s.password}", "  }"]
        if s.peer:
            lines += [f"  unicast_src_ip {self.host.address}", "  unicast_peer {", f"    {s.peer}", "  }"]
        lines += ["  track_script {", "    chk_down", "  }"] if s.down_file else []
        lines += ["  virtual_ipaddress {", f"    {VIP}/24 dev eth0 label eth0:0", "  }", "}"]
        return "\n".join(lines) + "\n"


class Lvstui:
    """lvstui's VRRP worker in a host, run by the driver."""

    kind = "lvstui"

    def __init__(self, host: Host, settings: Settings, directory: Path) -> None:
        self.host = host
        self.settings = settings
        self._log = directory / f"{host.namespace}-lvstui.log"
        self._process: subprocess.Popen[bytes] | None = None
        self._reader: threading.Thread | None = None
        self.status: InstanceStatus | None = None

    def start(self, *, resume: bool = False) -> None:
        """Start the driver and hand it its configuration; returns at once.

        `resume`: go on from the last report of a killed predecessor, as the engine's replacement does.
        """
        with self._log.open("ab") as log:
            self._process = self.host.start(
                sys.executable,
                "-m",
                "tests.peer.vrrp_driver",
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=log,
            )
        configuration = Configuration(instances=(self._instance(),), scripts=self._scripts())
        former = (self.status,) if resume and self.status is not None else ()
        self._order(Configure(configuration=configuration, resume_instances=former))
        self._reader = threading.Thread(target=self._read, args=(self._process,), daemon=True)
        self._reader.start()

    def adjust(self, adjustment: int) -> float:
        """Move the priority slider; the moment it was sent."""
        at = time.monotonic()
        self._order(SetAdjustment("VI_1", adjustment))
        return at

    def stop(self) -> float:
        """SIGTERM; the moment it was sent."""
        assert self._process is not None
        at = time.monotonic()
        self._process.terminate()
        return at

    def wait(self) -> None:
        """Wait until it has ended after `stop`."""
        assert self._process is not None
        assert self._process.wait(timeout=10) == 0, self.log()

    def kill(self) -> float:
        """kill -9."""
        assert self._process is not None
        return kill_tree(self._process)

    def log(self) -> str:
        """What it wrote to standard error."""
        return self._log.read_text(errors="replace")

    def _order(self, order: Configure | SetAdjustment) -> None:
        assert self._process is not None
        assert self._process.stdin is not None
        self._process.stdin.write(msgspec.json.encode(order) + b"\n")
        self._process.stdin.flush()

    def _read(self, process: subprocess.Popen[bytes]) -> None:
        assert process.stdout is not None
        for line in process.stdout:
            report = _REPORTS.decode(line)
            if isinstance(report, VrrpReport) and report.instances:
                self.status = report.instances[0]

    def _scripts(self) -> tuple[TrackScript, ...]:
        if not self.settings.down_file:
            return ()
        command = ScriptCommand(("/usr/bin/test", "!", "-e", self.settings.down_file))
        return (TrackScript("chk_down", command, interval=1.0, weight=-2),)

    def _instance(self) -> VrrpInstance:
        s = self.settings
        return VrrpInstance(
            name="VI_1",
            interface="eth0",
            vrid=VRID,
            state=s.state,
            priority=s.priority,
            version=s.version,
            advert_interval=s.interval,
            authentication=Authentication(AuthenticationType.PASS, s.password) if s.password else Authentication(),
            preempt=s.preempt,
            unicast_source=self.host.address if s.peer else "",
            unicast_peers=(s.peer,) if s.peer else (),
            track_scripts=(TrackedScript("chk_down", -2),) if s.down_file else (),
            vips=(Vip(VIP, 24, "eth0", label="eth0:0"),),
        )


Director = Keepalived | Lvstui


def kill_tree(process: subprocess.Popen[bytes]) -> float:
    """kill -9 a process and its children without giving the parent time to react; the moment it happened."""
    os.kill(process.pid, signal.SIGSTOP)
    children = Path(f"/proc/{process.pid}/task/{process.pid}/children").read_text().split()
    at = time.monotonic()
    for pid in [*map(int, children), process.pid]:
        with contextlib.suppress(ProcessLookupError):
            os.kill(pid, signal.SIGKILL)
    process.wait(timeout=5)
    return at


def wait_until(condition: Callable[[], bool], what: str, timeout: float = 10.0) -> None:
    """Wait for a condition, looking every 20 ms; AssertionError(what) if it does not come."""
    end = time.monotonic() + timeout
    while not condition():
        assert time.monotonic() < end, f"not within {timeout} s: {what}"
        time.sleep(0.02)
