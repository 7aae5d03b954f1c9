"""`lvstui run` starts an engine that lives on, or says why there is none."""

from __future__ import annotations

import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.engine.director import VIP, Director
from tests.system.netns import Network

pytestmark = pytest.mark.root
CODE = (
    "import sys\n"
    "from pathlib import Path\n"
    "from lvstui.engine.detached import start\n"
    "sys.exit(start(Path(sys.argv[1]), Path(sys.argv[2]), 'userspace'))\n"
)


@pytest.fixture
def director(tmp_path: Path) -> Iterator[Director]:
    with Network() as network:
        yield Director(network.host("a", "10.61.0.11/24"), tmp_path, priority=255)


def start(director: Director) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-c", CODE, str(director.file), str(director.directory / "run")]
    return subprocess.run(
        director.host.command(*command), env=director.environment, capture_output=True, text=True, timeout=20
    )


def test_the_engine_outlives_who_started_it_and_is_not_started_twice(director: Director) -> None:
    started = time.monotonic()
    done = start(director)
    assert done.returncode == 0, done.stderr
    assert time.monotonic() - started < 3
    pid = int(director.ask("ping")["pid"])
    try:
        director.wait(lambda: director.host.holds(VIP))
        again = start(director)
        assert again.returncode == 0
        assert f"pid {pid} runs already" in again.stderr
        assert int(director.ask("ping")["pid"]) == pid
        session = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[3]
        assert int(session) == pid, "it has a session of its own: no terminal can hang it up"
    finally:
        director.ask("stop")
    director.wait(lambda: not director.host.holds(VIP))
    director.wait(lambda: "Stopped lvstui" in (director.directory / "run" / "engine.log").read_text())


def test_a_configuration_that_cannot_run_is_shown_with_its_status(director: Director) -> None:
    director.file.write_text(director.file.read_text().replace("virtual_router_id 61", "virtual_router_id 999"))
    for _ in range(2):
        done = start(director)
        assert done.returncode == 4
        assert done.stderr.count("nothing was changed") == 1
