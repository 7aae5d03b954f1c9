"""What the machine allows each router: its interface, its source address, its socket; told as faults and trackers."""

from __future__ import annotations

import errno
from collections.abc import Callable, Iterable

from lvstui.errors import KernelError
from lvstui.model.event import EventKind, Severity
from lvstui.model.vrrp import PartKind
from lvstui.vrrp.effects import Record
from lvstui.vrrp.io.addresses import Addresses
from lvstui.vrrp.io.links import LinkState, LinkWatcher
from lvstui.vrrp.io.router import VirtualRouter
from lvstui.vrrp.io.vips import Note
from lvstui.vrrp.io.wire import Wire

_FATAL = (errno.EPERM, errno.EACCES)


class Surroundings:
    """Read from the kernel at each hint, as a whole: events are hints, what is read is the truth."""

    def __init__(
        self,
        links: LinkWatcher,
        addresses: Addresses,
        foreign: frozenset[str],
        note: Note,
        after: Callable[[VirtualRouter], None],
    ) -> None:
        self._links = links
        self._addresses = addresses
        self._vip_addresses = foreign
        self._note = note
        self._after = after
        self._states: dict[str, LinkState] = {}
        self._sources: dict[str, str] = {}

    def link(self, interface: str) -> LinkState:
        """The interface as last read."""
        if interface not in self._states:
            self._states[interface] = self._links.state(interface)
        return self._states[interface]

    def refresh(self, wires: Iterable[Wire], now: float) -> None:
        """Read everything again and tell the routers. KernelError only where this process has no right to work."""
        before, self._states, self._sources = self._states, {}, {}
        for wire in wires:
            for router in wire.routers.values():
                self._look(router, wire, now)
        for interface, state in self._states.items():
            if interface in before and before[interface].running != state.running:
                text = f"Netlink reports {interface} {'up' if state.running else 'down'}"
                severity = Severity.NOTICE if state.running else Severity.ERROR
                self._note(interface, Record(kind=EventKind.TRACKER, severity=severity, text=text))

    def _look(self, router: VirtualRouter, wire: Wire, now: float) -> None:
        instance = router.instance
        found = frozenset(self._hindrances(router, wire))
        # New ones first: a router must not recover for the moment in between.
        for reason in sorted(found - router.hindrances):
            router.perform(instance.set_fault(reason, now))
        for reason in sorted(router.hindrances - found):
            router.perform(instance.clear_fault(reason, now))
        router.hindrances = found
        for tracked in instance.settings.track_interfaces:
            running = self.link(tracked.name).running
            detail = "up" if running else "down"
            router.perform(instance.set_tracker(PartKind.INTERFACE, tracked.name, running, detail, now))
        self._after(router)

    def _hindrances(self, router: VirtualRouter, wire: Wire) -> Iterable[str]:
        settings = router.instance.settings
        vip_interfaces = {vip.interface for vip in router.instance.vips} - {settings.interface}
        for interface in (settings.interface, *sorted(vip_interfaces)):
            state = self.link(interface)
            if not state.exists:
                yield f"interface {interface} does not exist"
            elif not state.up:
                yield f"interface {interface} is down"
            elif not state.running:
                yield f"interface {interface} has no carrier"
        if not self.link(settings.interface).exists:
            wire.close()
            return
        source = settings.unicast_source or settings.multicast_source or self._primary(settings.interface)
        if source:
            router.instance.set_source(source)
        else:
            yield f"interface {settings.interface} has no IPv4 address to send adverts from"
        if problem := self._opened(wire):
            yield problem

    def _primary(self, interface: str) -> str:
        if interface not in self._sources:
            try:
                self._sources[interface] = self._addresses.primary(interface, exclude=self._vip_addresses)
            except KernelError:
                self._sources[interface] = ""
        return self._sources[interface]

    def _opened(self, wire: Wire) -> str:
        try:
            wire.open(self.link(wire.interface).index)
        except KernelError as error:
            if error.errno in _FATAL:
                raise
            return str(error)
        return ""
