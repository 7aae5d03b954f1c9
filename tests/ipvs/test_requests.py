from __future__ import annotations

import pytest

from lvstui.ipvs import decode, netlink
from lvstui.ipvs.attributes import Command
from lvstui.ipvs.requests import request_of
from lvstui.ipvs.table import Change, Verb
from lvstui.model.endpoint import Endpoint, Protocol, ServiceKey
from lvstui.model.ipvs import Destination, Service

SERVICE = Service(key=ServiceKey(Protocol.TCP, "10.0.0.1", 80), scheduler="wrr")
DESTINATION = Destination(endpoint=Endpoint("10.1.0.1", 80), weight=7)


@pytest.mark.parametrize(
    ("verb", "destination", "command"),
    [
        (Verb.ADD, None, Command.NEW_SERVICE),
        (Verb.EDIT, None, Command.SET_SERVICE),
        (Verb.DELETE, None, Command.DEL_SERVICE),
        (Verb.ADD, DESTINATION, Command.NEW_DEST),
        (Verb.EDIT, DESTINATION, Command.SET_DEST),
        (Verb.DELETE, DESTINATION, Command.DEL_DEST),
    ],
)
def test_each_change_has_its_request(verb: Verb, destination: Destination | None, command: Command) -> None:
    data = request_of(Change(verb, SERVICE, destination), 30, 41, netlink.NLM_F_ACK)
    (found,) = netlink.messages(data)
    assert netlink.command_of(found) == command
    assert (found.kind, found.sequence, found.flags) == (30, 41, netlink.NLM_F_REQUEST | netlink.NLM_F_ACK)
    if command == Command.NEW_SERVICE:
        assert decode.service(found) == SERVICE
    if command == Command.NEW_DEST:
        assert decode.destination(found, 2) == DESTINATION
