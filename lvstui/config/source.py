"""config: the physical lines of a file, whatever bytes it holds."""

from __future__ import annotations

from dataclasses import dataclass

MAX_LINE = 1024  # keepalived: lib/parser.c MAXBUF, longer lines are ignored


@dataclass(frozen=True, slots=True)
class SourceLine:
    """One line: `number` counts from 1, `text` has no line end."""

    file: str
    number: int
    text: str


@dataclass(frozen=True, slots=True)
class Oddity:
    """Something about the bytes themselves that a person should know."""

    line: SourceLine
    code: str
    message: str


def split_lines(data: bytes, file: str) -> tuple[list[SourceLine], list[Oddity]]:
    """Decode `data` (UTF-8 with replacement) into lines; byte order mark and CR are removed, never raises.

    A line with a NUL or longer than `MAX_LINE` bytes becomes an empty one, as keepalived ignores it.
    """
    lines: list[SourceLine] = []
    oddities: list[Oddity] = []
    marked = data.startswith(b"\xef\xbb\xbf")
    if marked:
        data = data[3:]
    for number, raw in enumerate(data.split(b"\n"), start=1):
        raw = raw.rstrip(b"\r")
        text = raw.decode("utf-8", "replace")
        line = SourceLine(file, number, text)
        if marked and number == 1:
            oddities.append(Oddity(line, "byte-order-mark", "the file starts with a byte order mark; it is skipped"))
        if b"\0" in raw:
            oddities.append(Oddity(line, "nul-byte", "the line contains a NUL byte and is ignored"))
            line = SourceLine(file, number, "")
        elif len(raw) >= MAX_LINE:
            oddities.append(Oddity(line, "long-line", f"the line is longer than {MAX_LINE - 1} bytes and is ignored"))
            line = SourceLine(file, number, "")
        lines.append(line)
    return lines, oddities
