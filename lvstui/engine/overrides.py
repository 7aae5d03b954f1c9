"""Engine: what operators set, with who, why and since when. Kept apart from what is configured and what is."""

from __future__ import annotations

from lvstui.model.check import AdminState
from lvstui.model.endpoint import Endpoint, ServiceKey
from lvstui.model.override import PriorityOverride, ServerOverride


class Overrides:
    """The overrides in force. Setting a thing back to its normal state removes its override."""

    def __init__(self) -> None:
        self._priorities: dict[str, PriorityOverride] = {}
        self._servers: dict[tuple[ServiceKey, Endpoint], ServerOverride] = {}

    @property
    def priorities(self) -> tuple[PriorityOverride, ...]:
        """Priority overrides in the order they were first set."""
        return tuple(self._priorities.values())

    @property
    def servers(self) -> tuple[ServerOverride, ...]:
        """Real server overrides in the order they were first set."""
        return tuple(self._servers.values())

    def adjustment(self, instance: str) -> int:
        """Return the adjustment in force, 0 without an override."""
        override = self._priorities.get(instance)
        return override.adjustment if override else 0

    def admin_state(self, service: ServiceKey, real_server: Endpoint) -> AdminState:
        """Return the operator's state in force, ready without an override."""
        override = self._servers.get((service, real_server))
        return override.admin if override else AdminState.READY

    def set_priority(self, override: PriorityOverride) -> None:
        """Take an adjustment into force; 0 removes."""
        if override.adjustment:
            self._priorities[override.instance] = override
        else:
            self._priorities.pop(override.instance, None)

    def set_server(self, override: ServerOverride) -> None:
        """Take an operator's state into force; ready removes."""
        key = (override.service, override.real_server)
        if override.admin is AdminState.READY:
            self._servers.pop(key, None)
        else:
            self._servers[key] = override

    def adjustments(self) -> dict[str, int]:
        """Return what a new vrrp child must be told."""
        return {name: override.adjustment for name, override in self._priorities.items()}

    def admin(self) -> tuple[tuple[ServiceKey, Endpoint, AdminState], ...]:
        """Return what a new health child must be told."""
        return tuple((service, real, override.admin) for (service, real), override in self._servers.items())
