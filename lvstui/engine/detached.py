"""Engine: starting an engine that outlives the terminal, and waiting until it answers."""

from __future__ import annotations

import subprocess
import sys
import time
from pathlib import Path

from lvstui.control.client import Client
from lvstui.engine.rights import missing
from lvstui.engine.runtime import log_path, socket_path
from lvstui.errors import ControlError, EngineUnreachable

CANNOT_RUN = 4
PATIENCE_SECONDS = 15.0


def start(path: Path, run_directory: Path, plane: str) -> int:
    """Start an engine in a session of its own, unless one answers; returns 0, or the status with which it ended.

    What it says before it answers comes out on standard error. EngineUnreachable if it does not answer in 15 s.
    """
    socket = socket_path(run_directory)
    running = _pid(socket)
    if running:
        print(f"lvstui: the engine with pid {running} runs already; {path} is not read", file=sys.stderr)
        return 0
    complaint = missing()
    if complaint:
        print(f"lvstui: {complaint}", file=sys.stderr)
        return CANNOT_RUN
    run_directory.mkdir(mode=0o750, parents=True, exist_ok=True)
    log = log_path(run_directory)
    command = [
        sys.executable,
        "-P",
        "-m",
        "lvstui",
        "engine",
        "-f",
        str(path.absolute()),
        "--run-dir",
        str(run_directory),
    ]
    with log.open("ab") as output:
        begin = output.tell()
        engine = subprocess.Popen(
            [*command, "--plane", plane],
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=output,
            start_new_session=True,
            cwd="/",
        )
    deadline = time.monotonic() + PATIENCE_SECONDS
    while time.monotonic() < deadline:
        if engine.poll() is not None:
            sys.stderr.write(_said(log, begin))
            return engine.returncode or CANNOT_RUN
        if _pid(socket) == engine.pid:
            return 0
        time.sleep(0.02)
    raise EngineUnreachable(f"the engine was started (pid {engine.pid}) and does not answer", f"see {log}")


def _pid(socket: Path) -> int:
    try:
        with Client(socket, timeout=2.0) as client:
            return int(client.request("ping").result["pid"])
    except ControlError:
        return 0


def _said(log: Path, begin: int) -> str:
    with log.open("rb") as file:
        file.seek(begin)
        return file.read(1 << 16).decode("utf-8", "replace")
