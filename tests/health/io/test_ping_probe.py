"""PING_CHECK on loopback and in a namespace of its own, with raw and with unprivileged sockets."""

from __future__ import annotations

import json
import subprocess
import sys
import time
from pathlib import Path

import pytest

from lvstui.health.io.ping_probe import probe_ping
from lvstui.model.check import CheckCode
from lvstui.model.configuration import PingChecker
from lvstui.model.endpoint import Endpoint
from tests.health.cast import timing

ROOT = Path(__file__).parents[3]
PROGRAM = """
import asyncio, json, sys, uvloop
from lvstui.health.io import ping_probe
from lvstui.health.outcome import Outcome
from lvstui.model.configuration import CheckTiming, PingChecker
from lvstui.model.endpoint import Endpoint
for run in (asyncio.run, uvloop.run):
    for address in sys.argv[1:]:
        timing = CheckTiming(connect_timeout=0.2)
        outcome = run(ping_probe.probe_ping(PingChecker(endpoint=Endpoint(address, 0), timing=timing)))
        opened = ping_probe._open(address, "", 6 if ":" in address else 4)
        print(json.dumps([address, outcome.code, outcome.ok, None if isinstance(opened, Outcome) else opened[1]]))
"""


def checker(address: str, **changes: str) -> PingChecker:
    return PingChecker(endpoint=Endpoint(address, 0), timing=timing(connect_timeout=0.3), **changes)


def in_namespace(setup: str, *addresses: str) -> list[list[object]]:
    """Run probes in a network namespace that ends with the command."""
    script = f'ip link set lo up && {setup} && exec "$@"'
    done = subprocess.run(
        ["unshare", "--net", "sh", "-c", script, "sh", sys.executable, "-c", PROGRAM, *addresses],
        cwd=ROOT,
        capture_output=True,
        text=True,
        timeout=20,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return [json.loads(line) for line in done.stdout.splitlines()]


@pytest.mark.root
@pytest.mark.parametrize("address", ["127.0.0.1", "127.9.9.9", "::1"])
async def test_loopback_answers(address: str) -> None:
    outcome = await probe_ping(checker(address))
    assert (outcome.ok, outcome.code, outcome.detail) == (True, CheckCode.L3OK, "echo answered")


@pytest.mark.root
async def test_the_bound_address_is_honoured() -> None:
    assert (await probe_ping(checker("127.0.0.1", bind_address="127.0.0.3"))).ok
    outcome = await probe_ping(checker("127.0.0.1", bind_address="198.51.100.7"))
    assert (outcome.ok, outcome.code) == (None, CheckCode.CONFIGURATION)
    assert "198.51.100.7" in outcome.detail


@pytest.mark.root
def test_in_a_group_that_may_an_unprivileged_socket_is_used() -> None:
    said = in_namespace('echo "0 0" > /proc/sys/net/ipv4/ping_group_range', "127.0.0.1", "::1")
    assert said == [["127.0.0.1", "L3OK", True, False], ["::1", "L3OK", True, False]] * 2


@pytest.mark.root
def test_otherwise_a_raw_one() -> None:
    said = in_namespace('echo "1 0" > /proc/sys/net/ipv4/ping_group_range', "127.0.0.1", "::1")
    assert said == [["127.0.0.1", "L3OK", True, True], ["::1", "L3OK", True, True]] * 2


@pytest.mark.root
def test_silence_and_unreachability_are_told_apart() -> None:
    setup = (
        "ip link add d0 type veth peer name d1 && ip link set d0 up && ip link set d1 up && "
        "ip addr add 10.9.0.1/24 dev d0 && ip neigh add 10.9.0.2 lladdr 02:00:00:00:00:02 dev d0 && "
        "ip route add unreachable 10.8.0.0/24"
    )
    started = time.monotonic()
    said = in_namespace(setup, "10.9.0.2", "10.8.0.2", "10.7.0.2")
    assert [one[:3] for one in said[:3]] == [
        ["10.9.0.2", "L3TOUT", False],
        ["10.8.0.2", "L3UNR", False],
        ["10.7.0.2", "L3UNR", False],
    ]
    assert said[:3] == said[3:]
    assert time.monotonic() - started < 4, "two of them waited 0.2 s, the rest is Python's start"
