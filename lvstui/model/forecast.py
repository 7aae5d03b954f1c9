"""What an act on a priority will do, said before it is done."""

from __future__ import annotations

import msgspec


class KnownPeer(msgspec.Struct, frozen=True, kw_only=True):
    """A director of the same VRID that the asker knows of by other means than adverts.

    VRRP backups are silent: a console that watches both directors tells each of the other, so that a forecast
    need not wait until the peer was MASTER once.
    """

    address: str
    priority: int
    name: str = ""


class Forecast(msgspec.Struct, frozen=True, kw_only=True):
    """The predicted effect of an adjustment on one instance.

    `moves`: mastership changes hands. `new_master`: this director's or the peer's address, "" if nobody moves.
    `seconds`: expected until the VIPs have moved, None if they do not. `gap`: requests may be lost.
    `text`: one sentence for the operator ("at 98 lb2 takes VI_1 in about 3.3 s; no gap").
    """

    instance: str
    adjustment: int
    effective_priority: int
    moves: bool
    new_master: str = ""
    seconds: float | None = None
    gap: bool = False
    text: str = ""
