"""The vrrp process on its own, fed by hand: adverts, WatchDog, and an orderly end."""

from __future__ import annotations

import socket
import subprocess
import sys
from pathlib import Path

import msgspec
import pytest

from lvstui.model.configuration import Configuration, VrrpInstance
from lvstui.model.vip import Vip
from lvstui.model.vrrp import VrrpState
from lvstui.model.worker import Configure, Ready, Report, SetAdjustment, Stop, Tick, Tock, VrrpReport
from tests.system.netns import Network

VIP = Vip("10.61.0.100", 24, "eth0", "eth0:0")


def reports(end: socket.socket, enough: type | tuple[type, ...], rest: bytes = b"") -> list[Report]:
    end.settimeout(10)
    got: list[Report] = []
    while not any(isinstance(report, enough) for report in got):
        data = end.recv(1 << 20)
        assert data
        *lines, rest = (rest + data).split(b"\n")
        got += [msgspec.json.decode(line, type=Report) for line in lines]
    return got


@pytest.mark.root
def test_it_becomes_master_answers_ticks_and_resigns() -> None:
    instance = VrrpInstance(name="VI_1", interface="eth0", vrid=61, priority=255, vips=(VIP,))
    configure = Configure(configuration=Configuration(instances=(instance,)))
    ours, theirs = socket.socketpair()
    with Network() as network, ours:
        host = network.host("a", "10.61.0.11/24")
        command = host.command(sys.executable, "-m", "lvstui.engine.vrrp_process", str(theirs.fileno()))
        child = subprocess.Popen(command, pass_fds=(theirs.fileno(),))
        theirs.close()
        for order in (configure, Tick(7)):
            ours.sendall(msgspec.json.encode(order) + b"\n")
        got = reports(ours, Tock)
        if not any(isinstance(report, VrrpReport) for report in got):
            got += reports(ours, VrrpReport)
        assert any(isinstance(report, Ready) for report in got)
        assert host.holds(VIP.address)
        assert Tock(7) in got
        ours.sendall(msgspec.json.encode(SetAdjustment("no such instance", 1)) + b"\n")
        ours.sendall(msgspec.json.encode(Stop()) + b"\n")
        assert child.wait(10) == 0, "an order it cannot carry out is no reason to die"
        assert not host.holds(VIP.address)
        assert VrrpState.MASTER in {
            one.state for report in got if isinstance(report, VrrpReport) for one in report.instances
        }


def test_it_loads_nothing_that_it_does_not_need() -> None:
    code = "import sys, lvstui.engine.vrrp_process; print('\\n'.join(sys.modules))"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, cwd=Path.cwd())
    loaded = set(done.stdout.split())
    unwanted = {"textual", "rich", "pyroute2", "httpx", "click", "uvloop", "aiosmtplib", "email", "http", "lvstui.ipvs"}
    assert not loaded & unwanted
