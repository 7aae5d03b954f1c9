from __future__ import annotations

import pytest

from lvstui.model.event import EventKind, Severity
from lvstui.vrrp.effects import AddVips, Announce, Record, SendAdvertisement
from tests.vrrp.play import VIP


def test_effects_are_values() -> None:
    assert SendAdvertisement(0) == SendAdvertisement(0) != SendAdvertisement(1)
    assert Announce((VIP,), 5) != Announce((VIP,), 1)
    assert len({AddVips((VIP,)), AddVips((VIP,))}) == 1


def test_effects_cannot_be_changed_after_the_fact() -> None:
    record = Record(kind=EventKind.VIP, severity=Severity.INFO, text="x")
    with pytest.raises(AttributeError):
        record.text = "y"  # type: ignore[misc]
