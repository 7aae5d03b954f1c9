"""The table: ipvsadm's words, and what lvstui knows of each line."""

from __future__ import annotations

from pathlib import Path

import msgspec
import pytest

from lvstui.console.panes import ipvs
from lvstui.console.view import View
from lvstui.model.check import AdminState
from lvstui.model.endpoint import Endpoint, Protocol, ServiceKey
from lvstui.model.ipvs import Service, Table
from lvstui.model.snapshot import DirectorSnapshot
from tests.console import pictures
from tests.console.harness import console


def words(snapshot: DirectorSnapshot) -> list[tuple[str, str]]:
    return [
        (str(entry.server.endpoint) if entry.server else str(entry.service), entry.sign.word)
        for entry in ipvs.entries(View("lb1", snapshot, pictures.NOW))
    ]


def test_a_healthy_table() -> None:
    assert words(pictures.director()) == [
        ("192.168.77.100:80/tcp", "up"),
        ("192.168.77.21:80", "up"),
        ("192.168.77.22:80", "up"),
    ]


def test_drained_and_down_servers_stay_on_the_screen() -> None:
    assert words(pictures.drained())[1:] == [("192.168.77.21:80", "drain"), ("192.168.77.22:80", "DOWN")]


def test_maintenance_is_not_down() -> None:
    picture = pictures.director(virtual_servers=(pictures.pool(rs1=AdminState.MAINT),))
    assert words(picture)[1] == ("192.168.77.21:80", "maint")


def test_the_sorry_server_is_named_as_such() -> None:
    picture = pictures.director(
        virtual_servers=(pictures.pool(sorry=True),), table=pictures.table(pictures.destination(pictures.SORRY, 1))
    )
    assert words(picture)[:2] == [("192.168.77.100:80/tcp", "sorry"), ("127.0.0.1:80", "sorry")]


def test_below_quorum_without_a_sorry_server() -> None:
    pool = msgspec.structs.replace(pictures.pool(), quorum_up=False, sorry_server=None)
    assert words(pictures.director(virtual_servers=(pool,)))[0] == ("192.168.77.100:80/tcp", "quorum")


def test_what_is_not_ours_is_foreign_and_what_should_be_there_is_missing() -> None:
    foreign = Service(key=ServiceKey(Protocol.UDP, "10.0.0.9", 53), scheduler="wlc")
    assert words(pictures.director(table=Table(services=(foreign,)))) == [
        ("10.0.0.9:53/udp", "foreign"),
        ("192.168.77.100:80/tcp", "missing"),
        ("192.168.77.21:80", "missing"),
        ("192.168.77.22:80", "missing"),
    ]


@pytest.mark.parametrize(
    ("changes", "text"),
    [
        ({}, "TCP  192.168.77.100:80 rr"),
        ({"persistence_timeout": 50}, "TCP  192.168.77.100:80 rr persistent 50"),
        (
            {"persistence_timeout": 50, "netmask": "255.255.255.0"},
            "TCP  192.168.77.100:80 rr persistent 50 mask 255.255.255.0",
        ),
        ({"scheduler": "sh", "flags": ("sh-fallback", "sh-port")}, "TCP  192.168.77.100:80 sh (sh-fallback,sh-port)"),
        ({"one_packet": True}, "TCP  192.168.77.100:80 rr ops"),
        ({"key": ServiceKey(Protocol.UDP, "2001:db8::1", 53)}, "UDP  [2001:db8::1]:53 rr"),
        ({"key": ServiceKey(Protocol.TCP, "0.0.0.0", 0, 7)}, "FWM  7 rr"),
    ],
)
def test_a_virtual_server_reads_as_in_ipvsadm(changes: dict[str, object], text: str) -> None:
    service = msgspec.structs.replace(pictures.table().services[0], **changes)
    assert ipvs.service_text(service, service.key) == text


async def test_columns_stand_where_ipvsadm_puts_them(tmp_path: Path) -> None:
    async with console(tmp_path) as stage:
        await stage.shows("TCP  192.168.77.100:80 rr")
        rows = stage.rows()
        at = next(y for y, row in enumerate(rows) if "-> RemoteAddress:Port" in row)
        assert rows[at - 1].startswith(" Prot LocalAddress:Port Scheduler Flags")
        assert rows[at].startswith("   -> RemoteAddress:Port           Forward Weight ActiveConn InActConn")
        assert rows[at + 2].startswith("   -> 192.168.77.21:80             Route   1      0          3")


async def test_a_wide_table_has_rates(tmp_path: Path) -> None:
    async with console(tmp_path, (200, 60)) as stage:
        await stage.shows("Since", "Conns", "CPS", "InPPS", "OutPPS", "InBPS", "OutBPS", "4m12s", "2468")


async def test_only_a_real_server_of_ours_can_be_drained(tmp_path: Path) -> None:
    async with console(tmp_path) as stage:
        await stage.press("3", "home", "d")
        await stage.shows("Select a real server of this configuration first")
        foreign = Service(
            key=ServiceKey(Protocol.UDP, "10.0.0.9", 53),
            scheduler="wlc",
            destinations=(pictures.destination(Endpoint("10.0.0.10", 53), 1),),
        )
        stage.lb1.show(pictures.director(table=Table(services=(foreign,)), virtual_servers=()))
        await stage.shows("? foreign")
        await stage.press("end", "d")
        await stage.shows("Select a real server of this configuration first")
        assert stage.lb1.requests == []
