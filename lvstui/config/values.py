"""config: the words behind a keyword to a typed value, by its row in the schema."""

from __future__ import annotations

import ipaddress
import re
from collections.abc import Callable

from lvstui.config.diagnostics import Report, quoted
from lvstui.config.lexer import LogicalLine, Word
from lvstui.config.schema import Keyword, Kind

TRUE_WORDS = frozenset({"on", "true", "yes"})
FALSE_WORDS = frozenset({"off", "false", "no"})
_INTEGER = re.compile(r"[+-]?\d{1,40}", re.ASCII)
_DECIMAL = re.compile(r"[+-]?(\d{1,40}(\.\d*)?|\.\d+)", re.ASCII)


def read_value(row: Keyword, line: LogicalLine, report: Report) -> object | None:
    """The value of a statement, or None if it is wrong (reported; the row's default holds then)."""
    return _READERS[row.kind](row, line, report)


def read_number(row: Keyword, word: Word, report: Report) -> int | float | None:
    """One number of the kind, range and strictness of `row`; None if it is none or out of range (reported)."""
    whole = row.kind is not Kind.SECONDS
    match = (_INTEGER if whole else _DECIMAL).match(word.text)
    if match is None:
        report.error(word, "not-a-number", f"{quoted(word.text)} is not a number{_instead(row)}")
        return None
    text = match.group()
    number = int(text) if whole else float(text)
    if match.end() != len(word.text):
        if row.strict or not _within(row, number):
            report.error(word, "not-a-number", f"{quoted(word.text)} is not a number{_instead(row)}")
            return None
        report.error(word, "not-a-number", f"{quoted(word.text)} is not a number; it is read as {text}")
    if not _within(row, number):
        allowed = f"{_plain(row.low)}..{_plain(row.high)}{' ' + row.unit if row.unit else ''}"
        report.error(word, "out-of-range", f"{quoted(word.text)} is outside {allowed}{_instead(row)}")
        return None
    return number


def read_address(word: Word, report: Report, what: str = "address") -> str | None:
    """One IPv4 or IPv6 address as canonical text; None if it is none (reported)."""
    address = address_or_none(word.text)
    if address is None:
        report.error(word, "bad-address", f"{quoted(word.text)} is not an IP address; the {what} is ignored")
    return address


def address_or_none(text: str) -> str | None:
    """The canonical text of an IPv4 or IPv6 address (no zone), or None."""
    try:
        address = ipaddress.ip_address(text)
    except ValueError:
        return None
    return None if getattr(address, "scope_id", None) else str(address)


def _within(row: Keyword, number: float) -> bool:
    return row.low <= number <= row.high


def _instead(row: Keyword) -> str:
    return "; the line is ignored" if row.default is None else f"; {_plain(row.default)} is used"


def _plain(number: object) -> str:
    return f"{number:.6f}".rstrip("0").rstrip(".") if isinstance(number, float) else str(number)


def _flag(row: Keyword, line: LogicalLine, report: Report) -> object | None:
    return True


def _boolean(row: Keyword, line: LogicalLine, report: Report) -> object | None:
    if len(line.words) < 2 or line.words[1].text in TRUE_WORDS:
        return True
    word = line.words[1]
    if word.text in FALSE_WORDS:
        return False
    lowered = word.text.lower()
    hint = f'write "{lowered}"' if lowered in TRUE_WORDS | FALSE_WORDS else "write on, off, true, false, yes or no"
    report.error(word, "not-a-boolean", f"{quoted(word.text)} is neither true nor false; the line is ignored", hint)
    return None


def _number(row: Keyword, line: LogicalLine, report: Report) -> object | None:
    return read_number(row, line.words[1], report)


def _word(row: Keyword, line: LogicalLine, report: Report) -> object | None:
    return line.words[1].text if len(line.words) > 1 else ""


def _choice(row: Keyword, line: LogicalLine, report: Report) -> object | None:
    word = line.words[1]
    if word.text in row.choices:
        return word.text
    folded = next((choice for choice in row.choices if choice.lower() == word.text.lower()), None)
    # keepalived compares schedulers exactly and protocols by case-insensitive comparison.
    if folded is not None and folded in ("TCP", "UDP", "SCTP"):
        return folded
    hint = f'write "{folded}"' if folded else "known are " + ", ".join(row.choices)
    used = "the line is ignored" if row.default is None else f"{row.default} is used"
    report.error(word, "unknown-value", f"{quoted(word.text)} is not a {line.words[0].text}; {used}", hint)
    return None


def _address(row: Keyword, line: LogicalLine, report: Report) -> object | None:
    return read_address(line.words[1], report, line.words[0].text)


def _command(row: Keyword, line: LogicalLine, report: Report) -> object | None:
    return line.raw.strip()[len(line.words[0].text) :].strip()


def _words(row: Keyword, line: LogicalLine, report: Report) -> object | None:
    return line.words[1:]


_READERS: dict[Kind, Callable[[Keyword, LogicalLine, Report], object | None]] = {
    Kind.FLAG: _flag,
    Kind.BOOLEAN: _boolean,
    Kind.INTEGER: _number,
    Kind.SECONDS: _number,
    Kind.WORD: _word,
    Kind.CHOICE: _choice,
    Kind.ADDRESS: _address,
    Kind.COMMAND: _command,
    Kind.WORDS: _words,
    Kind.BLOCK: _words,
    Kind.LIST: _words,
}
