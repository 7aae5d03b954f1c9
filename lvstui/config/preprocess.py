"""config: what happens to lines before they are split: `@ID` conditions, `$NAME` parameters, `include`."""

from __future__ import annotations

import glob
import re
from collections.abc import Iterator
from pathlib import Path

from lvstui.config.diagnostics import Report, quoted
from lvstui.config.host import HostView
from lvstui.config.source import SourceLine, split_lines

MAX_DEPTH = 20
MAX_LINES = 2_000_000
MAX_EXPANSION = 4096
_CONDITION = re.compile(r"^\s*@(\^?)(\S+)(.*)$", re.DOTALL)
_DEFINITION = re.compile(r"^\s*\$([A-Za-z_][A-Za-z0-9_]*)=(.*)$", re.DOTALL)
_REFERENCE = re.compile(r"\$\{([A-Za-z_][A-Za-z0-9_]*)\}|\$([A-Za-z_][A-Za-z0-9_]*)(?=[\s,)]|$)")
_INCLUDE = re.compile(r"^\s*(include[rmwba]?)\s+(\S.*?)\s*$", re.DOTALL)
_REPEAT = re.compile(r"^\s*~(SEQx?|LST)\(")


class Preprocessor:
    """Expands lines; each keeps the file and number where it was written."""

    def __init__(self, host: HostView, report: Report) -> None:
        self._report = report
        self._identity = host.node_name().split(".")[0]
        self._parameters: dict[str, list[str]] = {}
        self._count = 0
        self._stopped = False

    def run(self, lines: list[SourceLine], path: Path, depth: int = 0) -> Iterator[SourceLine]:
        """The lines of one file as they are to be split, with those of included files in place."""
        at = 0
        while at < len(lines) and not self._stopped:
            line = lines[at]
            at += 1
            kept = self._conditional(line)
            if kept is None:
                continue
            definition = _DEFINITION.match(kept.text)
            if definition:
                at = self._define(definition, lines, at)
                continue
            yield from self._expanded(kept, path, depth)

    def _conditional(self, line: SourceLine) -> SourceLine | None:
        match = _CONDITION.match(line.text)
        if match is None:
            return line
        negated, identity, rest = match.groups()
        if (identity == self._identity) == bool(negated):
            return None
        return SourceLine(line.file, line.number, " " * (len(line.text) - len(rest)) + rest)

    def _define(self, match: re.Match[str], lines: list[SourceLine], at: int) -> int:
        name, value = match.group(1), match.group(2)
        body = []
        while value.rstrip().endswith("\\"):
            body.append(value.rstrip()[:-1])
            if at >= len(lines):
                value = ""
                break
            value = lines[at].text
            at += 1
        body.append(value)
        self._parameters[name] = [line for line in body if line.strip()] or [""]
        return at

    def _expanded(self, line: SourceLine, path: Path, depth: int) -> Iterator[SourceLine]:
        self._count += 1
        if self._count > MAX_LINES:
            self._stop(line, f"more than {MAX_LINES} lines")
            return
        if "$" in line.text:
            alone = _REFERENCE.fullmatch(line.text.strip())
            body = self._parameters.get(alone.group(1) or alone.group(2), [""]) if alone else [""]
            if len(body) > 1:
                yield from self._macro(line, body, path, depth)
                return
            line = SourceLine(line.file, line.number, self._substituted(line))
        if _REPEAT.match(line.text):
            self._report.error(line, "repeat", "~SEQ and ~LST are not done here yet", "write the lines out", fatal=True)
            return
        include = _INCLUDE.match(line.text)
        if include:
            yield from self._included(line, include.group(2).strip('"'), path, depth)
        else:
            yield line

    def _macro(self, line: SourceLine, body: list[str], path: Path, depth: int) -> Iterator[SourceLine]:
        if depth >= MAX_DEPTH:
            self._stop(line, "parameters that contain each other")
            return
        yield from self.run([SourceLine(line.file, line.number, text) for text in body], path, depth + 1)

    def _substituted(self, line: SourceLine) -> str:
        text = line.text
        for _ in range(MAX_DEPTH):
            changed = _REFERENCE.sub(lambda match: self._value(match, line), text)
            if changed == text:
                return text
            text = changed
            if len(text) > MAX_EXPANSION:
                break
        self._report.error(line, "parameter-loop", "the parameters of this line never end; it is ignored", fatal=True)
        return ""

    def _value(self, match: re.Match[str], line: SourceLine) -> str:
        name = match.group(1) or match.group(2)
        built_in = {
            "_PWD": str(Path(line.file).parent),
            "_INSTANCE": self._identity,
            "_HASH": "\\#",
            "_BANG": "\\!",
        }
        if name in built_in and match.group(1):
            return built_in[name]
        body = self._parameters.get(name)
        return match.group() if body is None else body[0]

    def _included(self, line: SourceLine, pattern: str, path: Path, depth: int) -> Iterator[SourceLine]:
        if depth >= MAX_DEPTH:
            self._stop(line, "includes that contain each other")
            return
        names: list[Path] = []
        for single in _braces(pattern):
            names.extend(
                Path(path.parent, name) for name in sorted(glob.glob(single, root_dir=str(path.parent) or "."))
            )
        if not names:
            self._report.no_effect(line, f"include {quoted(pattern)}: there is no such file", "nothing is included")
        for name in names:
            try:
                data = name.read_bytes() if name.is_file() else None
            except (OSError, ValueError):
                data = None
            if data is None:
                self._report.error(line, "unreadable", f"include {quoted(str(name))}: the file cannot be read")
                continue
            lines, oddities = split_lines(data, str(name))
            for oddity in oddities:
                self._report.error(oddity.line, oddity.code, oddity.message)
            yield from self.run(lines, name, depth + 1)

    def _stop(self, line: SourceLine, why: str) -> None:
        self._stopped = True
        self._report.error(line, "too-much", f"reading stops here: {why}", fatal=True)


def _braces(pattern: str) -> list[str]:
    """`a{b,c}` as `ab` and `ac`; at most 64 of them."""
    match = re.search(r"\{([^{}]*)\}", pattern)
    if match is None:
        return [pattern]
    found: list[str] = []
    for choice in match.group(1).split(","):
        found.extend(_braces(pattern[: match.start()] + choice + pattern[match.end() :]))
        if len(found) >= 64:
            break
    return found[:64]
