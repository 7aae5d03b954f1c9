"""How a director is, judged from its snapshot."""

from __future__ import annotations

import msgspec
import pytest

from lvstui.cli_status import Health, judge, lines
from lvstui.engine.state import State
from lvstui.model.check import AdminState
from lvstui.model.ipvs import Plane, Table
from lvstui.model.override import PriorityOverride
from lvstui.model.snapshot import DirectorSnapshot, ProcessStatus
from lvstui.model.vrrp import PartKind, PriorityPart, VipStatus, VrrpState
from lvstui.model.worker import HealthReport, VrrpReport
from tests.engine.samples import RS1, RS2, VIP, configuration, instance, real, service


def well(**changes: object) -> DirectorSnapshot:
    state = State(configuration(), "lb1", 0.0)
    state.take_vrrp(VrrpReport((instance(),)), 10.0)
    state.take_health(HealthReport(plane=Plane.KERNEL, table=Table(), virtual_servers=(service(),)), 10.0)
    state.take_process(ProcessStatus(name="vrrp", pid=7, alive=True, started_at=1.0, answered_at=10.0))
    return msgspec.structs.replace(state.snapshot(11.0, 100.0), **changes)


def test_a_well_director_has_no_reasons() -> None:
    assert judge(well()) == (Health.WELL, ())


@pytest.mark.parametrize(
    ("changes", "health", "reason"),
    [
        ({"instances": (instance(state=VrrpState.FAULT, reason="eth0 is down"),)}, Health.DOWN, "eth0 is down"),
        ({"instances": (instance(vips=(VipStatus(VIP, False),)),)}, Health.DOWN, "does not hold 192.0.2.100/32"),
        ({"instances": (instance(vips=(VipStatus(VIP, True, "no such device"),)),)}, Health.DOWN, "no such device"),
        (
            {"instances": (instance(parts=(PriorityPart(PartKind.SCRIPT, "chk", -2, -2, False, "exit 1"),)),)},
            Health.DEGRADED,
            "chk fails (exit 1)",
        ),
        ({"virtual_servers": (service(real(RS1, up=False), real(RS2)),)}, Health.DEGRADED, "192.0.2.11:80 is down"),
        ({"virtual_servers": (service(real(RS1, up=False)),)}, Health.DOWN, "nobody serves"),
        ({"virtual_servers": (service(real(RS1, up=False), sorry_active=True),)}, Health.DEGRADED, "sorry server"),
        ({"virtual_servers": (service(real(RS1), quorum=5),)}, Health.DEGRADED, "below quorum (1 of 5)"),
        ({"reported_at": {"vrrp": 10.0, "health": 4.0}}, Health.DEGRADED, "health has not reported for 7 s"),
        (
            {"processes": (ProcessStatus(name="vrrp", pid=7, alive=False, started_at=1.0, answered_at=1.0),)},
            Health.DOWN,
            "vrrp process does not run",
        ),
    ],
)
def test_each_fault_has_its_degree_and_its_reason(changes: dict[str, object], health: Health, reason: str) -> None:
    found, reasons = judge(well(**changes))
    assert found is health
    assert any(reason in text for text in reasons)


def test_what_an_operator_wants_is_no_fault() -> None:
    drained = service(real(RS1, weight=0, admin=AdminState.DRAIN), real(RS2))
    resting = service(real(RS1, up=False, admin=AdminState.MAINT), real(RS2))
    slid = PriorityOverride(instance="VI_1", adjustment=-2, who="root", why="kernel")
    backup = instance(state=VrrpState.BACKUP, vips=(VipStatus(VIP, False),))
    for changes in ({"virtual_servers": (drained,)}, {"virtual_servers": (resting,)}, {"instances": (backup,)}):
        assert judge(well(priority_overrides=(slid,), **changes)) == (Health.WELL, ())


def test_the_page_names_what_there_is() -> None:
    slid = PriorityOverride(instance="VI_1", adjustment=-2, who="root", why="kernel")
    snapshot = well(priority_overrides=(slid,))
    page = "\n".join(lines(snapshot, *judge(snapshot)))
    for text in (
        "lb1 (LVS_01): well, kernel plane",
        "VI_1 (VRID 61",
        "192.0.2.100/32*",
        "VI_1 priority -2 by root kernel",
    ):
        assert text in page
