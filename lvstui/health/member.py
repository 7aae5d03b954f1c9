"""Health: one real server within a virtual server: configured, checked, overridden."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from lvstui.model.check import AdminState, RealServerStatus
from lvstui.model.configuration import MiscChecker, RealServer, VirtualServer
from lvstui.model.endpoint import Endpoint
from lvstui.model.ipvs import Destination, ForwardingMethod


@dataclass(slots=True)
class Member:
    """A real server. `up`: all its checkers are; `wishes`: weights that dynamic scripts ask for, by checker index."""

    configured: RealServer
    up: bool
    since_at: float
    admin: AdminState = AdminState.READY
    wishes: dict[int, int] = field(default_factory=dict)

    @property
    def serving(self) -> bool:
        """Whether traffic may go to it: up and not in maintenance."""
        return self.up and self.admin is not AdminState.MAINT

    @property
    def checked_weight(self) -> int:
        """The weight without the operator: each script's wish moves the configured one, never below 0."""
        base = self.configured.weight
        return max(0, base + sum(wish - base for wish in self.wishes.values()))

    @property
    def live_weight(self) -> int:
        """What it adds to the quorum, which is also the weight it gets: 0 unless it serves and is not in drain."""
        return self.checked_weight if self.serving and self.admin is AdminState.READY else 0

    def resume(self, status: RealServerStatus, sorry_active: bool) -> None:
        """Take over a predecessor's report: since when, and the weight that a dynamic script asked for."""
        self.since_at = status.since_at
        checkers = enumerate(self.configured.checkers)
        dynamic = next((index for index, one in checkers if isinstance(one, MiscChecker) and one.dynamic), None)
        told = status.up and status.in_table and not sorry_active and status.admin is AdminState.READY
        if dynamic is not None and told and status.weight != self.configured.weight:
            self.wishes[dynamic] = status.weight

    def in_table(self, sorry_active: bool) -> bool:
        """Whether it is a destination.

        `inhibit_on_failure` keeps it with weight 0. Beside an active sorry server only those stay, and the ones in
        drain: their connections go on while new ones get the sorry page.
        """
        if self.admin is AdminState.MAINT:
            return False
        if not self.up:
            return self.configured.inhibit_on_failure
        return not sorry_active or self.configured.inhibit_on_failure or self.admin is AdminState.DRAIN

    def weight(self, sorry_active: bool) -> int:
        """The weight in the table."""
        return 0 if sorry_active else self.live_weight

    def destination(self, virtual_server: VirtualServer, sorry_active: bool) -> Destination:
        """Return the wanted table entry."""
        server = self.configured
        return Destination(
            endpoint=table_endpoint(virtual_server, server.endpoint, server.forwarding),
            forwarding=server.forwarding,
            weight=self.weight(sorry_active),
            upper_threshold=server.upper_threshold,
            lower_threshold=server.lower_threshold,
        )

    def status(self, sorry_active: bool) -> RealServerStatus:
        """Return what the screen is told."""
        in_table = self.in_table(sorry_active)
        return RealServerStatus(
            endpoint=self.configured.endpoint,
            configured_weight=self.configured.weight,
            weight=self.weight(sorry_active) if in_table else 0,
            up=self.up,
            in_table=in_table,
            admin=self.admin,
            since_at=self.since_at,
        )


def members(virtual_server: VirtualServer, admin: Mapping[Endpoint, AdminState], now: float) -> dict[Endpoint, Member]:
    """Return the real servers as they start: up unless `alpha`, down in maintenance; without checkers always up."""
    found = {}
    for server in virtual_server.real_servers:
        state = admin.get(server.endpoint, AdminState.READY)
        alpha = bool(server.checkers) and (server.alpha or any(one.timing.alpha for one in server.checkers))
        found[server.endpoint] = Member(server, not alpha and state is not AdminState.MAINT, now, state)
    return found


def table_endpoint(virtual_server: VirtualServer, endpoint: Endpoint, forwarding: ForwardingMethod) -> Endpoint:
    """Return where packets go: without NAT the port cannot change (keepalived forces it; 0 for a firewall mark)."""
    if forwarding is ForwardingMethod.MASQUERADE:
        return endpoint
    return Endpoint(endpoint.address, 0 if virtual_server.key.fwmark else virtual_server.key.port)
