"""Health: the pool of one virtual server: what is up, whether there is quorum, and which table is wanted.

Where the operator meets the quorum: a real server in `drain` or `maint` adds nothing to it, as one with weight 0
does for keepalived. So draining the last server loses the quorum and lets the sorry server in, and that is wanted:
new clients get its page instead of no answer. The drained server stays in the table with weight 0 beside it, so that
its connections end in peace; servers that are merely up below quorum leave the table, as with keepalived.
Without a sorry server real servers stay whatever the quorum.
"""

from __future__ import annotations

import ipaddress
from collections.abc import Mapping

import msgspec

from lvstui.health.member import members, table_endpoint
from lvstui.health.quorum import Quorum
from lvstui.health.wording import server_name, server_subject, service_name
from lvstui.model.check import AdminState, VirtualServerStatus
from lvstui.model.configuration import VirtualServer
from lvstui.model.endpoint import Endpoint
from lvstui.model.event import Event, EventKind, Severity
from lvstui.model.ipvs import Destination, Service


class Pool:
    """A virtual server's state. Verbs take `now` (monotonic) and `wall` (UTC epoch) and return the events."""

    def __init__(
        self,
        virtual_server: VirtualServer,
        now: float,
        *,
        router_id: str = "",
        admin: Mapping[Endpoint, AdminState] | None = None,
    ) -> None:
        self.configured = virtual_server
        self.key = virtual_server.key
        self.members = members(virtual_server, admin or {}, now)
        total = sum(server.weight for server in virtual_server.real_servers)
        self.quorum = Quorum.of(virtual_server.quorum, virtual_server.hysteresis, total)
        self.quorum_up = False
        self._router_id = router_id
        self._name = service_name(virtual_server.key)

    @property
    def alive_weight(self) -> int:
        """The live weight that counts for the quorum."""
        return sum(member.live_weight for member in self.members.values())

    @property
    def sorry_active(self) -> bool:
        """Whether the sorry server serves instead of the real servers."""
        return self.configured.sorry_server is not None and not self.quorum_up

    def begin(self, now: float, wall: float) -> tuple[Event, ...]:
        """Say how the quorum stands at the start."""
        events = self.settle(now, wall)
        if not self.sorry_active:
            # There was no sorry server in the table to take out, and a start is no news for a mailbox.
            return tuple(msgspec.structs.replace(event, mail_subject="") for event in events[:1])
        text = self.quorum.loss_text(self.alive_weight, self._name, "Starting with quorum down")
        return (self._pool_event(text, Severity.WARNING, now, wall), *self._sorry_in(now, wall))

    def resume(self, status: VirtualServerStatus, ups: Mapping[Endpoint, bool]) -> None:
        """Take over from a predecessor, without events: its quorum, and which real servers are up and since when."""
        known = {server.endpoint: server for server in status.real_servers}
        for endpoint, member in self.members.items():
            member.up = ups.get(endpoint, member.up)
            if endpoint in known:
                member.resume(known[endpoint], status.sorry_active)
        self.quorum_up = status.quorum_up

    def set_up(self, endpoint: Endpoint, up: bool, reason: str, now: float, wall: float) -> tuple[Event, ...]:
        """All checkers of a real server are up, or one is down. `reason`: code and detail of the deciding probe."""
        member = self.members[endpoint]
        if member.up == up:
            return ()
        member.up, member.since_at = up, now
        if member.admin is AdminState.MAINT:
            return ()
        first = self._server_event(endpoint, up, reason, now, wall, mail=member.configured.smtp_alert)
        return (first, *self.settle(now, wall))

    def set_wish(self, endpoint: Endpoint, index: int, wish: int | None, now: float, wall: float) -> tuple[Event, ...]:
        """The dynamic checker `index` asks for a weight (None: the configured one)."""
        member = self.members[endpoint]
        before = member.checked_weight
        if wish is None:
            member.wishes.pop(index, None)
        else:
            member.wishes[index] = wish
        if member.checked_weight == before:
            return ()
        changed = self._weight_event(endpoint, before, member.checked_weight, "", now, wall)
        return (changed, *self.settle(now, wall))

    def set_admin(self, endpoint: Endpoint, admin: AdminState, now: float, wall: float) -> tuple[Event, ...]:
        """An operator decides. Out of `maint` a real server with checkers is down until they say otherwise."""
        member = self.members[endpoint]
        before = member.admin
        if before is admin:
            return ()
        served, weight = member.serving, member.live_weight
        member.admin = admin
        if AdminState.MAINT in (before, admin):
            member.up = admin is not AdminState.MAINT and not member.configured.checkers
            member.since_at = now
        events: list[Event] = []
        if served != member.serving:
            events.append(self._server_event(endpoint, member.serving, f"operator: {admin}", now, wall))
        elif served:
            events.append(self._weight_event(endpoint, weight, member.live_weight, f"operator: {admin}", now, wall))
        return (*events, *self.settle(now, wall))

    def status(self) -> VirtualServerStatus:
        """Return what the screen is told."""
        sorry = self.sorry_active
        return VirtualServerStatus(
            key=self.key,
            quorum=self.quorum.quorum,
            alive_weight=self.alive_weight,
            quorum_up=self.quorum_up,
            sorry_server=self.configured.sorry_server,
            sorry_active=sorry,
            real_servers=tuple(member.status(sorry) for member in self.members.values()),
        )

    def service(self) -> Service:
        """Return the wanted table entry with its destinations."""
        server, sorry = self.configured, self.sorry_active
        wanted = [m.destination(server, sorry) for m in self.members.values() if m.in_table(sorry)]
        if server.sorry_server and (sorry or server.sorry_inhibit):
            place = table_endpoint(server, server.sorry_server, server.sorry_forwarding)
            # A machine that is both sorry server and real server is one destination; the sorry server decides.
            wanted = [destination for destination in wanted if destination.endpoint != place] if sorry else wanted
            if all(destination.endpoint != place for destination in wanted):
                wanted.append(Destination(endpoint=place, forwarding=server.sorry_forwarding, weight=int(sorry)))
        return Service(
            key=self.key,
            scheduler=server.scheduler,
            persistence_timeout=server.persistence_timeout,
            netmask=netmask(self.key.address, server.persistence_netmask),
            one_packet=server.one_packet,
            flags=server.scheduler_flags,
            destinations=tuple(wanted),
        )

    def settle(self, now: float, wall: float) -> tuple[Event, ...]:
        """Compare the live weight with the quorum and swap the sorry server in or out."""
        weight = self.alive_weight
        if self.quorum_up and self.quorum.lost(weight):
            self.quorum_up = False
            text = self.quorum.loss_text(weight, self._name)
            lost = self._pool_event(text, Severity.ERROR, now, wall, mail="DOWN")
            return (lost, *self._sorry_in(now, wall))
        if not self.quorum_up and self.quorum.gained(weight):
            had_sorry = self.sorry_active
            self.quorum_up = True
            text = self.quorum.gain_text(weight, self._name)
            gained = self._pool_event(text, Severity.NOTICE, now, wall, mail="UP")
            return (gained, *(self._sorry_out(now, wall) if had_sorry else ()))
        return ()

    def _sorry_in(self, now: float, wall: float) -> tuple[Event, ...]:
        if self.configured.sorry_server is None:
            return ()
        name = server_name(self.configured.sorry_server, self.key.protocol)
        verb = "Enabling" if self.configured.sorry_inhibit else "Adding"
        return (
            self._pool_event(f"{verb} sorry server {name} to VS {self._name}", Severity.WARNING, now, wall),
            self._pool_event(f"Removing alive servers from the pool for VS {self._name}", Severity.INFO, now, wall),
        )

    def _sorry_out(self, now: float, wall: float) -> tuple[Event, ...]:
        assert self.configured.sorry_server is not None
        name = server_name(self.configured.sorry_server, self.key.protocol)
        verb = "Disabling" if self.configured.sorry_inhibit else "Removing"
        return (
            self._pool_event(f"{verb} sorry server {name} from VS {self._name}", Severity.NOTICE, now, wall),
            self._pool_event(f"Adding alive servers to the pool for VS {self._name}", Severity.INFO, now, wall),
        )

    def _server_event(
        self, endpoint: Endpoint, up: bool, reason: str, now: float, wall: float, *, mail: bool = False
    ) -> Event:
        name = server_name(endpoint, self.key.protocol)
        if self.members[endpoint].configured.inhibit_on_failure:
            text = f"{'Enabling' if up else 'Disabling'} service {name} of VS {self._name}"
        else:
            text = f"{'Adding' if up else 'Removing'} service {name} {'to' if up else 'from'} VS {self._name}"
        state = "UP" if up else "DOWN"
        subject = f"[{self._router_id}] Realserver {name} of virtual server {self._name} - {state}"
        return Event(
            time=wall,
            at=now,
            kind=EventKind.REAL_SERVER,
            severity=Severity.NOTICE if up else Severity.ERROR if mail else Severity.WARNING,
            subject=server_subject(self.key, endpoint),
            text=text,
            reason=reason,
            mail_subject=subject if mail else "",
        )

    def _weight_event(self, endpoint: Endpoint, before: int, after: int, reason: str, now: float, wall: float) -> Event:
        activity = "active" if self.members[endpoint].serving else "inactive"
        name = server_name(endpoint, self.key.protocol)
        return Event(
            time=wall,
            at=now,
            kind=EventKind.REAL_SERVER,
            severity=Severity.NOTICE,
            subject=server_subject(self.key, endpoint),
            text=f"Changing weight from {before} to {after} for {activity} service {name} of VS {self._name}",
            reason=reason,
        )

    def _pool_event(self, text: str, severity: Severity, now: float, wall: float, mail: str = "") -> Event:
        subject = f"[{self._router_id}] Virtualserver {self._name} - {mail}"
        return Event(
            time=wall,
            at=now,
            kind=EventKind.QUORUM,
            severity=severity,
            subject=str(self.key),
            text=text,
            mail_subject=subject if mail and self.configured.smtp_alert else "",
        )


def netmask(address: str, configured: str) -> str:
    """Return the persistence mask as the table has it: dotted for IPv4, a prefix length for IPv6.

    `configured` is either; the record's IPv4 default stands for "the whole address" in IPv6 too.
    """
    if ":" in address:
        return configured.lstrip("/") if configured.lstrip("/").isdigit() else "128"
    return str(ipaddress.ip_network(f"0.0.0.0/{configured.lstrip('/')}").netmask)
