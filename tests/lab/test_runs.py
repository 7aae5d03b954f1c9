"""Runs: their folders, and what dead ones leave."""

from __future__ import annotations

import os
import subprocess
import time
from pathlib import Path

import msgspec
import pytest

from lvstui.errors import LabError
from lvstui.lab.namespace import existing, path_of
from lvstui.lab.process import start_time
from lvstui.lab.runs import Record, Run, clean_dead
from lvstui.lab.topology import batch


def record(runs: Path, pid: int, started: int, prefix: str) -> Path:
    folder = runs / str(pid)
    folder.mkdir(parents=True)
    (folder / "run.json").write_bytes(msgspec.json.encode(Record(pid, started, prefix)))
    return folder


def test_a_run_claims_and_releases_its_folder(tmp_path: Path) -> None:
    run = Run(tmp_path / "runs")
    run.claim()
    assert (run.directory / "run.json").is_file()
    assert run.folder("lb1").is_dir()
    assert run.prefix == f"lvstui-{os.getpid()}"
    run.release()
    assert not (tmp_path / "runs").exists()


def test_a_folder_that_cannot_be_made_is_said(tmp_path: Path) -> None:
    (tmp_path / "runs").write_text("a file")
    with pytest.raises(LabError, match="cannot write"):
        Run(tmp_path / "runs").claim()


def test_a_living_run_is_not_touched(tmp_path: Path) -> None:
    folder = record(tmp_path, os.getpid(), start_time(os.getpid()), "vt-none")
    assert clean_dead(tmp_path) == ()
    assert folder.is_dir()


def test_a_pid_that_somebody_else_has_now_is_a_dead_run(tmp_path: Path) -> None:
    folder = record(tmp_path, os.getpid(), start_time(os.getpid()) - 1, "vt-none")
    assert clean_dead(tmp_path) == (str(os.getpid()),)
    assert not folder.exists()


def test_folders_that_are_not_runs_stay(tmp_path: Path) -> None:
    (tmp_path / "notes").mkdir()
    assert clean_dead(tmp_path) == ()
    assert (tmp_path / "notes").is_dir()
    assert clean_dead(tmp_path / "nothing") == ()


def test_a_run_with_a_broken_record_is_dead(tmp_path: Path) -> None:
    (tmp_path / "999999999").mkdir()
    (tmp_path / "999999999" / "run.json").write_text("{")
    assert clean_dead(tmp_path) == ("999999999",)


@pytest.mark.root
def test_namespaces_and_processes_of_a_dead_run_are_removed(tmp_path: Path) -> None:
    with subprocess.Popen(["true"]) as dead:
        dead.wait()
    prefix, other = f"v{os.getpid()}-dead", f"v{os.getpid()}-deadline"
    record(tmp_path, dead.pid, 1, prefix)
    batch([f"netns add {prefix}-lb1", f"netns add {other}"])
    left = subprocess.Popen(["nsenter", f"--net={path_of(f'{prefix}-lb1')}", "sleep", "60"])
    stays = subprocess.Popen(["nsenter", f"--net={path_of(other)}", "sleep", "60"])
    try:
        time.sleep(0.1)
        assert clean_dead(tmp_path) == (str(dead.pid),)
        assert left.wait(5) == -9
        assert existing(prefix) == (other,)
        assert stays.poll() is None
    finally:
        for process in (left, stays):
            process.kill()
            process.wait()
        subprocess.run(["ip", "netns", "del", other], check=False)
