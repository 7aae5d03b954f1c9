"""Lab: what the steps of a scenario have in hand: the cluster, its two directors by role, and how to look at them."""

from __future__ import annotations

import asyncio
import shutil
import subprocess
import sys
from collections.abc import Awaitable, Callable, Mapping
from typing import Any

import msgspec

from lvstui.control.client import Client as ControlClient
from lvstui.errors import ControlError, EngineUnreachable, LabError
from lvstui.lab import listing
from lvstui.lab.address_events import HeldAddress, held_addresses
from lvstui.lab.cluster import Cluster
from lvstui.lab.director import Daemon, Director
from lvstui.lab.faults import Faults
from lvstui.lab.process import command_in
from lvstui.model.configuration import Configuration, VrrpInstance
from lvstui.model.ipvs import Plane
from lvstui.model.snapshot import DirectorSnapshot

READY_SECONDS = 10.0
_POLL_SECONDS = 0.05


class StepFailed(LabError):
    """A step did not see what it should; what it measured until then."""

    def __init__(self, reason: str, measured: Mapping[str, object] | None = None) -> None:
        super().__init__(reason)
        self.measured = dict(measured or {})


class Stage:
    """The cluster with its directors by role: `master` wins the election by its configuration, `backup` is next."""

    def __init__(self, cluster: Cluster, configurations: tuple[Configuration, ...]) -> None:
        if len(configurations) < 2:
            raise LabError("a scenario needs two directors: -f lb1.conf lb2.conf")
        self.cluster = cluster
        self.plan = cluster.plan
        self.faults = Faults(cluster)
        self.configurations = configurations
        self._instances = [self._instance(configuration) for configuration in configurations]
        order = sorted(range(len(configurations)), key=self._rank, reverse=True)
        self._master, self._backup = order[0], order[1]

    def _instance(self, configuration: Configuration) -> VrrpInstance:
        for instance in configuration.instances:
            if instance.vrid == self.plan.vrid:
                return instance
        raise LabError(f"{configuration.path}: no vrrp_instance with virtual_router_id {self.plan.vrid}")

    def _rank(self, number: int) -> tuple[int, tuple[int, ...]]:
        address = tuple(int(part) for part in self.plan.directors[number].address.split("."))
        return healthy_priority(self._instances[number]), address

    @property
    def master(self) -> Director:
        """The director that should have the VIP when all is well."""
        return self.cluster.directors[self.plan.directors[self._master].name]

    @property
    def backup(self) -> Director:
        """The director that should take it over."""
        return self.cluster.directors[self.plan.directors[self._backup].name]

    def instance(self, director: Director) -> VrrpInstance:
        """Return a director's side of the instance."""
        return self._instances[[each.name for each in self.plan.directors].index(director.name)]

    def priority(self, director: Director) -> int:
        """Return its effective priority when all its trackers are well."""
        return healthy_priority(self.instance(director))

    def master_down(self, director: Director) -> float:
        """Return how long it waits for adverts before it takes over: 3 intervals and its skew (RFC 9568 6.1)."""
        instance = self.instance(director)
        interval = instance.advert_interval
        unit = 1.0 if instance.version == 2 else interval
        return 3 * interval + (256 - self.priority(director)) * unit / 256

    @property
    def plane(self) -> Plane:
        """Who forwards here."""
        return self.cluster.plane or Plane.USERSPACE

    @property
    def now(self) -> float:
        """The monotonic clock."""
        return asyncio.get_running_loop().time()

    async def addresses(self, director: Director) -> tuple[HeldAddress, ...]:
        """Return what its kernel holds."""
        return await asyncio.to_thread(held_addresses, director.namespace)

    async def vip_of(self, director: Director) -> HeldAddress | None:
        """Return the VIP as its kernel holds it, or None."""
        return next((each for each in await self.addresses(director) if each.address == self.plan.vip.address), None)

    async def until(self, condition: Callable[[], Awaitable[bool]], seconds: float, failure: str) -> float:
        """Poll until a condition holds; return the seconds it took; StepFailed with `failure` after `seconds`."""
        begin = self.now
        while not await condition():
            if self.now - begin > seconds:
                raise StepFailed(f"{failure} within {seconds:.0f} s")
            await asyncio.sleep(_POLL_SECONDS)
        return round(self.now - begin, 3)

    async def ask_director(self, director: Director, command: str, args: Mapping[str, Any] | None = None) -> Any:
        """Send a command to its control socket and return the result."""

        def ask() -> Any:
            with ControlClient(director.socket) as client:
                return client.request(command, args).result

        return await asyncio.to_thread(ask)

    async def snapshot(self, director: Director) -> DirectorSnapshot:
        """Return what its engine says of itself."""
        return msgspec.convert(await self.ask_director(director, "snapshot"), DirectorSnapshot)

    async def ready(self) -> None:
        """Wait until all engines answer and have chosen their plane; LabError with the last words of one that died."""
        for director in self.cluster.directors.values():
            if director.daemon is Daemon.LVSTUI:
                await self._ready(director)

    async def _ready(self, director: Director) -> None:
        begin = self.now
        while self.now - begin < READY_SECONDS:
            if not director.running:
                raise LabError(f"the engine of {director.name} ended at its start:\n{director.last_words()}")
            try:
                if (await self.snapshot(director)).plane:
                    return
            except EngineUnreachable:
                pass
            await asyncio.sleep(_POLL_SECONDS)
        raise LabError(f"the engine of {director.name} does not answer:\n{director.last_words()}")

    def has_table(self, director: Director) -> bool:
        """Whether this director has a table of its own: Debian's keepalived needs the kernel's for that."""
        return director.daemon is Daemon.LVSTUI or self.plane is Plane.KERNEL

    async def weights(self, director: Director) -> dict[str, int]:
        """Return the weights of the service's real servers: from the kernel by ipvsadm, or from the engine's plane."""
        if self.plane is Plane.KERNEL:
            return listing.weights(listing.parse(await self.ipvsadm(director)), str(self.plan.service.key.endpoint))
        table = (await self.snapshot(director)).table
        service = next((each for each in table.services if each.key == self.plan.service.key), None)
        return {str(each.endpoint): each.weight for each in service.destinations} if service else {}

    async def ipvsadm(self, director: Director) -> str:
        """Return what the real `ipvsadm -Ln` prints in its namespace."""
        if shutil.which("ipvsadm") is None:
            raise LabError("ipvsadm is not installed (Debian: apt-get install ipvsadm)")
        return await self.output(director, ["ipvsadm", "-Ln"])

    async def lvstui_table(self, director: Director) -> str:
        """Return what `lvstui table -n` prints there."""
        argv = [sys.executable, "-m", "lvstui", "table", "-n", "--run-dir", str(director.folder)]
        return await self.output(director, argv)

    async def output(self, director: Director, argv: list[str]) -> str:
        """Run a command in a director's namespace; LabError if it fails."""
        command = command_in(director.namespace, argv)
        done = await asyncio.to_thread(subprocess.run, command, capture_output=True, check=False, text=True)
        if done.returncode:
            raise LabError(f"{argv[0]} on {director.name}: {done.stderr.strip()}")
        return done.stdout

    async def settle(self) -> None:
        """Bring everything back to where a step begins: all mended, the master has the VIP, all servers serve.

        What cannot be brought back is left: the step that needs it will say so.
        """
        self.cluster.client.stop_asking()
        for host in tuple(self.cluster.cut):
            await self.faults.link(host, "mend")
        for director in self.cluster.directors.values():
            if path := self.cluster.down_file(director.name):
                path.unlink(missing_ok=True)
        await self.cluster.start_directors()
        for web in self.cluster.webs.values():
            web.page_file.write_text(web.host.page)
            web.start()
        try:
            await self.ready()
            if not self.instance(self.master).preempt:
                await self._hand_back()
            await self.until(self._well, self.master_down(self.master) + 5, "the cluster is not well again")
        except (LabError, ControlError):
            return

    async def _hand_back(self) -> None:
        """A master with nopreempt does not take the VIP back from a living backup: the backup resigns."""
        if await self.vip_of(self.backup) is not None:
            await self.backup.stop()
            await self.until(self._well, self.master_down(self.master) + 5, f"{self.master.name} does not take over")
            await self.cluster.start_directors()
            await self.ready()

    async def _well(self) -> bool:
        return await self.vip_of(self.master) is not None and await self.vip_of(self.backup) is None


def healthy_priority(instance: VrrpInstance) -> int:
    """Return base priority and what well trackers add (keepalived: vrrp_track.c clamps to 1..254)."""
    if instance.priority == 255:
        return 255
    parts = [-each.weight if each.reverse else each.weight for each in instance.track_scripts]
    parts += [-each.weight if each.reverse else each.weight for each in instance.track_interfaces]
    return min(254, max(1, instance.priority + sum(part for part in parts if part > 0)))
