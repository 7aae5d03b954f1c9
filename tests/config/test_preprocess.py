"""Conditions, parameters and includes."""

from __future__ import annotations

from pathlib import Path

from lvstui.config.diagnostics import Report
from lvstui.config.load import load
from lvstui.config.preprocess import Preprocessor
from lvstui.config.source import split_lines
from tests.config.support import TestHost, check, codes, instance_text


def expand(text: str, path: Path = Path("dir/test.conf")) -> tuple[list[str], Report]:
    report = Report(str(path))
    lines, _ = split_lines(text.encode(), str(path))
    return [line.text for line in Preprocessor(TestHost(), report).run(lines, path)], report


def test_conditions_compare_the_node_name_up_to_its_first_dot() -> None:
    lines, _ = expand("@lb1 a\n@lb2 b\n@^lb1 c\n@^lb2 d\n")
    assert [line.strip() for line in lines] == ["a", "d", ""]
    assert lines[0].index("a") == 5


def test_parameters_are_bound_late_and_unknown_ones_stay() -> None:
    lines, _ = expand("$A=$B x\n$B=1\nv $A ${B}2 $C $A9\n")
    assert lines[0] == "v 1 x 12 $C $A9"


def test_a_macro_of_several_lines() -> None:
    lines, _ = expand("$BLOCK= \\\n one \\\n two\nbefore\n$BLOCK\nafter")
    assert [line.strip() for line in lines] == ["before", "one", "two", "after"]


def test_built_in_parameters() -> None:
    lines, _ = expand("a ${_PWD}/x ${_INSTANCE} ${_HASH} ${_BANG}")
    assert lines == ["a dir/x lb1 \\# \\!"]


def test_parameters_that_contain_each_other_end() -> None:
    lines, report = expand("$A=$B $B\n$B=$A $A\nv $A\n")
    assert lines == ["", ""]
    assert [found.code for found in report.diagnostics()] == ["parameter-loop"]
    _, report = expand("$A=x\\\n$A\n$A\n")
    assert "too-much" in [found.code for found in report.diagnostics()]


def test_repetition_is_refused_not_misread() -> None:
    loaded = check("~SEQ(i,1,3) vrrp_instance V$i {\n}\n")
    assert loaded.configuration is None
    assert "repeat" in codes(loaded)


def test_include(tmp_path: Path) -> None:
    (tmp_path / "sub").mkdir()
    (tmp_path / "main.conf").write_text("include sub/*.conf\ninclude {b,c}.inc\n")
    (tmp_path / "sub" / "1.conf").write_text(instance_text(name="A", vrid=1))
    (tmp_path / "sub" / "2.conf").write_text(instance_text(name="B", vrid=2) + "priority 1\n")
    (tmp_path / "c.inc").write_text("$X=1\n" + instance_text("priority 9", name="C", vrid=3))
    loaded = load(tmp_path / "main.conf", TestHost())
    assert loaded.configuration is not None
    assert [instance.name for instance in loaded.configuration.instances] == ["A", "B", "C"]
    (found,) = loaded.diagnostics
    assert (found.code, found.line) == ("unknown-keyword", 9)
    assert found.file.endswith("sub/2.conf")


def test_include_of_nothing_and_of_itself(tmp_path: Path) -> None:
    (tmp_path / "main.conf").write_text("include none.conf\ninclude main.conf\n")
    loaded = load(tmp_path / "main.conf", TestHost())
    assert {"no-effect", "too-much"} <= set(codes(loaded))
    assert loaded.status == 4
