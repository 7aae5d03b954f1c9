"""The commands. Each is a few lines that call a room; nothing heavy is loaded before it is needed."""

from __future__ import annotations

import os
import sys
from pathlib import Path
from typing import Any

import click

from lvstui import __version__
from lvstui.engine.runtime import directory, socket_path
from lvstui.errors import ControlError, EngineUnreachable, LvstuiError

CANNOT_RUN, UNREACHABLE = 4, 3


class Group(click.Group):
    """`lvstui lab` lives in its own room and is loaded only when it is called."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        """All commands, the lab's included."""
        return sorted([*super().list_commands(ctx), "lab"])

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """Return a command by name."""
        if cmd_name == "lab":
            from lvstui.lab.command import lab

            return lab
        return super().get_command(ctx, cmd_name)


_file = click.option("-f", "--file", "path", type=click.Path(path_type=Path), help="keepalived.conf to run.")
_run_dir = click.option("--run-dir", type=click.Path(path_type=Path), help="Default /run/lvstui (LVSTUI_RUN_DIR).")
_plane = click.option("--plane", type=click.Choice(["auto", "kernel", "userspace"]), default="auto")
_dry_run = click.option("--dry-run", is_flag=True, help="Say what it would do, do nothing.")
_reason = click.option("--reason", default="", help="Why; kept with the act.")


@click.group(cls=Group, invoke_without_command=True, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(__version__, prog_name="lvstui")
@_file
@_run_dir
@_plane
@click.pass_context
def cli(ctx: click.Context, path: Path | None, run_dir: Path | None, plane: str) -> None:
    """A console and an engine for Linux Virtual Server directors.

    Without a command: the console of the running engine; with -f FILE: `lvstui run -f FILE`.
    """
    if ctx.invoked_subcommand is None:
        if path:
            ctx.exit(_run(path, directory(run_dir), plane))
        ctx.exit(_console([("", socket_path(directory(run_dir)))], None))


@cli.command()
@click.option("-f", "--file", "path", type=click.Path(path_type=Path), required=True)
@_run_dir
@_plane
def run(path: Path, run_dir: Path | None, plane: str) -> int:
    """Start the engine, if none runs, and open the console. Quitting the console leaves the engine running."""
    return _run(path, directory(run_dir), plane)


@cli.command()
@click.option("-f", "--file", "path", type=click.Path(path_type=Path), required=True)
@_run_dir
@_plane
@click.option("--log", type=click.Path(path_type=Path), help="File for the events; default: standard error.")
def engine(path: Path, run_dir: Path | None, plane: str, log: Path | None) -> int:
    """Run the engine in the foreground until SIGTERM."""
    from lvstui.engine.service import run as serve
    from lvstui.model.ipvs import Plane

    return serve(path, directory(run_dir), None if plane == "auto" else Plane(plane), log)


@cli.command()
@click.option("--socket", "sockets", multiple=True, metavar="[NAME=]PATH", help="Control socket; may be repeated.")
@click.option("--lab", type=click.Path(path_type=Path), help="Control socket of a lab.")
@_run_dir
def console(sockets: tuple[str, ...], lab: Path | None, run_dir: Path | None) -> int:
    """Open the console on running engines."""
    sources = [_source(text) for text in sockets] or [("", socket_path(directory(run_dir)))]
    return _console(sources, lab)


@cli.command()
@click.argument("path", type=click.Path(path_type=Path))
@click.option("--format", "form", type=click.Choice(["text", "json"]), default="text")
def check(path: Path, form: str) -> int:
    """Check a configuration. Exit status as keepalived -t: 0 clean, 4 cannot run, 5 problems, 6 script security."""
    from lvstui.cli_check import report

    return report(path, form)


@cli.command()
@click.option("-o", "--output", type=click.Choice(["text", "json"]), default="text")
@_run_dir
def status(output: str, run_dir: Path | None) -> int:
    """Say how this director is. Exit status: 0 all well, 1 degraded, 2 down, 3 the engine is unreachable."""
    from lvstui.cli_status import report

    return report(_ask(run_dir, "snapshot").result, output)


@cli.command()
@click.option("-n", "--numeric", is_flag=True, help="As ipvsadm -n (always so).")
@click.option("--stats", is_flag=True, help="Totals.")
@click.option("--rate", is_flag=True, help="Per second.")
@_run_dir
def table(numeric: bool, stats: bool, rate: bool, run_dir: Path | None) -> None:
    """Print the IPVS table as ipvsadm -Ln does."""
    import msgspec

    from lvstui.ipvs.ipvsadm_text import listing
    from lvstui.model.ipvs import Table

    fresh = msgspec.convert(_ask(run_dir, "table").result, Table)
    click.echo(listing(fresh, stats=stats, rate=rate), nl=False)


@cli.command(context_settings={"ignore_unknown_options": True})
@click.argument("instance")
@click.argument("adjustment", type=int)
@_dry_run
@_reason
@_run_dir
def priority(instance: str, adjustment: int, dry_run: bool, reason: str, run_dir: Path | None) -> None:
    """Add ADJUSTMENT (-253..253; 0 takes it back) to the priority of INSTANCE."""
    arguments = {"instance": instance, "adjustment": adjustment, "why": reason}
    click.echo(_ask(run_dir, "priority", arguments, dry_run).result["text"])


@cli.group()
def server() -> None:
    """Real servers: ready, drain (no new connections), maint (no traffic, no checks)."""


def _server_command(name: str, text: str) -> None:
    @server.command(name, help=text)
    @click.argument("service")
    @click.argument("real_server")
    @_dry_run
    @_reason
    @_run_dir
    def act(service: str, real_server: str, dry_run: bool, reason: str, run_dir: Path | None) -> None:
        arguments = {"service": service, "real_server": real_server, "state": name, "why": reason}
        click.echo(_ask(run_dir, "server.state", arguments, dry_run).result["text"])


_server_command("ready", "REAL_SERVER of SERVICE serves again.")
_server_command("drain", "REAL_SERVER of SERVICE gets no new connections (weight 0); checks go on.")
_server_command("maint", "REAL_SERVER of SERVICE gets no traffic and no checks.")


@cli.command()
@_dry_run
@_run_dir
def stop(dry_run: bool, run_dir: Path | None) -> None:
    """Stop the engine: addresses given away, table entries removed."""
    click.echo(_ask(run_dir, "stop", {}, dry_run).result["text"])


@cli.command()
@click.option("-s", "--server", "host", required=True, help="Address of the server.")
@click.option("-p", "--port", required=True, type=click.IntRange(1, 65535))
@click.option("-u", "--url", required=True, help="Path, as in the configuration's `url`.")
@click.option("-V", "--virtualhost", default="", help="Host header.")
@click.option("-t", "--timeout", default=5.0, help="Seconds.")
def genhash(host: str, port: int, url: str, virtualhost: str, timeout: float) -> None:
    """Print the digest of a page as a `digest` line wants it."""
    import asyncio

    from lvstui.health.io.genhash import genhash as fetch

    click.echo(f"MD5SUM = {asyncio.run(fetch(host, port, url, virtualhost, timeout))}")


def _ask(run_dir: Path | None, cmd: str, arguments: dict[str, Any] | None = None, dry_run: bool = False) -> Any:
    from lvstui.control.client import Client

    with Client(socket_path(directory(run_dir))) as client:
        response = client.request(cmd, arguments, dry_run=dry_run)
    for warning in response.warn:
        click.echo(f"lvstui: warning: {warning}", err=True)
    return response


def _source(text: str) -> tuple[str, Path]:
    name, separator, path = text.partition("=")
    return (name, Path(path)) if separator else ("", Path(text))


def _console(sources: list[tuple[str, Path]], lab: Path | None) -> int:
    if not sys.stdout.isatty():
        raise click.UsageError("the console needs a terminal; for scripts there is: lvstui status -o json")
    if lab is None and not any(_present(path) for _, path in sources):
        raise EngineUnreachable(f"no engine answers on {sources[0][1]}", "start one: lvstui run -f FILE")
    from lvstui.console.app import run as show

    return show(sources, lab)


def _present(path: Path) -> bool:
    try:
        return path.exists()
    except PermissionError as error:
        raise EngineUnreachable(f"no access to {path}", "run it as the user who runs the engine (root)") from error


def _run(path: Path, run_directory: Path, plane: str) -> int:
    from lvstui.engine.detached import start

    status = start(path, run_directory, plane)
    if status == 0 and not sys.stdout.isatty():
        click.echo("the engine runs; `lvstui` on a terminal opens its console")
        return 0
    return status or _console([("", socket_path(run_directory))], None)


def main() -> None:
    """The command `lvstui`."""
    try:
        status = cli.main(standalone_mode=False)
        sys.stdout.flush()
    except BrokenPipeError:
        # The reader went away (| head): nothing more to say, and nothing wrong.
        os.dup2(os.open(os.devnull, os.O_WRONLY), 1)
        status = 0
    except click.exceptions.Abort:
        status = 130
    except click.ClickException as error:
        error.show()
        status = error.exit_code
    except LvstuiError as error:
        status = _complain(error)
    except OSError as error:
        print(f"lvstui: {error}", file=sys.stderr)
        status = 1
    sys.exit(status if isinstance(status, int) else 0)


def _complain(error: LvstuiError) -> int:
    print(f"lvstui: {error}", file=sys.stderr)
    hint = error.hint if isinstance(error, ControlError) else ""
    if hint:
        print(f"  {hint}", file=sys.stderr)
    return UNREACHABLE if isinstance(error, EngineUnreachable) else 1


if __name__ == "__main__":
    main()
