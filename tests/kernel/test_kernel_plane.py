"""The kernel plane against a real kernel and the real ipvsadm: one boot, then one test for each thing checked in it."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from tests.kernel import uml
from tests.kernel.plane_inside import CHECKS

pytestmark = pytest.mark.kernel


@pytest.fixture(scope="module")
def checked(tmp_path_factory: pytest.TempPathFactory) -> dict[str, dict[str, Any]]:
    share: Path = tmp_path_factory.mktemp("uml")
    result = uml.boot('exec "$LVSTUI_PYTHON" -m tests.kernel.plane_inside', timeout=300, share=share)
    found: dict[str, dict[str, Any]] = {}
    for line in result.output.splitlines():
        if line.startswith('{"check"'):
            entry = json.loads(line)
            found[entry["check"]] = entry
    assert found, f"status {result.status}\n{result.output}\n{result.console}"
    return found


@pytest.mark.parametrize("name", [check.__name__ for check in CHECKS])
def test_in_a_real_kernel(checked: dict[str, dict[str, Any]], name: str) -> None:
    assert name in checked, f"it did not come that far: {list(checked)}"
    print(checked[name]["detail"])
    assert checked[name]["ok"], checked[name]["detail"]
