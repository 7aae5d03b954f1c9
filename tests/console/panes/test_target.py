"""A target says what it is."""

from __future__ import annotations

from lvstui.console.panes.target import Target
from tests.console import pictures


def test_a_target_names_server_and_service() -> None:
    assert str(Target(pictures.SERVICE, pictures.RS1)) == "192.168.77.21:80 of 192.168.77.100:80/tcp"
