"""User-mode Linux for the tests: Debian's kernel 6.1 with real IPVS, started as an ordinary process."""

from __future__ import annotations

import os
import shlex
import shutil
import signal
import subprocess
import tempfile
from collections.abc import Mapping
from pathlib import Path
from typing import NamedTuple

INIT = Path(__file__).with_name("init.sh")
ROOT = Path(__file__).parents[2]
BINARY = "linux.uml"
MODULES = Path("/usr/lib/uml/modules")
TIMED_OUT = 124  # as timeout(1) has it
NOT_BOOTED = 125


class UmlResult(NamedTuple):
    """What came out: the script's exit status, its output, and the console (kernel messages).

    `status` 124: killed after the time-out; 125: it ended without the script having come to its end.
    """

    status: int
    output: str
    console: str


def missing() -> str:
    """Return why user-mode Linux cannot be started here, or "" if it can."""
    if os.geteuid() != 0:
        return "user-mode Linux with the host's file system as root needs root"
    for program in (BINARY, "modprobe", "ip", "taskset"):
        if shutil.which(program) is None:
            return f"{program} is not installed (apt-get install user-mode-linux kmod iproute2 util-linux)"
    if not any(MODULES.glob("*/kernel/net/netfilter/ipvs/ip_vs.ko*")):
        return f"no ip_vs module under {MODULES}"
    return ""


def boot(
    script: Path | str,
    *,
    timeout: float,
    share: Path,
    env: Mapping[str, str] | None = None,
    memory: str = "512M",
) -> UmlResult:
    """Boot user-mode Linux, run `script` in it as root, and return when it has halted (about 2 s around the script).

    `script`: a program's path, or its text (a `#!` line first; without one it is a shell's). The root file system
    is the host's own, read and write, so a script finds the checkout and its .venv under the same paths as outside;
    /run, /dev/shm and TMPDIR (/run/tmp) are tmpfs of the guest, /tmp is the host's. Let it write to `share` only:
    the guest finds its path in $SHARE. `share` must exist; it gets `script`, `environment`, `output`, `status`
    (and `dmesg` with UML_DMESG=1 in `env`). `env` is added to the script's environment; LVSTUI_ROOT (the checkout)
    and LVSTUI_PYTHON (its interpreter) are always there; WORKING_DIRECTORY is where it starts (default: the checkout).
    `timeout` seconds, then everything is killed and the status is 124. One CPU, real time, no network but lo;
    modules ip_vs, rr wrr lc wlc sh, veth, bridge, dummy, ipip are loaded, others come by modprobe or on demand.
    A system call costs about 20 times what it does outside. Standard output goes to a file: print as you like.
    """
    _write_inputs(script, share, env or {})
    Path("/lib/modules").mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(prefix="uml-") as scratch:
        process = subprocess.Popen(
            _command(share, scratch, memory),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            start_new_session=True,
            env={
                "PATH": os.environ.get("PATH", "/usr/sbin:/usr/bin:/sbin:/bin"),
                "TMPDIR": "/dev/shm",
                "HOME": scratch,
            },
        )
        timed_out = False
        try:
            console, _ = process.communicate(timeout=timeout)
        except subprocess.TimeoutExpired:
            timed_out = True
            _kill(process)
            console, _ = process.communicate()
        finally:
            _kill(process)
    return UmlResult(_status(share, timed_out), _text(share / "output"), console.decode("utf-8", "replace"))


def _write_inputs(script: Path | str, share: Path, env: Mapping[str, str]) -> None:
    for name in ("status", "output", "dmesg"):
        (share / name).unlink(missing_ok=True)
    target = share / "script"
    if isinstance(script, Path):
        text = f'#!/bin/sh\nexec {shlex.quote(str(script.resolve()))} "$@"\n'
    else:
        text = script if script.startswith("#!") else f"#!/bin/sh\n{script}\n"
    target.write_text(text)
    target.chmod(0o755)
    environment = {
        "LVSTUI_ROOT": str(ROOT),
        "LVSTUI_PYTHON": str(ROOT / ".venv/bin/python"),
        "WORKING_DIRECTORY": str(ROOT),
        **env,
    }
    lines = [f"export {name}={shlex.quote(value)}\n" for name, value in environment.items()]
    (share / "environment").write_text("".join(lines))


def _command(share: Path, scratch: str, memory: str) -> list[str]:
    # Pinned to one CPU it is three to four times faster and steadier than unpinned.
    cpus = sorted(os.sched_getaffinity(0))
    cpu = cpus[os.getpid() % len(cpus)]
    return [
        *("taskset", "-c", str(cpu), BINARY, f"mem={memory}"),
        *("root=/dev/root", "rootfstype=hostfs", "rootflags=/", "rw", f"init={INIT}"),
        *("con=null", "con0=fd:0,fd:1", "quiet", f"uml_dir={scratch}/", f"SHARE={share.resolve()}"),
    ]


def _kill(process: subprocess.Popen[bytes]) -> None:
    """Kill the kernel and the host processes that carry its programs (they share its process group)."""
    try:
        os.killpg(process.pid, signal.SIGKILL)
    except ProcessLookupError:
        return


def _status(share: Path, timed_out: bool) -> int:
    if timed_out:
        return TIMED_OUT
    text = _text(share / "status").strip()
    return int(text) if text.isdigit() else NOT_BOOTED


def _text(path: Path) -> str:
    try:
        return path.read_text("utf-8", "replace")
    except FileNotFoundError:
        return ""
