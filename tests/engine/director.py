"""A real engine in a namespace, as a director runs it, for the tests."""

from __future__ import annotations

import contextlib
import os
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import msgspec

from lvstui.control.client import Client
from lvstui.errors import ControlError
from lvstui.model.snapshot import DirectorSnapshot, ProcessStatus
from tests.system.netns import Host

VIP = "10.61.0.100"
CONFIGURATION = """
global_defs {
    router_id TEST
}
vrrp_instance VI_1 {
    state MASTER
    interface eth0
    virtual_router_id 61
    priority %(priority)s
    advert_int %(interval)s
    version %(version)s
    virtual_ipaddress {
        10.61.0.100/24 dev eth0 label eth0:0
    }
}
virtual_server 10.61.0.100 80 {
    delay_loop 2
    lb_algo rr
    lb_kind NAT
    protocol TCP
    real_server 10.61.0.21 80 {
        weight 1
    }
    real_server 10.61.0.22 80 {
        weight 2
    }
}
"""


class Director:
    """An engine in `host`; its files are in `directory`."""

    def __init__(self, host: Host, directory: Path, **values: object) -> None:
        self.host = host
        self.directory = directory
        directory.mkdir(parents=True, exist_ok=True)
        self.file = directory / "keepalived.conf"
        self.file.write_text(CONFIGURATION % {"priority": 100, "interval": 1, "version": 2, **values})
        self.socket = directory / "run" / "control.sock"
        self.environment = {**os.environ, "LVSTUI_LOCK_DIR": str(directory / "lock")}
        self.started = 0.0
        self.engine: subprocess.Popen[bytes] | None = None

    def command(self, *extra: str, plane: str = "userspace") -> list[str]:
        """The engine's command line."""
        run = ("engine", "-f", str(self.file), "--run-dir", str(self.directory / "run"), "--plane", plane)
        return [sys.executable, "-m", "lvstui", *run, *extra]

    def start(self, plane: str = "userspace") -> None:
        """Start the engine."""
        self.started = time.monotonic()
        with (self.directory / "err").open("wb") as errors:
            self.engine = self.host.start(*self.command(plane=plane), env=self.environment, stderr=errors)

    @property
    def said(self) -> str:
        """What the engine wrote to standard error."""
        return (self.directory / "err").read_text()

    def ask(self, cmd: str, **arguments: Any) -> Any:
        """Ask over the control socket."""
        with Client(self.socket) as client:
            return client.request(cmd, arguments).result

    def snapshot(self) -> DirectorSnapshot:
        """The engine's picture of itself."""
        return msgspec.convert(self.ask("snapshot"), DirectorSnapshot)

    def process(self, name: str) -> ProcessStatus:
        """One process as the engine sees it."""
        return next(process for process in self.snapshot().processes if process.name == name)

    def wait(self, condition: Callable[[], Any], patience: float = 10.0) -> None:
        """Wait for something to come true; an engine that does not answer yet counts as false."""
        deadline = time.monotonic() + patience
        while time.monotonic() < deadline:
            with contextlib.suppress(ControlError, StopIteration):
                if condition():
                    return
            time.sleep(0.02)
        raise AssertionError(f"it did not come to pass; the engine said:\n{self.said}")

    def wait_for_master(self) -> None:
        """Wait until the kernel holds the VIP, health has reported, and the WatchDog was answered."""
        self.wait(lambda: self.host.holds(VIP))
        self.wait(lambda: self.snapshot().virtual_servers and self.snapshot().instances)
        self.wait(lambda: all(one.answered_at > one.started_at for one in self.snapshot().processes))


def alive(pid: int) -> bool:
    """The process exists and is no zombie."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except OSError:
        return False


@contextlib.contextmanager
def vip_watch(host: Host) -> Iterator[list[float]]:
    """Look every 2 ms or so whether the kernel holds the VIP; yields the moments when it did not."""
    missing: list[float] = []
    stop = threading.Event()

    def look() -> None:
        with host.inside():
            from lvstui.vrrp.io.addresses import Addresses

            addresses = Addresses()
        while not stop.is_set():
            if VIP not in {address for address, _ in addresses.held("eth0")}:
                missing.append(time.monotonic())
            time.sleep(0.002)
        addresses.close()

    thread = threading.Thread(target=look)
    thread.start()
    try:
        yield missing
    finally:
        stop.set()
        thread.join()
