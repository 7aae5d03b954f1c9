"""Findings: golden text, masks, exit status."""

from __future__ import annotations

import json

import pytest

from lvstui.config.diagnostics import Report, exit_status, render, shown, summary, to_json
from lvstui.config.source import SourceLine
from tests.config.support import FIXTURES, check, instance_text

GOLDEN = FIXTURES / "config"


@pytest.mark.parametrize("name", ["misspelt", "structure", "values", "script"])
def test_golden(name: str) -> None:
    loaded = check((GOLDEN / f"{name}.conf").read_bytes())
    text = f"{render(loaded.diagnostics)}\n{summary(loaded.diagnostics)}\nstatus {loaded.status}\n"
    golden = GOLDEN / f"{name}.txt"
    assert text == golden.read_text(), f"differs from {golden}"


def test_the_caret_stands_under_the_word() -> None:
    loaded = check(instance_text("prioritty 100"))
    head, source, caret, hint = loaded.diagnostics[0].render().split("\n")
    assert head.startswith("test.conf:7:5: error: unknown keyword")
    assert source[caret.index("^") :][: caret.count("^") + caret.count("~")] == "prioritty"
    assert hint == '  did you mean "priority"?'


@pytest.mark.parametrize(
    "line",
    [
        "auth_pass verysecret",
        "auth_pas verysecret",
        "authentication { auth_type PASS auth_pass verysecret }",
        'auth_pass "verysecret',
        "auth_pass very verysecret",
        "auth_pass{verysecret",
        "password verysecret",
    ],
)
def test_secrets_are_never_shown(line: str) -> None:
    text = instance_text("authentication {", "auth_type PASS", line, "}", "}")
    loaded = check(text)
    assert "verysecret" not in render(loaded.diagnostics)
    assert "verysecret" not in to_json(loaded.diagnostics)
    assert "verysecret" not in repr(loaded.diagnostics)


def test_source_lines_are_harmless() -> None:
    assert "\x1b" not in shown("priority \x1b[31m1")
    loaded = check(instance_text("bad\x1b[2J word"))
    assert "\x1b" not in render(loaded.diagnostics)


def test_json() -> None:
    loaded = check("prioritty 1\n" + instance_text())
    (found,) = json.loads(to_json(loaded.diagnostics))
    assert found["line"] == 1
    assert found["column"] == 1
    assert found["severity"] == "error"
    assert found["code"] == "unknown-keyword"
    assert found["status"] == 5


def test_exit_status_prefers_the_worst() -> None:
    report = Report("f")
    assert exit_status(report.diagnostics()) == 0
    report.advice(None, "a", "a")
    report.no_effect(None, "b")
    assert exit_status(report.diagnostics()) == 0
    report.security(None, "c", "c")
    assert exit_status(report.diagnostics()) == 6
    report.warning(None, "d", "d")
    assert exit_status(report.diagnostics()) == 5
    report.error(None, "e", "e", fatal=True)
    assert exit_status(report.diagnostics()) == 4


def test_findings_are_in_file_order_and_kept_once() -> None:
    report = Report("a")
    for number in (3, 1, 3):
        report.error(SourceLine("a", number, "x"), "code", "message")
    assert [found.line for found in report.diagnostics()] == [1, 3]


def test_summary() -> None:
    assert summary(()) == "no problems found"
    assert summary(check("vrrp_instance A {\n interface eth0\n}\n").diagnostics).endswith("it cannot run (line 1)")
