"""One change of master, measured from outside; played by Debian's keepalived."""

from __future__ import annotations

import pytest

from lvstui.lab.handover import handover
from lvstui.lab.stage import Stage, StepFailed
from lvstui.lab.witness import address_change
from tests.lab.examples import cluster, tutorial

pytestmark = [pytest.mark.root, pytest.mark.peer]


async def nothing() -> None:
    """Do nothing."""


async def test_a_stop_and_what_it_costs() -> None:
    async with cluster() as lab:
        lab.start()
        await lab.start_directors()
        stage = Stage(lab, tutorial())
        assert await lab.witness.wait_for(address_change("lb1", "192.168.61.100", True), 0.0, 6)
        with pytest.raises(StepFailed, match=r"lb2 did not take over within 0\.2 s"):
            await handover(stage, stage.backup, stage.master, nothing, seconds=0.2)

        async def act() -> None:
            stage.master.terminate()

        seen = await handover(stage, stage.backup, stage.master, act, seconds=3)
        takeover, gap = seen["takeover_s"], seen["gap_ms"]
        assert isinstance(takeover, float)
        assert isinstance(gap, float)
        assert 0.55 < takeover < 2.0  # the skew time of priority 99: 157/256 s
        assert gap > 500
        assert seen["failed"] == 0
        assert seen["garp_ms_after_advert"] is not None
