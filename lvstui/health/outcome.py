"""Health: what one probe found out."""

from __future__ import annotations

import msgspec

from lvstui.model.check import CheckCode
from lvstui.safety import clean


class Outcome(msgspec.Struct, frozen=True):
    """The result of one probe.

    `ok` None: the probe could not run for a local reason, so it says nothing about the server; it is done again
    later and no retry is used up (keepalived: "Rescheduling"). `latency` seconds. `weight`: what a dynamic
    MISC_CHECK asked for, None: the configured one. `detail` has passed the sanitiser.
    """

    code: CheckCode
    ok: bool | None
    detail: str = ""
    latency: float = 0.0
    weight: int | None = None

    def after(self, latency: float) -> Outcome:
        """Return the same outcome with the time it took (seconds)."""
        return msgspec.structs.replace(self, latency=latency)


def good(code: CheckCode, detail: str = "", weight: int | None = None) -> Outcome:
    """Return a success; `detail` may hold text from outside."""
    return Outcome(code, True, clean(detail), weight=weight)


def bad(code: CheckCode, detail: str) -> Outcome:
    """Return a failure of the server; `detail` may hold text from outside."""
    return Outcome(code, False, clean(detail))


def local(detail: str) -> Outcome:
    """Return "could not be tried", code CFG: the fault is this director's."""
    return Outcome(CheckCode.CONFIGURATION, None, clean(detail))
