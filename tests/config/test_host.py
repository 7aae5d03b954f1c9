"""The host as it is, and a host taken on trust."""

from __future__ import annotations

import stat
from pathlib import Path

import pytest

from lvstui.config.host import AnyHost, ThisHost


def test_this_host() -> None:
    host = ThisHost()
    assert host.node_name()
    assert host.interface_exists("lo")
    assert not host.interface_exists("nosuch0")
    assert not host.interface_exists("")
    assert host.user_exists("root")
    assert host.user_exists("12345")
    assert not host.user_exists("no such user")
    assert not host.user_exists("a\0b")
    assert host.group_exists("root")
    assert not host.group_exists("no such group")


def test_programs() -> None:
    host = ThisHost()
    assert host.find_program("sh") is not None
    assert host.find_program("/bin/sh") is not None
    for name in ("", "/", "/etc", "no-such-program", "/no/such", "a\0b", "[[", "x" * 5000):
        assert host.find_program(name) is None


def test_a_program_must_be_executable(tmp_path: Path) -> None:
    script = tmp_path / "check.sh"
    script.write_text("#!/bin/sh\n")
    assert ThisHost().find_program(str(script)) is None
    script.chmod(0o755)
    assert ThisHost().find_program(str(script)) == script


@pytest.mark.root
def test_who_could_change_a_program(tmp_path: Path) -> None:
    host = ThisHost()
    assert not host.writable_by_others(Path("/bin/sh"))
    assert host.writable_by_others(Path("/no/such"))
    script = tmp_path / "check.sh"
    script.write_text("")
    script.chmod(stat.S_IRWXU | stat.S_IWOTH)
    assert host.writable_by_others(script)


def test_any_host() -> None:
    host = AnyHost("lb1")
    assert host.node_name() == "lb1"
    assert host.interface_exists("ens33")
    assert host.find_program("/etc/x.sh") == Path("/etc/x.sh")
    assert host.find_program("killall") == Path("/usr/bin/killall")
    assert host.user_exists("anybody")
    assert not host.user_exists("keepalived_script")
    assert not host.writable_by_others(Path("/tmp/x"))
