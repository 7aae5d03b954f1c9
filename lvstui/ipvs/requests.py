"""Changes as netlink requests."""

from __future__ import annotations

from lvstui.ipvs.attributes import Command
from lvstui.ipvs.messages import destination_request, service_key_request, service_request
from lvstui.ipvs.table import Change, Verb

_SERVICE = {Verb.ADD: Command.NEW_SERVICE, Verb.EDIT: Command.SET_SERVICE}
_DESTINATION = {Verb.ADD: Command.NEW_DEST, Verb.EDIT: Command.SET_DEST, Verb.DELETE: Command.DEL_DEST}


def request_of(change: Change, family: int, sequence: int, flags: int) -> bytes:
    """Return the request that makes a change."""
    if change.destination is not None:
        command = _DESTINATION[change.verb]
        return destination_request(family, command, change.service.key, change.destination, sequence, flags)
    if change.verb is Verb.DELETE:
        return service_key_request(family, Command.DEL_SERVICE, change.service.key, sequence, flags)
    return service_request(family, _SERVICE[change.verb], change.service, sequence, flags)
