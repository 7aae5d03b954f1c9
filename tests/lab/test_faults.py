"""What can be broken on purpose."""

from __future__ import annotations

import pytest

from lvstui.errors import ControlError
from lvstui.lab.faults import Faults
from tests.lab.examples import cluster

pytestmark = pytest.mark.root


async def test_web_servers_cables_and_down_files() -> None:
    async with cluster() as lab:
        faults = Faults(lab)
        assert "started" in await faults.act("lab.web", "rs1", "start")
        assert lab.webs["rs1"].running
        await faults.act("lab.web", "rs1", "stop")
        assert not lab.webs["rs1"].running
        await faults.act("lab.link", "lb2", "cut")
        assert lab.cut == {"lb2"}
        await faults.act("lab.link", "lb2", "mend")
        assert lab.cut == set()
        path = lab.down_file("lb1")
        assert path
        await faults.act("lab.down_file", "lb1", "touch")
        assert path.exists()
        await faults.act("lab.down_file", "lb1", "remove")
        await faults.act("lab.down_file", "lb1", "remove")
        assert not path.exists()


@pytest.mark.peer
async def test_a_daemon_is_started_stopped_and_killed() -> None:
    async with cluster() as lab:
        faults = Faults(lab)
        for action, running in (("start", True), ("stop", False), ("start", True), ("kill", False)):
            await faults.act("lab.engine", "lb2", action)
            assert lab.directors["lb2"].running is running


@pytest.mark.parametrize(
    ("command", "host", "action", "code"),
    [
        ("lab.web", "client", "stop", "NO_SUCH_HOST"),
        ("lab.web", "rs1", "explode", "BAD_ARGUMENT"),
        ("lab.link", "rs9", "cut", "NO_SUCH_HOST"),
        ("lab.link", "lb1", "stop", "BAD_ARGUMENT"),
        ("lab.engine", "rs1", "kill", "NO_SUCH_HOST"),
        ("lab.engine", "lb1", "", "BAD_ARGUMENT"),
        ("lab.down_file", "rs1", "touch", "NO_SUCH_HOST"),
        ("lab.down_file", "lb1", "cut", "BAD_ARGUMENT"),
        ("lab.fire", "lb1", "start", "NO_SUCH_COMMAND"),
    ],
)
async def test_what_there_is_not_is_refused(command: str, host: str, action: str, code: str) -> None:
    async with cluster() as lab:
        with pytest.raises(ControlError) as caught:
            await Faults(lab).act(command, host, action)
        assert caught.value.code == code
