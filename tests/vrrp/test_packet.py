from __future__ import annotations

import struct
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from scapy.layers.inet import IP
from scapy.layers.vrrp import VRRP, VRRPv3

from lvstui.errors import MisuseError
from lvstui.vrrp.counters import fresh_counters
from lvstui.vrrp.packet import (
    GROUP,
    Advertisement,
    Received,
    Rejected,
    address_octets,
    decode,
    encode,
    is_multicast,
    ones_complement_sum,
)
from tests.vrrp.play import advert, datagram, ip_header

GOLDEN = Path(__file__).parents[2] / "fixtures/packets/keepalived-2.2.7.txt"
FRAMES = [line.split() for line in GOLDEN.read_text().splitlines() if not line.startswith("#")]

addresses = st.ip_addresses(v=4).map(str)


def adverts(version: int) -> st.SearchStrategy[Advertisement]:
    intervals = st.integers(1, 255).map(float) if version == 2 else st.integers(1, 4095).map(lambda n: n / 100)
    return st.builds(
        Advertisement,
        version=st.just(version),
        vrid=st.integers(1, 255),
        priority=st.integers(0, 255),
        advert_interval=intervals,
        addresses=st.lists(addresses, min_size=1, max_size=20).map(tuple),
        auth_type=st.sampled_from([0, 1]) if version == 2 else st.just(0),
        auth_data=st.binary(min_size=8, max_size=8) if version == 2 else st.just(b""),
    )


def wrong(data: bytes) -> str:
    rejected = decode(data)
    assert isinstance(rejected, Rejected)
    assert rejected.reason in fresh_counters(), "each reason is a counter"
    return rejected.reason


@given(st.one_of(adverts(2), adverts(3)), addresses, st.booleans())
def test_what_is_encoded_is_decoded(message: Advertisement, source: str, as_v2: bool) -> None:
    pdu = encode(message, source, GROUP, checksum_as_v2=as_v2)
    received = decode(ip_header(source, GROUP, len(pdu)) + pdu)
    assert isinstance(received, Received)
    assert received.advertisement == message
    assert (received.source, received.destination, received.ttl) == (source, GROUP, 255)


@pytest.mark.parametrize("frame", FRAMES, ids=lambda frame: "-".join(frame[:4]))
def test_keepalived_s_packets_are_read_and_written_byte_for_byte(frame: list[str]) -> None:
    data = bytes.fromhex(frame[4])
    received = decode(data)
    assert isinstance(received, Received)
    message = received.advertisement
    assert [str(message.version), str(message.vrid), str(message.priority), received.source] == frame[:4]
    assert received.pseudo_header
    assert encode(message, received.source, received.destination) == data[20:]


def test_keepalived_s_packets_say_what_was_configured() -> None:
    by_key = {(frame[0], frame[1], frame[2]): decode(bytes.fromhex(frame[4])) for frame in FRAMES}
    one = by_key["2", "61", "100"]
    two = by_key["3", "62", "99"]
    assert isinstance(one, Received)
    assert isinstance(two, Received)
    assert (one.advertisement.auth_type, one.advertisement.auth_data) == (1, b"1111\0\0\0\0")
    assert (one.advertisement.addresses, one.advertisement.advert_interval) == (("10.61.0.100",), 1.0)
    assert (two.advertisement.addresses, two.advertisement.advert_interval) == (("10.61.0.101", "10.61.0.102"), 0.5)


def test_scapy_reads_our_v2_message() -> None:
    message = Advertisement(
        version=2,
        vrid=61,
        priority=99,
        advert_interval=3,
        addresses=("10.0.0.1", "10.0.0.2"),
        auth_type=1,
        auth_data=b"1111",
    )
    seen = VRRP(encode(message, "10.0.0.9", GROUP))
    assert (seen.version, seen.type, seen.vrid, seen.priority, seen.ipcount) == (2, 1, 61, 99, 2)
    assert (seen.authtype, seen.adv, seen.addrlist) == (1, 3, ["10.0.0.1", "10.0.0.2"])
    assert (seen.auth1, seen.auth2) == (0x31313131, 0)
    seen.chksum = None
    assert bytes(seen) == encode(message, "10.0.0.9", GROUP), "scapy computes the same checksum"


def test_scapy_reads_our_v3_message_and_computes_the_same_pseudo_header() -> None:
    message = Advertisement(version=3, vrid=7, priority=254, advert_interval=0.25, addresses=("10.0.0.1",))
    pdu = encode(message, "10.0.0.9", GROUP)
    seen = IP(ip_header("10.0.0.9", GROUP, len(pdu)) + pdu)[VRRPv3]
    assert (seen.version, seen.vrid, seen.priority, seen.ipcount, seen.adv) == (3, 7, 254, 1, 25)
    assert seen.addrlist == ["10.0.0.1"]
    fresh = VRRPv3(vrid=7, priority=254, ipcount=1, adv=25, addrlist=["10.0.0.1"])
    assert bytes(IP(src="10.0.0.9", dst=GROUP, proto=112, ttl=255) / fresh)[20:] == pdu


def test_both_checksum_forms_of_v3_are_read_and_told_apart() -> None:
    message = Advertisement(version=3, vrid=7, priority=100, advert_interval=1.0, addresses=("10.0.0.1",))
    for as_v2 in (False, True):
        pdu = encode(message, "10.0.0.9", GROUP, checksum_as_v2=as_v2)
        received = decode(ip_header("10.0.0.9", GROUP, len(pdu)) + pdu)
        assert isinstance(received, Received)
        assert received.pseudo_header is not as_v2
    bad = bytearray(pdu)
    bad[6] ^= 1
    assert wrong(ip_header("10.0.0.9", GROUP, len(bad)) + bytes(bad)) == "checksum_err"


def test_options_in_the_ip_header_are_stepped_over() -> None:
    plain = datagram(advert(100))
    with_options = (
        bytes([0x46]) + plain[1:2] + struct.pack("!H", len(plain) + 4) + plain[4:20] + b"\x94\4\0\0" + plain[20:]
    )
    received = decode(with_options)
    assert isinstance(received, Received)
    assert received.advertisement == advert(100).advertisement


def test_padding_after_the_datagram_is_cut() -> None:
    assert isinstance(decode(datagram(advert(100)) + bytes(6)), Received)


def sealed(pdu: bytes, version: int) -> bytes:
    """The message with its checksum right again (message only)."""
    zeroed = pdu[:6] + b"\0\0" + pdu[8:]
    return pdu[:6] + struct.pack("!H", ~ones_complement_sum(zeroed) & 0xFFFF) + pdu[8:]


@pytest.mark.parametrize(
    ("reason", "offset", "value"),
    [("version_err", 0, 0x11), ("version_err", 0, 0x41), ("invalid_type_rcvd", 0, 0x22), ("vrid_err", 1, 0)]
    + [("packet_len_err", 3, count) for count in (0, 2, 255)],
)
def test_a_wrong_field_has_its_reason(reason: str, offset: int, value: int) -> None:
    pdu = bytearray(datagram(advert(100))[20:])
    pdu[offset] = value
    assert wrong(ip_header("10.0.0.1", GROUP, len(pdu)) + sealed(bytes(pdu), 2)) == reason


def test_v3_without_interval_or_without_addresses_is_refused() -> None:
    no_interval = sealed(bytes.fromhex("3107640100000000") + bytes([10, 0, 0, 1]), 3)
    assert wrong(ip_header("10.0.0.1", GROUP, 12) + no_interval) == "interval_zero_err"
    only_reserved_bits = sealed(bytes.fromhex("31076401f0000000") + bytes([10, 0, 0, 1]), 3)
    assert wrong(ip_header("10.0.0.1", GROUP, 12) + only_reserved_bits) == "interval_zero_err"
    no_address = sealed(bytes.fromhex("3107640000640000"), 3)
    assert wrong(ip_header("10.0.0.1", GROUP, 8) + no_address) == "no_addresses_err"


def test_reserved_bits_of_v3_are_ignored() -> None:
    message = sealed(bytes.fromhex("31076401f0640000") + bytes([10, 0, 0, 1]), 3)
    received = decode(ip_header("10.0.0.1", GROUP, 12) + message)
    assert isinstance(received, Received)
    assert received.advertisement.advert_interval == 1.0


@pytest.mark.parametrize("ttl", [0, 1, 254])
def test_an_advert_that_crossed_a_router_is_refused_but_unicast_may_have(ttl: int) -> None:
    assert wrong(datagram(advert(100), ttl=ttl)) == "ip_ttl_err"
    message = advert(100)
    unicast = Received(message.advertisement, message.source, "10.0.0.2", 255)
    assert isinstance(decode(datagram(unicast, ttl=ttl)), Received)


@pytest.mark.parametrize("length", range(48))
def test_no_length_of_a_cut_datagram_is_taken_for_whole(length: int) -> None:
    whole = datagram(advert(100))
    if length < len(whole):
        assert wrong(whole[:length]) in ("header_err", "packet_len_err")
        cut = ip_header("10.0.0.1", GROUP, 0, total=length) + whole[20:length]
        assert wrong(cut) in ("header_err", "packet_len_err")


def test_hostile_sizes() -> None:
    whole = datagram(advert(100))
    assert wrong(b"\x44" + whole[1:]) == "header_err", "IHL below 5"
    assert wrong(b"\x4f" + whole[1:]) == "header_err", "IHL beyond the datagram"
    assert wrong(b"\x65" + whole[1:]) == "header_err", "not IPv4"
    assert wrong(whole[:6] + b"\x20\0" + whole[8:]) == "header_err", "a fragment"
    assert wrong(datagram(advert(100), protocol=17)) == "header_err"
    assert wrong(ip_header("10.0.0.1", GROUP, 65515) + whole[20:] + bytes(65515 - 20)) == "packet_len_err"


@given(st.binary(max_size=120))
def test_garbage_never_raises(data: bytes) -> None:
    assert isinstance(decode(data), Rejected)


@given(st.binary(max_size=80), st.sampled_from([0x21, 0x31]))
def test_garbage_after_a_good_header_never_raises(data: bytes, first: int) -> None:
    result = decode(ip_header("10.0.0.1", GROUP, len(data) + 1) + bytes([first]) + data)
    assert isinstance(result, Received | Rejected)


@given(st.one_of(adverts(2), adverts(3)), st.integers(0, 39), st.integers(1, 255))
def test_a_damaged_octet_of_the_message_is_noticed(message: Advertisement, where: int, damage: int) -> None:
    pdu = bytearray(encode(message, "10.0.0.1", GROUP))
    pdu[where % len(pdu)] ^= damage
    result = decode(ip_header("10.0.0.1", GROUP, len(pdu)) + bytes(pdu))
    assert isinstance(result, Rejected)


def test_what_has_no_place_in_a_message_is_our_mistake() -> None:
    good = {"version": 2, "vrid": 1, "priority": 1, "advert_interval": 1.0, "addresses": ("10.0.0.1",)}
    for change in (
        {"version": 4},
        {"vrid": 0},
        {"vrid": 256},
        {"priority": 256},
        {"advert_interval": 0.2},
        {"advert_interval": 256.0},
        {"version": 3, "advert_interval": 41.0},
        {"version": 3, "advert_interval": 0.001},
        {"addresses": ("10.0.0.1",) * 256},
        {"addresses": ("::1",)},
        {"addresses": ("10.0.0",)},
    ):
        with pytest.raises(MisuseError):
            encode(Advertisement(**{**good, **change}), "10.0.0.1", GROUP)  # type: ignore[arg-type]


def test_the_password_is_not_in_what_an_advert_prints() -> None:
    message = Advertisement(version=2, vrid=1, priority=1, advert_interval=1.0, auth_type=1, auth_data=b"secret00")
    assert "secret" not in repr(message)
    assert "secret" not in repr(Received(message, "10.0.0.1", GROUP, 255))


def test_addresses() -> None:
    assert address_octets("10.0.0.255") == b"\x0a\0\0\xff"
    assert is_multicast(GROUP)
    assert is_multicast("239.1.1.1")
    assert not is_multicast("10.0.0.1")
    assert not is_multicast("240.0.0.1")
