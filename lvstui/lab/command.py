"""Lab: the command `lvstui lab`."""

from __future__ import annotations

import asyncio
import signal
import subprocess
import sys
import time
from collections.abc import Awaitable, Callable, Sequence
from pathlib import Path

import click
import msgspec

from lvstui.config.host import AnyHost
from lvstui.config.load import require
from lvstui.errors import ConfigError, LabError
from lvstui.lab import privilege
from lvstui.lab.cluster import Cluster
from lvstui.lab.compare import compare
from lvstui.lab.director import Daemon
from lvstui.lab.plan import make_plan
from lvstui.lab.process import gone, stop
from lvstui.lab.scenario import StepResult, run
from lvstui.lab.server import LabServer, status
from lvstui.lab.stage import Stage
from lvstui.model.configuration import Configuration

PEERS = {
    "lvstui": (),
    "keepalived": (Daemon.LVSTUI, Daemon.KEEPALIVED),
    "keepalived-both": (Daemon.KEEPALIVED, Daemon.KEEPALIVED),
}
_PLACES = (Path(__file__).resolve().parent / "tutorial", Path(__file__).resolve().parents[2] / "fixtures" / "tutorial")


@click.command()
@click.option("-f", "--file", "first", multiple=True, type=click.Path(path_type=Path), help="A director's file.")
@click.argument("more", nargs=-1, type=click.Path(path_type=Path))
@click.option("--plane", type=click.Choice(["auto", "kernel", "userspace"]), default="auto", help="Who forwards.")
@click.option("--headless", is_flag=True, help="No console: for machines.")
@click.option("--scenario", type=click.Choice(["tutorial", "compare"]), help="Walk through steps (headless).")
@click.option("--format", "form", type=click.Choice(["text", "json"]), default="text", help="How to print.")
@click.option("--peer", type=click.Choice(list(PEERS)), default="lvstui", help="Debian's keepalived as director.")
@click.option("--seconds", type=click.FloatRange(min=0), help="End a headless lab after so long.")
@click.option("--repeat", type=click.IntRange(1, 20), default=1, help="How often compare measures each act.")
def lab(
    first: tuple[Path, ...],
    more: tuple[Path, ...],
    plane: str,
    headless: bool,
    scenario: str | None,
    form: str,
    peer: str,
    seconds: float | None,
    repeat: int,
) -> int:
    """Build a whole cluster on this machine: directors, real servers, a client; quitting removes it.

    -f LB1.conf LB2.conf brings other files of this kind; the default is the tutorial's pair.
    """
    if more and not first:
        raise click.UsageError("files of directors come after -f")
    if scenario and not headless:
        raise click.UsageError("--scenario needs --headless")
    if not headless and not (sys.stdin.isatty() and sys.stdout.isatty()):
        raise click.UsageError("the console needs a terminal; for machines there is --headless")
    files = (*first, *more) or tutorial_files()
    configurations = tuple(load(path) for path in files)
    cluster_plan = make_plan(configurations)
    privilege.obtain(sys.argv[1:])
    daemons = (PEERS[peer] + (Daemon.LVSTUI,) * len(files))[: len(files)] if PEERS[peer] else ()
    cluster = Cluster(cluster_plan, files, plane=plane, daemons=daemons)
    for note in cluster_plan.notes:
        click.echo(f"lvstui lab: {note}", err=True)
    if scenario:
        return asyncio.run(_guarded(cluster, lambda: _scenario(cluster, configurations, scenario, form, repeat)))
    if headless:
        return asyncio.run(_guarded(cluster, lambda: _headless(cluster, form, seconds)))
    return asyncio.run(_guarded(cluster, lambda: _interactive(cluster)))


def tutorial_files(kind: str = "") -> tuple[Path, Path]:
    """Return the tutorial's pair (`kind`: "", "-digest" or "-tcp"), from the package or from a checkout."""
    for place in _PLACES:
        pair = (place / f"lb1{kind}.conf", place / f"lb2{kind}.conf")
        if pair[0].exists():
            return pair
    raise LabError(f"the tutorial's configuration files are not in {' or '.join(map(str, _PLACES))}")


def load(path: Path) -> Configuration:
    """Return the configuration at `path`, taken as one for a host of the lab; ConfigError with every error in it."""
    try:
        return require(path, AnyHost(path.stem))
    except ConfigError as error:
        raise LabError("\n".join((str(error), *error.diagnostics))) from error


async def _guarded(cluster: Cluster, work: Callable[[], Awaitable[int]]) -> int:
    """Do `work`; a signal ends it; whatever happens, the cluster is removed."""
    task = asyncio.ensure_future(work())
    loop = asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGHUP, signal.SIGINT):
        loop.add_signal_handler(number, task.cancel)
    try:
        return await task
    except asyncio.CancelledError:
        return 130
    finally:
        for number in (signal.SIGTERM, signal.SIGHUP, signal.SIGINT):
            loop.add_signal_handler(number, lambda: None)  # removal is not interrupted
        await cluster.close()


async def _scenario(
    cluster: Cluster, configurations: tuple[Configuration, ...], name: str, form: str, repeat: int
) -> int:
    begin = time.monotonic()
    stage = Stage(cluster, configurations)
    await cluster.build()
    cluster.start()
    if name != "compare":
        await cluster.start_directors()

    def report(result: StepResult) -> None:
        click.echo(step_line(result, form))

    if name == "compare":
        passed = await compare(stage, report, repeat)
    else:
        await stage.ready()
        passed = await run(stage, report)
    verdict = {"verdict": "pass" if passed else "fail", "seconds": round(time.monotonic() - begin, 1)}
    click.echo(msgspec.json.encode(verdict).decode() if form == "json" else f"verdict: {verdict['verdict']}")
    return 0 if passed else 1


def step_line(result: StepResult, form: str) -> str:
    """Return one line about a step: JSON, or text for people."""
    if form == "json":
        return msgspec.json.encode(result).decode()
    numbers = " ".join(f"{name}={value}" for name, value in result.measured.items() if not isinstance(value, list))
    mark = "ok  " if result.ok else "FAIL"
    return f"{mark} {result.step:14} {numbers}" + (f"\n     {result.reason}" if result.reason else "")


async def _headless(cluster: Cluster, form: str, seconds: float | None) -> int:
    await cluster.build()
    cluster.start()
    server = LabServer(cluster, cluster.run.directory / "lab.sock")
    await server.start()
    asking = asyncio.create_task(cluster.ask_from_first_master())
    await cluster.start_directors()
    end = time.monotonic() + (seconds if seconds is not None else float("inf"))
    try:
        while (left := end - time.monotonic()) > 0:
            await asyncio.sleep(min(1.0, left))
            _complain_of_dead(cluster)
            click.echo(_status_line(cluster, form))
    finally:
        asking.cancel()
        await server.close()
    return 0


def _status_line(cluster: Cluster, form: str) -> str:
    now = status(cluster)
    if form == "json":
        return msgspec.json.encode(now).decode()
    holders = [host.name for host in now.hosts if now.vip in host.vips]
    answers = ", ".join(f"{each.server} {each.count}" for each in now.tally) or "nobody yet"
    return f"{now.vip} on {', '.join(holders) or 'nobody'}; {now.requests} requests: {answers}"


def _complain_of_dead(cluster: Cluster) -> None:
    for director in cluster.directors.values():
        if not director.running and not director.ended_on_purpose:
            raise LabError(f"{director.daemon} of {director.name} has ended:\n{director.last_words()}")


async def _interactive(cluster: Cluster) -> int:
    await cluster.build()
    server = LabServer(cluster, cluster.run.directory / "lab.sock")
    await server.start()
    starting = asyncio.create_task(cluster.start_directors())
    await asyncio.sleep(0)  # the first engine is under way before the console wants the processor
    console = _open_console(cluster, server.path)
    cluster.start()
    asking = asyncio.create_task(cluster.ask_from_first_master())
    try:
        while not await gone(console, 1.0):
            pass
    finally:
        asking.cancel()
        starting.cancel()
        await stop(console)
        await server.close()
    return console.returncode or 0


def _open_console(cluster: Cluster, lab_socket: Path) -> subprocess.Popen[bytes]:
    """Start the console on this terminal."""
    return subprocess.Popen(console_command(cluster, lab_socket))


def console_command(cluster: Cluster, lab_socket: Path) -> Sequence[str]:
    """Return the command of the console on all directors that have a control socket, and on the lab."""
    command = [sys.executable, "-m", "lvstui", "console", "--lab", str(lab_socket)]
    for director in cluster.directors.values():
        if director.daemon is Daemon.LVSTUI:
            command += ["--socket", f"{director.name}={director.socket}"]
    return command
