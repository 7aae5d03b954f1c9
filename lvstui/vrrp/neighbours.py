"""The routers heard for a VRID: last advert, how many, how many were refused and why. Bounded, whoever sends."""

from __future__ import annotations

from collections.abc import Iterable

import msgspec

from lvstui.model.vrrp import Peer
from lvstui.vrrp.packet import Received, Rejected

MOST_NEIGHBOURS = 16


class _Heard(msgspec.Struct):
    """A peer as it is being counted; `seen_at` is moved by refused adverts too."""

    peer: Peer
    seen_at: float


class Neighbours:
    """Peers by address. When there are too many, those never believed go first, then those silent longest."""

    def __init__(self) -> None:
        self._heard: dict[str, _Heard] = {}

    def heard(self, received: Received, now: float) -> bool:
        """Note a good advert; whether its sender is new or speaks with another priority than before."""
        advert = received.advertisement
        before = self._known(received.source, now)
        before.seen_at = now
        news = before.peer.adverts == 0 or before.peer.priority != advert.priority
        before.peer = Peer(
            received.source,
            advert.priority,
            now,
            before.peer.adverts + 1,
            advert.advert_interval,
            advert.addresses,
            before.peer.rejected,
            before.peer.last_rejection,
        )
        return news

    def refused(self, rejected: Rejected, now: float) -> None:
        """Note a discarded advert."""
        if not rejected.source:
            return
        known = self._known(rejected.source, now)
        known.seen_at = now
        known.peer = msgspec.structs.replace(
            known.peer, rejected=known.peer.rejected + 1, last_rejection=rejected.detail
        )

    def peers(self) -> tuple[Peer, ...]:
        """All of them, highest priority first."""
        return tuple(sorted((h.peer for h in self._heard.values()), key=lambda p: (-p.priority, p.address)))

    def restore(self, peers: Iterable[Peer]) -> None:
        """Take over what a predecessor knew."""
        for peer in tuple(peers)[:MOST_NEIGHBOURS]:
            self._heard[peer.address] = _Heard(peer, peer.last_heard_at)

    def _known(self, address: str, now: float) -> _Heard:
        found = self._heard.get(address)
        if found is None:
            if len(self._heard) >= MOST_NEIGHBOURS:
                least = min(self._heard, key=lambda a: (self._heard[a].peer.adverts > 0, self._heard[a].seen_at))
                del self._heard[least]
            found = self._heard[address] = _Heard(Peer(address, 0, 0.0, 0), now)
        return found
