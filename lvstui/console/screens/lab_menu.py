"""Console: the lab's menu: what can be broken and mended now, made from the lab's state and one table of deeds."""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

from textual.app import ComposeResult
from textual.screen import ModalScreen

from lvstui.console import actions
from lvstui.console.actions import Danger, Where
from lvstui.console.lines import Line, line
from lvstui.console.panes.lab import faults_of
from lvstui.console.table.line_widget import LineWidget
from lvstui.console.table.pane import rule
from lvstui.model.lab import HostRole, LabHost, LabStatus


class Deed(NamedTuple):
    """One thing that can be done to a host of a role, when `applies`."""

    cmd: str
    action: str
    label: str
    role: HostRole
    danger: Danger
    applies: Callable[[LabHost], bool]


class Choice(NamedTuple):
    """A line of the menu."""

    host: str
    deed: Deed


_WEB, _DIRECTOR = HostRole.REAL_SERVER, HostRole.DIRECTOR

DEEDS: tuple[Deed, ...] = (
    Deed("lab.web", "stop", "stop the web server", _WEB, Danger.TRAFFIC, lambda host: host.running),
    Deed("lab.web", "start", "start the web server", _WEB, Danger.SMALL, lambda host: not host.running),
    Deed(
        "lab.down_file", "touch", "touch the down file", _DIRECTOR, Danger.TRAFFIC, lambda host: host.down_file is False
    ),
    Deed(
        "lab.down_file", "remove", "remove the down file", _DIRECTOR, Danger.SMALL, lambda host: host.down_file is True
    ),
    Deed("lab.link", "cut", "cut the link", _DIRECTOR, Danger.OUTAGE, lambda host: host.link_up),
    Deed("lab.link", "mend", "mend the link", _DIRECTOR, Danger.SMALL, lambda host: not host.link_up),
    Deed(
        "lab.engine",
        "stop",
        "stop the engine (it says goodbye: priority 0)",
        _DIRECTOR,
        Danger.OUTAGE,
        lambda host: host.running,
    ),
    Deed(
        "lab.engine",
        "kill",
        "kill the engine (all its processes, at once)",
        _DIRECTOR,
        Danger.OUTAGE,
        lambda host: host.running,
    ),
    Deed("lab.engine", "start", "start the engine", _DIRECTOR, Danger.SMALL, lambda host: not host.running),
)


def choices(status: LabStatus) -> list[Choice]:
    """Return what can be done now, host by host; what mends comes first."""
    return [
        Choice(host.name, deed)
        for host in status.hosts
        for deed in sorted(DEEDS, key=lambda deed: deed.danger > Danger.SMALL)
        if deed.role is host.role and deed.applies(host)
    ]


class Menu(LineWidget, can_focus=True):
    """A line for each choice; Enter does it."""

    BINDINGS = actions.bindings(Where.MENU)

    def __init__(self, status: LabStatus) -> None:
        super().__init__(id="menu")
        self._choices = choices(status)
        self._faults = {host.name: ", ".join(faults_of(host)) for host in status.hosts}
        self._index = 0
        self._top = 0

    @property
    def wanted_rows(self) -> int:
        """How many rows show everything."""
        return len(self._choices) + 3

    def draw(self, width: int, height: int) -> list[Line]:
        """Return the menu."""
        room = max(1, height - 3)
        self._top = max(min(self._top, self._index), self._index - room + 1, 0)
        lines = [rule((("Lab", "title-focus"),), (("Enter does it, Esc closes", "dim"),), width, True), line()]
        last = self._choices[self._top - 1].host if self._top else ""
        for index, choice in enumerate(self._choices[self._top : self._top + room], self._top):
            name = choice.host if choice.host != last else ""
            last = choice.host
            fault = f"  now: {self._faults[choice.host]}" if name and self._faults.get(choice.host) else ""
            ground = "cursor" if index == self._index else ""
            lines.append(line((f"  {name:<8}", "strong"), choice.deed.label, (fault, "warn"), ground=ground))
        return lines

    def _move(self, step: int) -> None:
        self._index = max(0, min(self._index + step, len(self._choices) - 1))
        self.update()

    def action_menu_down(self) -> None:
        """Next line."""
        self._move(1)

    def action_menu_up(self) -> None:
        """Line before."""
        self._move(-1)

    def action_menu_choose(self) -> None:
        """Choose the line."""
        self.screen.dismiss(self._choices[self._index] if self._choices else None)

    def action_menu_close(self) -> None:
        """Choose nothing."""
        self.screen.dismiss(None)


class LabMenuScreen(ModalScreen[Choice | None]):
    """Answers what the operator wants to do to the lab."""

    def __init__(self, status: LabStatus) -> None:
        super().__init__()
        self._menu = Menu(status)

    def compose(self) -> ComposeResult:
        """Put the menu in the middle."""
        self._menu.styles.width = min(70, max(20, self.app.size.width - 4))
        self._menu.styles.height = self._menu.wanted_rows
        self._menu.styles.max_height = "95%"
        yield self._menu
