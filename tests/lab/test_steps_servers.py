"""The steps about real servers; walked whole in tests/system and tests/kernel."""

from __future__ import annotations

import msgspec
import pytest

from lvstui.lab.stage import Stage, StepFailed
from lvstui.lab.steps_servers import both_down, drain, longest_round, names_of, round_robin, web_of
from lvstui.model.configuration import RealServer
from lvstui.model.endpoint import Endpoint
from tests.lab.examples import cluster, tutorial


def test_how_long_a_checker_may_take() -> None:
    server = tutorial()[0].virtual_servers[0].real_servers[0]
    assert longest_round(server) == 6 + 3 + 3 * (3 + 3) + 5
    assert longest_round(msgspec.structs.replace(server, checkers=())) == 5


@pytest.mark.root
@pytest.mark.peer
async def test_real_servers_by_name() -> None:
    async with cluster() as lab:
        stage = Stage(lab, tutorial())
        assert names_of(stage) == ["rs1", "rs2"]
        assert web_of(stage, stage.plan.service.real_servers[1]) is lab.webs["rs2"]
        with pytest.raises(StepFailed, match="not one of the lab's hosts"):
            web_of(stage, RealServer(endpoint=Endpoint("10.0.0.1", 80)))


@pytest.mark.root
@pytest.mark.peer
async def test_wrong_answers_fail_and_what_cannot_be_is_skipped() -> None:
    async with cluster() as lab:
        lab.start()
        stage = Stage(lab, tutorial())
        lab.client.target = Endpoint("127.0.0.1", 9)  # refused at once; nobody holds the VIP anyway
        with pytest.raises(StepFailed, match="not every request was answered") as failure:
            await round_robin(stage)  # nobody holds the VIP
        assert failure.value.measured["requests"] == 10
        assert "lb1 is keepalived" in str((await drain(stage))["skipped"])
        no_sorry = msgspec.structs.replace(lab.plan.service, sorry_server=None)
        stage.plan = msgspec.structs.replace(lab.plan, service=no_sorry)
        assert await both_down(stage) == {"skipped": "no sorry_server"}
