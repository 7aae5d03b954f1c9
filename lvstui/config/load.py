"""config: a path to a configuration with everything that is to be said about it."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from lvstui.config.build import build_configuration
from lvstui.config.diagnostics import CANNOT_RUN, Diagnostic, Report, exit_status
from lvstui.config.host import HostView
from lvstui.config.lexer import logical_lines
from lvstui.config.preprocess import Preprocessor
from lvstui.config.reader import read_tree
from lvstui.config.source import split_lines
from lvstui.errors import ConfigError
from lvstui.model.configuration import Configuration

MAX_BYTES = 64 * 1024 * 1024


@dataclass(frozen=True, slots=True)
class Loaded:
    """`configuration` is None if the file cannot run; `diagnostics` are all findings, in file order."""

    configuration: Configuration | None
    diagnostics: tuple[Diagnostic, ...]

    @property
    def status(self) -> int:
        """The exit status of `lvstui check`: 0, 4, 5 or 6."""
        return exit_status(self.diagnostics)


def load(path: Path, host: HostView) -> Loaded:
    """Read and check the file at `path` against `host`; raises nothing, whatever the file holds."""
    report = Report(str(path))
    try:
        with path.open("rb") as stream:
            data = stream.read(MAX_BYTES + 1)
        if len(data) > MAX_BYTES:
            raise OSError(f"it is larger than {MAX_BYTES} bytes")
    except (OSError, ValueError) as problem:
        why = getattr(problem, "strerror", None) or str(problem)
        report.error(
            None, "unreadable", f"cannot read the file: {why}", "give the path of a keepalived.conf", fatal=True
        )
        return Loaded(None, report.diagnostics())
    return load_bytes(data, path, host, report)


def load_bytes(data: bytes, path: Path, host: HostView, report: Report | None = None) -> Loaded:
    """The same for the contents of a file; includes are looked up beside `path`."""
    report = report or Report(str(path))
    lines, oddities = split_lines(data, str(path))
    for oddity in oddities:
        report.error(oddity.line, oddity.code, oddity.message)
    root = read_tree(logical_lines(Preprocessor(host, report).run(lines, path)), report)
    configuration = build_configuration(root, host, report, str(path))
    if not root.children:
        report.advice(None, "empty", "the file defines nothing: there is nothing to do")
    diagnostics = report.diagnostics()
    runs = exit_status(diagnostics) != CANNOT_RUN
    return Loaded(configuration if runs else None, diagnostics)


def require(path: Path, host: HostView) -> Configuration:
    """The configuration at `path`; ConfigError with every error in it if it cannot run."""
    loaded = load(path, host)
    if loaded.configuration is not None:
        return loaded.configuration
    errors = tuple(found.render() for found in loaded.diagnostics if found.severity == "error")
    count = len(errors)
    raise ConfigError(f"{path} cannot run: {count} error{'' if count == 1 else 's'}", errors)
