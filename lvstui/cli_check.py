"""`lvstui check`: a configuration's diagnostics, and keepalived -t's exit status."""

from __future__ import annotations

from pathlib import Path

import click


def report(path: Path, form: str) -> int:
    """Print the diagnostics of `path` as text or JSON; returns the exit status."""
    from lvstui.config.diagnostics import exit_status, render, to_json
    from lvstui.config.host import ThisHost
    from lvstui.config.load import load

    diagnostics = load(path, ThisHost()).diagnostics
    if form == "json":
        click.echo(to_json(diagnostics))
    elif diagnostics:
        click.echo(render(diagnostics))
    return exit_status(diagnostics)
