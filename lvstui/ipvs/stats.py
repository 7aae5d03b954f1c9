"""The statistics in an answer: ten numbers of 64 bits, or of 32 from kernels before 4.1.

They are half of each answer, so the three forms in which kernels send them are read in one go, when every header
in them is as expected; anything else is read attribute by attribute.
"""

from __future__ import annotations

import struct
from operator import itemgetter
from typing import NamedTuple

from lvstui.ipvs import netlink
from lvstui.model.ipvs import Counters, Rates

KINDS = tuple(range(1, 11))
_PADDING = (4, 11)
_WIDE = 12


class _Layout(NamedTuple):
    """A form of known length: how to unpack it, what its headers must be, where its numbers are."""

    form: struct.Struct
    headers: itemgetter[tuple[int, ...]]
    expected: tuple[int, ...]
    numbers: itemgetter[tuple[int, ...]]


def _layout(padded_first: bool, padded_rest: bool) -> _Layout:
    form = "="
    expected: list[int] = []
    header_places: list[int] = []
    number_places: list[int] = []
    place = 0
    for kind in KINDS:
        padded = padded_first if kind == 1 else padded_rest
        headers = [*_PADDING, _WIDE, kind] if padded else [_WIDE, kind]
        form += "H" * len(headers) + "Q"
        expected.extend(headers)
        header_places.extend(range(place, place + len(headers)))
        place += len(headers)
        number_places.append(place)
        place += 1
    return _Layout(struct.Struct(form), itemgetter(*header_places), tuple(expected), itemgetter(*number_places))


# Without padding (x86), and with it where the first number happens to lie right, or not (user-mode Linux).
_LAYOUTS = {layout.form.size: layout for layout in (_layout(False, False), _layout(False, True), _layout(True, True))}


def statistics(payload: memoryview) -> tuple[Counters, Rates]:
    """Return the counters and rates of a STATS or STATS64 attribute; what is missing is 0. PacketError if malformed."""
    numbers = _at_once(payload)
    if numbers is None:
        found = netlink.attributes(payload)
        numbers = tuple(netlink.unsigned(found[kind]) if kind in found else 0 for kind in KINDS)
    return Counters(*numbers[:5]), Rates(*numbers[5:])


def _at_once(payload: memoryview) -> tuple[int, ...] | None:
    layout = _LAYOUTS.get(len(payload))
    if layout is None:
        return None
    fields = layout.form.unpack(payload)
    return layout.numbers(fields) if layout.headers(fields) == layout.expected else None
