"""The order in which ipvsadm lists: not an order at all, so it takes the same comparison in the same algorithm.

ipvsadm compares by differences of C integers that wrap around: 192.168.0.1 comes before 10.0.0.1. Such a
comparison has cycles, so the result depends on the sort: glibc's qsort is a merge sort that splits at n/2.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TypeVar

from lvstui.ipvs.service_key import PROTOCOL_NUMBERS, family_of, packed_address
from lvstui.model.ipvs import Destination, Service

Item = TypeVar("Item")
Fields = tuple[int, ...]


def in_ipvsadm_order(services: Sequence[Service]) -> list[Service]:
    """Return services by mark, family, protocol, address and port, as `ipvsadm -L` sorts them."""
    return _merge_sort(services, _service_fields)


def destinations_in_ipvsadm_order(destinations: Sequence[Destination]) -> list[Destination]:
    """Return destinations by family, address and port, as `ipvsadm -L` sorts them."""
    return _merge_sort(destinations, _destination_fields)


def _address_words(address: str) -> Fields:
    packed = packed_address(address)
    words = tuple(int.from_bytes(packed[i : i + 4], "big") for i in (0, 4, 8, 12))
    return words if ":" in address else words[:1]


def _service_fields(service: Service) -> Fields:
    key = service.key
    family = family_of(key.address)
    if key.fwmark:
        return (key.fwmark, family)
    return (0, family, PROTOCOL_NUMBERS[key.protocol], *_address_words(key.address), key.port)


def _destination_fields(destination: Destination) -> Fields:
    endpoint = destination.endpoint
    return (family_of(endpoint.address), *_address_words(endpoint.address), endpoint.port)


def _compare(left: Fields, right: Fields) -> int:
    """Return the first difference that is not zero, as a 32-bit signed integer."""
    for a, b in zip(left, right, strict=False):
        if a != b:
            difference = (a - b) & 0xFFFFFFFF
            return difference - 0x100000000 if difference & 0x80000000 else difference
    return 0


def _merge_sort(items: Sequence[Item], fields: Callable[[Item], Fields]) -> list[Item]:
    return [item for _, item in _sorted([(fields(item), item) for item in items])]


def _sorted(pairs: list[tuple[Fields, Item]]) -> list[tuple[Fields, Item]]:
    if len(pairs) <= 1:
        return pairs
    middle = len(pairs) // 2
    left, right = _sorted(pairs[:middle]), _sorted(pairs[middle:])
    merged: list[tuple[Fields, Item]] = []
    i = j = 0
    while i < len(left) and j < len(right):
        if _compare(left[i][0], right[j][0]) <= 0:
            merged.append(left[i])
            i += 1
        else:
            merged.append(right[j])
            j += 1
    return merged + left[i:] + right[j:]
