from __future__ import annotations

import pytest

from lvstui.ipvs.attributes import (
    FLAG_WORDS,
    FLAGS_OURS,
    FORWARDING_METHODS,
    FORWARDING_NUMBERS,
    flag_bits,
    flag_words,
    netmask_text,
    prefix_length,
)
from lvstui.ipvs.service_key import AF_INET, AF_INET6
from lvstui.model.endpoint import Protocol, ServiceKey
from lvstui.model.ipvs import ForwardingMethod, Service

FOUR = ServiceKey(Protocol.TCP, "10.0.0.1", 80)
SIX = ServiceKey(Protocol.TCP, "2001:db8::1", 80)


@pytest.mark.parametrize(
    ("key", "text", "length"),
    [
        (FOUR, "255.255.255.255", 32),
        (FOUR, "255.255.255.0", 24),
        (FOUR, "24", 24),
        (SIX, "64", 64),
        (SIX, "128", 128),
        (SIX, "255.255.255.255", 128),
    ],
)
def test_netmasks(key: ServiceKey, text: str, length: int) -> None:
    assert prefix_length(key, text) == length


@pytest.mark.parametrize(
    ("key", "text"),
    [(FOUR, "255.0.255.0"), (FOUR, "33"), (FOUR, "0"), (FOUR, "x"), (FOUR, "1.2.3"), (SIX, "129"), (SIX, "0")],
)
def test_what_is_no_netmask(key: ServiceKey, text: str) -> None:
    with pytest.raises(ValueError, match=r"no (netmask|prefix length)"):
        prefix_length(key, text)


def test_netmasks_are_written_as_the_model_has_them() -> None:
    assert netmask_text(AF_INET, 24) == "255.255.255.0"
    assert netmask_text(AF_INET, 32) == "255.255.255.255"
    assert netmask_text(AF_INET6, 64) == "64"


@pytest.mark.parametrize("scheduler", ["sh", "mh", "rr"])
@pytest.mark.parametrize("bits", range(0, 0x40, 8))
def test_scheduler_flags_come_back(scheduler: str, bits: int) -> None:
    words = flag_words(scheduler, bits | 0x2)
    service = Service(key=FOUR, scheduler=scheduler, flags=words)
    assert flag_bits(service) == bits
    assert set(words) <= set(FLAG_WORDS)


def test_other_flags() -> None:
    service = Service(key=FOUR, scheduler="rr", persistence_timeout=5, one_packet=True, flags=("nonsense",))
    assert flag_bits(service) == 0x5
    assert FLAGS_OURS == 0x3D
    assert {FORWARDING_METHODS[FORWARDING_NUMBERS[method]] for method in ForwardingMethod} == set(ForwardingMethod)
