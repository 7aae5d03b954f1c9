"""Engine: what a child is told first, so that a replacement goes on where its predecessor was. Pure."""

from __future__ import annotations

from lvstui.engine.state import State
from lvstui.model.ipvs import Plane
from lvstui.model.vrrp import InstanceStatus
from lvstui.model.worker import Configure


def configure_child(state: State, plane: Plane | None, name: str, alive_at: float | None, now: float) -> Configure:
    """Return the first message to the child `name`; `alive_at` None: it has no predecessor.

    An instance goes on only if its predecessor was known to work within the master-down interval: until then
    nobody else can have taken over.
    """
    resume: tuple[InstanceStatus, ...] = ()
    if name == "vrrp" and alive_at is not None:
        resume = tuple(one for one in state.instances if now - alive_at < one.master_down_interval)
    again = name == "health" and alive_at is not None
    return Configure(
        configuration=state.configuration,
        resume_instances=resume,
        resume_checkers=state.checkers if again else (),
        resume_servers=state.virtual_servers if again else (),
        adjustments=state.overrides.adjustments(),
        admin=state.overrides.admin(),
        plane=plane,
    )
