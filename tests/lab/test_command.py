"""The command `lvstui lab`."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from click.testing import CliRunner

from lvstui.errors import LabError
from lvstui.lab.cluster import Cluster
from lvstui.lab.command import console_command, lab, load, step_line, tutorial_files
from lvstui.lab.director import Daemon
from lvstui.lab.scenario import StepResult
from tests.lab.examples import cluster, tutorial_plan


@pytest.mark.parametrize(
    ("arguments", "complaint"),
    [
        (["lb1.conf"], "come after -f"),
        (["--scenario", "tutorial"], "needs --headless"),
        ([], "needs a terminal"),
        (["--plane", "magic"], "magic"),
        (["--peer", "pacemaker"], "pacemaker"),
        (["--scenario", "war"], "war"),
    ],
)
def test_misuse_is_explained(arguments: list[str], complaint: str) -> None:
    result = CliRunner().invoke(lab, arguments)
    assert result.exit_code == 2
    assert complaint in result.output


def test_bad_files_are_refused_with_every_error(tmp_path: Path) -> None:
    bad = tmp_path / "bad.conf"
    bad.write_text("vrrp_instance A {\n priority 300\n}\nvrrp_instance B {\n virtual_router_id 999\n}\n")
    result = CliRunner().invoke(lab, ["--headless", "-f", str(bad), str(bad)])
    assert isinstance(result.exception, LabError)
    assert str(result.exception).count("bad.conf:") >= 2


@pytest.mark.parametrize("kind", ["", "-digest", "-tcp"])
def test_the_tutorial_s_files_can_run(kind: str) -> None:
    first, second = (load(path) for path in tutorial_files(kind))
    assert first.instances[0].priority > second.instances[0].priority


def test_a_pair_that_there_is_not() -> None:
    with pytest.raises(LabError, match="configuration files are not in"):
        tutorial_files("-none")


def test_lines_for_machines_and_for_people() -> None:
    result = StepResult("crash", False, {"takeover_s": 3.6, "lines": ["a"]}, "too late")
    assert json.loads(step_line(result, "json")) == {
        "step": "crash",
        "ok": False,
        "measured": {"takeover_s": 3.6, "lines": ["a"]},
        "reason": "too late",
    }
    text = step_line(result, "text")
    assert text.startswith("FAIL crash")
    assert "takeover_s=3.6" in text
    assert "too late" in text
    assert "reason" not in json.loads(step_line(StepResult("a", True, {}), "json"))


@pytest.mark.root
@pytest.mark.peer
async def test_the_console_gets_the_directors_that_have_a_socket() -> None:
    async with cluster((Daemon.LVSTUI, Daemon.KEEPALIVED)) as built:
        words = console_command(built, Path("/x/lab.sock"))
        assert words[3:6] == ["console", "--lab", "/x/lab.sock"]
        assert [word.partition("=")[0] for word in words[7:]] == ["lb1"]


def test_the_default_daemon_is_lvstui() -> None:
    built = Cluster(tutorial_plan(), tutorial_files())
    assert built.plane is None
