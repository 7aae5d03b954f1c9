"""What an engine says when it cannot start, and that it has touched nothing then."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.engine.director import VIP, Director
from tests.system.netns import Network

pytestmark = pytest.mark.root


@pytest.fixture
def director(tmp_path: Path) -> Iterator[Director]:
    with Network() as network:
        yield Director(network.host("a", "10.61.0.11/24"), tmp_path)


def attempt(director: Director, *extra: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        director.host.command(*director.command(*extra)),
        env=director.environment,
        capture_output=True,
        text=True,
        timeout=15,
    )


def test_a_configuration_that_cannot_run_is_refused_with_every_error(director: Director) -> None:
    text = director.file.read_text()
    director.file.write_text(text.replace("virtual_router_id 61", "virtual_router_id 999").replace("eth0\n", "eth9\n"))
    done = attempt(director)
    assert done.returncode == 4
    assert "999" in done.stderr
    assert "nothing was changed" in done.stderr
    assert not director.socket.exists()
    assert not director.host.holds(VIP)
    assert "Traceback" not in done.stderr


def test_a_file_that_is_not_there_is_said(director: Director) -> None:
    director.file.unlink()
    done = attempt(director)
    assert done.returncode == 4
    assert str(director.file) in done.stderr
    assert "Traceback" not in done.stderr


def test_a_log_that_cannot_be_written_is_said(director: Director) -> None:
    done = attempt(director, "--log", str(director.directory / "no" / "log"))
    assert done.returncode == 4
    assert "no/log: No such file or directory" in done.stderr


def test_without_rights_it_says_what_it_needs(director: Director) -> None:
    # The venv may lie where another user cannot look: keep the user, give the capabilities away.
    code = (
        "import ctypes, os, sys\n"
        "libc = ctypes.CDLL(None)\n"
        "header = (ctypes.c_uint32 * 2)(0x20080522, 0)\n"
        "data = (ctypes.c_uint32 * 6)(*[0] * 6)\n"
        "assert libc.syscall(126, header, data) == 0\n"
        "from lvstui.engine.rights import missing\n"
        "from lvstui.engine.service import run\n"
        "from pathlib import Path\n"
        "sys.exit(run(Path(sys.argv[1]), Path(sys.argv[2]), None, None))\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", code, str(director.file), str(director.directory / "run")],
        env={**os.environ, "LVSTUI_LOCK_DIR": str(director.directory)},
        capture_output=True,
        text=True,
        timeout=15,
    )
    assert done.returncode == 4
    assert done.stderr.startswith("lvstui: the engine needs CAP_NET_ADMIN and CAP_NET_RAW")
    assert len(done.stderr.splitlines()) == 1
