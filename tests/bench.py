"""`make bench`: the figures of the README, measured here and now; nothing is asserted (machines are noisy).

Run as root: namespaces are made. Each figure is printed as one JSON object a line: name, unit, min, median, max.
"""

from __future__ import annotations

import json
import os
import pty
import select
import signal
import statistics
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
LVSTUI = [sys.executable, "-m", "lvstui"]
VIP = b"192.168.61.100"
LAB_PATIENCE = 30.0


def report(name: str, unit: str, values: list[float]) -> None:
    """Print one figure."""
    figures = {"min": min(values), "median": statistics.median(values), "max": max(values)}
    print(json.dumps({"name": name, "unit": unit, **{k: round(v, 3) for k, v in figures.items()}}), flush=True)


def repeated(times: int, measure: Callable[[], float]) -> list[float]:
    """Measure several times."""
    return [measure() for _ in range(times)]


def wall(command: list[str]) -> float:
    """Seconds that a command takes."""
    start = time.perf_counter()
    subprocess.run(command, cwd=ROOT, check=False, capture_output=True)
    return time.perf_counter() - start


def live_screen() -> float:
    """Seconds from `make lab` typed on a prepared machine until the screen shows the VIP."""
    start = time.perf_counter()
    pid, terminal = pty.fork()
    if pid == 0:
        os.environ["TERM"] = "xterm-256color"
        os.chdir(ROOT)
        os.execvp("make", ["make", "lab"])
    seen = b""
    try:
        while VIP not in seen and time.perf_counter() - start < LAB_PATIENCE:
            seen += read_some(terminal, 1.0)
        return time.perf_counter() - start
    finally:
        os.kill(pid, signal.SIGTERM)
        while read_some(terminal, LAB_PATIENCE):
            pass
        os.waitpid(pid, 0)
        os.close(terminal)


def read_some(terminal: int, patience: float) -> bytes:
    """What the program has written; nothing at its end or after `patience` seconds of silence."""
    if not select.select([terminal], [], [], patience)[0]:
        return b""
    try:
        return os.read(terminal, 65536)
    except OSError:
        return b""


def scenario(name: str, *options: str) -> list[dict[str, object]]:
    """Run a scenario and return its lines."""
    command = [*LVSTUI, "lab", "--headless", "--scenario", name, "--format", "json", *options]
    result = subprocess.run(command, cwd=ROOT, check=False, capture_output=True, text=True)
    return [json.loads(line) for line in result.stdout.splitlines()]


def main() -> None:
    """Measure everything."""
    report("lvstui --help", "s", repeated(5, lambda: wall([*LVSTUI, "--help"])))
    report("lvstui check lb1.conf", "s", repeated(5, lambda: wall([*LVSTUI, "check", "fixtures/tutorial/lb1.conf"])))
    report("make lab to a live screen", "s", repeated(3, live_screen))
    for line in scenario("compare", "--repeat", "3"):
        print(json.dumps(line), flush=True)


if __name__ == "__main__":
    main()
