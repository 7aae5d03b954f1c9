"""Network namespaces by name."""

from __future__ import annotations

import os
import socket
import subprocess
from collections.abc import Iterator

import pytest

from lvstui.errors import LabError
from lvstui.lab.namespace import existing, path_of, processes_in, within
from lvstui.lab.topology import batch, remove


@pytest.fixture
def namespace() -> Iterator[str]:
    name = f"v{os.getpid()}-ns"
    batch([f"netns add {name}"])
    try:
        yield name
    finally:
        remove([name])


def interfaces() -> list[str]:
    return [name for _, name in socket.if_nameindex()]


@pytest.mark.root
def test_calls_run_inside_and_the_caller_stays_outside(namespace: str) -> None:
    batch(["link add only-here type veth peer name other"], namespace=namespace)
    assert "only-here" in within(namespace, interfaces)
    assert "only-here" not in interfaces()


@pytest.mark.root
def test_errors_come_out(namespace: str) -> None:
    with pytest.raises(ZeroDivisionError):
        within(namespace, lambda: 1 // 0)


@pytest.mark.root
def test_who_runs_in_it(namespace: str) -> None:
    assert processes_in([namespace]) == {}
    with subprocess.Popen(["nsenter", f"--net={path_of(namespace)}", "sleep", "30"]) as sleeper:
        try:
            while not (found := processes_in([namespace])):
                pass
            assert found == {sleeper.pid: namespace}
        finally:
            sleeper.kill()


@pytest.mark.root
def test_the_names_that_exist(namespace: str) -> None:
    assert existing(namespace) == (namespace,)
    assert existing("no-such-prefix-") == ()


def test_one_that_is_not_there() -> None:
    with pytest.raises(LabError, match="not there"):
        within("lvstui-no-such-namespace", interfaces)
    assert processes_in(["lvstui-no-such-namespace"]) == {}
