"""What panes are given: the engine's clock, names, and the one most urgent thing to say."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import msgspec

from lvstui.console import view
from lvstui.console.source import SILENCE_SECONDS, Source
from lvstui.console.view import View
from lvstui.model.check import AdminState
from lvstui.model.lab import LabStatus
from lvstui.model.snapshot import DirectorSnapshot, ProcessStatus
from lvstui.model.vrrp import VrrpState
from tests.console import pictures


def source(name: str, picture: DirectorSnapshot | None, at: float = 1000.0) -> Source[DirectorSnapshot]:
    made = Source(name, Path("/nowhere"), DirectorSnapshot, lambda: None)
    made.picture, made.received_at = picture, at
    return made


def pair(age: float = 0.5, **changes: Any) -> View:
    return view.build(
        [source("lb1", pictures.director(**changes)), source("lb2", pictures.backup())], 0, None, 1000.0 + age
    )


def test_the_engines_clock_goes_on_between_pictures_and_stands_still_when_stale() -> None:
    assert pair(0.5).now == pictures.NOW + 0.5
    assert not pair(0.5).stale
    assert pair(60.0).now == pictures.NOW + SILENCE_SECONDS
    assert pair(60.0).stale


def test_peers_are_named_by_what_the_directors_say_of_themselves() -> None:
    assert pair().name_of(pictures.LB2) == f"lb2 {pictures.LB2}"
    assert pair().name_of("10.9.9.9") == "10.9.9.9"


def test_a_silent_backup_is_known_by_its_own_engine() -> None:
    deaf = msgspec.structs.replace(pictures.instance(), peers=())
    built = pair(one=deaf)
    assert [(peer.name, peer.priority, peer.state, peer.since) for peer in built.peers_of(deaf)] == [
        ("lb2", 99, VrrpState.BACKUP, None)
    ]
    assert [(peer.address, peer.priority, peer.name) for peer in built.known_peers(deaf)] == [(pictures.LB2, 99, "lb2")]


def test_what_an_engine_says_of_itself_counts_for_more_than_its_last_advert() -> None:
    built = pair(one=pictures.instance(peer_priority=150))
    assert built.snapshot is not None
    (peer,) = built.peers_of(built.snapshot.instances[0])
    assert (peer.priority, peer.state, peer.since) == (99, VrrpState.BACKUP, 252.5)


def test_an_engine_that_is_gone_does_not_speak_for_its_director() -> None:
    one = pictures.instance()
    lost = source("lb2", pictures.backup())
    lost.problem = "no engine answers"
    built = view.build([source("lb1", pictures.director()), lost], 0, None, 1000.0)
    (peer,) = built.peers_of(one)
    assert (peer.priority, peer.state) == (99, None)
    assert built.known_peers(one) == ()


def test_addresses_in_a_text_become_names() -> None:
    assert pair().named(f"follows {pictures.LB2}, priority 99") == "follows lb2, priority 99"
    assert pair().named("192.168.77.120 face") == "192.168.77.120 face"


def test_the_lab_names_hosts_too() -> None:
    lab = Source("lab", Path("/nowhere"), LabStatus, lambda: None)
    lab.picture, lab.received_at = pictures.lab(), 1000.0
    built = view.build([source("lb1", None)], 0, lab, 1000.0)
    assert built.name_of("192.168.77.22") == "rs2 192.168.77.22"
    assert not built.lab_stale


def test_events_of_all_directors_are_one_stream_newest_first() -> None:
    events = pair().events
    assert {name for name, _ in events} == {"lb1", "lb2"}
    times = [event.time for _, event in events]
    assert times == sorted(times, reverse=True)


def test_instances_and_admin_states_are_found() -> None:
    built = pair(virtual_servers=(pictures.pool(rs1=AdminState.DRAIN),))
    found = built.instance("no such")
    assert found is not None
    assert found.name == "VI_1"
    assert built.admin_of(pictures.SERVICE, pictures.RS1) is AdminState.DRAIN
    assert built.admin_of(pictures.SERVICE, pictures.RS2) is AdminState.READY
    assert View("x").instance("VI_1") is None


def test_a_source_without_a_name_is_called_as_its_director() -> None:
    assert view.build([source("", pictures.director("edge7"))], 0, None, 1000.0).name == "edge7"


def test_the_banner_is_silent_when_all_is_well() -> None:
    assert view.banner(pair())[0] == ""


def test_the_banner_says_first_what_matters_most() -> None:
    nobody = view.build([source("lb1", None)], 0, None, 1000.0)
    assert "connecting to lb1" in view.banner(nobody)[0]
    lost = source("lb1", None)
    lost.problem, lost.hint = "no engine answers", "start one"
    assert (
        view.banner(view.build([lost], 0, None, 1000.0))[0] == "ENGINE UNREACHABLE  lb1: no engine answers. start one"
    )
    assert view.banner(pair(12.0))[0].startswith("STALE 12s  lb1 as of ")


def test_the_banner_names_a_dead_or_silent_child() -> None:
    dead = ProcessStatus(name="vrrp", pid=7, alive=False, started_at=0, answered_at=0, restarts=2)
    assert view.banner(pair(processes=(dead,)))[0].startswith("The vrrp process is down")
    silent = pair(reported_at={"vrrp": pictures.NOW - 9, "health": pictures.NOW})
    assert view.banner(silent)[0].startswith("The vrrp process is silent for 9s")


def test_two_masters_are_shouted_once_they_last() -> None:
    both = msgspec.structs.replace(pictures.instance(VrrpState.MASTER), source_address=pictures.LB2)
    sources = [source("lb1", pictures.director()), source("lb2", pictures.director("lb2", one=both))]
    assert "TWO MASTERS for vrid 61: lb1 and lb2" in view.banner(view.build(sources, 0, None, 1000.0))[0]
    young = msgspec.structs.replace(both, since_at=pictures.NOW - 1)
    sources[1] = source("lb2", pictures.director("lb2", one=young))
    assert view.banner(view.build(sources, 0, None, 1000.0))[0] == ""
