"""The menu offers what can be done now, and nothing else."""

from __future__ import annotations

import msgspec
import pytest

from lvstui.console.screens.lab_menu import DEEDS, Deed, Menu, choices
from tests.console import pictures


def offered(host: str, **changes: object) -> set[str]:
    status = pictures.lab()
    hosts = tuple(msgspec.structs.replace(one, **changes) if one.name == host else one for one in status.hosts)
    found = choices(msgspec.structs.replace(status, hosts=hosts))
    return {f"{choice.deed.cmd} {choice.deed.action}" for choice in found if choice.host == host}


@pytest.mark.parametrize(
    ("host", "changes", "deeds"),
    [
        ("rs1", {}, {"lab.web stop"}),
        ("rs1", {"running": False}, {"lab.web start"}),
        ("lb1", {}, {"lab.down_file touch", "lab.link cut", "lab.engine stop", "lab.engine kill"}),
        ("lb1", {"running": False, "link_up": False}, {"lab.down_file touch", "lab.link mend", "lab.engine start"}),
        ("lb1", {"down_file": True}, {"lab.down_file remove", "lab.link cut", "lab.engine stop", "lab.engine kill"}),
        ("lb1", {"down_file": None}, {"lab.link cut", "lab.engine stop", "lab.engine kill"}),
        ("client", {}, set()),
    ],
)
def test_only_what_applies_is_offered(host: str, changes: dict[str, object], deeds: set[str]) -> None:
    assert offered(host, **changes) == deeds


@pytest.mark.parametrize("deed", DEEDS)
def test_each_deed_has_words_and_a_danger_level(deed: Deed) -> None:
    assert deed.label
    assert deed.danger > 0


def test_what_mends_comes_first() -> None:
    status = pictures.lab()
    broken = msgspec.structs.replace(status.hosts[0], running=False, link_up=False)
    found = choices(msgspec.structs.replace(status, hosts=(broken,)))
    assert [choice.deed.label for choice in found] == ["mend the link", "start the engine", "touch the down file"]


def test_a_menu_longer_than_the_screen_scrolls() -> None:
    menu = Menu(pictures.lab())
    for _ in range(20):
        menu.action_menu_down()
    drawn = [row for row in menu.draw(60, 8)]
    assert len(drawn) <= 8
    assert any(row.ground == "cursor" and "stop the web server" in row.text for row in drawn)


def test_a_lab_without_hosts_has_an_empty_menu() -> None:
    assert choices(msgspec.structs.replace(pictures.lab(), hosts=())) == []
