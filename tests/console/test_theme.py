"""Themes: complete, legible, and refused with a reason when they are not themes."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
import tomli
from textual.color import Color

from lvstui.console import theme
from lvstui.console.theme import VARIABLES, ThemeError

ROOT = Path(__file__).resolve().parents[2]
FILES = sorted((ROOT / "themes").glob("*.toml"))
CSS = (ROOT / "lvstui/console/console.tcss").read_text(encoding="utf-8")
TEXTS = sorted(
    name for name in VARIABLES if not name.endswith(("-ground", "-ground-blur", "-style", "-text", "pane-rule"))
)


def names(path: Path) -> str:
    return path.stem


def test_three_themes_are_shipped_and_dark_is_first() -> None:
    assert [one.name for one in theme.shipped()] == ["lvstui-dark", "lvstui-light", "lvstui-mono"]


@pytest.mark.parametrize("path", FILES, ids=names)
def test_each_theme_defines_every_variable(path: Path) -> None:
    assert set(tomli.loads(path.read_text(encoding="utf-8"))["variables"]) == set(VARIABLES)


def test_the_style_sheet_uses_only_variables_that_exist() -> None:
    textual = {"background", "foreground", "surface", "panel"}
    assert set(re.findall(r"\$([a-z-]+)", CSS)) - textual <= set(VARIABLES)


def luminance(color: str) -> float:
    parts = [
        part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in Color.parse(color).normalized
    ]
    return 0.2126 * parts[0] + 0.7152 * parts[1] + 0.0722 * parts[2]


def contrast(one: str, other: str) -> float:
    """Return the ratio that WCAG 2 defines, 1..21."""
    low, high = sorted((luminance(one), luminance(other)))
    return (high + 0.05) / (low + 0.05)


@pytest.mark.parametrize("path", FILES, ids=names)
@pytest.mark.parametrize(
    ("ground", "least"), [("background", 4.5), ("surface", 4.5), ("cursor-ground", 3.5), ("cursor-ground-blur", 4.0)]
)
def test_text_has_contrast(path: Path, ground: str, least: float) -> None:
    data = tomli.loads(path.read_text(encoding="utf-8"))
    behind = data["variables"].get(ground) or data[ground]
    pale = {name: ratio for name in TEXTS if (ratio := contrast(data["variables"][name], behind)) < least}
    assert pale == {}


@pytest.mark.parametrize("path", FILES, ids=names)
def test_bars_have_contrast(path: Path) -> None:
    found = tomli.loads(path.read_text(encoding="utf-8"))["variables"]
    for kind in ("bar", "banner"):
        assert contrast(found[f"{kind}-text"], found[f"{kind}-ground"]) >= 4.5


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("name = 'x'", "a name and a primary colour"),
        ("name = 'x'\nprimary = '#fff'\nspeed = 1", "unknown speed"),
        ("name = 'x'\nprimary = '#fff'\n[variables]\nnonsense = '#fff'", "unknown nonsense"),
        ("name = 'x'\nprimary = 'no colour'", "no colour"),
        ("name = ", "Invalid value"),
    ],
)
def test_a_bad_theme_is_refused_with_its_file_and_reason(tmp_path: Path, text: str, reason: str) -> None:
    path = tmp_path / "bad.toml"
    path.write_text(text)
    with pytest.raises(ThemeError, match=reason) as caught:
        theme.load(path)
    assert "bad.toml" in str(caught.value)


def test_a_theme_may_leave_variables_out(tmp_path: Path) -> None:
    path = tmp_path / "small.toml"
    path.write_text("name = 'small'\nprimary = '#336699'\n")
    assert theme.load(path).name == "small"
