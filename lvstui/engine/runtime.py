"""Engine: where a running engine keeps its socket and its log."""

from __future__ import annotations

import os
from pathlib import Path

DEFAULT_DIRECTORY = "/run/lvstui"


def directory(given: Path | None = None) -> Path:
    """Return the run directory: `given`, else LVSTUI_RUN_DIR, else /run/lvstui."""
    return given or Path(os.environ.get("LVSTUI_RUN_DIR") or DEFAULT_DIRECTORY)


def socket_path(run_directory: Path) -> Path:
    """Return the control socket in a run directory."""
    return run_directory / "control.sock"


def log_path(run_directory: Path) -> Path:
    """Return the log of an engine that `lvstui run` started."""
    return run_directory / "engine.log"
