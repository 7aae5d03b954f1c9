"""What happened: the one stream that screen, history and mail read."""

from __future__ import annotations

from enum import StrEnum

import msgspec


class Severity(StrEnum):
    """How much an event matters to somebody on call."""

    INFO = "info"
    NOTICE = "notice"
    WARNING = "warning"
    ERROR = "error"


class EventKind(StrEnum):
    """What kind of thing happened; mail and filters go by it."""

    VRRP_STATE = "vrrp.state"
    VRRP_PRIORITY = "vrrp.priority"
    VRRP_ADVERT = "vrrp.advert"
    TRACKER = "vrrp.tracker"
    VIP = "vrrp.vip"
    CHECKER = "health.checker"
    REAL_SERVER = "health.real_server"
    QUORUM = "health.quorum"
    IPVS = "ipvs"
    PROCESS = "engine.process"
    OPERATOR = "operator"
    MAIL = "engine.mail"
    CONFIGURATION = "config"


class Event(msgspec.Struct, frozen=True, kw_only=True):
    """`text` is keepalived's wording where keepalived logs the same thing; `mail_subject` if it may be mailed.

    `subject` names the thing: an instance ("VI_1"), a real server ("10.0.0.1:80/tcp -> 10.0.0.11:80"), a child.
    """

    time: float
    at: float
    kind: EventKind
    severity: Severity
    subject: str
    text: str
    reason: str = ""
    mail_subject: str = ""
