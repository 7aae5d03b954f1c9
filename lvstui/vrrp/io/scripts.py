"""Track scripts: one runner for each, never more than one process of it at a time.

The process is waited for by its pidfd in the loop: no thread and no SIGCHLD handler in the vrrp process. Starting
one holds the loop for 0.2 ms (vfork); a preexec hook for PR_SET_PDEATHSIG would make that 2.6 ms (fork), so a script
may outlive a killed vrrp process. A change of user costs 1.9 ms.
Unlike keepalived 2.2.7, a script that cannot be executed has failed (there the child exits 0: success).
"""

from __future__ import annotations

import asyncio
import contextlib
import grp
import os
import pwd
import signal
import subprocess
from collections.abc import Callable
from typing import Any

from lvstui.model.configuration import ScriptCommand, TrackScript
from lvstui.safety import clean

KILL_DELAY = 2.0  # seconds between SIGTERM and SIGKILL, as keepalived
_STOP_TIME = 0.2  # seconds that a running script has to end at stop
_SHORTEST_INTERVAL = 0.01
_DROPPED_VARIABLES = frozenset({"IFS", "ENV", "BASH_ENV", "NOTIFY_SOCKET"})


def environment() -> dict[str, str]:
    """The engine's environment without what changes how programs and shells are loaded (LD_*, IFS, …)."""
    return {k: v for k, v in os.environ.items() if k not in _DROPPED_VARIABLES and not k.startswith("LD_")}


def command_line(command: ScriptCommand) -> list[str]:
    """What is executed: the program itself, or a shell with the whole line."""
    if not command.shell:
        return list(command.argv)
    return ["/bin/bash" if os.access("/bin/bash", os.X_OK) else "/bin/sh", "-c", command.shell]


def identity(command: ScriptCommand) -> dict[str, Any]:
    """Popen's arguments for the command's user and group; empty if it runs as the engine does.

    ValueError names a user or group that does not exist, or says that only root may change to it.
    """
    if not command.user and not command.group:
        return {}
    uid, gid, groups = os.geteuid(), os.getegid(), []
    if command.user:
        user = _lookup("user", command.user, pwd.getpwnam, pwd.getpwuid)
        uid, gid = user.pw_uid, user.pw_gid
        groups = os.getgrouplist(user.pw_name, gid)
    if command.group:
        gid = _lookup("group", command.group, grp.getgrnam, grp.getgrgid).gr_gid
        groups = [gid]
    if (uid, gid) == (os.geteuid(), os.getegid()):
        return {}
    if os.geteuid() != 0:
        raise ValueError(f"only root can run it as {command.user or 'this user'}:{command.group or gid}")
    return {"user": uid, "group": gid, "extra_groups": groups}


def _lookup(kind: str, name: str, by_name: Callable[[str], Any], by_number: Callable[[int], Any]) -> Any:
    try:
        return by_number(int(name)) if name.isascii() and name.isdigit() else by_name(name)
    except (KeyError, OverflowError):
        raise ValueError(f"there is no {kind} {name!r}") from None


class ScriptRunner:
    """Runs `script` at once and then every interval, counted from the last start.

    `on_result(name, ok, detail)` is called in the loop after each run: "exit 0", "exit 1", "signal SIGKILL",
    "timed out after 1 s", "cannot run: …". A time-out is reported when it happens; the process group gets SIGTERM
    then and SIGKILL two seconds later. While a process is left, due runs are skipped. Standard streams are
    /dev/null. Rise, fall and weight are not this room's business.
    """

    def __init__(self, script: TrackScript, on_result: Callable[[str, bool, str], None]) -> None:
        self._script = script
        self._on_result = on_result
        self._interval = max(script.interval, _SHORTEST_INTERVAL)
        self._timeout = script.timeout or self._interval
        self._argv = command_line(script.command)
        self._process: subprocess.Popen[bytes] | None = None
        self._pidfd = -1
        self._overdue = False
        self._stopped = True
        self._ended = asyncio.Event()
        self._tick: asyncio.TimerHandle | None = None
        self._deadline: asyncio.TimerHandle | None = None

    @property
    def running(self) -> bool:
        """Whether a process of the script is alive or not yet waited for."""
        return self._process is not None

    async def start(self) -> None:
        """Begin: the first run starts now; its result comes through the loop."""
        self._loop = asyncio.get_running_loop()
        self._stopped = False
        self._begin()

    async def stop(self) -> None:
        """End: no further result; a running script gets SIGTERM and, 0.2 s later, SIGKILL.

        It is gone on return, unless the kernel holds it (uninterruptible sleep): that is not waited for.
        """
        self._stopped = True
        if self._tick is not None:
            self._tick.cancel()
        if self._deadline is not None:
            self._deadline.cancel()
        if self._process is None:
            return
        for number in (signal.SIGTERM, signal.SIGKILL):
            self._signal(number)
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(_STOP_TIME):
                    await self._ended.wait()
                return
        self._forget()

    def _begin(self) -> None:
        if self._stopped:
            return
        self._tick = self._loop.call_later(self._interval, self._begin)
        if self._process is not None:
            return  # expected idle: the last run is not over
        try:
            self._spawn()
        except (OSError, ValueError, subprocess.SubprocessError) as error:
            reason = error.strerror if isinstance(error, OSError) and error.strerror else str(error)
            # Later, not now: whoever starts a runner is not called back within the call.
            self._loop.call_soon(self._report, False, clean(f"cannot run: {reason}"))

    def _spawn(self) -> None:
        if not self._argv:
            raise ValueError("no program is named")
        process = subprocess.Popen(
            self._argv,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            env=environment(),
            process_group=0,
            **identity(self._script.command),
        )
        try:
            self._pidfd = os.pidfd_open(process.pid)
        except OSError:  # no descriptor is left: it cannot be watched, so it must not run
            process.kill()
            process.wait()
            raise
        self._process = process
        self._overdue = False
        self._ended.clear()
        self._loop.add_reader(self._pidfd, self._exited)
        self._deadline = self._loop.call_later(self._timeout, self._timed_out)

    def _timed_out(self) -> None:
        self._overdue = True
        self._signal(signal.SIGTERM)
        self._deadline = self._loop.call_later(KILL_DELAY, self._signal, signal.SIGKILL)
        self._report(False, f"timed out after {self._timeout:g} s")

    def _signal(self, number: int) -> None:
        """Signal the whole group; the leader is not waited for yet, so the group's number is still its own."""
        if self._process is not None:
            with contextlib.suppress(ProcessLookupError, PermissionError):
                os.killpg(self._process.pid, number)

    def _exited(self) -> None:
        process = self._process
        if process is None:
            return
        if self._overdue or self._stopped:
            self._signal(signal.SIGKILL)  # what the leader left behind ends with it
        status = process.wait()
        self._forget()
        if not self._overdue:
            self._report(status == 0, describe(status))

    def _forget(self) -> None:
        """Let go of the process and what watches it."""
        if self._deadline is not None:
            self._deadline.cancel()
        self._loop.remove_reader(self._pidfd)
        os.close(self._pidfd)
        self._pidfd = -1
        self._process = None
        self._ended.set()

    def _report(self, ok: bool, detail: str) -> None:
        if not self._stopped:
            self._on_result(self._script.name, ok, detail)


def describe(status: int) -> str:
    """Popen's status in words: "exit 1" or "signal SIGTERM"."""
    if status >= 0:
        return f"exit {status}"
    try:
        return f"signal {signal.Signals(-status).name}"
    except ValueError:
        return f"signal {-status}"
