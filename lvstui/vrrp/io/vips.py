"""The VIPs of all instances against the kernel: added, removed, put back, and what is held."""

from __future__ import annotations

from collections.abc import Callable, Iterable

from lvstui.errors import KernelError
from lvstui.model.event import EventKind, Severity
from lvstui.model.vip import Vip
from lvstui.model.vrrp import VipStatus
from lvstui.vrrp.effects import Record
from lvstui.vrrp.io.addresses import Addresses

PUT_BACK_PAUSE = 0.1  # seconds between two attempts to put an address back that somebody keeps deleting

Note = Callable[[str, Record], None]


class VipKeeper:
    """Wanted and actual addresses. What the kernel refuses becomes an event and the VIP's `error`; it never raises."""

    def __init__(self, addresses: Addresses, note: Note) -> None:
        self._addresses = addresses
        self._note = note
        self._held: dict[str, frozenset[tuple[str, int]]] = {}
        self._errors: dict[Vip, str] = {}
        self._put_back_at: dict[Vip, float] = {}

    def forget(self) -> None:
        """What was read may be outdated: read again when asked."""
        self._held.clear()

    def add(self, instance: str, vips: Iterable[Vip]) -> None:
        """Put the addresses on their interfaces."""
        self._each(instance, vips, self._addresses.add)

    def remove(self, instance: str, vips: Iterable[Vip]) -> None:
        """Take the addresses away."""
        self._each(instance, vips, self._addresses.remove)

    def remove_residual(self, instance: str, vips: Iterable[Vip]) -> None:
        """Take away what a predecessor that was killed has left (keepalived does so at its start)."""
        left = tuple(vip for vip in vips if self.holds(vip))
        if left:
            self.remove(instance, left)
            text = f"({instance}) removing VIPs."
            reason = f"left by an earlier run: {', '.join(map(str, left))}"
            self._note(instance, _record(Severity.NOTICE, text, reason))

    def missing(self, vips: Iterable[Vip], now: float) -> tuple[Vip, ...]:
        """Which of a MASTER's addresses somebody has taken away and may be put back now."""
        return tuple(
            vip
            for vip in vips
            if vip not in self._errors
            and not self.holds(vip)
            and now >= self._put_back_at.get(vip, 0.0) + PUT_BACK_PAUSE
        )

    def put_back(self, instance: str, vips: tuple[Vip, ...], now: float) -> None:
        """Add them again and tell of it; keepalived leaves MASTER for that (V-151), which only makes a gap."""
        for vip in vips:
            self._put_back_at[vip] = now
            text = f"Netlink reflector reports IP {vip.address} removed from {vip.interface}"
            self._note(instance, _record(Severity.WARNING, f"({instance}) {text}", "put back at once"))
        self.add(instance, vips)

    def retry(self, instance: str, vips: Iterable[Vip]) -> None:
        """Try again what the kernel refused before."""
        failed = tuple(vip for vip in vips if vip in self._errors)
        if failed:
            self.add(instance, failed)

    def holds(self, vip: Vip) -> bool:
        """Whether the kernel holds the address now."""
        held = self._held.get(vip.interface)
        if held is None:
            try:
                held = self._addresses.held(vip.interface)
            except KernelError:
                held = frozenset()  # not knowing is not holding
            self._held[vip.interface] = held
        return (vip.address, vip.prefix_length) in held

    def statuses(self, vips: Iterable[Vip]) -> tuple[VipStatus, ...]:
        """Each address with what the kernel says of it."""
        return tuple(VipStatus(vip, self.holds(vip), self._errors.get(vip, "")) for vip in vips)

    def _each(self, instance: str, vips: Iterable[Vip], do: Callable[[Vip], None]) -> None:
        for vip in vips:
            try:
                do(vip)
            except KernelError as error:
                if self._errors.get(vip) != str(error):
                    self._errors[vip] = str(error)
                    self._note(instance, _record(Severity.ERROR, f"({instance}) {error}"))
            else:
                self._errors.pop(vip, None)
        self.forget()


def _record(severity: Severity, text: str, reason: str = "") -> Record:
    return Record(kind=EventKind.VIP, severity=severity, text=text, reason=reason)
