from __future__ import annotations

import struct

import msgspec
import pytest

from lvstui.ipvs import decode, messages, netlink
from lvstui.ipvs.attributes import Command, ServiceAttribute, Top
from lvstui.ipvs.service_key import family_of, fwmark_key
from lvstui.model.endpoint import Endpoint, Protocol, ServiceKey
from lvstui.model.ipvs import Counters, Destination, ForwardingMethod, Rates, Service
from tests.ipvs.recorded import dump, message, table

FAMILY = 30
KEY = ServiceKey(Protocol.TCP, "10.0.0.1", 443)


def only(data: bytes) -> netlink.Message:
    (found,) = netlink.messages(data)
    assert (found.kind, len(data) % 4) == (FAMILY, 0)
    return found


def bare(service: Service) -> Service:
    return msgspec.structs.replace(service, destinations=(), counters=Counters(), rates=Rates())


@pytest.mark.parametrize("recorded", table().services, ids=lambda s: str(s.key))
def test_each_recorded_service_can_be_asked_for_and_is_read_back(recorded: Service) -> None:
    asked = only(messages.service_request(FAMILY, Command.NEW_SERVICE, recorded, 9))
    assert decode.service(asked) == bare(recorded)
    for destination in recorded.destinations:
        made = only(messages.destination_request(FAMILY, Command.NEW_DEST, recorded.key, destination, 9))
        assert decode.destination(made, family_of(recorded.key.address)) == destination
        assert made.payload[0] == Command.NEW_DEST


def test_the_key_is_the_kernels_own_bytes() -> None:
    for entry in dump()["services"]:
        answer = message(entry["msg"])
        service = decode.service(answer)
        assert service is not None
        nested = netlink.generic_attributes(answer)[Top.SERVICE]
        length = 16 if service.key.fwmark else 44
        asked = only(messages.destinations_dump(FAMILY, service.key, 1))
        assert bytes(netlink.generic_attributes(asked)[Top.SERVICE]) == bytes(nested[:length])


def test_a_full_service_byte_by_byte() -> None:
    service = Service(key=KEY, scheduler="wlc", persistence_timeout=300)
    found = netlink.attributes(
        netlink.generic_attributes(only(messages.service_request(FAMILY, Command.SET_SERVICE, service, 1)))[Top.SERVICE]
    )
    assert {kind: bytes(value) for kind, value in found.items()} == {
        ServiceAttribute.FAMILY: struct.pack("=H", 2),
        ServiceAttribute.PROTOCOL: struct.pack("=H", 6),
        ServiceAttribute.ADDRESS: bytes([10, 0, 0, 1]) + bytes(12),
        ServiceAttribute.PORT: b"\x01\xbb",
        ServiceAttribute.SCHEDULER: b"wlc\0",
        ServiceAttribute.FLAGS: struct.pack("=II", 1, 0x3D),
        ServiceAttribute.TIMEOUT: struct.pack("=I", 300),
        ServiceAttribute.NETMASK: b"\xff\xff\xff\xff",
    }


def test_a_mark_has_neither_protocol_nor_address() -> None:
    asked = only(messages.service_key_request(FAMILY, Command.DEL_SERVICE, fwmark_key(10, 2**31), 1))
    found = netlink.attributes(netlink.generic_attributes(asked)[Top.SERVICE])
    assert {kind: bytes(value) for kind, value in found.items()} == {
        ServiceAttribute.FAMILY: struct.pack("=H", 10),
        ServiceAttribute.FWMARK: struct.pack("=I", 2**31),
    }


def test_deleting_names_the_destination_only() -> None:
    destination = Destination(endpoint=Endpoint("2001:db8::9", 80), forwarding=ForwardingMethod.TUNNEL, weight=5)
    deleted = only(messages.destination_request(FAMILY, Command.DEL_DEST, KEY, destination, 1))
    found = netlink.attributes(netlink.generic_attributes(deleted)[Top.DESTINATION])
    assert sorted(found) == [1, 2, 11]


def test_requests_without_a_subject() -> None:
    info = only(messages.info_request(FAMILY, 4))
    assert (netlink.command_of(info), info.flags & netlink.NLM_F_ACK) == (Command.GET_INFO, netlink.NLM_F_ACK)
    services = only(messages.services_dump(FAMILY, 4))
    assert services.flags & netlink.NLM_F_DUMP == netlink.NLM_F_DUMP


@pytest.mark.parametrize("weight", [-1, 2**32])
def test_numbers_that_do_not_fit_are_not_sent(weight: int) -> None:
    with pytest.raises(struct.error):
        messages.destination_request(
            FAMILY, Command.NEW_DEST, KEY, Destination(endpoint=Endpoint("10.1.0.1", 80), weight=weight), 1
        )
