"""keepalived in this network namespace is a rival, one elsewhere is not."""

from __future__ import annotations

import subprocess
import time
from pathlib import Path

import pytest

from lvstui.engine.rivals import complaint, rivals
from tests.engine.director import Director
from tests.system.netns import Network


def process(proc: Path, pid: str, comm: str, net: str, parent: int) -> None:
    place = proc / pid
    (place / "ns").mkdir(parents=True)
    (place / "ns" / "net").symlink_to(net)
    (place / "comm").write_text(f"{comm}\n")
    (place / "stat").write_text(f"{pid} ({comm} (x)) S {parent} 1 1 0\n")


def test_only_parents_of_this_namespace_are_named(tmp_path: Path) -> None:
    process(tmp_path, "self", "python", "net:[1]", 1)
    process(tmp_path, "10", "keepalived", "net:[1]", 1)
    process(tmp_path, "11", "keepalived", "net:[1]", 10)
    process(tmp_path, "12", "keepalived", "net:[2]", 1)
    process(tmp_path, "13", "sshd", "net:[1]", 1)
    (tmp_path / "14").mkdir()  # ends while it is looked at
    (tmp_path / "meminfo").write_text("")
    assert rivals(tmp_path) == (10,)
    assert "pid 10" in complaint((10,))
    assert complaint(()) == ""


def test_where_nothing_can_be_seen_there_is_none(tmp_path: Path) -> None:
    assert rivals(tmp_path) == ()


@pytest.mark.peer
def test_an_engine_does_not_start_beside_keepalived(tmp_path: Path) -> None:
    with Network() as network:
        director = Director(network.host("a", "10.61.0.11/24"), tmp_path, version=3, interval="0.1")
        pids = [argument for name in "prc" for argument in (f"-{name}", str(tmp_path / name))]
        command = ["keepalived", "-n", "-l", "-P", "-f", str(director.file), *pids]
        keepalived = director.host.start(*command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        time.sleep(0.5)
        director.start()
        assert director.engine is not None
        assert director.engine.wait(10) == 4
        assert "keepalived (pid " in director.said
        assert "systemctl stop keepalived" in director.said
        assert keepalived.poll() is None
        keepalived.terminate()
        keepalived.wait(10)
