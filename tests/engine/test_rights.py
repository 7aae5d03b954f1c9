"""Missing rights are said by name."""

from __future__ import annotations

from lvstui.engine.rights import missing


def test_capabilities_are_read_from_the_status() -> None:
    assert missing("CapEff:\t000001ffffffffff\n") == ""
    assert missing("CapEff:\t0000000000003000\n") == ""
    assert "CAP_NET_ADMIN and CAP_NET_RAW" in missing("CapEff:\t0000000000000000\n")
    assert "CAP_NET_RAW (" in missing("Name:\tx\nCapEff:\t0000000000001000\n")
    assert "root" in missing("")


def test_our_own_status_can_be_read() -> None:
    assert isinstance(missing(), str)
