"""Console: the one table of what an operator can do; bindings, footer and help are made from it."""

from __future__ import annotations

from dataclasses import dataclass
from enum import IntEnum, StrEnum

from textual.binding import Binding, BindingType


class Danger(IntEnum):
    """How much an act can hurt, and so how it is asked for."""

    VIEW = 0  # changes nothing: no question
    SMALL = 1  # reversible: the effect is shown, Enter confirms
    TRAFFIC = 2  # takes traffic away: the effect is shown, the dialog stands on Cancel
    OUTAGE = 3  # moves a VIP with a gap, or stops a service


class Where(StrEnum):
    """The part of the console that has the action."""

    EVERYWHERE = "everywhere"
    LISTS = "lists"
    VIPS = "VIPs"
    PRIORITY = "priority"
    TABLE = "IPVS table"
    CHECKERS = "checkers"
    EVENTS = "events"
    LAB = "lab"
    READER = "help and details"
    DIALOG = "dialogs"
    MENU = "lab menu"


@dataclass(frozen=True, slots=True)
class Action:
    """`keys` are Textual's names, `shown` is how they are printed. `rank` orders the footer; 0 keeps it out."""

    id: str
    keys: str
    shown: str
    label: str
    help: str
    danger: Danger
    where: tuple[Where, ...]
    rank: int = 0
    call: str = ""

    def binding(self) -> Binding:
        """Return the Textual binding; its action is `call`, or the id with underscores.

        A priority binding is looked up and done at once, before the next key; others wait in the queue of the pane
        that was in focus when the key came, so that keys which come in a burst would pass each other.
        """
        call = self.call or self.id.replace(".", "_")
        return Binding(self.keys, call, self.label, show=False, priority=True, id=self.id)


_V, _S, _T, _O = Danger.VIEW, Danger.SMALL, Danger.TRAFFIC, Danger.OUTAGE
_ALL, _LISTS, _PRIORITY = (Where.EVERYWHERE,), (Where.LISTS,), (Where.PRIORITY,)
_SERVERS = (Where.TABLE, Where.CHECKERS)
_DETAILED = (Where.VIPS, Where.TABLE, Where.CHECKERS, Where.EVENTS)
_READER, _DIALOG, _MENU = (Where.READER,), (Where.DIALOG,), (Where.MENU,)
_DRAIN = "drain: weight 0, no new connections, checks go on"
_READY = "back into service with its configured weight"
_MAINT = "maintenance: no traffic and no checks"
_DETAILS = "all that is known of the selected line"
_APPLY = "apply the pending manual part; the forecast stands there. It asks again if requests may be lost"

# fmt: off
ACTIONS: tuple[Action, ...] = (
    Action("priority.apply", "enter", "Enter", "apply", _APPLY, _T, _PRIORITY, 10),
    Action("priority.down", "left,minus", "←", "-1", "lower the pending manual part by 1", _V, _PRIORITY, 11),
    Action("priority.up", "right,plus", "→", "+1", "raise the pending manual part by 1", _V, _PRIORITY, 12),
    Action("priority.down_ten", "left_square_bracket,shift+left", "[", "-10", "lower it by 10", _V, _PRIORITY, 13),
    Action("priority.up_ten", "right_square_bracket,shift+right", "]", "+10", "raise it by 10", _V, _PRIORITY, 14),
    Action("priority.zero", "0", "0", "to 0", "set the pending manual part back to 0", _V, _PRIORITY, 15),
    Action("priority.drop", "escape", "Esc", "drop", "forget the pending manual part", _V, _PRIORITY, 16),
    Action("instance.next", "down,j", "↓ j", "instance", "next VRRP instance", _V, _PRIORITY),
    Action("instance.previous", "up,k", "↑ k", "instance", "VRRP instance before", _V, _PRIORITY),
    Action("server.drain", "d", "d", "drain", _DRAIN, _T, _SERVERS, 20, "app.server_drain"),
    Action("server.ready", "u", "u", "ready", _READY, _S, _SERVERS, 21, "app.server_ready"),
    Action("server.maint", "m", "m", "maint", _MAINT, _T, _SERVERS, 22, "app.server_maint"),
    Action("details", "enter", "Enter", "details", _DETAILS, _V, _DETAILED, 30, "app.details"),
    Action("cursor.down", "down,j", "↓ j", "down", "next line", _V, _LISTS),
    Action("cursor.up", "up,k", "↑ k", "up", "line before", _V, _LISTS),
    Action("cursor.page_down", "pagedown", "PgDn", "page", "a page down", _V, _LISTS),
    Action("cursor.page_up", "pageup", "PgUp", "page", "a page up", _V, _LISTS),
    Action("cursor.first", "home,g", "g", "first", "first line", _V, _LISTS),
    Action("cursor.last", "end,G", "G", "last", "last line", _V, _LISTS),
    Action("lab.menu", "x,L", "x", "lab", "break and mend the lab: web servers, links, engines", _V, _ALL, 40),
    Action("lab.open", "enter", "Enter", "menu", "open the lab menu", _V, (Where.LAB,), 30, "app.lab_menu"),
    Action("director.next", "n", "n", "director", "show the next director", _V, _ALL, 41),
    Action("zoom", "z", "z", "zoom", "give the pane the whole screen, and back", _V, _ALL, 42),
    Action("focus.next", "tab", "Tab", "pane", "next pane", _V, _ALL, 43, "focus_pane('next')"),
    Action("focus.previous", "shift+tab", "S-Tab", "pane", "pane before", _V, _ALL, 0, "focus_pane('previous')"),
    Action("focus.vips", "1", "1", "VIPs", "pane 1: VIP ownership", _V, _ALL, 0, "focus_pane('vips')"),
    Action("focus.priority", "2", "2", "priority", "pane 2: the slider", _V, _ALL, 0, "focus_pane('priority')"),
    Action("focus.table", "3", "3", "table", "pane 3: the IPVS table", _V, _ALL, 0, "focus_pane('table')"),
    Action("focus.checkers", "4", "4", "checkers", "pane 4: the checkers", _V, _ALL, 0, "focus_pane('checkers')"),
    Action("focus.events", "5", "5", "events", "pane 5: what happened", _V, _ALL, 0, "focus_pane('events')"),
    Action("focus.lab", "6", "6", "lab", "pane 6: the lab's client and hosts", _V, _ALL, 0, "focus_pane('lab')"),
    Action("undo", "U", "U", "undo", "take back the last act of this console", _S, _ALL),
    Action("engine", "i", "i", "engine", "the engine: processes, plane, warnings, overrides", _V, _ALL, 44),
    Action("theme", "T", "T", "theme", "next colour theme", _V, _ALL),
    Action("redraw", "ctrl+l", "C-l", "redraw", "paint the whole screen again", _V, _ALL),
    Action("help", "question_mark", "?", "help", "keys, states and columns explained", _V, _ALL, 50),
    Action("quit", "q,ctrl+q", "q", "quit", "leave the console; the engine goes on", _V, _ALL, 51, "leave"),
    Action("hint.quit", "ctrl+c", "C-c", "how to leave", "says how to leave; stops nothing", _V, _ALL),
    Action("reader.down", "down,j", "↓ j", "down", "scroll down", _V, _READER),
    Action("reader.up", "up,k", "↑ k", "up", "scroll up", _V, _READER),
    Action("reader.page_down", "pagedown,space", "PgDn", "page", "a page down", _V, _READER),
    Action("reader.page_up", "pageup", "PgUp", "page", "a page up", _V, _READER),
    Action("reader.close", "escape,q,enter,question_mark", "Esc", "close", "back to the panes", _V, _READER),
    Action("dialog.choose", "enter", "Enter", "choose", "press the marked button", _T, _DIALOG),
    Action("dialog.other", "tab,shift+tab,left,right", "Tab", "other", "mark the other button", _V, _DIALOG),
    Action("dialog.yes", "y", "y", "yes", "do it", _T, _DIALOG),
    Action("dialog.no", "n,escape,q", "n Esc", "no", "leave everything as it is", _V, _DIALOG),
    Action("menu.choose", "enter", "Enter", "do it", "do what the line says, in the lab", _O, _MENU),
    Action("menu.down", "down,j", "↓ j", "down", "next line", _V, _MENU),
    Action("menu.up", "up,k", "↑ k", "up", "line before", _V, _MENU),
    Action("menu.close", "escape,q,x", "Esc", "close", "back to the panes", _V, _MENU),
)
# fmt: on


def at(*places: Where) -> tuple[Action, ...]:
    """Return the actions of these places, in table order."""
    return tuple(action for action in ACTIONS if any(place in action.where for place in places))


def bindings(*places: Where) -> list[BindingType]:
    """Return the Textual bindings of these places."""
    return [action.binding() for action in at(*places)]


def footer(*places: Where) -> tuple[Action, ...]:
    """Return what the footer shows while these places are on, most useful first."""
    return tuple(sorted((action for action in at(*places) if action.rank), key=lambda action: action.rank))
