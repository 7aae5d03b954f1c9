"""Console: the Textual application; it only wires sources, panes, screens and acts together."""

from __future__ import annotations

import asyncio
import os
import sys
import time
from collections.abc import Coroutine, Sequence
from pathlib import Path
from typing import Any, ClassVar

from textual.app import ComposeResult
from textual.widget import Widget

from lvstui.console import actions, theme, view
from lvstui.console.actions import Danger, Where
from lvstui.console.acts import Acts
from lvstui.console.bars.banner import Banner
from lvstui.console.bars.footer import Footer
from lvstui.console.bars.header import Header
from lvstui.console.board import Board
from lvstui.console.pacing import PacedApp
from lvstui.console.panes.checkers import CheckersPane
from lvstui.console.panes.events import EventsPane
from lvstui.console.panes.ipvs import IpvsPane
from lvstui.console.panes.lab import LabPane
from lvstui.console.panes.priority import PrioritySlider
from lvstui.console.panes.vips import VipsPane
from lvstui.console.screens import details
from lvstui.console.screens.confirm import ConfirmScreen
from lvstui.console.screens.help import help_lines
from lvstui.console.screens.lab_menu import Choice, LabMenuScreen
from lvstui.console.screens.reader import ReaderScreen
from lvstui.console.source import Source
from lvstui.console.view import View
from lvstui.model.check import AdminState
from lvstui.model.lab import LabStatus
from lvstui.model.snapshot import DirectorSnapshot

AGE_SECONDS = 1.0
CLOSE_SECONDS = 0.5
_PLACES = {
    "vips": (Where.VIPS, Where.LISTS),
    "priority": (Where.PRIORITY,),
    "table": (Where.TABLE, Where.LISTS),
    "checkers": (Where.CHECKERS, Where.LISTS),
    "events": (Where.EVENTS, Where.LISTS),
    "lab": (Where.LAB, Where.LISTS),
}


class ConsoleApp(PacedApp):
    """Shows the directors behind `sources` (name, control socket), and the lab's client if `lab` is its socket."""

    CSS_PATH = "console.tcss"
    TITLE = "lvstui"
    ENABLE_COMMAND_PALETTE = False
    BINDINGS: ClassVar = actions.bindings(Where.EVERYWHERE)

    def __init__(self, sources: Sequence[tuple[str, Path]], lab: Path | None = None) -> None:
        super().__init__()
        self.animation_level = "none"
        self.sources = [Source(name, path, DirectorSnapshot, self._on_news) for name, path in sources]
        self.lab_source = Source("lab", lab, LabStatus, self._on_news) if lab else None
        self.shown = 0
        self.acts = Acts(self._ask, self._say)
        self._view = View("")
        self._is_due = False
        self._refreshed_at = 0.0
        self._following: list[asyncio.Task[None]] = []

    def get_theme_variable_defaults(self) -> dict[str, str]:
        """Our own words for colours, so that any theme works."""
        return theme.VARIABLES

    def compose(self) -> ComposeResult:
        """Lay out bars and panes."""
        yield Header(id="header")
        yield Banner(id="banner")
        panes: list[Widget] = [
            VipsPane(id="vips"),
            PrioritySlider(id="priority"),
            IpvsPane(id="table"),
            CheckersPane(id="checkers"),
            EventsPane(id="events"),
        ]
        yield Board(*panes, *([LabPane(id="lab")] if self.lab_source else []), id="board")
        yield Footer(id="footer")

    def on_load(self) -> None:
        """Make the themes known before anything is painted."""
        for one in theme.shipped():
            self.register_theme(one)
        wanted = os.environ.get("LVSTUI_THEME", "")
        for name in (f"lvstui-{wanted}", wanted, theme.DEFAULT):
            if name and name in self.available_themes:
                self.theme = name
                return

    def on_mount(self) -> None:
        """Begin to follow the sockets."""
        loop = asyncio.get_running_loop()
        self.watch_terminal()
        self._following = [loop.create_task(source.follow()) for source in self.sources]
        if self.lab_source:
            self._following.append(loop.create_task(self.lab_source.follow()))
        self.set_interval(AGE_SECONDS, self._on_second)
        self._pane("table").focus()
        self._refresh_view()

    async def on_unmount(self) -> None:
        """Let the sockets go."""
        for source in self.sources:
            source.close()
        if self.lab_source:
            self.lab_source.close()
        for task in self._following:
            task.cancel()
        if self._following:
            await asyncio.wait(self._following, timeout=CLOSE_SECONDS)

    def _pane(self, name: str) -> Widget:
        return self.screen_stack[0].query_one(f"#{name}")

    def _on_news(self) -> None:
        if not self._is_due and self.is_running:
            self._is_due = True
            self.call_later(self._refresh_view)

    def _on_second(self) -> None:
        if self.guard:
            self.guard.check()
        if time.monotonic() - self._refreshed_at > AGE_SECONDS - 0.2:
            self._refresh_view()
        else:  # a picture has just been shown: only the clock goes on
            self.screen_stack[0].query_one(Header).update()

    def _refresh_view(self) -> None:
        self._is_due = False
        self._refreshed_at = time.monotonic()
        base = self.screen_stack[0]
        self._view = now = view.build(self.sources, self.shown, self.lab_source, self._refreshed_at)
        board = base.query_one(Board)
        board.settle()
        base.query_one(Header).present(now)
        base.query_one(Banner).say(*view.banner(now))
        vips = base.query_one(VipsPane)
        for pane in board.panes():
            pane.mark_stale(now.lab_stale if pane.id == "lab" else now.stale)
        vips.present(now)
        base.query_one(PrioritySlider).present(now, vips.selected)
        base.query_one(IpvsPane).present(now)
        base.query_one(CheckersPane).present(now)
        base.query_one(EventsPane).present(now)
        for lab in base.query(LabPane):
            lab.present(now)
        board.settle()
        self._offer_keys()

    def _offer_keys(self) -> None:
        board = self.screen_stack[0].query_one(Board)
        hidden = {"lab.menu"} if self.lab_source is None else set()
        hidden |= {"director.next"} if len(self.sources) < 2 else set()
        places = (*_PLACES[board.current], Where.EVERYWHERE)
        self.screen_stack[0].query_one(Footer).offer([one for one in actions.footer(*places) if one.id not in hidden])

    def on_descendant_focus(self) -> None:
        """Remember the pane in focus; where there is room for one only, it is the one to see."""
        board = self.screen_stack[0].query_one(Board)
        focused = self.screen_stack[0].focused
        if focused is not None and focused.id in _PLACES and board.current != focused.id:
            board.current = str(focused.id)
            board.rearrange()
            self.call_after_refresh(self._refresh_view)

    def on_board_resized(self) -> None:
        """Draw for the new size at once, not with the next picture."""
        self._refresh_view()

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Leave the keys to what is open over the panes."""
        if len(self.screen_stack) > 1 and action not in ("redraw", "hint_quit"):
            return False
        return super().check_action(action, parameters)

    def action_focus_pane(self, name: str) -> None:
        """Focus a pane by name, or the `next` or `previous` one."""
        board = self.screen.query_one(Board)
        names = [str(pane.id) for pane in board.panes()]
        if name in ("next", "previous"):
            focused = self.screen.focused.id if self.screen.focused else None
            current = focused if focused in names else board.current
            name = names[(names.index(current) + (1 if name == "next" else -1)) % len(names)]
        if name in names:
            # At once, not by Widget.focus: the next key may be here already.
            self.screen.set_focus(self._pane(name))

    def action_director_next(self) -> None:
        """Show the next director."""
        self.shown = (self.shown + 1) % len(self.sources)
        self._refresh_view()

    def action_zoom(self) -> None:
        """Give the pane in focus the whole board, and back."""
        board = self.screen.query_one(Board)
        board.zoomed = not board.zoomed
        board.rearrange()
        self.call_after_refresh(self._refresh_view)

    def action_theme(self) -> None:
        """Next theme of ours."""
        names = [one.name for one in theme.shipped()]
        self.theme = names[(names.index(self.theme) + 1) % len(names)] if self.theme in names else names[0]
        self._say(f"Theme {self.theme.removeprefix('lvstui-')}; LVSTUI_THEME sets it for good", "dim")

    def action_help(self) -> None:
        """Open the help."""
        self.push_screen(ReaderScreen("Help", help_lines(*_PLACES[self.screen.query_one(Board).current])))

    def action_engine(self) -> None:
        """Open what is known of the engine."""
        self.push_screen(ReaderScreen(f"Engine of {self._view.name}", details.engine_lines(self._view)))

    def action_details(self) -> None:
        """Open what is known of the selected line."""
        found = self._details(self.screen.query_one(Board).current)
        if found:
            self.push_screen(ReaderScreen(*found))

    def _details(self, name: str) -> tuple[str, list[Any]] | None:
        pane = self._pane(name)
        if isinstance(pane, VipsPane) and (one := self._view.instance(pane.selected)):
            return f"VRRP instance {one.name} on {self._view.name}", details.instance_lines(one, self._view)
        if isinstance(pane, IpvsPane | CheckersPane) and pane.target:
            return f"Real server {pane.target.real_server}", details.server_lines(pane.target, self._view)
        if isinstance(pane, EventsPane) and pane.selected in pane.events:
            return "Event", details.event_lines(*pane.events[pane.selected])
        return None

    def action_hint_quit(self) -> None:
        """Say how to leave."""
        self._say("q leaves the console; the engine goes on", "strong")

    async def _ask(self, title: str, effect: list[str], verb: str, danger: Danger) -> bool:
        answer: bool = await self.push_screen_wait(ConfirmScreen(title, effect, verb, danger))
        return answer

    def _say(self, text: str, style: str) -> None:
        self.screen_stack[0].query_one(Footer).say(text, style)

    def _work(self, work: Coroutine[Any, Any, object], group: str) -> None:
        self.run_worker(work, group=group, exclusive=group == "forecast", exit_on_error=True)

    def on_priority_slider_considered(self, message: PrioritySlider.Considered) -> None:
        """Ask the engine what would happen."""
        source = self.sources[self.shown]
        slider = self._slider()

        async def work() -> None:
            slider.take_forecast(message.wish, *await self.acts.forecast(source, message.wish))

        self._work(work(), "forecast")

    def on_priority_slider_applied(self, message: PrioritySlider.Applied) -> None:
        """Set the manual part."""
        source = self.sources[self.shown]
        slider = self._slider()

        async def work() -> None:
            slider.take_result(await self.acts.apply(source, message.wish, message.forecast, message.applied))
            self._refresh_view()

        self._work(work(), "act")

    def on_priority_slider_instance_changed(self, message: PrioritySlider.InstanceChanged) -> None:
        """Select another instance, here and in the pane of VIPs."""
        vips = self.screen_stack[0].query_one(VipsPane)
        if message.step > 0:
            vips.action_cursor_down()
        else:
            vips.action_cursor_up()
        self._slider().present(self._view, vips.selected)

    def _slider(self) -> PrioritySlider:
        return self.screen_stack[0].query_one(PrioritySlider)

    def action_server_drain(self) -> None:
        """Drain the real server under the cursor."""
        self._set_server(AdminState.DRAIN)

    def action_server_ready(self) -> None:
        """Return it to service."""
        self._set_server(AdminState.READY)

    def action_server_maint(self) -> None:
        """Take it out."""
        self._set_server(AdminState.MAINT)

    def _set_server(self, admin: AdminState) -> None:
        pane = self._pane(self.screen.query_one(Board).current)
        target = pane.target if isinstance(pane, IpvsPane | CheckersPane) else None
        if target is None:
            self._say("Select a real server of this configuration first", "warn")
            return
        before = self._view.admin_of(target.service, target.real_server)
        if before is admin:
            self._say(f"{target.real_server} is {admin} already", "dim")
            return
        self._work(self.acts.set_server(self.sources[self.shown], target, admin, before), "act")

    def action_undo(self) -> None:
        """Take back the last act."""
        self._work(self.acts.take_back(), "act")

    def action_lab_menu(self) -> None:
        """Open the lab's menu."""
        lab = self.lab_source
        if lab is None or lab.picture is None:
            self._say(
                "No lab answers: this is not the lab's console" if lab is None else "The lab does not answer yet", "dim"
            )
            return

        def chosen(choice: Choice | None) -> None:
            if choice:
                self._work(self.acts.lab(lab, choice), "act")

        self.push_screen(LabMenuScreen(lab.picture), chosen)


def run(sources: Sequence[tuple[str, Path]], lab: Path | None = None, mouse: bool = False) -> int:
    """Run the console on this terminal until the operator leaves; returns the exit status."""
    if not sys.__stdin__ or not sys.__stdin__.isatty():
        sys.stderr.write("lvstui: the console needs a terminal; without one use: lvstui status\n")
        return 2
    for name in ("COLUMNS", "LINES"):  # exported by some shells: Textual would believe them and miss every resize
        os.environ.pop(name, None)
    app = ConsoleApp(sources, lab)
    app.run(mouse=mouse)
    return app.return_code or 0
