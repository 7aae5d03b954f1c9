"""The steps about mastership, walked with Debian's keepalived in both roles: they measure what is known of it."""

from __future__ import annotations

import msgspec
import pytest

from lvstui.lab.stage import Stage
from lvstui.lab.steps_vrrp import crash, down_file, election, memory_megabytes, preempt_back, slider
from lvstui.model.configuration import Configuration, TrackedScript
from tests.lab.examples import cluster, tutorial

pytestmark = [pytest.mark.root, pytest.mark.peer]


async def test_election_demotion_and_crash() -> None:
    async with cluster() as lab:
        lab.start()
        await lab.start_directors()
        stage = Stage(lab, tutorial())
        elected = await election(stage)
        assert (elected["master"], elected["label"]) == ("lb1", "ens33:0")
        assert isinstance(elected["start_overhead_s"], float)
        assert -0.01 < elected["start_overhead_s"] < 3.0
        assert 1 < memory_megabytes(stage.master) < 50
        demoted = await down_file(stage)
        assert isinstance(demoted["takeover_s"], float)
        assert 3.3 < demoted["takeover_s"] < 5.0
        await stage.settle()
        crashed = await crash(stage)
        assert isinstance(crashed["since_last_advert_s"], float)
        assert abs(crashed["since_last_advert_s"] - stage.master_down(stage.backup)) < 1.0
        assert crashed["old_address_gone_s"] is None


def changed(first: Configuration, **changes: object) -> Configuration:
    instance = msgspec.structs.replace(first.instances[0], **changes)
    return msgspec.structs.replace(first, instances=(instance,))


async def test_what_cannot_move_the_vip_is_skipped_with_its_reason() -> None:
    first, second = tutorial()
    async with cluster() as lab:
        high = Stage(lab, (changed(first, priority=150), second))
        assert "lowers lb1 to 148 only" in str((await down_file(high))["skipped"])
        fault = Stage(lab, (changed(first, priority=150, track_scripts=(TrackedScript("chk_mt", 0),)), second))
        stubborn = Stage(lab, (first, changed(second, preempt=False)))
        assert "lb2 has nopreempt" in str((await down_file(stubborn))["skipped"])
        lazy = Stage(lab, (changed(first, preempt=False), second))
        assert "lb1 has nopreempt" in str((await preempt_back(lazy))["skipped"])
        assert "lb1 is keepalived" in str((await slider(fault))["skipped"])
