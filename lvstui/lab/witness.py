"""Lab: who saw what and when, from outside the engines: frames at the bridge, addresses in each kernel."""

from __future__ import annotations

import asyncio
import contextlib
import socket
from collections import deque
from collections.abc import Callable, Iterable
from functools import partial

import msgspec

from lvstui.lab import address_events, capture
from lvstui.lab.address_events import AddressChange
from lvstui.lab.capture import Advert, GratuitousArp
from lvstui.lab.namespace import within

MAX_SIGHTINGS = 20_000
_FRAMES_A_TURN = 200


class Sighting(msgspec.Struct, frozen=True):
    """Something seen at `at` (monotonic seconds): `host` sent it, or its kernel changed."""

    at: float
    host: str
    what: Advert | GratuitousArp | AddressChange


Predicate = Callable[[Sighting], bool]


class Witness:
    """Listens in the bridge's namespace and in those of the directors until closed.

    `held`: the addresses that each director's kernel got since then and still has (its VIPs).
    """

    def __init__(self, bridge_namespace: str, directors: Iterable[tuple[str, str]]) -> None:
        self._loop = asyncio.get_running_loop()
        self.sightings: deque[Sighting] = deque(maxlen=MAX_SIGHTINGS)
        self.held: dict[str, set[str]] = {}
        self.on_change: Callable[[], None] = lambda: None
        self._waiting: list[tuple[Predicate, asyncio.Future[Sighting]]] = []
        self._sockets: list[socket.socket] = []
        opened = within(bridge_namespace, capture.open_socket)
        self._listen(opened, partial(self._take_frames, opened))
        for host, namespace in directors:
            opened = within(namespace, address_events.open_socket)
            self._listen(opened, partial(self._take_changes, opened, host))

    def _listen(self, opened: socket.socket, take: Callable[[], None]) -> None:
        self._sockets.append(opened)
        self._loop.add_reader(opened, take)

    def close(self) -> None:
        """Stop listening; whoever still waits is cancelled."""
        for opened in self._sockets:
            self._loop.remove_reader(opened)
            opened.close()
        self._sockets.clear()
        for _, future in self._waiting:
            future.cancel()

    def _take_frames(self, opened: socket.socket) -> None:
        for _ in range(_FRAMES_A_TURN):
            try:
                seen = capture.receive(opened)
            except OSError:
                return
            if seen and seen[0] != "br0":
                self._see(Sighting(self._loop.time(), seen[0].partition(".")[0], seen[1]))

    def _take_changes(self, opened: socket.socket, host: str) -> None:
        with contextlib.suppress(OSError):
            for change in address_events.parse(opened.recv(1 << 16)):
                held = self.held.setdefault(host, set())
                (held.add if change.added else held.discard)(change.address)
                self._see(Sighting(self._loop.time(), host, change))
                self.on_change()

    def _see(self, sighting: Sighting) -> None:
        self.sightings.append(sighting)
        for predicate, future in self._waiting:
            if not future.done() and predicate(sighting):
                future.set_result(sighting)

    def first(self, predicate: Predicate, since: float) -> Sighting | None:
        """Return the first sighting from `since` on that fits."""
        return next((each for each in self.sightings if each.at >= since and predicate(each)), None)

    def last(self, predicate: Predicate, before: float = float("inf")) -> Sighting | None:
        """Return the last sighting before a moment that fits."""
        return next((each for each in reversed(self.sightings) if each.at < before and predicate(each)), None)

    async def wait_for(self, predicate: Predicate, since: float, seconds: float) -> Sighting | None:
        """Return the first fitting sighting from `since` on, waiting up to `seconds` from now; None if none came."""
        if found := self.first(predicate, since):
            return found
        future: asyncio.Future[Sighting] = self._loop.create_future()
        entry = (predicate, future)
        self._waiting.append(entry)
        try:
            async with asyncio.timeout(seconds):
                return await future
        except TimeoutError:
            return None
        finally:
            self._waiting.remove(entry)


def advert_from(host: str, vrid: int, *, priority: Callable[[int], bool] = bool) -> Predicate:
    """Return a predicate: an advertisement of this host for this VRID; by default one with a priority above 0."""

    def fits(sighting: Sighting) -> bool:
        what = sighting.what
        return isinstance(what, Advert) and (sighting.host, what.vrid) == (host, vrid) and priority(what.priority)

    return fits


def address_change(host: str, address: str, added: bool) -> Predicate:
    """Return a predicate: this host's kernel got or lost this address."""

    def fits(sighting: Sighting) -> bool:
        what = sighting.what
        return isinstance(what, AddressChange) and (sighting.host, what.address, what.added) == (host, address, added)

    return fits
