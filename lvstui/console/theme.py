"""Console: colour themes, one TOML file each: Textual's base colours and our own words for what a colour means."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import tomli
from textual.color import ColorParseError
from textual.theme import Theme

from lvstui.errors import LvstuiError

DEFAULT = "lvstui-dark"
PLACES = (Path(__file__).resolve().parent / "themes", Path(__file__).resolve().parents[2] / "themes")
"""In an installed package, in a checkout."""

VARIABLES: dict[str, str] = {
    "vrrp-master": "#6fcf7f",
    "vrrp-backup": "#7fb4e6",
    "vrrp-fault": "#ff7070",
    "vrrp-init": "#9aa5b1",
    "rs-up": "#6fcf7f",
    "rs-down": "#ff7070",
    "rs-drain": "#e6c163",
    "rs-maint": "#c49be6",
    "rs-sorry": "#f0a060",
    "check-pending": "#9aa5b1",
    "stale": "#8a929c",
    "warn": "#e6c163",
    "danger": "#ff7070",
    "quiet": "#8b95a1",
    "loud": "#f2f5f8",
    "pane-title": "#b8c2cc",
    "pane-focus": "#7fc4e8",
    "pane-rule": "#3d4753",
    "column-head": "#93a0ad",
    "key": "#7fc4e8",
    "cursor-ground": "#26384a",
    "cursor-ground-blur": "#1c2530",
    "bar-ground": "#1d2630",
    "bar-text": "#c9d1d9",
    "banner-ground": "#8f2f2f",
    "banner-text": "#ffffff",
    "priority-now": "#f2f5f8",
    "priority-pending": "#f0c060",
    "priority-peer": "#7fb4e6",
    "bad-style": "bold",
    "warn-style": "none",
    "good-style": "none",
}
"""What a theme may set, with the dark theme's values: a theme that lacks one still works."""

_BASE = frozenset(
    {"name", "primary", "secondary", "warning", "error", "success", "accent"}
    | {"foreground", "background", "surface", "panel", "boost", "dark"}
)


class ThemeError(LvstuiError):
    """A theme file that cannot be used; the message says which and why."""


def load(path: Path) -> Theme:
    """Read a theme file; ThemeError if it is not one."""
    try:
        data: dict[str, Any] = tomli.loads(path.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError, tomli.TOMLDecodeError) as error:
        raise ThemeError(f"{path}: {error}") from error
    variables = data.pop("variables", {})
    unknown = sorted({*data} - _BASE) + sorted({*variables} - {*VARIABLES})
    if unknown:
        raise ThemeError(f"{path}: unknown {', '.join(unknown)}")
    if not isinstance(data.get("name"), str) or not isinstance(data.get("primary"), str):
        raise ThemeError(f"{path}: a theme has a name and a primary colour")
    theme = Theme(**data, variables={key: str(value) for key, value in variables.items()})
    try:
        theme.to_color_system().generate()
    except ColorParseError as error:
        raise ThemeError(f"{path}: {error}") from error
    return theme


def shipped() -> list[Theme]:
    """Return the themes that come with lvstui, the default one first."""
    folder = next((place for place in PLACES if place.is_dir()), None)
    themes = [load(path) for path in sorted(folder.glob("*.toml"))] if folder else []
    return sorted(themes, key=lambda theme: theme.name != DEFAULT)
