"""One engine in a network namespace; the second is told who the first is."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from pathlib import Path

import pytest

from lvstui.engine import lock as lock_module
from lvstui.engine.lock import NamespaceLock
from lvstui.errors import AlreadyRunning


def make(directory: Path, name: str = "lb1.conf") -> NamespaceLock:
    return NamespaceLock(Path(name), Path("/run/a/control.sock"), directory)


def test_a_second_engine_is_refused_with_the_name_of_the_first(tmp_path: Path) -> None:
    with make(tmp_path / "run"), pytest.raises(AlreadyRunning) as caught, make(tmp_path / "run", "lb2.conf"):
        raise AssertionError
    said = str(caught.value)
    assert f"pid {os.getpid()}" in said
    assert "configuration lb1.conf" in said
    assert "socket /run/a/control.sock" in said
    with make(tmp_path / "run", "lb2.conf"):
        pass


def test_a_file_left_behind_does_not_matter(tmp_path: Path) -> None:
    with make(tmp_path) as first:
        path = first.path
    assert path.exists()
    path.write_bytes(b"\xff garbage")
    with make(tmp_path):
        pass


def test_the_children_of_a_dead_engine_are_waited_for(tmp_path: Path) -> None:
    first = make(tmp_path)
    with first:
        heir = subprocess.Popen([sys.executable, "-c", "import time; time.sleep(0.5)"], pass_fds=(first.descriptor,))
        gone = subprocess.Popen([sys.executable, "-c", ""])
        gone.wait()
        first.path.write_text(f'{{"pid":{gone.pid},"configuration":"x","socket":"y"}}')
    started = time.monotonic()
    with make(tmp_path):
        assert time.monotonic() - started > 0.2
    heir.wait()


def test_children_that_never_end_are_not_waited_for_for_ever(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(lock_module, "PATIENCE_SECONDS", 0.2)
    first = make(tmp_path)
    with first:
        heir = subprocess.Popen([sys.executable, "-c", "import time; time.sleep(9)"], pass_fds=(first.descriptor,))
        first.path.write_text('{"pid":4194305,"configuration":"x","socket":"y"}')
    try:
        with pytest.raises(AlreadyRunning, match="children have not ended"):
            make(tmp_path).__enter__()
    finally:
        heir.kill()
        heir.wait()


def test_a_symbolic_link_is_not_followed(tmp_path: Path) -> None:
    path = make(tmp_path).path
    (tmp_path / "precious").write_text("precious")
    path.symlink_to(tmp_path / "precious")
    with pytest.raises(OSError, match="symbolic"):
        make(tmp_path).__enter__()
    assert (tmp_path / "precious").read_text() == "precious"
