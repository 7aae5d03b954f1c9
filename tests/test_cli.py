"""The commands as they are typed, against a real engine, and their exit statuses."""

from __future__ import annotations

import json
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.engine.director import VIP, Director
from tests.system.netns import Network

SERVICE, REAL = "10.61.0.100:80", "10.61.0.21:80"


def lvstui(*arguments: str, **options: object) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "lvstui", *arguments]
    return subprocess.run(command, capture_output=True, text=True, timeout=30, **options)  # type: ignore[call-overload,no-any-return]


@pytest.fixture(scope="module")
def director(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Director]:
    with Network() as network:
        made = Director(network.host("a", "10.61.0.11/24"), tmp_path_factory.mktemp("cli"), version=3, interval="0.1")
        made.start()
        made.wait_for_master()
        yield made


def ask(director: Director, *arguments: str) -> subprocess.CompletedProcess[str]:
    return lvstui(*arguments, "--run-dir", str(director.directory / "run"))


@pytest.mark.root
def test_status_is_well_in_words_and_in_json(director: Director) -> None:
    done = ask(director, "status")
    assert done.returncode == 0, done.stdout
    assert "VI_1 (VRID 61, eth0): MASTER" in done.stdout
    assert f"{VIP}/24*" in done.stdout
    assert "10.61.0.100:80/tcp: up" in done.stdout
    done = ask(director, "status", "-o", "json")
    assert done.returncode == 0
    assert json.loads(done.stdout)["health"] == "well"
    assert json.loads(done.stdout)["snapshot"]["instances"][0]["state"] == "MASTER"


@pytest.mark.root
def test_the_table_has_ipvsadms_columns(director: Director) -> None:
    done = ask(director, "table", "-n")
    lines = done.stdout.splitlines()
    assert lines[0].startswith("IP Virtual Server version")
    assert lines[3].split() == ["TCP", "10.61.0.100:80", "rr"]
    assert "10.61.0.22:80" in done.stdout
    assert "InPkts" in ask(director, "table", "-n", "--stats").stdout
    assert "CPS" in ask(director, "table", "-n", "--rate").stdout


@pytest.mark.root
def test_the_slider_and_back(director: Director) -> None:
    done = ask(director, "priority", "VI_1", "-2", "--dry-run")
    assert done.returncode == 0, done.stderr
    assert "98" in done.stdout
    assert director.snapshot().priority_overrides == ()
    assert ask(director, "priority", "VI_1", "-2", "--reason", "kernel").returncode == 0
    (override,) = director.snapshot().priority_overrides
    assert (override.adjustment, override.why) == (-2, "kernel")
    director.wait(lambda: director.snapshot().instances[0].effective_priority == 98)
    assert ask(director, "priority", "VI_1", "0").returncode == 0
    assert director.snapshot().priority_overrides == ()


@pytest.mark.root
def test_drain_maint_and_ready(director: Director) -> None:
    def weight() -> int:
        return director.snapshot().virtual_servers[0].real_servers[0].weight

    assert "would" not in ask(director, "server", "drain", SERVICE, REAL, "--dry-run").stdout
    assert weight() == 1
    assert "drains" in ask(director, "server", "drain", SERVICE, REAL).stdout
    director.wait(lambda: weight() == 0)
    assert ask(director, "status").returncode == 0, "what the operator wants is no fault"
    assert ask(director, "server", "ready", SERVICE, REAL).returncode == 0
    director.wait(lambda: weight() == 1)


@pytest.mark.root
def test_refusals_have_a_hint_and_status_1(director: Director) -> None:
    done = ask(director, "priority", "VI_9", "1")
    assert done.returncode == 1
    assert done.stderr.splitlines() == ["lvstui: no VRRP instance 'VI_9'", "  there are: VI_1"]
    assert ask(director, "priority", "VI_1", "300").returncode == 1
    assert ask(director, "server", "drain", SERVICE, "10.61.0.99:80").returncode == 1
    assert ask(director, "priority", "VI_1", "much").returncode == 2


@pytest.mark.root
def test_a_reader_that_goes_away_is_no_error(director: Director) -> None:
    command = f"{sys.executable} -m lvstui table -n --run-dir {director.directory}/run | true"
    done = subprocess.run(["bash", "-c", f"set -o pipefail; {command}"], capture_output=True, text=True, timeout=20)
    assert "Traceback" not in done.stderr
    assert "Exception" not in done.stderr


def test_without_an_engine_each_command_says_how_to_start_one(tmp_path: Path) -> None:
    for arguments in (["status"], ["table"], ["priority", "VI_1", "-2"], ["server", "drain", SERVICE, REAL], ["stop"]):
        done = lvstui(*arguments, "--run-dir", str(tmp_path))
        assert done.returncode == 3, arguments
        assert "lvstui run -f FILE" in done.stderr
        assert "Traceback" not in done.stderr


def test_a_socket_that_may_not_be_seen_is_no_traceback(tmp_path: Path) -> None:
    done = lvstui("status", "--run-dir", "/proc/1/nowhere/" + "x" * 90)
    assert done.returncode == 3
    assert "Traceback" not in done.stderr
    done = lvstui("run", "-f", str(tmp_path / "none.conf"), "--run-dir", "/proc/nowhere")
    assert done.returncode != 0
    assert "Traceback" not in done.stderr


@pytest.mark.root
def test_run_without_a_terminal_says_that_the_engine_runs(director: Director) -> None:
    done = ask(director, "run", "-f", str(director.file))
    assert done.returncode == 0
    assert "the engine runs" in done.stdout


def test_the_console_wants_a_terminal(tmp_path: Path) -> None:
    done = lvstui("--run-dir", str(tmp_path))
    assert done.returncode == 2
    assert "terminal" in done.stderr


def test_help_names_every_command_and_version_is_one_line() -> None:
    done = lvstui("--help")
    for name in (
        "run",
        "engine",
        "console",
        "check",
        "status",
        "table",
        "priority",
        "server",
        "stop",
        "genhash",
        "lab",
    ):
        assert f"\n  {name} " in done.stdout, name
    assert lvstui("--version").stdout.startswith("lvstui, version ")
    assert lvstui("no-such-command").returncode == 2


def test_engine_and_status_load_neither_screen_nor_lab() -> None:
    code = (
        "import sys, lvstui.cli, lvstui.engine.service, lvstui.engine.engine, lvstui.cli_status\n"
        "print(*sorted(name for name in sys.modules if name.split('.')[0] in\n"
        "  {'textual', 'rich', 'pyroute2', 'httpx', 'uvloop', 'aiosmtplib', 'psutil'}\n"
        "  or name.startswith(('lvstui.lab', 'lvstui.console'))))\n"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.split() == []


def test_the_commands_start_fast() -> None:
    times = []
    for _ in range(3):
        started = time.monotonic()
        lvstui("--version")
        times.append(time.monotonic() - started)
    assert min(times) < 0.4
