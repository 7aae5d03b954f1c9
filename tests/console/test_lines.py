"""Lines are cut and filled by terminal cells, not by characters."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st
from rich.cells import cell_len

from lvstui.console.lines import Line, cut, cut_pieces, fit, fold, line, spread, width_of, wrap

TEXT = st.text(st.characters(codec="utf-8", exclude_categories=["C"]), max_size=40)


@given(TEXT, st.integers(0, 50), st.booleans())
def test_fit_is_exact(text: str, width: int, right: bool) -> None:
    assert cell_len(fit(text, width, right)) == width


@given(TEXT, st.integers(0, 50))
def test_cut_never_takes_more(text: str, width: int) -> None:
    assert cell_len(cut(text, width)) <= width


@given(st.lists(TEXT, max_size=5), st.lists(TEXT, max_size=5), st.integers(0, 60))
def test_spread_fills_the_width(left: list[str], right: list[str], width: int) -> None:
    pieces = spread([(text, "") for text in left], [(text, "dim") for text in right], width)
    assert width_of(pieces) <= max(width, 0) or width == 0


def test_what_is_cut_shows_it_but_trailing_space_is_no_loss() -> None:
    assert cut("abcdef", 4) == "abc…"
    assert cut("ab    ", 4) == "ab  "
    assert cut("日本語", 4) == "日…"


def test_spread_puts_the_ends_apart() -> None:
    assert "".join(text for text, _ in spread((("ab", ""),), (("cd", ""),), 7)) == "ab   cd"
    assert "".join(text for text, _ in spread((("abcdef", ""),), (("cd", ""),), 6)) == "abcdef"


def test_pieces_keep_their_styles_when_cut() -> None:
    assert cut_pieces((("abc", "up"), ("defgh", "down")), 5) == (("abc", "up"), ("d…", "down"))


def test_line_takes_strings_and_pieces() -> None:
    assert line("a", ("b", "up"), "", ground="bar") == Line((("a", ""), ("b", "up")), "bar")
    assert line("a", ("b", "up")).text == "ab"


@given(st.lists(TEXT, max_size=6), st.integers(8, 60), st.integers(0, 6))
def test_fold_fits_and_loses_no_letter(texts: list[str], width: int, indent: int) -> None:
    rows = fold(Line(tuple((text, "dim") for text in texts)), width, indent)
    assert all(width_of(row.pieces) <= width for row in rows)
    assert "".join("".join(row.text.split()) for row in rows) == "".join("".join(text.split()) for text in texts)


def test_fold_breaks_at_spaces_and_indents() -> None:
    rows = fold(line(("  name  ", "dim"), "one two three four"), 16, 8)
    assert [row.text for row in rows] == ["  name  one two", "        three", "        four"]
    assert rows[0].pieces[0] == ("  name  ", "dim")


def test_wrap_breaks_at_spaces_and_cuts_long_words() -> None:
    assert wrap("one two three", 7) == ["one two", "three"]
    assert wrap("abcdefghij k", 5) == ["abcd…", "k"]
    assert wrap("", 5) == []
