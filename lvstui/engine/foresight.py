"""Engine: what an operator's state of a real server will leave, said before it is done. Pure."""

from __future__ import annotations

import msgspec

from lvstui.model.check import AdminState, RealServerStatus, VirtualServerStatus
from lvstui.model.configuration import RealServer, VirtualServer


class ServerForesight(msgspec.Struct, frozen=True):
    """One sentence for the operator. `grave`: nobody, or too few, would be left to serve."""

    text: str
    grave: bool = False


def foretell_server(
    service: VirtualServer, real: RealServer, wanted: AdminState, status: VirtualServerStatus | None
) -> ServerForesight:
    """Say what putting `real` of `service` into `wanted` leaves; `status` None: health has not reported yet."""
    if status is None:
        return ServerForesight("the health process has not reported yet; nothing can be foretold", grave=True)
    mine = next((server for server in status.real_servers if server.endpoint == real.endpoint), None)
    if wanted is AdminState.READY:
        return ServerForesight(_ready(real, mine))
    verb = (
        f"{real.endpoint} drains: weight 0, no new connections, running ones go on"
        if wanted is AdminState.DRAIN
        else f"{real.endpoint} goes into maintenance: out of the table, no checks"
    )
    others = [server for server in status.real_servers if server.endpoint != real.endpoint]
    serving = [server for server in others if _serves(server)]
    if not serving:
        return ServerForesight(f"{verb}. It is the last server with weight: {_nobody(service)}", grave=True)
    left = sum(server.weight for server in serving)
    text = f"{verb}; {len(serving)} of {len(others)} others serve {service.key}"
    if left < service.quorum - service.hysteresis:
        return ServerForesight(f"{text}, below the quorum of {service.quorum}: {_nobody(service)}", grave=True)
    return ServerForesight(text)


def _serves(server: RealServerStatus) -> bool:
    return server.up and server.in_table and server.weight > 0 and server.admin is AdminState.READY


def _ready(real: RealServer, mine: RealServerStatus | None) -> str:
    if mine is not None and not mine.up and mine.admin is not AdminState.MAINT:
        return f"{real.endpoint} is ready, but its checks fail: it serves once they succeed"
    if mine is not None and mine.admin is AdminState.MAINT:
        return f"{real.endpoint} is checked again and serves with weight {real.weight} once its checks succeed"
    return f"{real.endpoint} serves with weight {real.weight}"


def _nobody(service: VirtualServer) -> str:
    if service.sorry_server:
        return f"the sorry server {service.sorry_server} takes over"
    return "new connections are refused"
