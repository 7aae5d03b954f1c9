"""The protocol's time formulas, in seconds and never truncated (V-090..V-097)."""

from __future__ import annotations

DOWN_TIMER_ADVERTS = 3


def skew(version: int, priority: int, interval: float) -> float:
    """How much longer a router of this priority waits than one of 256.

    v2 (RFC 3768 6.1) does not depend on the interval; v3 (RFC 9568 6.1) does: `interval` is the master's.
    """
    return (256 - priority) / 256 * (1.0 if version == 2 else interval)


def master_down_interval(version: int, priority: int, interval: float) -> float:
    """How long after the last accepted advert a backup of this priority takes over."""
    return DOWN_TIMER_ADVERTS * interval + skew(version, priority, interval)


def master_interval(version: int, priority: int, down_interval: float) -> float:
    """The master's advert interval that gives this master-down interval: the formula read backwards."""
    share = (256 - priority) / 256
    return (
        (down_interval - share) / DOWN_TIMER_ADVERTS if version == 2 else down_interval / (DOWN_TIMER_ADVERTS + share)
    )
