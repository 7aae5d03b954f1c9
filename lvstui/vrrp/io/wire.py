"""One advert socket and the routers that speak through it (V-015): received adverts find theirs by VRID."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Collection

from lvstui.vrrp.io.advert_socket import AdvertSocket
from lvstui.vrrp.io.router import VirtualRouter
from lvstui.vrrp.packet import Received, Rejected, decode


class Wire:
    """Multicast on an interface, or unicast from one source. Opened anew when the interface was made anew."""

    def __init__(
        self,
        loop: asyncio.AbstractEventLoop,
        interface: str,
        source: str,
        after: Callable[[VirtualRouter], None],
        configured: Callable[[str], Collection[int]],
    ) -> None:
        self.interface = interface
        self.source = source  # "" for multicast
        self.routers: dict[int, VirtualRouter] = {}
        self._loop = loop
        self._after = after
        self._configured = configured
        self._socket: AdvertSocket | None = None
        self._index = 0

    def open(self, index: int) -> None:
        """Have a socket on the interface that has this index now; KernelError if there is none to be had."""
        if self._socket is not None and self._index == index:
            return
        self.close()
        multicast = not self.source
        self._socket = AdvertSocket(
            self._loop, self.interface, self._on_datagram, multicast=multicast, source=self.source
        )
        self._index = index
        for router in self.routers.values():
            router.socket = self._socket

    def close(self) -> None:
        """Have no socket; may be called at any time."""
        for router in self.routers.values():
            router.socket = None
        if self._socket is not None:
            self._socket.close()
            self._socket = None
        self._index = 0

    def _on_datagram(self, datagram: bytes, at: float) -> None:
        received = decode(datagram)
        vrid = received.advertisement.vrid if isinstance(received, Received) else received.vrid
        router = self.routers.get(vrid)
        if router is not None:
            router.perform(router.instance.receive(received, at))
            self._after(router)
        elif isinstance(received, Rejected) and not vrid:
            # Too broken to tell whose it was: everybody who listens here counts it.
            for router in self.routers.values():
                router.perform(router.instance.receive(received, at))
                self._after(router)
        elif vrid not in self._configured(self.interface):
            for router in self.routers.values():
                router.instance.counters["vrid_err"] += 1
