"""Engine: from a command line to a running engine, and to its exit status."""

from __future__ import annotations

import os
import sys
from pathlib import Path

from lvstui.engine.lock import NamespaceLock
from lvstui.engine.rights import missing
from lvstui.engine.rivals import complaint, rivals
from lvstui.engine.runtime import socket_path
from lvstui.engine.spawn import Process
from lvstui.errors import ConfigError
from lvstui.model.ipvs import Plane

CANNOT_RUN = 4


def run(path: Path, run_directory: Path, plane: Plane | None, log: Path | None) -> int:
    """Run an engine on the configuration in `path` until it is stopped; returns the exit status.

    4: it cannot run (the configuration, missing rights, keepalived in its place). AlreadyRunning: another engine has
    this namespace.
    """
    problem = missing() or complaint(rivals())
    if problem:
        print(f"lvstui: {problem}", file=sys.stderr)
        return CANNOT_RUN
    with NamespaceLock(path, socket_path(run_directory)) as lock:
        # The children load themselves while the configuration is read; they do nothing before they are configured.
        processes = {name: Process(f"lvstui.engine.{name}_process", (lock.descriptor,)) for name in ("vrrp", "health")}
        try:
            return _run_with(processes, path, run_directory, plane, log, (lock.descriptor,))
        except ConfigError as error:
            for line in error.diagnostics or (str(error),):
                print(line, file=sys.stderr)
            print(f"lvstui: {path} cannot run; nothing was changed", file=sys.stderr)
            return CANNOT_RUN
        finally:
            _dismiss(processes)


def _run_with(
    processes: dict[str, Process],
    path: Path,
    run_directory: Path,
    plane: Plane | None,
    log: Path | None,
    keep: tuple[int, ...],
) -> int:
    # Loaded after the children are started: they load at the same time, on another core.
    import asyncio

    from lvstui.config.host import ThisHost
    from lvstui.config.load import load

    loaded = load(path, ThisHost())
    if loaded.configuration is None:
        raise ConfigError(f"{path} cannot run", tuple(found.render() for found in loaded.diagnostics))
    configuration, warnings = loaded.configuration, tuple(found.headline() for found in loaded.diagnostics)

    from lvstui.engine.engine import Engine
    from lvstui.engine.log import EventLog

    try:
        run_directory.mkdir(mode=0o750, parents=True, exist_ok=True)
        events = EventLog(log)
    except OSError as error:
        print(f"lvstui: {error.filename or run_directory}: {error.strerror}", file=sys.stderr)
        return CANNOT_RUN

    async def serve() -> int:
        engine = Engine(configuration, socket_path(run_directory), plane=plane, log=events, keep=keep)
        engine.warn(warnings)
        return await engine.serve(processes)

    return asyncio.run(serve())


def _dismiss(processes: dict[str, Process]) -> None:
    """End children that are not needed: at the end of their channel they go, having done nothing."""
    for process in processes.values():
        process.channel_end.close()
    for process in processes.values():
        os.waitpid(process.pid, 0)
        process.close()
    processes.clear()
