"""Console: each state as a word, a glyph and a style; never colour alone."""

from __future__ import annotations

from typing import NamedTuple

from lvstui.model.event import Severity
from lvstui.model.vrrp import VrrpState


class Sign(NamedTuple):
    """How a state looks."""

    glyph: str
    word: str
    style: str

    @property
    def text(self) -> str:
        """Glyph and word."""
        return f"{self.glyph} {self.word}"

    @property
    def piece(self) -> tuple[str, str]:
        """Glyph and word in the state's style."""
        return self.text, self.style


VRRP = {
    VrrpState.MASTER: Sign("◆", "MASTER", "master"),
    VrrpState.BACKUP: Sign("◇", "BACKUP", "backup"),
    VrrpState.FAULT: Sign("✖", "FAULT", "fault"),
    VrrpState.INIT: Sign("·", "INIT", "init"),
}
SEVERITY = {
    Severity.INFO: Sign("·", "info", "dim"),
    Severity.NOTICE: Sign("•", "notice", ""),
    Severity.WARNING: Sign("!", "warning", "warn"),
    Severity.ERROR: Sign("✖", "error", "error"),
}
UP = Sign("●", "up", "up")
DOWN = Sign("✖", "DOWN", "down")
WAIT = Sign("○", "wait", "pending")
STALE = Sign("~", "stale", "stale")
DRAIN = Sign("▽", "drain", "drain")
MAINT = Sign("■", "maint", "maint")
SORRY = Sign("◉", "sorry", "sorry")
QUORUM = Sign("✖", "quorum", "down")
FOREIGN = Sign("?", "foreign", "dim")
MISSING = Sign("!", "missing", "warn")
HELD = Sign("●", "held", "up")
NOT_HELD = Sign("○", "not held", "dim")

GLOSSARY = (
    (VRRP[VrrpState.MASTER], "this director holds the VIPs and sends advertisements"),
    (VRRP[VrrpState.BACKUP], "this director listens; it takes over when the MASTER falls silent or lower"),
    (VRRP[VrrpState.FAULT], "it cannot take part: interface down, or a tracker of weight 0 fails"),
    (VRRP[VrrpState.INIT], "not started yet"),
    (HELD, "the kernel of this director has the address now"),
    (UP, "real server: all its checkers are good · virtual server: quorum is there"),
    (DOWN, "the checks say no, and the retries are used up"),
    (WAIT, "no verdict yet"),
    (STALE, "last probe is older than three of its intervals, or the engine is silent: not to be believed"),
    (DRAIN, "an operator set weight 0: no new connections, open ones go on, checks go on"),
    (MAINT, "an operator took it out: no traffic, no checks"),
    (SORRY, "below quorum: the sorry server answers"),
    (QUORUM, "alive weight is below the quorum"),
    (MISSING, "configured and wanted, but not in the table"),
    (FOREIGN, "in the table, but not from this engine's configuration: lvstui leaves it alone"),
)
