"""Overrides are kept with their author, and end when set back."""

from __future__ import annotations

from lvstui.engine.overrides import Overrides
from lvstui.model.check import AdminState
from lvstui.model.override import PriorityOverride, ServerOverride
from tests.engine.samples import KEY, RS1, RS2


def priority(adjustment: int, instance: str = "VI_1") -> PriorityOverride:
    return PriorityOverride(instance=instance, adjustment=adjustment, who="root", why="kernel", since_time=1.0)


def server(admin: AdminState) -> ServerOverride:
    return ServerOverride(service=KEY, real_server=RS1, admin=admin, who="root")


def test_an_adjustment_is_in_force_until_it_is_zero() -> None:
    overrides = Overrides()
    assert overrides.adjustment("VI_1") == 0
    overrides.set_priority(priority(-2))
    overrides.set_priority(priority(5, "VI_2"))
    overrides.set_priority(priority(-7))
    assert overrides.adjustments() == {"VI_1": -7, "VI_2": 5}
    assert overrides.priorities[0].who == "root"
    overrides.set_priority(priority(0))
    overrides.set_priority(priority(0, "VI_3"))
    assert overrides.adjustments() == {"VI_2": 5}
    assert [override.instance for override in overrides.priorities] == ["VI_2"]


def test_a_server_state_is_in_force_until_it_is_ready() -> None:
    overrides = Overrides()
    overrides.set_server(server(AdminState.DRAIN))
    overrides.set_server(server(AdminState.MAINT))
    assert overrides.admin_state(KEY, RS1) is AdminState.MAINT
    assert overrides.admin_state(KEY, RS2) is AdminState.READY
    assert overrides.admin() == ((KEY, RS1, AdminState.MAINT),)
    overrides.set_server(server(AdminState.READY))
    overrides.set_server(server(AdminState.READY))
    assert overrides.servers == ()
    assert overrides.admin() == ()
