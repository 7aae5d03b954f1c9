"""The tutorial's scenario with a real kernel IPVS, inside user-mode Linux: real direct routing, the real ipvsadm."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from tests.kernel.uml import UmlResult, boot

pytestmark = pytest.mark.kernel

SCRIPT = Path(__file__).with_name("scenario_inside.sh")
LIMIT_SECONDS = 400
Measured = dict[str, Any]


@pytest.fixture(scope="module")
def result(tmp_path_factory: pytest.TempPathFactory) -> UmlResult:
    return boot(SCRIPT, timeout=LIMIT_SECONDS, share=tmp_path_factory.mktemp("uml"))


@pytest.fixture(scope="module")
def steps(result: UmlResult) -> dict[str, Measured]:
    lines = [json.loads(line) for line in result.output.splitlines() if line.startswith("{")]
    assert lines, result.output + result.console
    return {line.get("step", "verdict"): line for line in lines}


def test_every_step_passes(result: UmlResult, steps: dict[str, Measured]) -> None:
    failed = [line for line in steps.values() if line.get("ok") is False]
    assert failed == [], result.output
    assert steps["verdict"]["verdict"] == "pass"
    assert result.status == 0


def test_it_is_the_kernel_that_forwards(steps: dict[str, Measured]) -> None:
    assert steps["election"]["measured"]["plane"] == "kernel"
    answers = steps["round_robin"]["measured"]["order"]
    assert sorted(answers[:2]) == ["rs1", "rs2"]
    assert answers == answers[:2] * 5
    assert all(" Route " in line for line in steps["table"]["measured"]["lb1"][4:])


def test_lvstui_prints_what_the_real_ipvsadm_prints_byte_for_byte(steps: dict[str, Measured]) -> None:
    measured = steps["table"]["measured"]
    assert measured["lb1_ipvsadm_equal"] is True
    assert measured["lb2_ipvsadm_equal"] is True
    assert measured["lb1"][0].startswith("IP Virtual Server version 1.2.1 (size=")


def test_a_crashed_director_s_kernel_goes_on_forwarding(steps: dict[str, Measured]) -> None:
    crash = steps["crash"]["measured"]
    assert crash["failed"] == 0
    assert crash["gap_ms"] < 1000


def test_a_priority_change_loses_no_request(steps: dict[str, Measured]) -> None:
    for step in ("down_file", "preempt_back", "slider"):
        assert steps[step]["measured"]["failed"] == 0
