"""A child on its own: what ends it, and in which order."""

from __future__ import annotations

import os
import select
import signal
import socket
import subprocess
import sys

import msgspec
import pytest

from lvstui.engine.spawn import Process
from lvstui.model.worker import Configure, SetAdjustment, Tick
from tests.engine.samples import configuration


def line(record: object) -> bytes:
    return msgspec.json.encode(record) + b"\n"


def read_until(end: socket.socket, word: bytes) -> bytes:
    end.settimeout(10)
    got = b""
    while word not in got:
        data = end.recv(65536)
        assert data, got
        got += data
    return got


@pytest.fixture
def child() -> Process:
    process = Process("tests.engine.children")
    process.channel_end.sendall(line(Configure(configuration=configuration())))
    read_until(process.channel_end, b'"ready"')
    return process


def ended(process: Process) -> int | None:
    select.select([process.pidfd], [], [], 10)
    status = process.poll()
    process.close()
    return status


def test_it_answers_the_watchdog(child: Process) -> None:
    child.channel_end.sendall(line(Tick(41)))
    assert b'{"type":"tock","counter":41}' in read_until(child.channel_end, b"tock")
    child.channel_end.close()
    ended(child)


def test_sigterm_and_the_end_of_the_channel_are_orderly_ends(child: Process) -> None:
    child.signal(signal.SIGTERM)
    read_until(child.channel_end, b"last words")
    assert ended(child) == 0
    other = Process("tests.engine.children")
    other.channel_end.sendall(line(Configure(configuration=configuration())))
    read_until(other.channel_end, b'"ready"')
    other.channel_end.close()
    assert ended(other) == 0
    child.channel_end.close()


def test_ctrl_c_and_hang_up_of_the_terminal_are_left_to_the_engine(child: Process) -> None:
    child.signal(signal.SIGINT)
    child.signal(signal.SIGHUP)
    child.channel_end.sendall(line(SetAdjustment("speak", 5)))
    read_until(child.channel_end, b"speak 5")
    child.channel_end.close()
    assert ended(child) == 0


def test_orders_that_make_no_sense_end_it_in_order(child: Process) -> None:
    child.channel_end.sendall(b"\x00\xff\n")
    assert ended(child) == 0
    child.channel_end.close()


def test_it_ends_when_the_engine_is_killed() -> None:
    code = (
        "import os,time\n"
        "from lvstui.engine.spawn import Process\n"
        "import msgspec\n"
        "from lvstui.model.worker import Configure\n"
        "from tests.engine.samples import configuration\n"
        "p = Process('tests.engine.children')\n"
        "p.channel_end.sendall(msgspec.json.encode(Configure(configuration=configuration())) + b'\\n')\n"
        "print(p.pid, flush=True); p.channel_end.recv(1); time.sleep(60)\n"
    )
    parent = subprocess.Popen([sys.executable, "-c", code], stdout=subprocess.PIPE)
    assert parent.stdout
    pidfd = os.pidfd_open(int(parent.stdout.readline()))
    try:
        parent.kill()
        assert select.select([pidfd], [], [], 5)[0]
    finally:
        parent.wait()
        os.close(pidfd)
