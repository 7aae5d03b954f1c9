"""The one table of actions: complete, without clashes, and the source of bindings, footer and help."""

from __future__ import annotations

from collections import Counter

import pytest
from textual.keys import REPLACED_KEYS, Keys
from textual.widget import Widget

from lvstui.console import actions
from lvstui.console.actions import ACTIONS, Action, Danger, Where
from lvstui.console.app import ConsoleApp
from lvstui.console.panes.checkers import CheckersPane
from lvstui.console.panes.events import EventsPane
from lvstui.console.panes.ipvs import IpvsPane
from lvstui.console.panes.lab import LabPane
from lvstui.console.panes.priority import PrioritySlider
from lvstui.console.panes.vips import VipsPane
from lvstui.console.screens.confirm import Question
from lvstui.console.screens.help import help_lines
from lvstui.console.screens.lab_menu import Menu
from lvstui.console.screens.reader import Page

OWNERS: dict[Where, tuple[type[Widget], ...]] = {
    Where.LISTS: (VipsPane, IpvsPane, CheckersPane, EventsPane, LabPane),
    Where.VIPS: (VipsPane,),
    Where.PRIORITY: (PrioritySlider,),
    Where.TABLE: (IpvsPane,),
    Where.CHECKERS: (CheckersPane,),
    Where.EVENTS: (EventsPane,),
    Where.LAB: (LabPane,),
    Where.READER: (Page,),
    Where.DIALOG: (Question,),
    Where.MENU: (Menu,),
}
FORBIDDEN = {"ctrl+a", "ctrl+b", "ctrl+m", "ctrl+h", "ctrl+j", "ctrl+i", "f1", "f10", "f11", "ctrl+left_square_bracket"}
ids = [action.id for action in ACTIONS]


def keys_of(action: Action) -> list[str]:
    return action.keys.split(",")


@pytest.mark.parametrize("action", ACTIONS, ids=ids)
def test_each_action_has_key_help_and_danger_level(action: Action) -> None:
    assert action.keys
    assert action.shown
    assert action.label
    assert len(action.help) > 3
    assert isinstance(action.danger, Danger)
    assert action.where


def test_ids_are_unique() -> None:
    assert [name for name, count in Counter(ids).items() if count > 1] == []


def test_no_key_is_bound_that_terminals_and_multiplexers_use() -> None:
    assert {key for action in ACTIONS for key in keys_of(action)} & FORBIDDEN == set()


def test_keys_are_names_that_textual_knows() -> None:
    known = {key.value for key in Keys} | set(REPLACED_KEYS.values()) | {"plus", "minus", "question_mark"}
    known |= {"left_square_bracket", "right_square_bracket", "space"}
    unknown = {key for action in ACTIONS for key in keys_of(action) if len(key) > 1 and key not in known}
    assert unknown == set()


@pytest.mark.parametrize("place", OWNERS)
def test_no_two_actions_share_a_key_in_one_place(place: Where) -> None:
    together: set[Where] = (
        {place, Where.EVERYWHERE} if place not in (Where.READER, Where.DIALOG, Where.MENU) else {place}
    )
    if place in (Where.VIPS, Where.TABLE, Where.CHECKERS, Where.EVENTS, Where.LAB):
        together.add(Where.LISTS)
    found = Counter(key for action in actions.at(*together) for key in keys_of(action))
    assert [key for key, count in found.items() if count > 1] == []


@pytest.mark.parametrize("action", ACTIONS, ids=ids)
def test_each_action_is_carried_out_by_somebody(action: Action) -> None:
    name = (action.call or action.id.replace(".", "_")).partition("(")[0]
    for place in action.where:
        owners: tuple[type, ...] = OWNERS.get(place, (ConsoleApp,))
        if name.startswith("app."):
            owners = (ConsoleApp,)
        for owner in owners:
            assert callable(getattr(owner, f"action_{name.removeprefix('app.')}"))


@pytest.mark.parametrize("action", ACTIONS, ids=ids)
def test_each_action_is_in_the_help(action: Action) -> None:
    page = " ".join(" ".join(line.text.split()) for line in help_lines())
    assert action.help in page
    assert f" {action.shown} " in page


def test_the_footer_is_ordered_and_ends_with_help_and_quit() -> None:
    shown = actions.footer(Where.TABLE, Where.EVERYWHERE)
    assert [action.id for action in shown][:3] == ["server.drain", "server.ready", "server.maint"]
    assert [action.id for action in shown][-2:] == ["help", "quit"]


def test_what_takes_traffic_away_is_marked() -> None:
    levels = {action.id: action.danger for action in ACTIONS}
    assert levels["server.drain"] == levels["server.maint"] == Danger.TRAFFIC
    assert levels["server.ready"] == Danger.SMALL
    assert levels["zoom"] == Danger.VIEW
