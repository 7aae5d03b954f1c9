"""What the steps of a scenario have in hand."""

from __future__ import annotations

import msgspec
import pytest

from lvstui.errors import LabError
from lvstui.lab.cluster import Cluster
from lvstui.lab.command import tutorial_files
from lvstui.lab.stage import Stage, StepFailed, healthy_priority
from lvstui.model.configuration import TrackedInterface, TrackedScript
from tests.lab.examples import KEEPALIVED, cluster, tutorial, tutorial_plan


def test_the_priority_of_a_director_that_is_well() -> None:
    instance = tutorial()[0].instances[0]
    assert healthy_priority(instance) == 100  # a negative weight counts only when its script fails
    positive = msgspec.structs.replace(instance, track_scripts=(TrackedScript("x", 20),))
    assert healthy_priority(positive) == 120
    reversed_ = msgspec.structs.replace(instance, track_interfaces=(TrackedInterface("eth1", -30, True),))
    assert healthy_priority(reversed_) == 130
    assert healthy_priority(msgspec.structs.replace(positive, priority=250)) == 254
    assert healthy_priority(msgspec.structs.replace(positive, priority=255)) == 255


@pytest.mark.root
@pytest.mark.peer
async def test_roles_come_from_the_configurations() -> None:
    async with cluster() as lab:
        stage = Stage(lab, tutorial())
        assert (stage.master.name, stage.backup.name) == ("lb1", "lb2")
        assert round(stage.master_down(stage.master), 3) == round(3 + 156 / 256, 3)
        assert stage.priority(stage.backup) == 99
        swapped = Stage(lab, (tutorial()[1], tutorial()[0]))
        assert (swapped.master.name, swapped.backup.name) == ("lb2", "lb1")


@pytest.mark.root
@pytest.mark.peer
async def test_the_higher_address_wins_with_equal_priorities() -> None:
    async with cluster() as lab:
        first = tutorial()[0]
        assert Stage(lab, (first, first)).master.name == "lb2"


def test_two_directors_are_needed() -> None:
    lab = Cluster(tutorial_plan(), tutorial_files(), daemons=KEEPALIVED)
    with pytest.raises(LabError, match="two directors"):
        Stage(lab, tutorial()[:1])


@pytest.mark.root
@pytest.mark.peer
async def test_waiting_has_an_end_and_a_reason() -> None:
    async with cluster() as lab:
        stage = Stage(lab, tutorial())

        async def never() -> bool:
            return False

        async def always() -> bool:
            return True

        with pytest.raises(StepFailed, match="pigs do not fly within 0 s"):
            await stage.until(never, 0.1, "pigs do not fly")
        assert await stage.until(always, 1, "") < 0.5


@pytest.mark.root
@pytest.mark.peer
async def test_settling_mends_everything() -> None:
    async with cluster() as lab:
        lab.start()
        stage = Stage(lab, tutorial())
        down = lab.down_file("lb1")
        assert down
        down.touch()
        await stage.faults.link("lb2", "cut")
        await lab.webs["rs1"].stop()
        lab.webs["rs2"].page_file.write_text("changed")
        await stage.settle()
        assert not down.exists()
        assert lab.cut == set()
        assert lab.webs["rs1"].running
        assert lab.webs["rs2"].page_file.read_text() == "This is rs2 web page\n"
        held = await stage.vip_of(stage.master)
        assert held
        assert held.label == "ens33:0"


def test_a_failure_carries_what_was_measured() -> None:
    failure = StepFailed("why", {"x": 1})
    assert (str(failure), failure.measured) == ("why", {"x": 1})
    assert StepFailed("why").measured == {}
