"""What is said before a real server is taken out or put back."""

from __future__ import annotations

import msgspec
import pytest

from lvstui.engine.foresight import foretell_server
from lvstui.model.check import AdminState, RealServerStatus
from tests.engine.samples import RS1, RS2, SORRY, configuration, real, service

DRAIN, MAINT, READY = AdminState.DRAIN, AdminState.MAINT, AdminState.READY


def foretell(wanted: AdminState, *servers: RealServerStatus, sorry: bool = True, quorum: int = 1) -> tuple[str, bool]:
    configured = configuration(sorry).virtual_servers[0]
    configured = msgspec.structs.replace(configured, quorum=quorum)
    foreseen = foretell_server(configured, configured.real_servers[0], wanted, service(*servers))
    return foreseen.text, foreseen.grave


def test_others_that_stay_are_counted() -> None:
    text, grave = foretell(DRAIN)
    assert "192.0.2.11:80 drains" in text
    assert "1 of 1 others" in text
    assert not grave


@pytest.mark.parametrize(
    "other", [real(RS2, up=False), real(RS2, weight=0), real(RS2, admin=DRAIN), real(RS2, admin=MAINT)]
)
def test_the_last_server_is_named_as_such(other: RealServerStatus) -> None:
    text, grave = foretell(MAINT, real(RS1), other)
    assert "last server with weight" in text
    assert f"sorry server {SORRY} takes over" in text
    assert grave
    text, grave = foretell(DRAIN, real(RS1), other, sorry=False)
    assert "new connections are refused" in text


def test_a_quorum_that_breaks_is_said() -> None:
    text, grave = foretell(DRAIN, real(RS1), real(RS2), quorum=2)
    assert "below the quorum of 2" in text
    assert grave


def test_going_back_says_whether_it_serves() -> None:
    assert "serves with weight 1" in foretell(READY, real(RS1, admin=DRAIN), real(RS2))[0]
    assert "checks fail" in foretell(READY, real(RS1, up=False, admin=DRAIN), real(RS2))[0]
    assert "checked again" in foretell(READY, real(RS1, up=False, admin=MAINT), real(RS2))[0]


def test_without_a_report_nothing_is_promised() -> None:
    configured = configuration().virtual_servers[0]
    foreseen = foretell_server(configured, configured.real_servers[0], DRAIN, None)
    assert foreseen.grave
    assert "not reported" in foreseen.text
