"""The steps about real servers; walked whole in tests/system and tests/kernel."""

from __future__ import annotations

import msgspec
import pytest

from lvstui.lab.stage import Stage, StepFailed
from lvstui.lab.steps_servers import (
    both_down,
    bring_up,
    drain,
    longest_round,
    names_of,
    round_robin,
    rs1_down,
    take_down,
    web_of,
)
from lvstui.model.configuration import CheckTiming, PingChecker, RealServer
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


@pytest.mark.root
@pytest.mark.peer
async def test_a_server_is_broken_in_a_way_that_its_checkers_notice() -> None:
    async with cluster() as lab:
        lab.start()
        stage = Stage(lab, tutorial())
        first, second = stage.plan.service.real_servers
        pinged = msgspec.structs.replace(first, checkers=(PingChecker(endpoint=first.endpoint, timing=CheckTiming()),))
        await take_down(stage, pinged)
        await take_down(stage, second)
        assert stage.cluster.cut == {"rs1"}
        assert not web_of(stage, second).running
        await bring_up(stage, pinged)
        await bring_up(stage, second)
        assert stage.cluster.cut == set()
        assert web_of(stage, first).running
        assert web_of(stage, second).running


@pytest.mark.root
@pytest.mark.peer
async def test_a_server_without_a_checker_is_never_removed() -> None:
    async with cluster() as lab:
        stage = Stage(lab, tutorial())
        servers = tuple(msgspec.structs.replace(each, checkers=()) for each in lab.plan.service.real_servers)
        service = msgspec.structs.replace(lab.plan.service, real_servers=servers)
        stage.plan = msgspec.structs.replace(lab.plan, service=service)
        assert "no real server has a checker" in str((await rs1_down(stage))["skipped"])
        assert "always counts as up" in str((await both_down(stage))["skipped"])
