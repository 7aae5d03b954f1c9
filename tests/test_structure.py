"""The house limits: file and function length, where tests live, what pure files may import."""

from __future__ import annotations

import ast
import statistics
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
PACKAGE = ROOT / "lvstui"
SOURCES = sorted(PACKAGE.rglob("*.py"))
IMPURE = {"asyncio", "socket", "time", "random", "os", "logging"}
PURE_ROOMS = ("model", "config", "vrrp", "ipvs", "health")
TOP_LEVEL = {"lvstui", "themes", "fixtures", "tests", "pyproject.toml", "README.md", "Makefile", "LICENSE"}


@cache
def tree_of(path: Path) -> ast.Module:
    return ast.parse(path.read_text(encoding="utf-8"))


def functions(path: Path) -> Iterator[ast.FunctionDef | ast.AsyncFunctionDef]:
    for node in ast.walk(tree_of(path)):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            yield node


def length(node: ast.FunctionDef | ast.AsyncFunctionDef) -> int:
    return (node.end_lineno or node.lineno) - node.lineno + 1


def name_of(path: Path) -> str:
    return str(path.relative_to(ROOT))


@pytest.mark.parametrize("path", [*SOURCES, *sorted((ROOT / "tests").rglob("*.py"))], ids=name_of)
def test_no_file_is_longer_than_400_lines(path: Path) -> None:
    assert len(path.read_text(encoding="utf-8").splitlines()) <= 400


def test_functions_are_short() -> None:
    lengths = sorted(length(node) for path in SOURCES for node in functions(path))
    assert lengths[int(len(lengths) * 0.95)] <= 40
    longest = [(name_of(path), node.name) for path in SOURCES for node in functions(path) if length(node) > 60]
    assert longest == []


def test_the_median_file_is_small() -> None:
    lengths = [len(path.read_text(encoding="utf-8").splitlines()) for path in SOURCES if path.name != "__init__.py"]
    assert statistics.median(lengths) <= 160


def holds_only_records(path: Path) -> bool:
    """Whether a file of the vocabulary defines nothing that computes."""
    return path.parent == PACKAGE / "model" and not any(
        not (node.name.startswith("__") and node.name.endswith("__")) for node in functions(path)
    )


@pytest.mark.parametrize("path", [p for p in SOURCES if p.name not in ("__init__.py", "__main__.py")], ids=name_of)
def test_each_source_file_has_its_test_file(path: Path) -> None:
    if holds_only_records(path):
        assert (ROOT / "tests/model/test_records.py").exists()
        return
    place = path.relative_to(PACKAGE)
    assert (ROOT / "tests" / place.parent / f"test_{place.name}").exists()


def imported_modules(path: Path) -> set[str]:
    found: set[str] = set()
    for node in ast.walk(tree_of(path)):
        if isinstance(node, ast.Import):
            found.update(alias.name.split(".")[0] for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module:
            found.add(node.module.split(".")[0])
    return found


PURE_FILES = [
    path
    for path in SOURCES
    if path.relative_to(PACKAGE).parts[0] in PURE_ROOMS and "io" not in path.relative_to(PACKAGE).parts
]


@pytest.mark.parametrize("path", PURE_FILES, ids=name_of)
def test_pure_files_touch_no_clock_and_no_socket(path: Path) -> None:
    assert imported_modules(path) & IMPURE == set()


@pytest.mark.parametrize("path", PURE_FILES, ids=name_of)
def test_pure_files_do_not_know_their_io_room(path: Path) -> None:
    modules = [node.module or "" for node in ast.walk(tree_of(path)) if isinstance(node, ast.ImportFrom)]
    assert [module for module in modules if "io" in module.split(".")] == []


@pytest.mark.parametrize("path", SOURCES, ids=name_of)
def test_each_room_says_what_it_is(path: Path) -> None:
    assert ast.get_docstring(tree_of(path)), "a module docstring says which room this is"


def test_the_top_level_holds_nothing_else() -> None:
    names = {path.name for path in ROOT.iterdir() if not path.name.startswith(".")}
    assert names - {"build", "dist", "snapshot_report.html"} <= TOP_LEVEL
