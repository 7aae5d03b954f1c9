from __future__ import annotations

from typing import Any

import msgspec
import pytest

from lvstui.model.configuration import Authentication, AuthenticationType
from lvstui.vrrp.acceptance import address_difference, auth_fields, refusal
from lvstui.vrrp.counters import fresh_counters
from lvstui.vrrp.packet import Received
from tests.vrrp.play import advert, settings

SECRET = Authentication(AuthenticationType.PASS, "1111")
SIGNED: dict[str, Any] = {"auth_type": 1, "auth_data": b"1111\0\0\0\0"}


def reason(received: Received, **changes: Any) -> str:
    rejected = refusal(received, settings(**changes))
    if rejected is None:
        return ""
    assert rejected.reason in fresh_counters()
    assert rejected.source == received.source
    return rejected.reason


def test_a_good_advert_is_believed() -> None:
    assert reason(advert(100)) == ""
    assert reason(advert(100, **SIGNED), authentication=SECRET) == ""


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({"vrid": 62}, "vrid_err"),
        ({"version": 3}, "version_err"),
        ({"advert_interval": 2.0}, "advert_interval_err"),
        ({"auth_type": 1}, "authtype_mismatch"),
        ({"auth_type": 2}, "authtype_mismatch"),
        ({"auth_type": 3}, "invalid_authtype"),
    ],
)
def test_what_differs_from_the_configuration_is_refused(changes: dict[str, Any], expected: str) -> None:
    assert reason(advert(100, **changes)) == expected


def test_the_password_must_be_right_and_its_first_eight_octets_count() -> None:
    assert reason(advert(100), authentication=SECRET) == "authtype_mismatch"
    assert reason(advert(100, auth_type=1, auth_data=b"1112\0\0\0\0"), authentication=SECRET) == "auth_failure"
    long = Authentication(AuthenticationType.PASS, "123456789")
    assert auth_fields(settings(authentication=long)) == (1, b"12345678")
    assert reason(advert(100, auth_type=1, auth_data=b"12345678"), authentication=long) == ""


def test_without_authentication_the_data_is_ignored() -> None:
    assert reason(advert(100, auth_data=b"whatever")) == ""


def test_version_three_has_no_authentication_and_may_have_another_interval() -> None:
    assert auth_fields(settings(version=3, authentication=SECRET)) == (0, b"")
    assert reason(advert(100, version=3, advert_interval=0.5), version=3, authentication=SECRET) == ""


def test_unicast_and_multicast_do_not_mix() -> None:
    to_us = msgspec.structs.replace(advert(100), destination="10.0.0.2")
    assert reason(to_us) == "addr_list_err"
    assert reason(to_us, unicast_peers=("10.0.0.1",)) == ""
    assert reason(advert(100), unicast_peers=("10.0.0.1",)) == "addr_list_err"


def test_refusals_have_keepalived_s_words_and_no_password() -> None:
    rejected = refusal(advert(100, auth_type=1, auth_data=b"geheim00"), settings(authentication=SECRET))
    assert rejected is not None
    assert rejected.detail == "received an invalid passwd!"
    rejected = refusal(advert(100, advert_interval=2.0), settings())
    assert rejected is not None
    assert rejected.detail == "advertisement interval mismatch mine=1 sec rcv'd=2 sec"
    rejected = refusal(advert(100, version=3), settings())
    assert rejected is not None
    assert rejected.detail == "wrong version. Received 3 and expect 2"


def test_how_addresses_differ() -> None:
    ours = ("10.0.0.100", "10.0.0.101")
    assert address_difference(advert(1, addresses=ours).advertisement, ours, 61) == ""
    assert address_difference(advert(1, addresses=ours[::-1]).advertisement, ours, 61) == ""
    assert address_difference(advert(1).advertisement, ours, 61) == "expected 2 VIPs but received 1"
    other = advert(1, addresses=("10.0.0.100", "10.0.0.102")).advertisement
    expected = "ip address associated with VRID 61 not present in MASTER advert: 10.0.0.101"
    assert address_difference(other, ours, 61) == expected
