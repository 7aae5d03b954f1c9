"""The witness."""

from __future__ import annotations

import asyncio
import time

import pytest

from lvstui.lab.address_events import AddressChange
from lvstui.lab.capture import Advert, GratuitousArp
from lvstui.lab.topology import batch
from lvstui.lab.witness import Sighting, address_change, advert_from
from tests.lab.examples import cluster


def test_predicates() -> None:
    advert = Sighting(1.0, "lb1", Advert("10.0.0.1", "224.0.0.18", 2, 61, 100))
    farewell = Sighting(1.0, "lb1", Advert("10.0.0.1", "224.0.0.18", 2, 61, 0))
    change = Sighting(1.0, "lb1", AddressChange(True, "10.0.0.100", 24))
    assert advert_from("lb1", 61)(advert)
    assert not advert_from("lb2", 61)(advert)
    assert not advert_from("lb1", 62)(advert)
    assert not advert_from("lb1", 61)(farewell)
    assert not advert_from("lb1", 61)(change)
    assert address_change("lb1", "10.0.0.100", True)(change)
    assert not address_change("lb1", "10.0.0.100", False)(change)


@pytest.mark.root
async def test_addresses_are_seen_when_they_come_and_go() -> None:
    async with cluster() as lab:
        namespace, since = lab.topology.namespace("lb2"), time.monotonic()
        batch(["address add 192.168.61.100/24 dev ens33 label ens33:0"], namespace=namespace)
        added = await lab.witness.wait_for(address_change("lb2", "192.168.61.100", True), since, 2)
        assert added
        assert isinstance(added.what, AddressChange)
        assert added.what.label == "ens33:0"
        assert lab.witness.held == {"lb2": {"192.168.61.100"}}
        batch(["address del 192.168.61.100/24 dev ens33"], namespace=namespace)
        assert await lab.witness.wait_for(address_change("lb2", "192.168.61.100", False), since, 2)
        assert lab.witness.held == {"lb2": set()}


@pytest.mark.root
async def test_what_does_not_come_is_not_seen() -> None:
    async with cluster() as lab:
        begin = time.monotonic()
        assert await lab.witness.wait_for(advert_from("lb1", 61), 0.0, 0.1) is None
        assert time.monotonic() - begin < 1


@pytest.mark.root
@pytest.mark.peer
async def test_adverts_and_gratuitous_arp_of_a_real_daemon() -> None:
    async with cluster() as lab:
        lab.start()
        await lab.start_directors()
        advert = await lab.witness.wait_for(advert_from("lb1", 61), 0.0, 6)
        assert advert
        assert isinstance(advert.what, Advert)
        assert advert.what.priority == 100
        assert advert.what.addresses == ("192.168.61.100",)
        await asyncio.sleep(0.3)
        arps = [seen for seen in lab.witness.sightings if isinstance(seen.what, GratuitousArp)]
        assert {(seen.host, seen.what.address) for seen in arps} == {("lb1", "192.168.61.100")}  # type: ignore[union-attr]
        assert len([seen for seen in lab.witness.sightings if seen.what == advert.what]) == 1  # not once a port
