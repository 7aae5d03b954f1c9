"""Words, quotes, comments and braces as keepalived splits them."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lvstui.config.lexer import LogicalLine, split_command, split_line
from lvstui.config.source import SourceLine


def split(text: str) -> list[list[str]]:
    return [[word.text for word in line.words] for line in lines(text)]


def lines(text: str) -> list[LogicalLine]:
    return list(split_line(SourceLine("f", 1, text)))


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("", []),
        ("   \t ", []),
        ("! whole comment", []),
        ("# whole comment", []),
        ("priority 100 ! why", [["priority", "100"]]),
        ("priority\t100#why", [["priority", "100"]]),
        ("auth_pass Test123!", [["auth_pass", "Test123"]]),
        ("auth_pass a\\!b\\#c", [["auth_pass", "a!b#c"]]),
        ('auth_pass "a!b#c"', [["auth_pass", "a!b#c"]]),
        ("vrrp_instance VI_1{", [["vrrp_instance", "VI_1"], ["{"]]),
        ("a {b c}", [["a"], ["{"], ["b", "c"], ["}"]]),
        (
            "real_server 1.1.1.1 80 { TCP_CHECK { connect_timeout 1 } }",
            [["real_server", "1.1.1.1", "80"], ["{"], ["TCP_CHECK"], ["{"], ["connect_timeout", "1"], ["}"], ["}"]],
        ),
        ('script "a { b } c"', [["script", "a { b } c"]]),
        ('a"b c"d', [["a", "b c", "d"]]),
        ('path ""', [["path", ""]]),
        ("a\\b", [["a\\b"]]),
        ("}}{", [["}"], ["}"], ["{"]]),
        ("track_script {#text", [["track_script"], ["{"]]),
    ],
)
def test_split(text: str, expected: list[list[str]]) -> None:
    assert split(text) == expected


def test_columns_point_into_the_line() -> None:
    text = '  script  "a b" {x}'
    for line in lines(text):
        for word in line.words:
            start = word.column - 1 + (1 if word.quoted else 0)
            assert text[start : start + len(word.text)] == word.text


def test_a_quoted_brace_is_a_word() -> None:
    (line,) = lines('a "{"')
    assert line.brace == ""
    (line,) = lines('"}"')
    assert line.brace == ""


def test_an_open_quote_is_told_and_its_word_left_out() -> None:
    (line,) = lines('auth_pass "abc')
    assert [word.text for word in line.words] == ["auth_pass"]
    assert line.unterminated is not None
    assert line.unterminated.column == 11


def test_raw_is_the_statement_without_comment() -> None:
    assert lines("a 'x y' # c")[0].raw.strip() == "a 'x y'"
    assert [line.raw.strip() for line in lines("a {b 'c'}")] == ["a", "{", "b 'c'", "}"]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("/bin/x a b", ["/bin/x", "a", "b"]),
        ("/bin/x 'a b' \"c d\"", ["/bin/x", "a b", "c d"]),
        ("x a\\ b", ["x", "a b"]),
        ("x \\x41\\102\\n\\q", ["x", "AB\nq"]),
        ("x ''", ["x", ""]),
        ("x 'a", None),
        ("", []),
        ("x\\", ["x\\"]),
        ("\\x", ["x"]),
    ],
)
def test_split_command(text: str, expected: list[str] | None) -> None:
    assert split_command(text) == expected


@given(st.text(max_size=200))
def test_any_text_is_split_without_an_exception(text: str) -> None:
    for line in lines(text):
        assert line.words or line.unterminated
        for word in line.words:
            assert 1 <= word.column <= len(text)
    split_command(text)
