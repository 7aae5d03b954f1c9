"""Engine: an operator's acts over the control socket: checked, foretold, written down, then done."""

from __future__ import annotations

import time
from collections.abc import Awaitable, Callable
from typing import Any, TypeVar

import msgspec

from lvstui.control.caller import Caller
from lvstui.control.messages import Request
from lvstui.control.server import Answer
from lvstui.engine.foresight import foretell_server
from lvstui.engine.names import director_names
from lvstui.engine.state import State
from lvstui.errors import ControlError
from lvstui.model.check import AdminState
from lvstui.model.configuration import RealServer, VirtualServer
from lvstui.model.endpoint import Endpoint, ServiceKey
from lvstui.model.event import Event, EventKind, Severity
from lvstui.model.forecast import Forecast, KnownPeer
from lvstui.model.ipvs import Table
from lvstui.model.override import PriorityOverride, ServerOverride
from lvstui.model.vrrp import Peer
from lvstui.model.worker import Order, SetAdjustment, SetAdmin
from lvstui.safety import clean
from lvstui.vrrp.forecast import forecast

T = TypeVar("T")
MAX_ADJUSTMENT = 253


class PriorityArguments(msgspec.Struct, forbid_unknown_fields=True):
    """Arguments of `priority`."""

    instance: str
    adjustment: int
    why: str = ""
    peers: tuple[KnownPeer, ...] = ()


class ServerArguments(msgspec.Struct, forbid_unknown_fields=True):
    """Arguments of `server.state`."""

    service: str
    real_server: str
    state: AdminState
    why: str = ""


class Commands:
    """The engine's own commands. `send` passes an order to a child, `record` keeps an event, `stop` ends the engine."""

    def __init__(
        self,
        state: State,
        send: Callable[[str, Order], None],
        record: Callable[[Event], None],
        stop: Callable[[str], None],
        fresh_table: Callable[[], Awaitable[Table]],
    ) -> None:
        self._state = state
        self._send = send
        self._record = record
        self._stop = stop
        self._fresh_table = fresh_table

    async def handle(self, request: Request, caller: Caller) -> object:
        """Carry out a command; ControlError says what is wrong and what to do."""
        match request.cmd:
            case "priority":
                return self._priority(request, caller)
            case "server.state":
                return self._server(request, caller)
            case "table":
                return await self._fresh_table()
            case "stop":
                if not request.dry_run:
                    self._audit(caller, "stop", "", "stops the engine")
                    self._stop(f"{caller.who} asked for it")
                return {"text": "the engine gives its addresses away, removes its table entries and ends"}
        known = "ping, snapshot, watch, table, priority, server.state, stop"
        raise ControlError("UNKNOWN_COMMAND", f"no command {clean(request.cmd, 40)!r}", f"there are: {known}")

    def _priority(self, request: Request, caller: Caller) -> Answer:
        arguments = _arguments(request, PriorityArguments)
        names = [instance.name for instance in self._state.configuration.instances]
        if arguments.instance not in names:
            raise _unknown("NO_SUCH_INSTANCE", "VRRP instance", arguments.instance, names)
        if not -MAX_ADJUSTMENT <= arguments.adjustment <= MAX_ADJUSTMENT:
            raise ControlError(
                "OUT_OF_RANGE", f"adjustment {arguments.adjustment} is not within -253..253", "0 takes it back"
            )
        foreseen = self._foretell(arguments)
        if not request.dry_run:
            why = clean(arguments.why)
            override = PriorityOverride(
                instance=arguments.instance,
                adjustment=arguments.adjustment,
                who=caller.who,
                why=why,
                since_time=time.time(),
            )
            before = self._state.overrides.adjustment(arguments.instance)
            text = f"({arguments.instance}) priority adjustment {before:+d} -> {arguments.adjustment:+d}"
            self._audit(caller, arguments.instance, why, text)
            self._state.overrides.set_priority(override)
            self._state.generation += 1
            self._send("vrrp", SetAdjustment(arguments.instance, arguments.adjustment))
        return Answer(foreseen, (foreseen.text,) if foreseen.gap else ())

    def _foretell(self, arguments: PriorityArguments) -> Forecast:
        status = self._state.instance(arguments.instance)
        if status is None:
            return Forecast(
                instance=arguments.instance,
                adjustment=arguments.adjustment,
                effective_priority=0,
                moves=False,
                text="the vrrp process has not reported yet; nothing can be foretold",
            )
        names = director_names() | {p.address: clean(p.name, 64) for p in arguments.peers if p.name}
        known = [
            Peer(address=clean(p.address, 64), priority=p.priority, last_heard_at=0.0, adverts=0)
            for p in arguments.peers
        ]
        return forecast(status, arguments.adjustment, time.monotonic(), names, known)

    def _server(self, request: Request, caller: Caller) -> Answer:
        arguments = _arguments(request, ServerArguments)
        service = self._service(arguments.service)
        real = _real_server(service, arguments.real_server)
        statuses = {status.key: status for status in self._state.virtual_servers}
        foreseen = foretell_server(service, real, arguments.state, statuses.get(service.key))
        if not request.dry_run:
            why = clean(arguments.why)
            before = self._state.overrides.admin_state(service.key, real.endpoint)
            subject = f"{service.key} -> {real.endpoint}"
            self._audit(caller, subject, why, f"real server {subject}: {before} -> {arguments.state}")
            override = ServerOverride(
                service=service.key,
                real_server=real.endpoint,
                admin=arguments.state,
                who=caller.who,
                why=why,
                since_time=time.time(),
            )
            self._state.overrides.set_server(override)
            self._state.generation += 1
            self._send("health", SetAdmin(service.key, real.endpoint, arguments.state))
        return Answer({"text": foreseen.text}, (foreseen.text,) if foreseen.grave else ())

    def _service(self, text: str) -> VirtualServer:
        services = self._state.configuration.virtual_servers
        try:
            key = ServiceKey.parse(text)
        except ValueError as error:
            raise ControlError("BAD_ARGUMENT", clean(str(error)), "write ADDRESS:PORT/PROTOCOL or FWM N") from error
        for service in services:
            if service.key == key:
                return service
        raise _unknown("NO_SUCH_SERVICE", "virtual server", text, [str(service.key) for service in services])

    def _audit(self, caller: Caller, subject: str, why: str, text: str) -> None:
        """Write the act down before it is done and confirmed."""
        self._record(
            Event(
                time=time.time(),
                at=time.monotonic(),
                kind=EventKind.OPERATOR,
                severity=Severity.NOTICE,
                subject=subject,
                text=f"operator {caller.who}: {text}",
                reason=why,
            )
        )


def _arguments(request: Request, kind: type[T]) -> T:
    arguments: dict[str, Any] = request.args
    try:
        return msgspec.convert(arguments, kind)
    except (msgspec.MsgspecError, ValueError) as error:
        raise ControlError("BAD_ARGUMENT", f"{clean(request.cmd, 40)}: {clean(str(error))}") from error


def _real_server(service: VirtualServer, text: str) -> RealServer:
    try:
        endpoint = Endpoint.parse(text)
    except ValueError as error:
        raise ControlError("BAD_ARGUMENT", clean(str(error))) from error
    for real in service.real_servers:
        if real.endpoint == endpoint:
            return real
    known = [str(real.endpoint) for real in service.real_servers]
    raise _unknown("NO_SUCH_SERVER", f"real server of {service.key}", text, known)


def _unknown(code: str, what: str, name: str, known: list[str]) -> ControlError:
    hint = f"there are: {clean(', '.join(known), 400)}" if known else "there is none in this configuration"
    return ControlError(code, f"no {what} {clean(name, 80)!r}", hint)
