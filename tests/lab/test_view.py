"""A director's own view of a directory."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from lvstui.lab.process import script
from lvstui.lab.view import nearest


def test_the_nearest_directory_that_exists(tmp_path: Path) -> None:
    assert nearest(str(tmp_path / "a" / "b")) == str(tmp_path.resolve())
    (tmp_path / "link").symlink_to(tmp_path)
    assert nearest(str(tmp_path / "link" / "c")) == str(tmp_path.resolve())


@contextmanager
def view(scratch: Path, directory: str) -> Iterator[tuple[Path, str]]:
    scratch.mkdir()
    command = [*script("view.py"), "lb7", str(scratch), directory]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout
        try:
            yield Path(f"/proc/{process.pid}/root"), process.stdout.readline().strip()
        finally:
            process.kill()


@pytest.mark.root
def test_what_is_written_there_stays_there(tmp_path: Path) -> None:
    host = tmp_path / "etc"
    (host / "folder").mkdir(parents=True)
    (host / "folder" / "script").write_text("the host's")
    (host / "file").write_text("also the host's")
    (host / "link").symlink_to("file")
    with view(tmp_path / "scratch", str(host / "keepalived")) as (inside, said):
        assert said == "ready"
        own = Path(f"{inside}{host}")
        (own / "keepalived" / "down").touch()
        assert (own / "folder" / "script").read_text() == "the host's"
        assert (own / "file").read_text() == "also the host's"
        assert os.readlink(own / "link") == "file"
    assert sorted(path.name for path in host.iterdir()) == ["file", "folder", "link"]


@pytest.mark.root
def test_two_directors_do_not_see_each_other_s(tmp_path: Path) -> None:
    host = tmp_path / "etc"
    host.mkdir()
    with view(tmp_path / "one", str(host)) as (first, _), view(tmp_path / "two", str(host)) as (second, _):
        Path(f"{first}{host}/down").touch()
        assert not Path(f"{second}{host}/down").exists()


@pytest.mark.root
def test_it_has_a_host_name_of_its_own(tmp_path: Path) -> None:
    with view(tmp_path / "scratch", str(tmp_path)) as (inside, _):
        pid = inside.parent.name
        name = subprocess.run(["nsenter", f"--uts=/proc/{pid}/ns/uts", "hostname"], capture_output=True, text=True)
    assert name.stdout.strip() == "lb7"


@pytest.mark.root
def test_a_path_of_which_nothing_exists_is_refused(tmp_path: Path) -> None:
    with view(tmp_path / "scratch", "/no-such-place/at/all") as (_, said):
        assert "no part of /no-such-place/at/all exists" in said
