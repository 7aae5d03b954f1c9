"""config: logical lines to the parse tree, by the schema; everything wrong is reported, nothing raises.

What keepalived does with a broken structure decides what happens: where it goes on with the meaning the author had,
so do we (status 5); where lines land in another block than they are written in, the file cannot run (status 4).
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from difflib import get_close_matches

from lvstui.config.diagnostics import Report, quoted, secret
from lvstui.config.lexer import LogicalLine, Word
from lvstui.config.schema import Block, Keyword, Kind
from lvstui.config.schema_checkers import BLOCKS
from lvstui.config.source import SourceLine
from lvstui.config.tree import Entry
from lvstui.config.values import read_value

_CONTAINERS = (Kind.BLOCK, Kind.LIST)


@dataclass(slots=True)
class _Frame:
    """An open block: its table (None: a list, entries have no keywords), and whether it is without effect."""

    entry: Entry
    table: Block | None
    silent: bool


def read_tree(lines: Iterable[LogicalLine], report: Report) -> Entry:
    """The tree of a file; the root entry has the outer blocks as children."""
    return _Reader(lines, report).run()


class _Reader:
    def __init__(self, lines: Iterable[LogicalLine], report: Report) -> None:
        self._lines = list(lines)
        self._report = report
        origin = Word("", SourceLine("", 0, ""), 0)
        self._root = Entry((origin,))
        self._stack = [_Frame(self._root, BLOCKS[""], silent=False)]
        self._phantoms: list[Word] = []  # unknown outer blocks: keepalived reads on at the outer level
        self._forgiven = 0  # braces that an earlier finding already explains
        self._guesses: dict[tuple[int, str], str] = {}

    def run(self) -> Entry:
        at = 0
        while at < len(self._lines):
            line = self._lines[at]
            if line.brace == "{":
                self._report.error(
                    line.words[0], "unexpected-brace", 'unexpected "{": no block begins here', fatal=True
                )
                at = self._skip(at, None)
            elif line.brace == "}":
                self._close(line.words[0])
                at += 1
            else:
                at = self._statement(line, at + 1)
        for frame in self._stack[1:]:
            self._report.error(
                frame.entry.word,
                "unclosed-block",
                f'the block {frame.entry.name} is not closed: a "}}" is missing',
                fatal=True,
            )
        return self._root

    @property
    def _top(self) -> _Frame:
        return self._stack[-1]

    def _close(self, brace: Word) -> None:
        if len(self._stack) > 1:
            self._stack.pop().entry.end = brace
        elif self._phantoms:
            block = self._phantoms.pop()
            self._inside(brace, block)
        elif self._forgiven:
            self._forgiven -= 1
        else:
            self._report.error(brace, "stray-brace", 'this "}" closes nothing: one is too many above', fatal=True)

    def _statement(self, line: LogicalLine, at: int) -> int:
        if line.unterminated is not None:
            self._report.error(
                line.unterminated, "unterminated-quote", 'the quote is not closed on this line: a " is missing'
            )
        if not line.words:
            return at
        opens = at < len(self._lines) and self._lines[at].brace == "{"
        table = self._top.table
        row = table.get(line.words[0].text) if table is not None else None
        if row is None and opens and self._reopen(line):
            table = self._top.table
            row = table.get(line.words[0].text) if table is not None else None
        if table is None:
            return self._list_entry(line, at, opens)
        if row is None:
            return self._unknown(line, table, at, opens)
        if row.kind in _CONTAINERS:
            return self._open(line, row, at, opens)
        self._top.entry.children.append(self._leaf(line, row))
        return self._unexpected(line, at) if opens else at

    def _reopen(self, line: LogicalLine) -> bool:
        """A block that belongs to an enclosing level: the braces above it are missing."""
        name = line.words[0].text
        for depth in range(len(self._stack) - 2, -1, -1):
            outer = self._stack[depth].table
            row = outer.get(name) if outer is not None else None
            if row is None or row.kind not in _CONTAINERS:
                continue
            inner = self._stack[depth + 1].entry
            self._report.error(
                line.words[0],
                "missing-brace",
                f'{name} stands inside {self._top.entry.name}: a "}}" is missing above',
                f"the block {inner.name} of line {inner.word.origin.number} is still open here",
                fatal=True,
            )
            self._forgiven += len(self._stack) - 1 - depth
            del self._stack[depth + 1 :]
            return True
        return False

    def _list_entry(self, line: LogicalLine, at: int, opens: bool) -> int:
        self._top.entry.children.append(Entry(line.words))
        return self._unexpected(line, at) if opens else at

    def _unknown(self, line: LogicalLine, table: Block, at: int, opens: bool) -> int:
        word = line.words[0]
        if self._phantoms and len(self._stack) == 1:
            self._inside(word, self._phantoms[-1])
        else:
            block = self._top.entry.name
            where = f" in {block}" if block else ""
            what = "block" if opens else "keyword"
            self._report.error(
                word, f"unknown-{what}", f"unknown {what} {quoted(word.text)}{where}", self._hint(word.text, table)
            )
        return self._unexpected(line, at) if opens else at

    def _unexpected(self, line: LogicalLine, at: int) -> int:
        """A brace behind something that is no block: keepalived ignores it and reads on in the enclosing block."""
        word = line.words[0]
        if len(self._stack) == 1:
            self._phantoms.append(word)
            return at + 1
        self._report.error(
            self._lines[at].words[0],
            "misparse",
            f"{quoted(word.text)} is no block: keepalived would take what is inside as lines of "
            f"{self._top.entry.name}, and the next brace as its end",
            "nothing can run until this is mended",
            fatal=True,
        )
        return self._skip(at, word)

    def _skip(self, at: int, block: Word | None) -> int:
        """Leave out a balanced block that begins at `at`; returns the index behind it."""
        depth = 0
        while at < len(self._lines):
            line = self._lines[at]
            if line.brace == "{":
                depth += 1
            elif line.brace == "}":
                depth -= 1
            elif block is not None and line.words:
                self._inside(line.words[0], block)
            at += 1
            if depth == 0:
                return at
        self._report.error(block, "unclosed-block", 'a block is not closed: a "}" is missing', fatal=True)
        return at

    def _inside(self, word: Word, block: Word) -> None:
        self._report.error(
            word,
            "inside-unknown",
            f"ignored: it stands inside {quoted(block.text)} (line {block.origin.number}), which is unknown",
        )

    def _open(self, line: LogicalLine, row: Keyword, at: int, opens: bool) -> int:
        entry = self._leaf(line, row)
        self._top.entry.children.append(entry)
        if not opens:
            follows = (*self._lines[at].words, line.words[0])[0] if at < len(self._lines) else line.words[0]
            self._report.error(
                follows,
                "missing-brace",
                f'a "{{" is missing in front of this, behind {entry.name} (line {entry.word.origin.number})',
            )
        table = BLOCKS[row.opens] if row.kind is Kind.BLOCK else None
        self._stack.append(_Frame(entry, table, self._top.silent or bool(row.effect)))
        return at + 1 if opens else at

    def _leaf(self, line: LogicalLine, row: Keyword) -> Entry:
        keyword, arguments = line.words[0], line.words[1:]
        self._remarks(keyword, row)
        if len(arguments) < row.minimum:
            needs = "a name" if row.kind in _CONTAINERS else "a value"
            self._report.error(
                keyword,
                "missing-parameter",
                f"{keyword.text} needs {needs}",
                "keepalived stops reading at such a line",
                fatal=True,
            )
            return Entry(line.words, row)
        if row.maximum is not None and len(arguments) > row.maximum:
            extra = arguments[row.maximum]
            self._report.advice(
                extra,
                "extra-words",
                f"{'this' if secret(keyword.text) else quoted(extra.text)} is ignored: {keyword.text} takes "
                f"{row.maximum or 'no'} word{'' if row.maximum == 1 else 's'}",
                "a keyword of its own needs a line of its own",
            )
        return Entry(line.words, row, read_value(row, line, self._report))

    def _remarks(self, keyword: Word, row: Keyword) -> None:
        if row.deprecated:
            self._report.warning(
                keyword,
                "deprecated",
                f"{keyword.text} is deprecated",
                f'write "{row.deprecated}"' + ("" if row.effect else "; it is honoured as it stands"),
            )
        if row.unknown:
            self._report.warning(keyword, "old-keyword", f"{keyword.text} {row.effect}", "remove the line")
        elif row.effect and not self._top.silent:
            self._report.no_effect(keyword, f"{keyword.text} {row.effect}")

    def _hint(self, name: str, table: Block) -> str:
        key = (id(table), name)
        if key not in self._guesses:
            self._guesses[key] = _guess(name, table)
        return self._guesses[key]


def _guess(name: str, table: Block) -> str:
    close = get_close_matches(name[:64], table, 1, 0.72)
    if close:
        return f'did you mean "{close[0]}"?'
    homes = [block or "the outer level" for block, rows in BLOCKS.items() if name in rows and rows is not table]
    if homes:
        return f'"{name}" belongs in {" or ".join(homes[:3])}'
    close = get_close_matches(name[:64], [word for rows in BLOCKS.values() for word in rows], 1, 0.85)
    return f'did you mean "{close[0]}"? (it belongs in another block)' if close else ""
