"""config: the table of keywords: block, keyword, kind, unit, range, default, and whether it is honoured here.

The blocks themselves are in `schema_global`, `schema_vrrp` and `schema_checkers`; this page has the columns.
Source of kinds, ranges and defaults: keepalived 2.2.7 as observed, and its manual page where they agree.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from enum import Enum


class Kind(Enum):
    """How the words behind a keyword are read, and the Python type of the value."""

    FLAG = "flag"  # True
    BOOLEAN = "boolean"  # bool; no word means True
    INTEGER = "integer"  # int
    SECONDS = "seconds"  # float, decimals allowed
    WORD = "word"  # str
    CHOICE = "choice"  # str, one of `choices`
    ADDRESS = "address"  # str, canonical IPv4 or IPv6
    COMMAND = "command"  # str: the whole command line of a script, unsplit
    WORDS = "words"  # tuple[Word, ...]: the builder reads them
    BLOCK = "block"  # children of the block `opens`
    LIST = "list"  # children are entries without keyword


MAX_UNSIGNED = 2**32 - 1
MAX_SIGNED = 2**31 - 1
MAX_SECONDS = 4294.967295  # keepalived: microseconds in 32 bits
SMALLEST = 0.000001


@dataclass(frozen=True, slots=True)
class Keyword:
    """One row of the table.

    `low`/`high`: range, both ends good. `minimum`/`maximum`: number of words (maximum None: any). `unit`: for people.
    `default`: what holds when the keyword is absent or wrong. `strict`: digits followed by other letters are no number.
    `effect`: not honoured, and what that means. `deprecated`: what to write instead. `since`: version
    that has it first, if after 2.2.7.
    `unknown`: keepalived 2.2.7 does not know it either (old files have it).
    """

    kind: Kind
    low: float = 0
    high: float = MAX_UNSIGNED
    unit: str = ""
    default: object = None
    choices: tuple[str, ...] = ()
    minimum: int = 0
    maximum: int | None = 0
    opens: str = ""
    strict: bool = False
    effect: str = ""
    deprecated: str = ""
    since: str = ""
    unknown: bool = False


Block = Mapping[str, Keyword]
NO_EFFECT = "is accepted and has no effect here yet"


def flag() -> Keyword:
    """A keyword that stands alone."""
    return Keyword(Kind.FLAG)


def boolean(default: bool | None = False) -> Keyword:
    """on/off, true/false, yes/no, or nothing (true)."""
    return Keyword(Kind.BOOLEAN, default=default, maximum=1)


def integer(
    low: float, high: float = MAX_UNSIGNED, default: int | None = None, *, unit: str = "", strict: bool = False
) -> Keyword:
    """A whole number within low..high."""
    return Keyword(Kind.INTEGER, low, high, unit, default, minimum=1, maximum=1, strict=strict)


def seconds(low: float = SMALLEST, high: float = MAX_SECONDS, default: float | None = None) -> Keyword:
    """A decimal number of seconds within low..high."""
    return Keyword(Kind.SECONDS, low, high, "s", default, minimum=1, maximum=1)


def word(default: str = "") -> Keyword:
    """One word, or a quoted string."""
    return Keyword(Kind.WORD, default=default, minimum=1, maximum=1)


def choice(*choices: str, default: str | None = None) -> Keyword:
    """One word of a set."""
    return Keyword(Kind.CHOICE, choices=choices, default=default, minimum=1, maximum=1)


def address() -> Keyword:
    """One IPv4 or IPv6 address."""
    return Keyword(Kind.ADDRESS, minimum=1, maximum=1)


def command() -> Keyword:
    """A script with its arguments, quoted."""
    return Keyword(Kind.COMMAND, minimum=1, maximum=None)


def words(minimum: int = 1, maximum: int | None = None) -> Keyword:
    """Words that the builder reads."""
    return Keyword(Kind.WORDS, minimum=minimum, maximum=maximum)


def block(opens: str, minimum: int = 0, maximum: int | None = 0) -> Keyword:
    """A block with keywords; `minimum`..`maximum` words stand between its name and the brace."""
    return Keyword(Kind.BLOCK, opens=opens, minimum=minimum, maximum=maximum)


def entries(minimum: int = 0, maximum: int | None = 0) -> Keyword:
    """A block of entries without keywords (addresses, names)."""
    return Keyword(Kind.LIST, minimum=minimum, maximum=maximum)


def without_effect(keyword: Keyword, effect: str = NO_EFFECT) -> Keyword:
    """The same row, known but not honoured; `effect` says what follows."""
    return replace(keyword, effect=effect)


_CODES: dict[str, Callable[[], Keyword]] = {
    "w": word,
    "a": address,
    "c": command,
    "n": lambda: words(1),
    "o": lambda: words(0),
    "b": boolean,
}


def known(text: str, effect: str = NO_EFFECT) -> dict[str, Keyword]:
    """Rows for keywords that are known but not honoured, from a compact list.

    `name` flag, `name:w` word, `name:a` address, `name:c` command, `name:b` boolean, `name:n` words, `name:o` optional
    words, `name:[]` entries, `name:i1..9` integer, `name:s0..9` seconds. `name@2.3.0` says since when.
    """
    rows: dict[str, Keyword] = {}
    for item in text.split():
        name, _, since = item.partition("@")
        name, _, code = name.partition(":")
        rows[name] = replace(_row(code), effect=effect, since=since)
    return rows


def _row(code: str) -> Keyword:
    if not code:
        return flag()
    if code == "[]":
        return entries()
    if code in _CODES:
        return _CODES[code]()
    low, _, high = code[1:].partition("..")
    if code[0] == "i":
        return integer(float(low or 0), float(high or MAX_UNSIGNED))
    return seconds(float(low or SMALLEST), float(high or MAX_SECONDS))


def quiet(rows: Block) -> dict[str, Keyword]:
    """Rows of a block that is itself without effect: its keywords are checked but say nothing more."""
    return {name: replace(row, effect="") for name, row in rows.items()}
