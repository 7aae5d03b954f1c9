"""Health, io: MISC_CHECK: a script whose exit status is the result.

Otherwise than keepalived, a script that cannot be started (missing, not executable, unknown user) is a failure that
says so, not a success. As keepalived: no terminal, no output kept, own process group, an environment without
LD_PRELOAD, LD_LIBRARY_PATH and IFS, at most one run at a time; when its time is over the group gets SIGTERM and
2 s later SIGKILL.
"""

from __future__ import annotations

import asyncio
import errno
import grp
import os
import pwd
import signal
import subprocess
from typing import Any

from lvstui.health.io.dial import explain
from lvstui.health.outcome import Outcome, bad, good, local
from lvstui.model.check import CheckCode
from lvstui.model.configuration import MiscChecker, ScriptCommand

KILL_AFTER = 2.0
_DROPPED = ("LD_PRELOAD", "LD_LIBRARY_PATH", "IFS")
_LOCAL = frozenset({errno.EMFILE, errno.ENFILE, errno.ENOMEM, errno.EAGAIN})


async def probe_script(checker: MiscChecker) -> Outcome:
    """Run the script once; at most its time-out (default delay_loop) plus 2 s for a script that ignores SIGTERM."""
    timeout = checker.timeout or checker.timing.delay_loop
    try:
        process = _spawn(checker.command)
    except (OSError, ValueError, LookupError, subprocess.SubprocessError) as error:
        return _not_started(checker.command, error)
    ended = _Ended(process.pid)
    try:
        if await ended.within(timeout):
            return _judge(process.wait(), checker.dynamic)
        _signal(process, signal.SIGTERM)
        await ended.within(KILL_AFTER)
        return bad(CheckCode.SCRIPT_TIMEOUT, f"no result within {timeout:g} s")
    finally:
        # Before the script is reaped its number cannot belong to anybody else.
        if process.returncode is None:
            _kill(process)
        ended.close()


class _Ended:
    """Tells when a child has ended, by pidfd: no signal handler, no thread, the same on every loop."""

    def __init__(self, pid: int) -> None:
        self._loop = asyncio.get_running_loop()
        self._fd = os.pidfd_open(pid)
        self._event = asyncio.Event()
        self._loop.add_reader(self._fd, self._event.set)

    async def within(self, seconds: float) -> bool:
        try:
            async with asyncio.timeout(seconds):
                await self._event.wait()
        except TimeoutError:
            return False
        return True

    def close(self) -> None:
        self._loop.remove_reader(self._fd)
        os.close(self._fd)


def _spawn(command: ScriptCommand) -> subprocess.Popen[bytes]:
    argv = ["/bin/sh", "-c", command.shell] if command.shell else list(command.argv)
    try:
        return _popen(argv, command)
    except OSError as error:
        if error.errno != errno.ENOEXEC:
            raise
        # No `#!` line: a shell reads it, as execvp and keepalived's system() have it.
        return _popen(["/bin/sh", *argv], command)


def _popen(argv: list[str], command: ScriptCommand) -> subprocess.Popen[bytes]:
    return subprocess.Popen(
        argv,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        start_new_session=True,
        env={name: value for name, value in os.environ.items() if name not in _DROPPED},
        **identity(command),
    )


def identity(command: ScriptCommand) -> dict[str, Any]:
    """Return Popen's user, group and extra_groups; empty if the script runs as we do. LookupError: no such name."""
    if not command.user and not command.group:
        return {}
    try:
        entry = pwd.getpwnam(command.user) if command.user else pwd.getpwuid(os.geteuid())
    except KeyError:
        raise LookupError(f"no user {command.user or os.geteuid()}") from None
    try:
        group = grp.getgrnam(command.group).gr_gid if command.group else entry.pw_gid
    except KeyError:
        raise LookupError(f"no group {command.group}") from None
    if (entry.pw_uid, group) == (os.geteuid(), os.getegid()):
        return {}
    return {"user": entry.pw_uid, "group": group, "extra_groups": os.getgrouplist(entry.pw_name, group)}


def _not_started(command: ScriptCommand, error: Exception) -> Outcome:
    if isinstance(error, OSError):
        if error.errno in _LOCAL:
            return local(f"cannot start {command}: {explain(error)}")
        return bad(CheckCode.CONFIGURATION, f"cannot run {command}: {explain(error)}")
    return bad(CheckCode.CONFIGURATION, f"cannot run {command}: {error}")


def _kill(process: subprocess.Popen[bytes]) -> None:
    _signal(process, signal.SIGKILL)
    try:
        process.wait(0.5)
    except subprocess.TimeoutExpired:
        return  # it hangs in the kernel; subprocess reaps it when a later script is started


def _signal(process: subprocess.Popen[bytes], number: signal.Signals) -> None:
    try:
        os.killpg(process.pid, number)
    except ProcessLookupError:
        return


def _judge(status: int, dynamic: bool) -> Outcome:
    if status == 0:
        return good(CheckCode.SCRIPT_OK, "exited with status 0")
    if status < 0:
        return bad(CheckCode.SCRIPT_FAILED, f"due to signal {-status}")
    if dynamic and status >= 2:
        return good(CheckCode.SCRIPT_OK, f"exited with status {status}: weight {status - 2}", weight=status - 2)
    return bad(CheckCode.SCRIPT_FAILED, f"exited with status {status}")
