"""What a machine can run: tests that need root, a peer daemon, a kernel with IPVS or a terminal are skipped by
name and reason where it cannot, and a run in CI fails if one was skipped on a machine that could.
"""

from __future__ import annotations

import os
import shutil
import subprocess
from collections.abc import Callable, Iterable
from functools import cache

import pytest

SKIPPED_KEY = pytest.StashKey[list[str]]()


@cache
def lack_of_root() -> str:
    """Why namespaces cannot be made here, or ""."""
    if os.geteuid() != 0:
        return "needs root"
    if not shutil.which("ip"):
        return "needs iproute2 (apt-get install iproute2)"
    if subprocess.run(["unshare", "--net", "true"], capture_output=True, check=False).returncode != 0:
        return "this machine does not allow network namespaces"
    return ""


@cache
def lack_of_peer() -> str:
    """Why Debian's keepalived cannot be the peer here, or ""."""
    return lack_of_root() or ("" if shutil.which("keepalived") else "needs keepalived (apt-get install keepalived)")


@cache
def lack_of_kernel() -> str:
    """Why user-mode Linux cannot boot here, or ""."""
    missing = [name for name in ("linux.uml", "ipvsadm") if not shutil.which(name)]
    return lack_of_root() or (f"needs {' and '.join(missing)} (user-mode-linux, ipvsadm)" if missing else "")


@cache
def lack_of_terminal() -> str:
    """Why pseudo-terminals cannot be had here, or ""."""
    try:
        for fd in os.openpty():
            os.close(fd)
    except OSError as error:
        return f"no pseudo-terminal: {error}"
    return ""


LACKS: dict[str, Callable[[], str]] = {
    "root": lack_of_root,
    "peer": lack_of_peer,
    "kernel": lack_of_kernel,
    "terminal": lack_of_terminal,
}


def pytest_collection_modifyitems(items: Iterable[pytest.Item]) -> None:
    """Skip what this machine lacks something for, and say what."""
    for item in items:
        for mark, lack in LACKS.items():
            if item.get_closest_marker(mark) and (reason := lack()):
                item.add_marker(pytest.mark.skip(reason=f"{mark}: {reason}"))


def pytest_configure(config: pytest.Config) -> None:
    """Prepare the list of skips that CI must not have."""
    config.stash[SKIPPED_KEY] = []


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item: pytest.Item) -> object:
    """Remember a skipped test of a kind that this machine can run."""
    report = yield
    if getattr(report, "skipped", False) and not hasattr(report, "wasxfail"):
        could = [mark for mark in LACKS if item.get_closest_marker(mark) and _could_have(mark)]
        if could:
            item.config.stash[SKIPPED_KEY].append(f"{item.nodeid} ({', '.join(could)})")
    return report


def _could_have(mark: str) -> bool:
    """A root on Debian could have installed what is missing; anybody could have run what is not."""
    installable = os.geteuid() == 0 and shutil.which("dpkg") is not None
    return not LACKS[mark]() or (installable and not lack_of_root())


def pytest_sessionfinish(session: pytest.Session, exitstatus: int) -> None:
    """In CI, a needless skip fails the run."""
    if os.environ.get("CI") and session.config.stash[SKIPPED_KEY] and exitstatus == 0:
        session.exitstatus = pytest.ExitCode.TESTS_FAILED


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter, config: pytest.Config) -> None:
    """Name the skips that CI does not forgive."""
    for line in config.stash[SKIPPED_KEY]:
        terminalreporter.write_line(f"skipped although this machine could run it: {line}", red=True)
