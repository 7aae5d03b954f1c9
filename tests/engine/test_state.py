"""The state tree: what a snapshot holds, and which changes count as changes."""

from __future__ import annotations

import msgspec

from lvstui.engine.state import EVENTS_KEPT, EVENTS_SHOWN, State
from lvstui.model.ipvs import Plane, Table
from lvstui.model.snapshot import DirectorSnapshot, ProcessStatus
from lvstui.model.vrrp import Peer, VrrpState
from lvstui.model.worker import HealthReport, VrrpReport
from tests.engine.samples import RS1, configuration, event, instance, real, service


def state() -> State:
    return State(configuration(), "lb1", 100.0)


def health(*servers: object) -> HealthReport:
    return HealthReport(plane=Plane.USERSPACE, plane_note="note", table=Table(), virtual_servers=(service(*servers),))  # type: ignore[arg-type]


def test_a_snapshot_holds_all_and_survives_the_wire() -> None:
    tree = state()
    tree.take_vrrp(VrrpReport((instance(),)), 10.0)
    tree.take_health(health(), 11.0)
    tree.take_process(ProcessStatus(name="vrrp", pid=7, alive=True, started_at=1.0, answered_at=9.0))
    tree.happened(event())
    snapshot = tree.snapshot(12.0, 200.0)
    assert msgspec.json.decode(msgspec.json.encode(snapshot), type=DirectorSnapshot) == snapshot
    assert (snapshot.router_id, snapshot.director, snapshot.plane) == ("LVS_01", "lb1", Plane.USERSPACE)
    assert snapshot.reported_at == {"vrrp": 10.0, "health": 11.0}
    assert snapshot.instances == (instance(),)
    assert snapshot.events == (event(),)


def test_events_are_a_ring_and_the_newest_are_shown() -> None:
    tree = state()
    for number in range(EVENTS_KEPT + 100):
        tree.happened(event(str(number)))
    assert len(tree.events) == EVENTS_KEPT
    shown = tree.snapshot(1.0, 1.0).events
    assert len(shown) == EVENTS_SHOWN
    assert shown[-1].text == str(EVENTS_KEPT + 99)


def test_the_generation_grows_with_what_is_decided_by_only() -> None:
    tree = state()
    tree.take_vrrp(VrrpReport((instance(),)), 1.0)
    seen = tree.generation
    heard = Peer("192.0.2.2", 99, 5.0, 10)
    tree.take_vrrp(VrrpReport((instance(timer_at=9.0, counters={"advert_sent": 7}),)), 2.0)
    assert tree.generation == seen
    tree.take_vrrp(VrrpReport((instance(state=VrrpState.BACKUP),)), 3.0)
    assert tree.generation == seen + 1
    tree.take_vrrp(VrrpReport((instance(state=VrrpState.BACKUP, peers=(heard,)),)), 4.0)
    assert tree.generation == seen + 2
    again = msgspec.structs.replace(heard, adverts=11, last_heard_at=6.0)
    tree.take_vrrp(VrrpReport((instance(state=VrrpState.BACKUP, peers=(again,)),)), 5.0)
    assert tree.generation == seen + 2
    tree.take_health(health(), 1.0)
    tree.take_health(health(), 2.0)
    assert tree.generation == seen + 3
    tree.take_health(health(real(RS1, up=False)), 3.0)
    assert tree.generation == seen + 4
