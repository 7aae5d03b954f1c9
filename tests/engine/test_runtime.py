"""Where an engine lives: the option, then the environment, then the usual place."""

from __future__ import annotations

from pathlib import Path

import pytest

from lvstui.engine.runtime import directory, log_path, socket_path


def test_option_before_environment_before_default(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("LVSTUI_RUN_DIR", raising=False)
    assert directory() == Path("/run/lvstui")
    monkeypatch.setenv("LVSTUI_RUN_DIR", "/run/other")
    assert directory() == Path("/run/other")
    assert directory(Path("/run/given")) == Path("/run/given")
    assert socket_path(directory()) == Path("/run/other/control.sock")
    assert log_path(directory()).parent == Path("/run/other")
