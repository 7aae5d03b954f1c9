"""What an operator set: kept apart from the configured and from the actual."""

from __future__ import annotations

import msgspec

from lvstui.model.check import AdminState
from lvstui.model.endpoint import Endpoint, ServiceKey


class PriorityOverride(msgspec.Struct, frozen=True, kw_only=True, tag="priority"):
    """The slider: `adjustment` -253..253 is added to the instance's priority."""

    instance: str
    adjustment: int
    who: str
    why: str = ""
    since_time: float = 0.0


class ServerOverride(msgspec.Struct, frozen=True, kw_only=True, tag="server"):
    """An administrative state of a real server within a virtual server."""

    service: ServiceKey
    real_server: Endpoint
    admin: AdminState
    who: str
    why: str = ""
    since_time: float = 0.0


Override = PriorityOverride | ServerOverride
