"""Details: configured, override and actual, side by side."""

from __future__ import annotations

from lvstui.console.lines import Line
from lvstui.console.panes.target import Target
from lvstui.console.screens import details
from lvstui.console.view import View
from lvstui.model.check import AdminState
from lvstui.model.override import ServerOverride
from tests.console import pictures

VIEW = View("lb1", pictures.drained(), pictures.NOW, stale=False, names={pictures.LB1: "lb1", pictures.LB2: "lb2"})


def text(lines: list[Line]) -> str:
    return "\n".join(" ".join(line.text.split()) for line in lines)


def test_an_instance_with_its_override_and_counters() -> None:
    page = text(details.instance_lines(pictures.drained().instances[0], VIEW))
    for words in (
        "state ◆ MASTER",
        "master lb1 192.168.77.11 priority 100",
        "chk_mt 0 ok weight -2 exit 0",
        "effective 98",
        "override -2 by root pts/3",
        "kernel update",
        "192.168.77.100/24",
        "adverts of lb2 251",
        "become_master 1",
    ):
        assert words in page


def test_a_server_configured_overridden_and_actual() -> None:
    override = ServerOverride(
        service=pictures.SERVICE,
        real_server=pictures.RS1,
        admin=AdminState.DRAIN,
        who="alice",
        since_time=pictures.TIME,
    )
    view = View("lb1", pictures.director(server_overrides=(override,)), pictures.NOW)
    page = text(details.server_lines(Target(pictures.SERVICE, pictures.RS1), view))
    for words in (
        "quorum alive weight 3, quorum 1 reached",
        "weight 1 (configured 1)",
        "drain by alice",
        "InActConn 3",
        "L7OK",
    ):
        assert words in page
    assert text(details.server_lines(Target(pictures.SERVICE, pictures.RS1), View("lb1"))) == "no picture"


def test_an_event_whole_however_long() -> None:
    long = " ".join(["word"] * 60)
    page = details.event_lines("lb1", pictures.event(3, long, reason="because"))
    assert text(page).count("word") == 60
    assert max(len(line.text) for line in page) <= 92


def test_the_engine_with_processes_warnings_and_what_operators_set() -> None:
    picture = pictures.drained()
    page = text(details.engine_lines(VIEW))
    for words in (
        "plane userspace this kernel has no ip_vs",
        "vrrp alive pid 4712",
        "24 MB",
        "VI_1 priority -2 by root",
    ):
        assert words in page
    assert str(picture.generation) in page
    assert "no picture yet" in text(details.engine_lines(View("lb1")))
