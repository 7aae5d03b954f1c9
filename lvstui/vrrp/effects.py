"""What an instance wants done, as values. Their order matters: an advert leaves before addresses move (V-114)."""

from __future__ import annotations

import msgspec

from lvstui.model.event import EventKind, Severity
from lvstui.model.vip import Vip


class SendAdvertisement(msgspec.Struct, frozen=True):
    """Send one advert with this priority now; 0 resigns."""

    priority: int


class AddVips(msgspec.Struct, frozen=True):
    """Put the addresses on their interfaces."""

    vips: tuple[Vip, ...]


class RemoveVips(msgspec.Struct, frozen=True):
    """Take the addresses away, `linger` seconds from now unless they are wanted again by then."""

    vips: tuple[Vip, ...]
    linger: float = 0.0


class Announce(msgspec.Struct, frozen=True):
    """Send this many gratuitous ARPs for each address, back to back, one round after the other."""

    vips: tuple[Vip, ...]
    repeat: int


class Record(msgspec.Struct, frozen=True, kw_only=True):
    """Put an event into the stream; `text` is keepalived's wording where keepalived logs the same thing."""

    kind: EventKind
    severity: Severity
    text: str
    reason: str = ""
    mail_subject: str = ""


Effect = SendAdvertisement | AddVips | RemoveVips | Announce | Record
