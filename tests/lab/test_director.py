"""A director's daemon."""

from __future__ import annotations

import time

import pytest

from lvstui.lab.capture import Advert
from lvstui.lab.director import Daemon
from lvstui.lab.process import gone
from lvstui.lab.witness import address_change, advert_from
from tests.lab.examples import cluster

pytestmark = [pytest.mark.root, pytest.mark.peer]


async def test_killed_is_killed_whole_and_without_a_farewell() -> None:
    async with cluster() as lab:
        lab.start()
        await lab.start_directors()
        lb1 = lab.directors["lb1"]
        assert await lab.witness.wait_for(address_change("lb1", "192.168.61.100", True), 0, 6)
        assert len(lb1.processes()) == 2
        begin = time.monotonic()
        await lb1.kill()
        assert time.monotonic() - begin < 3
        assert not lb1.running
        assert lb1.processes() == frozenset()
        assert lab.webs["lb1"].running  # the lab's own helpers live on
        farewell = advert_from("lb1", 61, priority=lambda value: value == 0)
        assert lab.witness.last(farewell) is None
        assert "192.168.61.100" in lab.witness.held["lb1"]


async def test_stopped_says_farewell() -> None:
    async with cluster() as lab:
        lab.start()
        await lab.start_directors()
        assert await lab.witness.wait_for(address_change("lb1", "192.168.61.100", True), 0, 6)
        await lab.directors["lb1"].stop()
        seen = lab.witness.last(advert_from("lb1", 61, priority=lambda value: value == 0))
        assert seen
        assert isinstance(seen.what, Advert)
        assert lab.witness.held["lb1"] == set()
        assert lab.directors["lb1"].ended_on_purpose


async def test_one_that_cannot_start_has_last_words() -> None:
    async with cluster((Daemon.LVSTUI, Daemon.KEEPALIVED)) as lab:
        lab.directors["lb1"].configuration = lab.directors["lb1"].folder / "no-such-file.conf"
        lab.directors["lb1"].start()
        assert lab.directors["lb1"].process
        assert await gone(lab.directors["lb1"].process, 5)
        assert not lab.directors["lb1"].ended_on_purpose
        assert "no-such-file.conf" in lab.directors["lb1"].last_words()
