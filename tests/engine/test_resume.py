"""What a replacement may go on with."""

from __future__ import annotations

from lvstui.engine.resume import configure_child
from lvstui.engine.state import State
from lvstui.model.ipvs import Plane, Table
from lvstui.model.override import PriorityOverride
from lvstui.model.worker import HealthReport, VrrpReport
from tests.engine.samples import configuration, instance, service


def tree() -> State:
    state = State(configuration(), "lb1", 0.0)
    quick = instance(name="VI_2", master_down_interval=0.36)
    state.take_vrrp(VrrpReport((instance(), quick)), 10.0)
    state.take_health(HealthReport(plane=Plane.KERNEL, table=Table(), virtual_servers=(service(),)), 10.0)
    state.overrides.set_priority(PriorityOverride(instance="VI_1", adjustment=-2, who="root"))
    return state


def resumed(alive_at: float | None, now: float) -> list[str]:
    return [one.name for one in configure_child(tree(), None, "vrrp", alive_at, now).resume_instances]


def test_a_first_child_resumes_nothing_but_hears_of_overrides_and_plane() -> None:
    configure = configure_child(tree(), Plane.USERSPACE, "vrrp", None, 10.0)
    assert configure.resume_instances == ()
    assert configure.adjustments == {"VI_1": -2}
    assert configure.plane is Plane.USERSPACE


def test_instances_go_on_only_within_their_own_master_down_interval() -> None:
    assert resumed(10.0, 10.1) == ["VI_1", "VI_2"]
    assert resumed(10.0, 10.5) == ["VI_1"]
    assert resumed(10.0, 13.7) == []


def test_verdicts_go_on_however_long_it_took() -> None:
    configure = configure_child(tree(), None, "health", 10.0, 9999.0)
    assert configure.resume_servers == (service(),)
    assert configure.resume_instances == ()
    assert configure_child(tree(), None, "health", None, 10.0).resume_servers == ()
