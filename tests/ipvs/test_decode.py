from __future__ import annotations

import struct

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lvstui.errors import PacketError
from lvstui.ipvs import decode, netlink
from lvstui.ipvs.attributes import Command, DestinationAttribute, ServiceAttribute, Top
from lvstui.model.endpoint import Endpoint, Protocol, ServiceKey
from lvstui.model.ipvs import Counters, Destination, ForwardingMethod, Service
from tests.ipvs.recorded import dump, message, table


def test_the_recorded_table() -> None:
    services = {service.key: service for service in table().services}
    assert len(services) == 18
    https = services[ServiceKey(Protocol.TCP, "10.0.0.1", 443)]
    assert (https.scheduler, https.persistence_timeout, https.netmask) == ("wlc", 300, "255.255.255.255")
    limited = {d.endpoint: d for d in https.destinations}[Endpoint("10.1.0.1", 8443)]
    assert (limited.weight, limited.upper_threshold, limited.lower_threshold) == (100, 1000, 800)
    mixed = services[ServiceKey(Protocol.TCP, "2001:db8::1", 80)]
    assert mixed.netmask == "64"
    assert Endpoint("10.1.0.7", 80) in [d.endpoint for d in mixed.destinations]
    assert ServiceKey(Protocol.TCP, "::", 0, 2) in services
    assert services[ServiceKey(Protocol.UDP, "10.0.0.1", 5060)].persistence_engine == "sip"
    assert services[ServiceKey(Protocol.UDP, "10.0.0.1", 53)].one_packet


def test_info() -> None:
    attributes = bytes.fromhex(dump()["info"][0])
    answer = netlink.Message(30, 0, 1, memoryview(struct.pack("=BBH", 14, 1, 0) + attributes))
    assert decode.info(answer) == ("1.2.1", 4096)


def answer(command: int, top: int, attributes: bytes) -> netlink.Message:
    data = netlink.request(30, command, 1, 1, 0, netlink.attribute(top, attributes))
    (found,) = netlink.messages(data)
    return found


def service_attributes(**more: bytes) -> dict[int, bytes]:
    found: dict[int, bytes] = {
        ServiceAttribute.FAMILY: struct.pack("=H", 2),
        ServiceAttribute.PROTOCOL: struct.pack("=H", 6),
        ServiceAttribute.ADDRESS: bytes([10, 0, 0, 1]),
        ServiceAttribute.PORT: b"\0\x50",
        ServiceAttribute.SCHEDULER: b"rr\0",
        ServiceAttribute.FLAGS: struct.pack("=II", 2, 0xFFFFFFFF),
        ServiceAttribute.TIMEOUT: bytes(4),
        ServiceAttribute.NETMASK: b"\xff\xff\xff\xff",
    }
    return {**found, **{ServiceAttribute[name]: value for name, value in more.items()}}


def read(attributes: dict[int, bytes]) -> Service | None:
    data = b"".join(netlink.attribute(kind, value) for kind, value in attributes.items())
    return decode.service(answer(Command.NEW_SERVICE, Top.SERVICE, data))


def test_unknown_attributes_and_the_kernels_own_flag_are_passed_over() -> None:
    service = read({250: b"what is this", **service_attributes(), 99: b""})
    assert service == Service(key=ServiceKey(Protocol.TCP, "10.0.0.1", 80), scheduler="rr")


def test_old_kernels_have_narrow_counters_only() -> None:
    stats = b"".join(netlink.attribute(kind, struct.pack("=I", kind * 10)) for kind in (1, 2, 3))
    stats += b"".join(netlink.attribute(kind, struct.pack("=Q", kind * 10)) for kind in (4, 5))
    narrow = read(service_attributes(STATS=stats))
    assert narrow is not None
    assert narrow.counters == Counters(10, 20, 30, 40, 50)
    wide = netlink.attribute(1, struct.pack("=Q", 2**40))
    both = read(service_attributes(STATS=stats, STATS64=wide))
    assert both is not None
    assert both.counters == Counters(2**40)


def test_what_the_model_has_no_word_for_is_nobodys() -> None:
    assert read(service_attributes(PROTOCOL=struct.pack("=H", 50))) is None
    assert read(service_attributes(FAMILY=struct.pack("=H", 7))) is None


NEEDED = [k for k in service_attributes() if k not in (ServiceAttribute.SCHEDULER, ServiceAttribute.TIMEOUT)]


@pytest.mark.parametrize("kind", NEEDED)
def test_a_service_without_what_belongs_to_it_is_refused(kind: int) -> None:
    attributes = service_attributes()
    del attributes[kind]
    with pytest.raises(PacketError):
        read(attributes)


@pytest.mark.parametrize(
    ("name", "value"), [("PORT", b"\0"), ("NETMASK", b"\0"), ("FLAGS", b"\0"), ("ADDRESS", b""), ("TIMEOUT", b"abc")]
)
def test_values_of_a_wrong_size_are_refused(name: str, value: bytes) -> None:
    attributes = service_attributes(**{name: value})
    attributes[ServiceAttribute.FLAGS] = value if name == "FLAGS" else struct.pack("=II", 3, 0)
    with pytest.raises(PacketError):
        read(attributes)


def test_names_from_the_kernel_are_made_harmless() -> None:
    service = read(service_attributes(SCHEDULER=b"\x1b[31m\0"))
    assert service is not None
    assert "\x1b" not in service.scheduler


def test_a_destination_of_an_old_kernel_has_its_services_family() -> None:
    attributes = {
        DestinationAttribute.ADDRESS: bytes([10, 0, 0, 9]) + bytes(12),
        DestinationAttribute.PORT: b"\0\x50",
        DestinationAttribute.FORWARDING: struct.pack("=I", 0x103),
        DestinationAttribute.WEIGHT: struct.pack("=I", 4),
    }
    data = b"".join(netlink.attribute(kind, value) for kind, value in attributes.items())
    found = decode.destination(answer(Command.NEW_DEST, Top.DESTINATION, data), 2)
    assert found == Destination(endpoint=Endpoint("10.0.0.9", 80), forwarding=ForwardingMethod.ROUTE, weight=4)


def test_an_answer_to_something_else_is_refused() -> None:
    for command, top in ((Command.NEW_DEST, Top.SERVICE), (Command.NEW_SERVICE, Top.DESTINATION)):
        with pytest.raises(PacketError):
            decode.service(answer(command, top, b""))
    with pytest.raises(PacketError):
        decode.destination(answer(Command.NEW_SERVICE, Top.DESTINATION, b""), 2)
    with pytest.raises(PacketError):
        decode.destination(answer(Command.NEW_DEST, Top.SERVICE, b""), 2)


RECORDED = [bytes.fromhex(text) for entry in dump()["services"] for text in (entry["msg"], *entry["dests"])]


@given(
    st.sampled_from(RECORDED),
    st.lists(st.tuples(st.integers(0, 399), st.integers(0, 255)), min_size=1, max_size=8),
    st.integers(0, 400),
)
def test_damaged_answers_raise_nothing_but_packet_errors(
    data: bytes, damage: list[tuple[int, int]], length: int
) -> None:
    broken = bytearray(data[:length] if length % 3 == 0 else data)
    for place, value in damage:
        if place < len(broken):
            broken[place] = value
    for reading in (decode.service, lambda m: decode.destination(m, 2), decode.info):
        try:
            for found in netlink.messages(broken):
                reading(found)
        except PacketError:
            continue


def test_the_recording_is_whole() -> None:
    assert all(decode.service(message(entry["msg"])) is not None for entry in dump()["services"])
