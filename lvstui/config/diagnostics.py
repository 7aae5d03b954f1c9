"""config: what is wrong with a file, where, and what to do about it.

Messages never contain a secret: the words behind `auth_pass` and the like are masked in the shown source line.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from difflib import get_close_matches
from enum import StrEnum

import msgspec

from lvstui.config.lexer import Word
from lvstui.config.source import SourceLine
from lvstui.safety import clean

SECRET_WORDS = frozenset({"auth_pass", "password", "key", "auth_hmac"})
MASK = "********"
MAX_CARET = 60
_TOKEN = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")
CANNOT_RUN, PROBLEMS, SECURITY_ONLY, CLEAN = 4, 5, 6, 0


class Severity(StrEnum):
    """How bad it is for the person who wrote the file."""

    ERROR = "error"
    WARNING = "warning"
    ADVICE = "advice"
    SECURITY = "security"


class Diagnostic(msgspec.Struct, frozen=True, kw_only=True):
    """One finding. `line` and `column` count from 1, 0 means: the whole file.

    `status` is the exit status that this finding alone causes: 4 cannot run, 5 a problem in the file, 6 script
    security, 0 none. `code` is stable; `source` is the line as written (secrets masked), `length` that of the caret.
    """

    file: str
    line: int
    column: int
    severity: Severity
    code: str
    message: str
    suggestion: str = ""
    status: int = CLEAN
    source: str = ""
    length: int = 1

    @property
    def fatal(self) -> bool:
        """The configuration cannot run because of this."""
        return self.status == CANNOT_RUN

    def headline(self) -> str:
        """`file:line:column: severity: message [code]` on one line."""
        place = f"{self.file}:{self.line}:{self.column}" if self.line else self.file
        return f"{place}: {self.severity}: {self.message} [{self.code}]"

    def render(self) -> str:
        """The headline, the source line with a caret under the word, and the suggestion."""
        lines = [self.headline()]
        if self.source.strip():
            lines.append(f"    {self.source}")
            if 0 < self.column <= len(self.source):
                lines.append("    " + " " * (self.column - 1) + "^" + "~" * (self.length - 1))
        if self.suggestion:
            lines.append(f"  {self.suggestion}")
        return "\n".join(lines)


class Report:
    """Collects findings; the same finding at the same place is kept once."""

    def __init__(self, file: str) -> None:
        self._file = file
        self._found: dict[tuple[str, int, int, str, str], Diagnostic] = {}

    def error(
        self, where: Word | SourceLine | None, code: str, message: str, suggestion: str = "", *, fatal: bool = False
    ) -> None:
        """Add an error: something in the file is lost, or (`fatal`) nothing can run."""
        self._add(Severity.ERROR, where, code, message, suggestion, CANNOT_RUN if fatal else PROBLEMS)

    def warning(self, where: Word | SourceLine | None, code: str, message: str, suggestion: str = "") -> None:
        """Add a warning that keepalived has too, in its own words: the file runs, but not quite as written."""
        self._add(Severity.WARNING, where, code, message, suggestion, PROBLEMS)

    def no_effect(self, where: Word | SourceLine | None, message: str, suggestion: str = "") -> None:
        """Add a warning about a keyword that is right but not honoured here; the file is not to blame (status 0)."""
        self.remark(where, "no-effect", message, suggestion)

    def remark(self, where: Word | SourceLine | None, code: str, message: str, suggestion: str = "") -> None:
        """Add a warning about something that keepalived accepts in silence (status 0)."""
        self._add(Severity.WARNING, where, code, message, suggestion, CLEAN)

    def advice(self, where: Word | SourceLine | None, code: str, message: str, suggestion: str = "") -> None:
        """Add advice: keepalived says nothing, an operator would like to know."""
        self._add(Severity.ADVICE, where, code, message, suggestion, CLEAN)

    def security(self, where: Word | SourceLine | None, code: str, message: str, suggestion: str = "") -> None:
        """Add a finding about script security."""
        self._add(Severity.SECURITY, where, code, message, suggestion, SECURITY_ONLY)

    def diagnostics(self) -> tuple[Diagnostic, ...]:
        """All findings in file order (files in the order they were first mentioned)."""
        order: dict[str, int] = {self._file: 0}
        for found in self._found.values():
            order.setdefault(found.file, len(order))
        return tuple(sorted(self._found.values(), key=lambda d: (order[d.file], d.line, d.column)))

    def _add(
        self, severity: Severity, where: Word | SourceLine | None, code: str, message: str, suggestion: str, status: int
    ) -> None:
        line = where.origin if isinstance(where, Word) else where
        source = shown(line.text) if line else ""
        most = len(MASK) if source.endswith(MASK) else MAX_CARET
        found = Diagnostic(
            file=clean(line.file if line else self._file),
            line=line.number if line else 0,
            column=(where.column if isinstance(where, Word) else _indent(line)) if line else 0,
            severity=severity,
            code=code,
            message=message,
            suggestion=suggestion,
            status=status,
            source=source,
            length=max(1, min(where.length, most)) if isinstance(where, Word) else 1,
        )
        self._found.setdefault((found.file, found.line, found.column, code, message), found)


def shown(text: str) -> str:
    """The source line as it may be printed: harmless, one column a character, secrets masked."""
    for match in _TOKEN.finditer(text):
        if text[match.end() :].strip() and secret(match.group()):
            return clean(text[: match.end()]) + " " + MASK
    return clean(text.rstrip())


def secret(keyword: str) -> bool:
    """What stands behind this keyword, or one that looks like a misspelling of it, is nobody's business."""
    return keyword in SECRET_WORDS or bool(get_close_matches(keyword[:32].lower(), SECRET_WORDS, 1, 0.75))


def quoted(word: str) -> str:
    """A word of the file as it stands in a message: harmless, short, in quotes."""
    return f'"{clean(word, 60)}"'


def exit_status(diagnostics: Iterable[Diagnostic]) -> int:
    """0 clean, 4 cannot run, 5 problems in the file, 6 script security only (the worst wins, 4 before 5 before 6)."""
    found = {diagnostic.status for diagnostic in diagnostics}
    for status in (CANNOT_RUN, PROBLEMS, SECURITY_ONLY):
        if status in found:
            return status
    return CLEAN


def render(diagnostics: Iterable[Diagnostic]) -> str:
    """All findings as text for a terminal."""
    return "\n".join(diagnostic.render() for diagnostic in diagnostics)


def summary(diagnostics: Iterable[Diagnostic]) -> str:
    """One line: how many of each severity, and whether it can run."""
    found = tuple(diagnostics)
    if not found:
        return "no problems found"
    counts = []
    for severity in Severity:
        number = sum(diagnostic.severity is severity for diagnostic in found)
        if number:
            plural = "s" if number > 1 and severity in (Severity.ERROR, Severity.WARNING) else ""
            counts.append(f"{number} {severity}{plural}")
    fatal = [diagnostic for diagnostic in found if diagnostic.fatal]
    lines = ", ".join(str(line) for line in sorted({diagnostic.line for diagnostic in fatal if diagnostic.line}))
    stops = f"; it cannot run (line {lines})" if lines else "; it cannot run"
    return ", ".join(counts) + (stops if fatal else "; it can run")


def to_json(diagnostics: Iterable[Diagnostic]) -> str:
    """All findings as a JSON array, one object a finding, fields as in `Diagnostic`."""
    return msgspec.json.encode(list(diagnostics)).decode()


def _indent(line: SourceLine | None) -> int:
    return 1 + len(line.text) - len(line.text.lstrip()) if line else 0
