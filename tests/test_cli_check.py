"""`lvstui check`: text, JSON, and keepalived -t's exit statuses."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

GOOD = """
virtual_server 192.0.2.100 80 {
    delay_loop 6
    lb_algo rr
    lb_kind DR
    protocol TCP
    real_server 192.0.2.11 80 {
        weight 1
        TCP_CHECK {
            connect_timeout 3
        }
    }
}
"""


def check(path: Path, *extra: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "lvstui", "check", str(path), *extra]
    return subprocess.run(command, capture_output=True, text=True, timeout=20)


def test_a_clean_file_says_nothing(tmp_path: Path) -> None:
    path = tmp_path / "good.conf"
    path.write_text(GOOD)
    done = check(path)
    assert (done.returncode, done.stdout) == (0, "")
    assert json.loads(check(path, "--format", "json").stdout) == []


def test_problems_and_fatal_errors_have_place_and_status(tmp_path: Path) -> None:
    path = tmp_path / "bad.conf"
    path.write_text(GOOD.replace("delay_loop", "dleay_loop"))
    done = check(path)
    assert done.returncode == 5
    assert f"{path}:3:5: " in done.stdout
    path.write_text("vrrp_instance VI_1 {\n    interface lo\n    virtual_router_id 61\n}\n")
    done = check(path, "--format", "json")
    assert done.returncode == 4
    assert any(found["line"] == 2 for found in json.loads(done.stdout))


def test_a_missing_file_cannot_run(tmp_path: Path) -> None:
    done = check(tmp_path / "none.conf")
    assert done.returncode == 4
    assert "none.conf" in done.stdout
    assert "Traceback" not in done.stderr
