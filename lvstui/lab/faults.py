"""Lab: what can be broken on purpose, and mended: web servers, cables, engines, the down file."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Iterable

from lvstui.errors import ControlError
from lvstui.lab.cluster import Cluster, Web
from lvstui.lab.director import Director


class Faults:
    """Each act returns a sentence for the operator; ControlError for a host or an action that there is not."""

    def __init__(self, cluster: Cluster) -> None:
        self._cluster = cluster

    async def act(self, command: str, host: str, action: str) -> str:
        """Carry out a command of the lab's control socket (`lab.web`, `lab.link`, `lab.engine`, `lab.down_file`)."""
        match command:
            case "lab.web":
                return await self.web(host, action)
            case "lab.link":
                return await self.link(host, action)
            case "lab.engine":
                return await self.engine(host, action)
            case "lab.down_file":
                return self.down_file(host, action)
        raise ControlError("NO_SUCH_COMMAND", f"the lab has no command {command}")

    async def web(self, host: str, action: str) -> str:
        """Start or stop a host's web server."""
        web = self._web(host)
        match action:
            case "start":
                web.start()
                return f"web server of {host} started"
            case "stop":
                await web.stop()
                return f"web server of {host} stopped: its ports refuse"
        raise _no_action(action, "start, stop")

    async def link(self, host: str, action: str) -> str:
        """Cut or mend a host's cables."""
        plan = next((each for each in self._cluster.plan.hosts if each.name == host), None)
        if plan is None:
            raise _no_host(host, (each.name for each in self._cluster.plan.hosts))
        if action not in ("cut", "mend"):
            raise _no_action(action, "cut, mend")
        for interface in plan.interfaces:
            await asyncio.to_thread(self._cluster.topology.set_link, host, interface, action == "mend")
        if action == "cut":
            self._cluster.cut.add(host)
            return f"cable of {host} cut"
        self._cluster.cut.discard(host)
        return f"cable of {host} mended"

    async def engine(self, host: str, action: str) -> str:
        """Start, stop (SIGTERM) or kill (SIGKILL, all its processes) a director's daemon."""
        director = self._director(host)
        match action:
            case "start":
                director.start()
                return f"{director.daemon} of {host} started"
            case "stop":
                await director.stop()
                return f"{director.daemon} of {host} stopped"
            case "kill":
                await director.kill()
                return f"all processes of {director.daemon} on {host} killed"
        raise _no_action(action, "start, stop, kill")

    def down_file(self, host: str, action: str) -> str:
        """Touch or remove the file that a director's track script tests."""
        self._director(host)
        path = self._cluster.down_file(host)
        if path is None:
            raise ControlError("NO_DOWN_FILE", f"no track script of {host} tests a file", "use the priority slider")
        try:
            match action:
                case "touch":
                    path.touch()
                    return f"down file of {host} is there"
                case "remove":
                    with contextlib.suppress(FileNotFoundError):
                        path.unlink()
                    return f"down file of {host} removed"
        except OSError as error:
            raise ControlError("LAB", f"cannot {action} the down file of {host}: {error.strerror}") from error
        raise _no_action(action, "touch, remove")

    def _web(self, host: str) -> Web:
        web = self._cluster.webs.get(host)
        if web is None or not web.host.ports:
            raise _no_host(host, (name for name, each in self._cluster.webs.items() if each.host.ports))
        return web

    def _director(self, host: str) -> Director:
        director = self._cluster.directors.get(host)
        if director is None:
            raise _no_host(host, self._cluster.directors)
        return director


def _no_host(host: str, known: Iterable[str]) -> ControlError:
    return ControlError("NO_SUCH_HOST", f"there is no {host!r} that this can be done to", f"one of: {', '.join(known)}")


def _no_action(action: str, known: str) -> ControlError:
    return ControlError("BAD_ARGUMENT", f"action {action!r} is not known", f"one of: {known}")
