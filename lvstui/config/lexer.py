"""config: physical lines to logical lines of words, as keepalived splits them.

A logical line is a list of words, or one brace: each unquoted `{` and `}` stands alone, wherever it is written.
`!` and `#` start a comment outside double quotes, also in the middle of a word; `\\!` and `\\#` are literal.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from lvstui.config.source import SourceLine

BRACES = "{}"
_BLANKS = " \t\v\f\r\n"
_ESCAPES = {"a": "\a", "b": "\b", "E": "\x1b", "f": "\f", "n": "\n", "r": "\r", "t": "\t", "v": "\v"}


@dataclass(frozen=True, slots=True)
class Word:
    """One word and where it stands; `column` counts from 1, `quoted` if it was written in double quotes."""

    text: str
    origin: SourceLine
    column: int
    quoted: bool = False

    @property
    def length(self) -> int:
        """How many columns it takes in the source line."""
        return len(self.text) + (2 if self.quoted else 0)

    @property
    def brace(self) -> bool:
        """It is a structural `{` or `}`."""
        return not self.quoted and self.text in ("{", "}")


@dataclass(frozen=True, slots=True)
class LogicalLine:
    """The words of a statement, or a single brace. `raw` is its text (comment removed), for words with own quoting.

    `unterminated`: a quote was not closed on the line; the broken word is left out, as keepalived does.
    """

    words: tuple[Word, ...]
    raw: str
    unterminated: Word | None = None

    @property
    def brace(self) -> str:
        """`{`, `}` or "" for a statement."""
        return self.words[0].text if len(self.words) == 1 and self.words[0].brace else ""


def logical_lines(lines: Iterable[SourceLine]) -> Iterator[LogicalLine]:
    """Split physical lines; lines without words yield nothing."""
    for line in lines:
        yield from split_line(line)


def split_line(line: SourceLine) -> Iterator[LogicalLine]:
    """Split one physical line into statements and braces."""
    scanner = _Scanner(line)
    yield from scanner.run()


class _Scanner:
    def __init__(self, line: SourceLine) -> None:
        self._line = line
        self._text = line.text
        self._words: list[Word] = []
        self._start: int | None = None
        self._letters: list[str] = []
        self._broken: Word | None = None
        self._raw_from = 0

    def run(self) -> Iterator[LogicalLine]:
        text, at, end = self._text, 0, len(self._text)
        while at < end:
            letter = text[at]
            if letter in "!#":
                break
            if letter == '"':
                at = self._quote(at)
                continue
            if letter in BRACES:
                yield from self._statement(at)
                yield LogicalLine((Word(letter, self._line, at + 1),), letter)
                self._raw_from = at + 1
            elif letter in _BLANKS:
                self._end_word()
            elif letter == "\\" and text[at + 1 : at + 2] in ("!", "#"):
                self._letter(at, text[at + 1])
                at += 1
            else:
                self._letter(at, letter)
            at += 1
        yield from self._statement(min(at, end))

    def _letter(self, at: int, letter: str) -> None:
        if self._start is None:
            self._start = at
        self._letters.append(letter)

    def _end_word(self) -> None:
        if self._start is not None:
            self._words.append(Word("".join(self._letters), self._line, self._start + 1))
        self._start, self._letters = None, []

    def _quote(self, at: int) -> int:
        self._end_word()
        close = self._text.find('"', at + 1)
        if close < 0:
            self._broken = Word(self._text[at:], self._line, at + 1)
            return len(self._text)
        self._words.append(Word(self._text[at + 1 : close], self._line, at + 1, quoted=True))
        return close + 1

    def _statement(self, end: int) -> Iterator[LogicalLine]:
        self._end_word()
        if self._words or self._broken:
            yield LogicalLine(tuple(self._words), self._text[self._raw_from : end], self._broken)
        self._words, self._broken = [], None


def split_command(text: str) -> list[str] | None:
    """Split a command as keepalived does for scripts: blanks separate, `'` and `"` quote, backslash escapes.

    None if a quote is not closed. Escapes: \\a \\b \\E \\f \\n \\r \\t \\v, octal \\nnn, \\xHH, else the letter itself.
    """
    words: list[str] = []
    letters: list[str] = []
    begun, quote, at = False, "", 0
    while at < len(text):
        letter = text[at]
        at += 1
        if letter == "\\" and at < len(text):
            letter, at = _escape(text, at)
            letters.append(letter)
            begun = True
        elif letter == quote:
            quote = ""
        elif quote or letter not in _BLANKS + "'\"":
            letters.append(letter)
            begun = True
        elif letter in _BLANKS:
            if begun:
                words.append("".join(letters))
            letters, begun = [], False
        else:
            quote, begun = letter, True
    if begun:
        words.append("".join(letters))
    return None if quote else words


def _escape(text: str, at: int) -> tuple[str, int]:
    letter = text[at]
    if letter == "x":
        digits = _run(text, at + 1, 2, "0123456789abcdefABCDEF")
        return (chr(int(digits, 16)), at + 1 + len(digits)) if digits else ("x", at + 1)
    digits = _run(text, at, 3, "01234567")
    if digits:
        return chr(int(digits, 8) & 0xFF), at + len(digits)
    return _ESCAPES.get(letter, letter), at + 1


def _run(text: str, at: int, most: int, allowed: str) -> str:
    end = at
    while end < min(at + most, len(text)) and text[end] in allowed:
        end += 1
    return text[at:end]
