"""Operator's acts: refused with what there is, foretold without being done, written down before they are done."""

from __future__ import annotations

import contextlib
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lvstui.control.caller import Caller
from lvstui.control.messages import Request
from lvstui.control.server import Answer
from lvstui.engine.commands import Commands
from lvstui.engine.state import State
from lvstui.errors import ControlError
from lvstui.model.check import AdminState
from lvstui.model.event import EventKind
from lvstui.model.forecast import Forecast
from lvstui.model.ipvs import Plane, Table
from lvstui.model.worker import HealthReport, SetAdjustment, SetAdmin, VrrpReport
from tests.engine.samples import KEY, RS1, configuration, instance, service

ALICE = Caller(1, 0, "root (alice) pts/3")


class Desk:
    """Commands on a state, with everything they do in one list, in order."""

    def __init__(self) -> None:
        self.done: list[Any] = []
        self.state = State(configuration(), "lb1", 0.0)
        self.state.take_vrrp(VrrpReport((instance(),)), 1.0)
        self.state.take_health(HealthReport(plane=Plane.USERSPACE, table=Table(), virtual_servers=(service(),)), 1.0)
        self.commands = Commands(
            self.state,
            lambda name, order: self.done.append((name, order)),
            self.done.append,
            lambda reason: self.done.append(("stop", reason)),
            self.table,
        )

    async def table(self) -> Table:
        return Table(size=77)

    async def do(self, cmd: str, dry_run: bool = False, **args: Any) -> Any:
        result = await self.commands.handle(Request(id=1, cmd=cmd, args=args, dry_run=dry_run), ALICE)
        return result.result if isinstance(result, Answer) else result

    async def refused(self, cmd: str, **args: Any) -> ControlError:
        with pytest.raises(ControlError) as caught:
            await self.do(cmd, **args)
        assert self.done == []
        return caught.value


async def test_the_slider_is_written_down_then_moved() -> None:
    desk = Desk()
    before = desk.state.generation
    assert isinstance(await desk.do("priority", instance="VI_1", adjustment=-2, why="kernel\x1b[2J"), Forecast)
    event, (name, order) = desk.done
    assert (event.kind, event.subject) == (EventKind.OPERATOR, "VI_1")
    assert event.text == "operator root (alice) pts/3: (VI_1) priority adjustment +0 -> -2"
    assert "\x1b" not in event.reason
    assert (name, order) == ("vrrp", SetAdjustment("VI_1", -2))
    assert desk.state.overrides.adjustment("VI_1") == -2
    assert desk.state.generation > before
    await desk.do("priority", instance="VI_1", adjustment=0)
    assert desk.state.overrides.priorities == ()


async def test_a_dry_run_of_the_slider_foretells_and_does_nothing() -> None:
    desk = Desk()
    foreseen = await desk.do("priority", dry_run=True, instance="VI_1", adjustment=-2)
    assert isinstance(foreseen, Forecast)
    assert foreseen.effective_priority == 98
    assert foreseen.text
    assert desk.done == []
    assert desk.state.overrides.priorities == ()


async def test_the_slider_refuses_what_is_not_there_or_out_of_range() -> None:
    desk = Desk()
    error = await desk.refused("priority", instance="VI_9", adjustment=1)
    assert (error.code, error.hint) == ("NO_SUCH_INSTANCE", "there are: VI_1")
    for value in (254, -254, 1 << 80):
        assert (await desk.refused("priority", instance="VI_1", adjustment=value)).code in (
            "OUT_OF_RANGE",
            "BAD_ARGUMENT",
        )
    for arguments in (
        {},
        {"instance": "VI_1"},
        {"instance": 7, "adjustment": 1},
        {"instance": "VI_1", "adjustment": "1"},
    ):
        assert (await desk.refused("priority", **arguments)).code == "BAD_ARGUMENT"


async def test_before_the_first_report_the_slider_still_works() -> None:
    desk = Desk()
    desk.state.instances = ()
    assert "nothing can be foretold" in (await desk.do("priority", instance="VI_1", adjustment=5)).text
    assert desk.done[-1] == ("vrrp", SetAdjustment("VI_1", 5))


async def test_a_real_server_is_drained_and_put_back() -> None:
    desk = Desk()
    arguments: dict[str, Any] = {"service": "192.0.2.100:80", "real_server": "192.0.2.11:80"}
    answer = await desk.do("server.state", **arguments, state="drain", why="disk")
    assert "drains" in answer["text"]
    event, sent = desk.done
    assert event.text.endswith("real server 192.0.2.100:80/tcp -> 192.0.2.11:80: ready -> drain")
    assert event.reason == "disk"
    assert sent == ("health", SetAdmin(KEY, RS1, AdminState.DRAIN))
    assert desk.state.overrides.servers[0].who == ALICE.who
    await desk.do("server.state", **arguments, state="ready")
    assert desk.state.overrides.servers == ()
    desk.done.clear()
    assert "maintenance" in (await desk.do("server.state", dry_run=True, **arguments, state="maint"))["text"]
    assert desk.done == []


@pytest.mark.parametrize(
    ("service_text", "real_text", "state", "code", "hint"),
    [
        ("192.0.2.100:81", "192.0.2.11:80", "drain", "NO_SUCH_SERVICE", "192.0.2.100:80/tcp"),
        ("192.0.2.100:80/udp", "192.0.2.11:80", "drain", "NO_SUCH_SERVICE", "192.0.2.100:80/tcp"),
        ("192.0.2.100:80", "192.0.2.19:80", "drain", "NO_SUCH_SERVER", "192.0.2.11:80, 192.0.2.12:80"),
        ("nonsense", "192.0.2.11:80", "drain", "BAD_ARGUMENT", ""),
        ("FWM x", "192.0.2.11:80", "drain", "BAD_ARGUMENT", ""),
        ("192.0.2.100:80", "\x1b]0;x\x07", "drain", "BAD_ARGUMENT", ""),
        ("192.0.2.100:80", "192.0.2.11:80", "sideways", "BAD_ARGUMENT", ""),
    ],
)
async def test_servers_that_are_not_there(service_text: str, real_text: str, state: str, code: str, hint: str) -> None:
    error = await Desk().refused("server.state", service=service_text, real_server=real_text, state=state)
    assert error.code == code
    assert hint in error.hint
    assert "\x1b" not in str(error)


async def test_table_stop_and_unknown_commands() -> None:
    desk = Desk()
    assert (await desk.do("table")).size == 77
    await desk.do("stop", dry_run=True)
    assert desk.done == []
    assert "ping" in (await desk.refused("format.disk")).hint
    await desk.do("stop")
    assert desk.done[0].kind is EventKind.OPERATOR
    assert desk.done[1] == ("stop", "root (alice) pts/3 asked for it")


@given(
    st.sampled_from(["priority", "server.state", "stop", "table", "x"]),
    st.dictionaries(
        st.sampled_from(["instance", "adjustment", "service", "real_server", "state", "why", "more"]),
        st.none()
        | st.integers()
        | st.text()
        | st.lists(st.integers())
        | st.sampled_from(["VI_1", "drain", "192.0.2.100:80"]),
    ),
)
async def test_any_arguments_give_an_answer_or_a_control_error(cmd: str, args: dict[str, Any]) -> None:
    desk = Desk()
    with contextlib.suppress(ControlError):
        assert await desk.commands.handle(Request(id=1, cmd=cmd, args=args), ALICE)


async def test_a_silent_peer_that_the_asker_knows_of_counts_in_the_forecast() -> None:
    desk = Desk()
    alone = await desk.do("priority", dry_run=True, instance="VI_1", adjustment=-2)
    assert not alone.moves
    peer = {"address": "192.168.61.12", "priority": 99, "name": "lb2\x1b[2J"}
    seen = await desk.do("priority", dry_run=True, instance="VI_1", adjustment=-2, peers=[peer])
    assert seen.moves
    assert seen.new_master == "192.168.61.12"
    assert "lb2␛[2J takes VI_1 in about" in seen.text
    still = await desk.do("priority", dry_run=True, instance="VI_1", adjustment=-1, peers=[{**peer, "priority": 97}])
    assert not still.moves
    assert (await desk.refused("priority", instance="VI_1", adjustment=0, peers=[7])).code == "BAD_ARGUMENT"
