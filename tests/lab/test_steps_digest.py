"""Configurations with digests; the step itself is walked in tests/system and tests/kernel."""

from __future__ import annotations

from pathlib import Path

import pytest

from lvstui.lab.command import load, tutorial_files
from lvstui.lab.stage import Stage
from lvstui.lab.steps_digest import digest, with_digests
from lvstui.model.configuration import HttpChecker
from tests.lab.examples import cluster, tutorial

DIGESTS = {"192.168.61.21:80": "a" * 32, "192.168.61.22:80": "b" * 32}


def test_each_real_server_gets_its_own_digest(tmp_path: Path) -> None:
    changed = tmp_path / "digest.conf"
    changed.write_text(with_digests(tutorial_files()[0].read_text(), DIGESTS))
    servers = load(changed).virtual_servers[0].real_servers
    found = {}
    for server in servers:
        for checker in server.checkers:
            assert isinstance(checker, HttpChecker)
            found[str(server.endpoint)] = [(url.digest, url.statuses) for url in checker.urls]
    assert found == {place: [(value, ())] for place, value in DIGESTS.items()}


def test_real_servers_without_a_digest_stay_as_they_are() -> None:
    text = "real_server 10.0.0.1 80 {\n  status_code 200-204 301\n}\nreal_server 10.0.0.2 80 {\n  status_code 200\n}\n"
    assert with_digests(text, {"10.0.0.2:80": "c" * 32}).count("status_code") == 1
    assert f"digest {'d' * 32}\n}}" in with_digests(text, {"10.0.0.1:80": "d" * 32})


@pytest.mark.root
@pytest.mark.peer
async def test_it_is_lvstui_s_own_step() -> None:
    async with cluster() as lab:
        assert "lb1 is keepalived" in str((await digest(Stage(lab, tutorial())))["skipped"])
