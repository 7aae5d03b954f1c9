"""Health: quorum and hysteresis of a virtual server."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Quorum:
    """When a virtual server has enough live weight.

    `weight` is the sum of the effective weights of the real servers that are up (keepalived: ipwrapper.c).
    """

    quorum: int
    hysteresis: int

    @classmethod
    def of(cls, quorum: int, hysteresis: int, total_weight: int) -> Quorum:
        """Reduce what cannot be had, as keepalived does: quorum to the configured weight, hysteresis below quorum.

        Quorum stays at least 1, so a pool whose weights are all 0 has none.
        """
        quorum = max(1, min(quorum, total_weight))
        return cls(quorum, max(0, min(hysteresis, quorum - 1)))

    def gained(self, weight: int) -> bool:
        """Whether a virtual server below quorum now has it."""
        return weight >= self.quorum + self.hysteresis

    def lost(self, weight: int) -> bool:
        """Whether a virtual server with quorum no longer has it."""
        return weight == 0 or weight < self.quorum - self.hysteresis

    def gain_text(self, weight: int, virtual_server: str) -> str:
        """Return keepalived's log line for the gain."""
        q, h = self.quorum, self.hysteresis
        return f"Gained quorum {q}+{h}={q + h} <= {weight} for VS {virtual_server}"

    def loss_text(self, weight: int, virtual_server: str, words: str = "Lost quorum") -> str:
        """Return keepalived's log line for the loss."""
        q, h = self.quorum, self.hysteresis
        return f"{words} {q}-{h}={q - h} > {weight} for VS {virtual_server}"
