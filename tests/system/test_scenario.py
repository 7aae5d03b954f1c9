"""The lab's scenarios as a user runs them: the tutorial's, others of the kind, and beside Debian's keepalived.

They run together, started one after the other: each is a few per cent of a processor and much waiting, in namespaces
of its own, but a start is a dozen processes at once.
"""

from __future__ import annotations

import json
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from lvstui.engine.lock import LOCK_DIRECTORY
from lvstui.lab.namespace import existing
from lvstui.lab.runs import RUNS
from tests.lab.examples import other_files
from tests.lab.ordinary import as_nobody

pytestmark = pytest.mark.root

PAIRS = Path(__file__).resolve().parents[2] / "fixtures" / "pairs"
LAB = [sys.executable, "-m", "lvstui", "lab", "--headless"]
LIMIT_SECONDS = 300
STAGGER_SECONDS = 2.0
STEPS = [
    *("election", "table", "round_robin", "down_file", "preempt_back", "slider", "rs1_down", "both_down", "rs_back"),
    *("drain", "digest", "graceful_stop", "crash", "cleanup"),
]
Measured = dict[str, Any]


class Walk:
    """A scenario under way, and its lines."""

    def __init__(self, *arguments: str) -> None:
        self._process = subprocess.Popen(
            [*LAB, "--format", "json", "--plane", "userspace", *arguments], stdout=subprocess.PIPE, text=True
        )
        self._output: str | None = None

    def lines(self) -> list[Measured]:
        if self._output is None:
            self._output = self._process.communicate(timeout=LIMIT_SECONDS)[0]
        return [json.loads(line) for line in self._output.splitlines()]

    @property
    def status(self) -> int:
        self.lines()
        return self._process.returncode

    def failed(self) -> list[Measured]:
        return [line for line in self.lines() if "step" in line and not line["ok"]]

    def measured(self, step: str) -> Measured:
        found: Measured = next(line["measured"] for line in self.lines() if line.get("step") == step)
        return found

    def end(self) -> None:
        if self._process.poll() is None:
            self._process.send_signal(signal.SIGTERM)
            self._process.wait(15)


def pair(name: str) -> tuple[str, str]:
    return str(PAIRS / f"{name}-lb1.conf"), str(PAIRS / f"{name}-lb2.conf")


@pytest.fixture(scope="module")
def walks(tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[str, Walk]]:
    others = [str(path) for path in other_files(tmp_path_factory.mktemp("other"))]
    wanted = {
        "tutorial": ("tutorial",),
        "other": ("tutorial", "-f", *others),
        "nopreempt": ("tutorial", "-f", *pair("nopreempt")),
        "active-active": ("tutorial", "-f", *pair("active-active")),
    }
    if shutil.which("keepalived"):
        wanted |= {"peer": ("tutorial", "--peer", "keepalived"), "compare": ("compare",)}
    started = {}
    for name, arguments in wanted.items():
        started[name] = Walk("--scenario", *arguments)
        time.sleep(STAGGER_SECONDS)
    yield started
    for walk in started.values():
        walk.end()


def test_an_ordinary_user_gets_a_lab_in_a_user_namespace(walks: dict[str, Walk]) -> None:
    command = as_nobody(["-m", "lvstui", "lab", "--headless", "--format", "json", "--seconds", "7"])
    done = subprocess.run(command, capture_output=True, text=True, timeout=60)
    assert done.returncode == 0, done.stderr
    assert "user namespace" in done.stderr
    last = json.loads(done.stdout.splitlines()[-1])
    assert {each["server"]: each["count"] > 0 for each in last["tally"]} == {"rs1": True, "rs2": True}
    assert [host["name"] for host in last["hosts"] if last["vip"] in host["vips"]] == ["lb1"]
    assert last["plane"] == "userspace"


def test_a_lab_that_was_killed_is_cleaned_by_the_next_and_living_ones_are_not(walks: dict[str, Walk]) -> None:
    victim = subprocess.Popen([*LAB, "--plane", "userspace", "--seconds", "60"], stdout=subprocess.PIPE)
    assert victim.stdout
    victim.stdout.readline()
    prefix = f"lvstui-{victim.pid}-"
    assert len(existing(prefix)) == 6
    victim.kill()
    victim.wait()
    others = {name for name in existing("lvstui-") if not name.startswith(prefix)}
    done = subprocess.run([*LAB, "--plane", "userspace", "--seconds", "0"], capture_output=True)
    assert done.returncode == 0, done.stderr
    assert existing(prefix) == ()
    assert not (RUNS / str(victim.pid)).exists()
    assert others <= set(existing("lvstui-"))


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGHUP, signal.SIGINT])
def test_a_signal_ends_a_lab_and_leaves_nothing(number: signal.Signals) -> None:
    locks = set(LOCK_DIRECTORY.glob("*"))
    lab = subprocess.Popen([*LAB, "--plane", "userspace", "--seconds", "60"], stdout=subprocess.PIPE)
    assert lab.stdout
    lab.stdout.readline()
    lab.send_signal(number)
    assert lab.wait(15) == 130
    assert existing(f"lvstui-{lab.pid}-") == ()
    assert not (RUNS / str(lab.pid)).exists()
    assert set(LOCK_DIRECTORY.glob("*")) <= locks


def test_the_tutorial(walks: dict[str, Walk]) -> None:
    walk = walks["tutorial"]
    assert walk.failed() == []
    assert [line["step"] for line in walk.lines()[:-1]] == STEPS
    assert walk.lines()[-1]["verdict"] == "pass"
    assert walk.status == 0
    assert walk.measured("election")["label"] == "ens33:0"
    assert walk.measured("election")["start_overhead_s"] < 5  # alone on the machine: about 0.25
    assert all(megabytes < 120 for megabytes in walk.measured("election")["memory_mb"].values())
    assert walk.measured("round_robin")["answers"] == {"rs1": 5, "rs2": 5}
    for step in ("down_file", "preempt_back", "slider"):
        assert walk.measured(step)["failed"] == 0
        assert 3.2 < walk.measured(step)["takeover_s"] < 5.0
    assert 0.5 < walk.measured("graceful_stop")["takeover_s"] < 2.0
    assert walk.measured("rs1_down")["failed_after"] == 0
    assert walk.measured("both_down")["answers"] == {"sorry-lb1": 10}
    assert walk.measured("cleanup")["processes_left"] == []


def test_other_addresses_another_vrid_and_three_real_servers(walks: dict[str, Walk]) -> None:
    walk = walks["other"]
    assert walk.failed() == []
    assert walk.measured("round_robin")["answers"] == {"rs1": 5, "rs2": 5, "rs3": 5}
    assert walk.measured("both_down")["answers"] == {"sorry-sorry1": 10}
    assert walk.measured("slider")["adjustment"] == -11
    assert "no HTTP_GET" in walk.measured("digest")["skipped"]
    assert walk.status == 0


@pytest.mark.peer
def test_with_keepalived_as_the_second_director(walks: dict[str, Walk]) -> None:
    walk = walks["peer"]
    assert walk.failed() == []
    assert "keepalived has no table" in walk.measured("table")["lb2"]
    for step in ("down_file", "preempt_back", "slider", "crash"):
        assert 3.2 < walk.measured(step)["takeover_s"] < 5.0
    assert walk.status == 0


@pytest.mark.peer
def test_takeovers_are_keepalived_s_within_300_ms(walks: dict[str, Walk]) -> None:
    walk = walks["compare"]
    assert walk.failed() == []
    for act in ("down_file", "preempt_back", "graceful_stop", "crash"):
        assert abs(walk.measured(f"compare {act}")["difference_s"]) <= 0.3
    assert walk.status == 0


def test_a_pair_with_nopreempt_is_walked_where_it_can_be(walks: dict[str, Walk]) -> None:
    walk = walks["nopreempt"]
    assert walk.failed() == []
    assert walk.status == 0
    assert walk.measured("slider")["skipped"] == "lb2 has nopreempt"
    answers = walk.measured("round_robin")["answers"]
    assert answers["rs2"] > answers["rs1"], "wrr goes by the weights 1, 2, 1"
    assert walk.measured("both_down")["answers"] == {"sorry-lb1": 10}
    assert 1.5 < walk.measured("crash")["takeover_s"] < 3.4, "version 3, 0.5 s: 3.41 intervals"


def test_directors_that_are_both_active_with_persistent_clients(walks: dict[str, Walk]) -> None:
    walk = walks["active-active"]
    assert walk.failed() == []
    assert walk.status == 0
    assert len(walk.measured("round_robin")["answers"]) == 1, "a persistent client stays where it is"
    assert walk.measured("drain")["weight"] == 0
