"""A real engine in a namespace: what it survives without moving the VIP, and how it ends."""

from __future__ import annotations

import itertools
import os
import signal
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from lvstui.model.ipvs import Plane
from lvstui.model.vrrp import VrrpState
from tests.engine.director import VIP, Director, alive, vip_watch
from tests.system.netns import Network
from tests.system.wire import Sniffer

pytestmark = pytest.mark.root
SOURCE = "10.61.0.11"


@pytest.fixture
def network() -> Iterator[Network]:
    with Network() as made:
        yield made


@pytest.fixture
def director(network: Network, tmp_path: Path) -> Iterator[Director]:
    """A fast MASTER: VRRPv3, ten adverts a second."""
    made = Director(network.host("a", f"{SOURCE}/24"), tmp_path, version=3, interval="0.1")
    made.start()
    made.wait_for_master()
    yield made
    if made.engine and made.engine.poll() is None:
        made.engine.terminate()
        made.engine.wait(10)


def adverts(wire: Sniffer, since: float) -> list[float]:
    return [frame.at for frame in wire.vrrp(SOURCE, since)]


def test_an_owner_adverts_within_half_a_second_of_its_start(network: Network, tmp_path: Path) -> None:
    director = Director(network.host("a", f"{SOURCE}/24"), tmp_path, priority=255)
    took: list[float] = []
    # The best of some attempts is what the engine needs; the rest is what else this machine had to do.
    while len(took) < 6 and min(took, default=9.0) > 0.5:
        with Sniffer(network.switch, "br0") as wire:
            director.start()
            director.wait(lambda wire=wire: wire.vrrp(SOURCE))  # type: ignore[misc]
        took.append(wire.vrrp(SOURCE)[0].at - director.started)
        director.wait_for_master()
        director.wait(lambda: all(process.memory_bytes for process in director.snapshot().processes))
        memory = {process.name: process.memory_bytes / 1e6 for process in director.snapshot().processes}
        assert director.engine
        director.engine.terminate()
        assert director.engine.wait(10) == 0
        assert sum(memory.values()) < 120
        print(f"first advert after {took[-1]:.3f} s; PSS in MB: {memory}")
    assert min(took) < 0.5


def test_kill_9_of_vrrp_moves_no_vip_and_adverts_go_on(director: Director, network: Network) -> None:
    first = director.process("vrrp")
    with Sniffer(network.switch, "br0") as wire, vip_watch(director.host) as missing:
        time.sleep(0.3)
        killed = time.monotonic()
        os.kill(first.pid, signal.SIGKILL)
        director.wait(lambda: director.process("vrrp").restarts == 1 and director.process("vrrp").alive)
        time.sleep(1.0)
    moments = adverts(wire, killed - 0.3)
    gap = max(b - a for a, b in itertools.pairwise(moments))
    print(f"longest gap between adverts over the crash: {gap:.3f} s")
    assert missing == []
    assert gap < 1.0
    assert moments[-1] > killed + 0.9
    assert all(frame.data[36] == 100 for frame in wire.vrrp(SOURCE)), "priority 0 would have given the VIP away"
    (one,) = director.snapshot().instances
    assert one.state is VrrpState.MASTER
    assert "child process" in director.said
    assert not alive(first.pid)


def test_a_stopped_vrrp_is_replaced_by_the_watchdog(network: Network, tmp_path: Path) -> None:
    director = Director(network.host("a", f"{SOURCE}/24"), tmp_path)
    director.start()
    director.wait_for_master()
    first = director.process("vrrp").pid
    with Sniffer(network.switch, "br0") as wire, vip_watch(director.host) as missing:
        stopped = time.monotonic()
        os.kill(first, signal.SIGSTOP)
        director.wait(lambda: director.process("vrrp").pid != first)
        director.wait(lambda: adverts(wire, stopped + 1.1))
    back = adverts(wire, stopped + 1.1)[0] - stopped
    print(f"adverts again {back:.2f} s after the process was stopped")
    assert missing == []
    assert back < 3.4, "a backup that heard the last advert a second before would have taken over"
    assert not alive(first)
    assert director.engine
    director.engine.terminate()
    assert director.engine.wait(10) == 0


def test_kill_9_of_health_leaves_table_and_verdicts(director: Director) -> None:
    before = director.snapshot()
    os.kill(director.process("health").pid, signal.SIGKILL)
    director.wait(lambda: director.process("health").restarts == 1)
    killed = time.monotonic()
    director.wait(lambda: director.snapshot().reported_at["health"] > killed)
    after = director.snapshot()
    assert [one.key for one in after.table.services] == [one.key for one in before.table.services]
    assert after.virtual_servers == before.virtual_servers
    assert director.host.holds(VIP)


def test_sigterm_gives_the_vip_away_and_leaves_nothing(director: Director, network: Network) -> None:
    pids = [process.pid for process in director.snapshot().processes]
    assert director.engine
    with Sniffer(network.switch, "br0") as wire:
        asked = time.monotonic()
        director.engine.terminate()
        assert director.engine.wait(10) == 0
        took = time.monotonic() - asked
        time.sleep(0.2)
    print(f"stopped after {took:.3f} s")
    assert wire.vrrp(SOURCE, asked)[-1].data[36] == 0, "the last advert has priority 0"
    assert not director.host.holds(VIP)
    assert not any(alive(pid) for pid in pids)
    assert not director.socket.exists()


def test_kill_9_of_the_engine_alone_lets_the_children_clean_up(director: Director, network: Network) -> None:
    pids = [process.pid for process in director.snapshot().processes]
    assert director.engine
    with Sniffer(network.switch, "br0") as wire:
        killed = time.monotonic()
        director.engine.kill()
        director.wait(lambda: not any(alive(pid) for pid in pids[1:]), 5)
        time.sleep(0.1)
    assert wire.vrrp(SOURCE, killed)[-1].data[36] == 0
    assert not director.host.holds(VIP)
    director.start()
    director.wait_for_master()


def test_an_engine_that_was_suspended_takes_no_revenge_on_its_children(director: Director, network: Network) -> None:
    assert director.engine
    with Sniffer(network.switch, "br0") as wire:
        asleep = time.monotonic()
        director.engine.send_signal(signal.SIGSTOP)
        time.sleep(3.5)
        director.engine.send_signal(signal.SIGCONT)
        time.sleep(1.0)
    moments = adverts(wire, asleep)
    assert max(b - a for a, b in itertools.pairwise(moments)) < 1.0, "vrrp does not wait for the engine"
    assert [process.restarts for process in director.snapshot().processes] == [0, 0, 0]


def test_a_child_without_work_is_sent_home(network: Network, tmp_path: Path) -> None:
    director = Director(network.host("a", f"{SOURCE}/24"), tmp_path, priority=255)
    director.file.write_text(director.file.read_text().partition("virtual_server")[0])
    director.start()
    director.wait(lambda: director.host.holds(VIP))
    assert director.engine
    children = Path(f"/proc/{director.engine.pid}/task/{director.engine.pid}/children")
    director.wait(lambda: len(children.read_text().split()) == 1)
    assert [process.name for process in director.snapshot().processes] == ["engine", "vrrp"]
    director.engine.terminate()
    assert director.engine.wait(10) == 0


def test_sighup_does_not_end_it_and_is_told(director: Director) -> None:
    assert director.engine
    director.engine.send_signal(signal.SIGHUP)
    director.wait(lambda: any("SIGHUP" in event.text for event in director.snapshot().events))
    assert director.engine.poll() is None


def test_a_second_engine_refuses_and_names_the_first(director: Director) -> None:
    assert director.engine
    second = Director(director.host, director.directory / "second")
    second.environment = director.environment
    done = subprocess.run(
        director.host.command(*second.command()), env=second.environment, capture_output=True, text=True, timeout=10
    )
    assert done.returncode == 1
    assert f"pid {director.engine.pid}" in done.stderr
    assert str(director.file) in done.stderr
    assert str(director.socket) in done.stderr
    assert len(done.stderr.splitlines()) == 1
    assert director.host.holds(VIP)
    assert not second.socket.exists()


def test_operators_acts_survive_the_death_of_a_child(director: Director) -> None:
    director.ask("priority", instance="VI_1", adjustment=-2, why="test")
    director.ask("server.state", service="10.61.0.100:80", real_server="10.61.0.21:80", state="drain")
    director.wait(lambda: director.snapshot().instances[0].effective_priority == 98)
    director.wait(lambda: director.snapshot().virtual_servers[0].real_servers[0].weight == 0)
    for name in ("vrrp", "health"):
        os.kill(director.process(name).pid, signal.SIGKILL)
    director.wait(lambda: all(director.process(name).restarts == 1 for name in ("vrrp", "health")))
    again = time.monotonic()
    director.wait(lambda: min(director.snapshot().reported_at.values()) > again)
    snapshot = director.snapshot()
    assert snapshot.instances[0].effective_priority == 98
    assert snapshot.virtual_servers[0].real_servers[0].weight == 0
    assert [override.why for override in snapshot.priority_overrides] == ["test"]


def test_stop_over_the_socket_is_answered_then_done(director: Director) -> None:
    assert "gives its addresses away" in director.ask("stop")["text"]
    assert director.engine
    assert director.engine.wait(10) == 0
    assert not director.host.holds(VIP)
    assert "asked for it" in director.said


def test_the_kernel_plane_is_used_or_refused_but_never_swapped(network: Network, tmp_path: Path) -> None:
    director = Director(network.host("a", f"{SOURCE}/24"), tmp_path, priority=255)
    director.start(plane="kernel")
    engine = director.engine
    assert engine
    director.wait(lambda: engine.poll() is not None or director.snapshot().plane)
    if engine.poll() is None:  # this machine has IPVS
        assert director.snapshot().plane is Plane.KERNEL
        engine.terminate()
        assert engine.wait(10) == 0
    else:
        assert engine.returncode == 4
        assert "--plane userspace" in director.said
    assert not director.host.holds(VIP)
