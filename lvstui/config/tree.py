"""config: the parse tree: statements with typed values, in file order."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import TypeVar

from lvstui.config.lexer import Word
from lvstui.config.schema import Keyword

T = TypeVar("T")


@dataclass(slots=True)
class Entry:
    """One statement: its words (the keyword first), its row, its value, and for a block what is inside.

    Entries of a list block have no row; their words are all theirs. `end` is the closing brace of a block (keepalived
    reports there what the block lacks).
    """

    words: tuple[Word, ...]
    row: Keyword | None = None
    value: object | None = None
    children: list[Entry] = field(default_factory=list)
    end: Word | None = None

    @property
    def name(self) -> str:
        """The keyword."""
        return self.words[0].text

    @property
    def word(self) -> Word:
        """The keyword's place."""
        return self.words[0]

    @property
    def closing(self) -> Word:
        """Where the block ends."""
        return self.end or self.words[0]

    @property
    def arguments(self) -> tuple[Word, ...]:
        """The words behind the keyword."""
        return self.words[1:]

    def all(self, *names: str) -> Iterator[Entry]:
        """The statements with one of these keywords, in file order."""
        return (child for child in self.children if child.row is not None and child.name in names)

    def last(self, *names: str) -> Entry | None:
        """The last statement with one of these keywords that has a good value (a later line wins), or None."""
        found = None
        for child in self.all(*names):
            if child.value is not None:
                found = child
        return found

    def value_of(self, kind: type[T], name: str, default: T) -> T:
        """The value of the last good statement of this keyword, or `default`."""
        found = self.last(name)
        if found is None or not isinstance(found.value, kind):
            return default
        return found.value

    def number(self, name: str, default: float) -> float:
        """The number of the last good statement of this keyword, or `default`."""
        found = self.optional_number(name)
        return float(default) if found is None else found

    def optional_number(self, name: str, default: float | None = None) -> float | None:
        """As `number`, where the default may be None: not set."""
        found = self.last(name)
        if found is None or not isinstance(found.value, int | float):
            return default
        return float(found.value)

    def optional_boolean(self, name: str, default: bool | None = None) -> bool | None:
        """The boolean of the last good statement of this keyword, or `default` (None: not set)."""
        found = self.last(name)
        return found.value if found is not None and isinstance(found.value, bool) else default

    def entries(self, name: str) -> Iterator[Entry]:
        """The entries of all list blocks of this name."""
        for child in self.all(name):
            yield from child.children
