"""One virtual router: an instance joined to its socket, its addresses and its announcements."""

from __future__ import annotations

import asyncio
from collections.abc import Callable

from lvstui.errors import KernelError
from lvstui.model.event import EventKind, Severity
from lvstui.vrrp.effects import AddVips, Announce, Effect, Record, RemoveVips, SendAdvertisement
from lvstui.vrrp.instance import Instance
from lvstui.vrrp.io.advert_socket import GROUP, AdvertSocket
from lvstui.vrrp.io.arp import Announcer
from lvstui.vrrp.io.links import LinkState
from lvstui.vrrp.io.vips import Note, VipKeeper
from lvstui.vrrp.packet import encode


class VirtualRouter:
    """Does what its instance wants done, in order. Failures become events (each once), never exceptions."""

    def __init__(
        self,
        instance: Instance,
        vips: VipKeeper,
        announcer: Announcer,
        link: Callable[[str], LinkState],
        note: Note,
    ) -> None:
        self.instance = instance
        self.name = instance.settings.name
        self.socket: AdvertSocket | None = None
        self.hindrances: frozenset[str] = frozenset()
        self.reported_revision = -1
        self._vips = vips
        self._announcer = announcer
        self._link = link
        self._note = note
        self._destinations = instance.settings.unicast_peers or (GROUP,)
        self._trouble = ""
        self._lingering: tuple[asyncio.TimerHandle, RemoveVips] | None = None
        self._encoded: dict[tuple[int, str, str], bytes] = {}

    def perform(self, effects: list[Effect]) -> None:
        """Carry the effects out."""
        for effect in effects:
            match effect:
                case SendAdvertisement():
                    self._send(effect.priority)
                case AddVips():
                    self._forget_lingering()
                    self._vips.add(self.name, effect.vips)
                case RemoveVips():
                    self._remove(effect)
                case Announce():
                    self._announce(effect)
                case Record():
                    self._note(self.name, effect)

    def settle(self) -> None:
        """Do now what was to be done a little later. For the end."""
        lingering = self._forget_lingering()
        if lingering:
            self._vips.remove(self.name, lingering.vips)

    def _remove(self, effect: RemoveVips) -> None:
        self._forget_lingering()
        if effect.linger > 0:
            handle = asyncio.get_running_loop().call_later(effect.linger, self.settle)
            self._lingering = handle, effect
        else:
            self._vips.remove(self.name, effect.vips)

    def _forget_lingering(self) -> RemoveVips | None:
        if self._lingering is None:
            return None
        (handle, effect), self._lingering = self._lingering, None
        handle.cancel()
        return effect

    def _send(self, priority: int) -> None:
        source = self.instance.source_address
        if self.socket is None or not source:
            self.instance.counters["send_err"] += 1
            return
        try:
            for destination in self._destinations:
                self.socket.send(self._pdu(priority, source, destination), source, destination)
        except KernelError as error:
            self.instance.counters["send_err"] += 1
            self._complain(f"({self.name}): send advert error {error.errno} ({error})")
        else:
            self._trouble = ""

    def _pdu(self, priority: int, source: str, destination: str) -> bytes:
        """The message; it stays the same until priority or source changes."""
        key = (priority, source, destination)
        if key not in self._encoded:
            if len(self._encoded) > 4 * len(self._destinations):
                self._encoded.clear()
            as_v2 = self.instance.settings.checksum_as_v2
            advertisement = self.instance.advertisement(priority)
            self._encoded[key] = encode(advertisement, source, destination, checksum_as_v2=as_v2)
        return self._encoded[key]

    def _announce(self, effect: Announce) -> None:
        targets = [(vip, self._link(vip.interface).mac) for vip in effect.vips if ":" not in vip.address]
        try:
            for _ in range(effect.repeat):
                for vip, mac in targets:
                    if len(mac) == 6 and any(mac):  # loopback, tunnels: nobody to tell
                        self._announcer.gratuitous(vip.interface, mac, vip.address)
        except KernelError as error:
            self._complain(f"({self.name}) {error}")

    def _complain(self, text: str) -> None:
        if text != self._trouble:
            self._trouble = text
            self._note(self.name, Record(kind=EventKind.VRRP_ADVERT, severity=Severity.ERROR, text=text))
