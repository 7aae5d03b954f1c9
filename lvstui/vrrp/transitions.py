"""The state machine as a table: what each event means in each state, and nothing else does.

Events compare an advert with ourselves without regard to the state; the table says what the state makes of it.
RFC 9568 6.4 with keepalived's FAULT state and its answers to worse masters (V-110..V-136).
"""

from __future__ import annotations

from enum import StrEnum
from typing import NamedTuple

from lvstui.model.vrrp import VrrpState
from lvstui.vrrp.packet import Received, address_octets


class Happening(StrEnum):
    """What can happen to an instance."""

    UP = "nothing hinders it (any longer)"
    UP_OWNER = "nothing hinders it, and it owns the addresses"
    RESUME = "it continues what a crashed predecessor was doing as MASTER"
    DOWN = "it cannot take part: interface, source address or a zero-weight tracker"
    SHUTDOWN = "it is told to stop"
    TIMER = "the advert timer (MASTER) or the master-down timer (BACKUP) has expired"
    ZERO = "advert with priority 0"
    HIGHER = "advert with a higher priority than ours"
    EQUAL_HIGHER_ADDRESS = "advert with our priority from a higher address"
    EQUAL_LOWER_ADDRESS = "advert with our priority from a lower address"
    TWIN = "advert with our priority and our address"
    LOWER = "advert with a lower priority than ours"


class Act(StrEnum):
    """What the instance does; each is one method of it."""

    IGNORE = "nothing"
    WAIT = "wait a whole master-down interval for a master"
    TAKE_OVER = "advert, addresses, announcement"
    GO_ON = "advert at once, keep the addresses"
    FAIL = "say why, take the addresses away"
    RESIGN_AND_FAIL = "say why, advert of priority 0, take the addresses away"
    STOP = "fall silent"
    RESIGN = "advert of priority 0, take the addresses away"
    ADVERTISE = "the timed advert"
    SKEW = "wait the skew time only"
    FOLLOW = "adopt the master, restart the master-down timer"
    CHALLENGE = "discard it and let the timer run, unless we do not preempt (yet)"
    ANSWER = "advert at once"
    STEP_DOWN = "take the addresses away and follow"
    REASSERT = "advert at once, announce the addresses again"
    WARN = "tell of two routers with one address"


class Step(NamedTuple):
    """The next state, and what is done on the way."""

    to: VrrpState
    act: Act


_INIT, _BACKUP, _MASTER, _FAULT = VrrpState.INIT, VrrpState.BACKUP, VrrpState.MASTER, VrrpState.FAULT
_H = Happening

TABLE: dict[tuple[VrrpState, Happening], Step] = {
    (_INIT, _H.UP): Step(_BACKUP, Act.WAIT),
    (_INIT, _H.UP_OWNER): Step(_MASTER, Act.TAKE_OVER),
    (_INIT, _H.RESUME): Step(_MASTER, Act.GO_ON),
    (_INIT, _H.DOWN): Step(_FAULT, Act.FAIL),
    (_INIT, _H.SHUTDOWN): Step(_INIT, Act.STOP),
    (_INIT, _H.TIMER): Step(_INIT, Act.IGNORE),
    (_INIT, _H.ZERO): Step(_INIT, Act.IGNORE),
    (_INIT, _H.HIGHER): Step(_INIT, Act.IGNORE),
    (_INIT, _H.EQUAL_HIGHER_ADDRESS): Step(_INIT, Act.IGNORE),
    (_INIT, _H.EQUAL_LOWER_ADDRESS): Step(_INIT, Act.IGNORE),
    (_INIT, _H.TWIN): Step(_INIT, Act.IGNORE),
    (_INIT, _H.LOWER): Step(_INIT, Act.IGNORE),
    (_BACKUP, _H.UP): Step(_BACKUP, Act.IGNORE),
    (_BACKUP, _H.UP_OWNER): Step(_BACKUP, Act.IGNORE),
    (_BACKUP, _H.RESUME): Step(_BACKUP, Act.IGNORE),
    (_BACKUP, _H.DOWN): Step(_FAULT, Act.FAIL),
    (_BACKUP, _H.SHUTDOWN): Step(_INIT, Act.STOP),
    (_BACKUP, _H.TIMER): Step(_MASTER, Act.TAKE_OVER),
    (_BACKUP, _H.ZERO): Step(_BACKUP, Act.SKEW),
    (_BACKUP, _H.HIGHER): Step(_BACKUP, Act.FOLLOW),
    (_BACKUP, _H.EQUAL_HIGHER_ADDRESS): Step(_BACKUP, Act.FOLLOW),
    (_BACKUP, _H.EQUAL_LOWER_ADDRESS): Step(_BACKUP, Act.FOLLOW),
    (_BACKUP, _H.TWIN): Step(_BACKUP, Act.FOLLOW),
    (_BACKUP, _H.LOWER): Step(_BACKUP, Act.CHALLENGE),
    (_MASTER, _H.UP): Step(_MASTER, Act.IGNORE),
    (_MASTER, _H.UP_OWNER): Step(_MASTER, Act.IGNORE),
    (_MASTER, _H.RESUME): Step(_MASTER, Act.IGNORE),
    (_MASTER, _H.DOWN): Step(_FAULT, Act.RESIGN_AND_FAIL),
    (_MASTER, _H.SHUTDOWN): Step(_INIT, Act.RESIGN),
    (_MASTER, _H.TIMER): Step(_MASTER, Act.ADVERTISE),
    (_MASTER, _H.ZERO): Step(_MASTER, Act.ANSWER),
    (_MASTER, _H.HIGHER): Step(_BACKUP, Act.STEP_DOWN),
    (_MASTER, _H.EQUAL_HIGHER_ADDRESS): Step(_BACKUP, Act.STEP_DOWN),
    (_MASTER, _H.EQUAL_LOWER_ADDRESS): Step(_MASTER, Act.REASSERT),
    (_MASTER, _H.TWIN): Step(_MASTER, Act.WARN),
    (_MASTER, _H.LOWER): Step(_MASTER, Act.REASSERT),
    (_FAULT, _H.UP): Step(_BACKUP, Act.WAIT),
    (_FAULT, _H.UP_OWNER): Step(_MASTER, Act.TAKE_OVER),
    (_FAULT, _H.RESUME): Step(_FAULT, Act.IGNORE),
    (_FAULT, _H.DOWN): Step(_FAULT, Act.IGNORE),
    (_FAULT, _H.SHUTDOWN): Step(_INIT, Act.STOP),
    (_FAULT, _H.TIMER): Step(_FAULT, Act.IGNORE),
    (_FAULT, _H.ZERO): Step(_FAULT, Act.IGNORE),
    (_FAULT, _H.HIGHER): Step(_FAULT, Act.IGNORE),
    (_FAULT, _H.EQUAL_HIGHER_ADDRESS): Step(_FAULT, Act.IGNORE),
    (_FAULT, _H.EQUAL_LOWER_ADDRESS): Step(_FAULT, Act.IGNORE),
    (_FAULT, _H.TWIN): Step(_FAULT, Act.IGNORE),
    (_FAULT, _H.LOWER): Step(_FAULT, Act.IGNORE),
}


def compare(received: Received, own_priority: int, own_address: str) -> Happening:
    """How an advert stands to us; addresses compare as unsigned numbers in network order (V-123)."""
    priority = received.advertisement.priority
    if priority == 0:
        return Happening.ZERO
    if priority != own_priority:
        return Happening.HIGHER if priority > own_priority else Happening.LOWER
    if received.source == own_address:
        return Happening.TWIN
    if address_octets(received.source) > address_octets(own_address):
        return Happening.EQUAL_HIGHER_ADDRESS
    return Happening.EQUAL_LOWER_ADDRESS
