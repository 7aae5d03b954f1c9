"""Console: ages, times and numbers as an operator reads them; fixed and short."""

from __future__ import annotations

import time

_UNITS = ((86400, "d", 3600, "h"), (3600, "h", 60, "m"), (60, "m", 1, "s"))


def age(seconds: float) -> str:
    """Return a duration in whole seconds: `7s`, `4m12s`, `3h05m`, `2d04h`; negative is `0s`."""
    whole = max(0, int(seconds))
    for size, unit, part, part_unit in _UNITS:
        if whole >= size:
            return f"{whole // size}{unit}{whole % size // part:02d}{part_unit}"
    return f"{whole}s"


def short_age(seconds: float) -> str:
    """Return a duration with a tenth below ten seconds: `0.4s`, `7.0s`, `12s`, `4m12s`."""
    return f"{max(0.0, seconds):.1f}s" if seconds < 9.95 else age(seconds)


def latency(seconds: float) -> str:
    """Return how long an answer took: `0.4ms`, `12ms`, `1.2s`; `-` where nothing was measured."""
    if seconds <= 0:
        return "-"
    milliseconds = seconds * 1000
    if milliseconds < 9.95:
        return f"{milliseconds:.1f}ms"
    return f"{milliseconds:.0f}ms" if milliseconds < 999.5 else f"{seconds:.1f}s"


def count(number: int) -> str:
    """Return a number in at most five characters: exact to 99999, then `123k`, `4.5M`, `12G`."""
    if number < 100_000:
        return str(number)
    scaled: float = number
    for unit in "kMGTPE":
        scaled /= 1000
        if scaled < 99.95 and unit != "k":
            return f"{scaled:.1f}{unit}"
        if scaled < 999.5:
            return f"{scaled:.0f}{unit}"
    return f"{scaled:.0f}E"


def signed(number: int) -> str:
    """Return a contribution: `+5`, `-2`, `0`."""
    return f"{number:+d}" if number else "0"


def memory(size: int) -> str:
    """Return bytes as `0.4 MB`, `31 MB`."""
    megabytes = size / 1_000_000
    return f"{megabytes:.1f} MB" if megabytes < 9.95 else f"{megabytes:.0f} MB"


def clock(epoch: float) -> str:
    """Return the local time of day, `12:03:41`; `--:--:--` where the moment is unknown."""
    return time.strftime("%H:%M:%S", time.localtime(epoch)) if epoch > 0 else "--:--:--"


def moment(epoch: float) -> str:
    """Return local date and time, `2026-01-31 12:03:41`; `unknown` where it is."""
    return time.strftime("%Y-%m-%d %H:%M:%S", time.localtime(epoch)) if epoch > 0 else "unknown"
