"""Lab: a whole cluster: its network, its directors, web servers and client, from build to removal."""

from __future__ import annotations

import asyncio
import contextlib
import os
import subprocess
from collections.abc import Iterable, Sequence
from pathlib import Path

from lvstui.errors import KernelError, LabError
from lvstui.ipvs.io.manager import choose
from lvstui.lab import runs
from lvstui.lab.address_events import AddressChange
from lvstui.lab.client import Client
from lvstui.lab.director import Daemon, Director
from lvstui.lab.namespace import within
from lvstui.lab.plan import HostPlan, LabPlan
from lvstui.lab.process import command_in, script, start, stop
from lvstui.lab.runs import Run
from lvstui.lab.topology import Topology
from lvstui.lab.witness import Sighting, Witness
from lvstui.model.ipvs import Plane

VIEW_SECONDS = 5.0
_FIRST_MASTER_SECONDS = 60.0
_HEAD_START_SECONDS = 3.0
_BEHIND_SECONDS = 0.05


class Web:
    """The web server of a host: its page file and its process."""

    def __init__(self, host: HostPlan, namespace: str, folder: Path) -> None:
        self.host = host
        self.page_file = folder / "page"
        self._namespace = namespace
        self.process: subprocess.Popen[bytes] | None = None
        self.page_file.write_text(host.page)

    @property
    def running(self) -> bool:
        """Whether it serves."""
        return self.process is not None and self.process.poll() is None

    def start(self) -> None:
        """Start serving, if it does not."""
        if self.running or not self.host.ports:
            return
        argv = [*script("webserver.py"), str(self.page_file), self.host.name, *map(str, self.host.ports)]
        self.process = start(command_in(self._namespace, argv), log=self.page_file.with_name("web.log"))

    async def stop(self) -> None:
        """End it: its ports refuse from now on."""
        if self.process:
            await stop(self.process)


class Cluster:
    """A lab from `build` to `close`; `configurations` are the directors' files, in the plan's order.

    `plane` "auto", "kernel" or "userspace" is the wish; after `build` the attribute says what there is.
    """

    def __init__(
        self, plan: LabPlan, configurations: Sequence[Path], *, plane: str = "auto", daemons: Sequence[Daemon] = ()
    ) -> None:
        self.plan = plan
        self.plane: Plane | None = None
        self._wish = None if plane == "auto" else Plane(plane)
        self.run = Run()
        self.topology = Topology(plan, self.run.prefix)
        self._configurations = tuple(path.resolve() for path in configurations)
        self._daemons = tuple(daemons) or (Daemon.LVSTUI,) * len(plan.directors)
        self._views: dict[str, subprocess.Popen[bytes]] = {}
        self.directors: dict[str, Director] = {}
        self.webs: dict[str, Web] = {}
        self.cut: set[str] = set()
        self._client: Client | None = None
        self._witness: Witness | None = None

    @property
    def client(self) -> Client:
        """The client; MisuseError-free only between `build` and `close`."""
        assert self._client is not None
        return self._client

    @property
    def witness(self) -> Witness:
        """Who watches the wire and the kernels."""
        assert self._witness is not None
        return self._witness

    async def build(self) -> None:
        """Build the network and start web servers and client; directors are started by `start_directors`."""
        await asyncio.to_thread(runs.clean_dead)
        self.run.claim()
        folders = {host.name: self.run.folder(host.name) for host in self.plan.hosts}
        for host, down_file in zip(self.plan.directors, self.plan.down_files, strict=True):
            self._views[host.name] = self._start_view(host.name, folders[host.name], down_file)
        await asyncio.to_thread(self.topology.build)
        self.plane = await asyncio.to_thread(available_plane, self._wish, self.topology.namespace("lb1"))
        for name, view in self._views.items():
            async with asyncio.timeout(VIEW_SECONDS):
                await asyncio.to_thread(_await_view, name, view)
        for number, host in enumerate(self.plan.directors):
            self.directors[host.name] = Director(
                host.name,
                self.topology.namespace(host.name),
                folders[host.name],
                self._configurations[number],
                daemon=self._daemons[number],
                plane=self._wish or "auto",
                kernel=self.plane is Plane.KERNEL,
                view=self._views[host.name].pid,
                spare=self.own_processes,
            )
        for host in (*self.plan.directors, *self.plan.real_servers):
            self.webs[host.name] = Web(host, self.topology.namespace(host.name), folders[host.name])
        self._witness = Witness(
            self.topology.namespace("net"), [(name, self.topology.namespace(name)) for name in self.directors]
        )
        self._client = Client(self.plan.service.key.endpoint, self.topology.namespace("client"), folders["client"])

    def start(self) -> None:
        """Start web servers and the client's program."""
        for web in self.webs.values():
            web.start()
        self.client.start()

    async def ask_from_first_master(self) -> None:
        """Let the client begin to ask when the VIP is held for the first time: nobody could answer before."""

        def held(seen: Sighting) -> bool:
            what = seen.what
            return isinstance(what, AddressChange) and what.added and what.address == self.plan.vip.address

        await self.witness.wait_for(held, 0.0, _FIRST_MASTER_SECONDS)
        self.client.ask_every()

    async def start_directors(self) -> None:
        """Start the daemons that do not run, one after another as a person would.

        Started at once, the second is often a few milliseconds faster and is master for a moment: its skew time is
        only 4 ms longer. keepalived 2.2.7 then sends its second set of gratuitous ARP 5 s later although it is a
        backup again, and the client's packets go to the wrong director.
        """
        for director in self.directors.values():
            if not director.running:
                director.start()
                await self._head_start(director)

    async def _head_start(self, director: Director) -> None:
        """Wait until a daemon is about as far as the next one must not be before it."""
        end = asyncio.get_running_loop().time() + _HEAD_START_SECONDS
        while director.running and asyncio.get_running_loop().time() < end:
            if director.daemon is Daemon.KEEPALIVED or director.socket.exists():
                await asyncio.sleep(_BEHIND_SECONDS)
                return
            await asyncio.sleep(0.01)

    async def close(self) -> None:
        """End every process, remove every namespace, address and file. Can be called at any time, and again."""
        if self._witness:
            self._witness.close()
            self._witness = None
        if self._client:
            await self._client.close()
        await asyncio.gather(*(director.stop() for director in self.directors.values()))
        await asyncio.gather(*(web.stop() for web in self.webs.values()))
        for view in self._views.values():
            if view.stdin:
                with contextlib.suppress(OSError):
                    view.stdin.close()
            await stop(view)
        await asyncio.to_thread(runs.empty, self.run.prefix)
        self.run.release()

    def _start_view(self, name: str, folder: Path, down_file: str) -> subprocess.Popen[bytes]:
        scratch = folder / "view"
        scratch.mkdir()
        command = [*script("view.py"), name, str(scratch), *([os.path.dirname(down_file)] if down_file else [])]
        death = ["setpriv", "--pdeathsig", "KILL"]
        return start([*death, *command], stdin=subprocess.PIPE, stdout=subprocess.PIPE)

    def own_processes(self) -> frozenset[int]:
        """Return the pids of the lab's own helpers in the hosts: web servers and views."""
        helpers: Iterable[subprocess.Popen[bytes] | None] = (
            *self._views.values(),
            *(w.process for w in self.webs.values()),
        )
        return frozenset(helper.pid for helper in helpers if helper)

    def down_file(self, host: str) -> Path | None:
        """Return where the lab finds a director's down file: inside that director's own view of the file system."""
        number = [each.name for each in self.plan.directors].index(host)
        inside = self.plan.down_files[number]
        return Path(f"/proc/{self._views[host].pid}/root{inside}") if inside else None


def available_plane(wish: Plane | None, namespace: str) -> Plane:
    """Return the plane that an engine will have in this namespace; LabError if it is not the one wished for."""

    async def attempt() -> Plane:
        driver = choose(wish)
        await driver.close()
        return driver.kind

    try:
        return within(namespace, lambda: asyncio.run(attempt()))
    except KernelError as error:
        raise LabError(str(error)) from error


def _await_view(name: str, view: subprocess.Popen[bytes]) -> None:
    assert view.stdout is not None
    line = view.stdout.readline().decode("utf-8", "replace").strip()
    if line != "ready":
        raise LabError(f"{name}: {line or 'its view of the file system could not be made'}")
