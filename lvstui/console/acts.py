"""Console: the one path of every act: dry run, question where it is dangerous, act, what happened, undo."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from typing import Any, NamedTuple

import msgspec

from lvstui.console.actions import Danger
from lvstui.console.format import signed
from lvstui.console.panes.priority import Wish
from lvstui.console.panes.target import Target
from lvstui.console.screens.lab_menu import Choice
from lvstui.console.source import Source
from lvstui.errors import ControlError
from lvstui.model.check import AdminState
from lvstui.model.forecast import Forecast
from lvstui.safety import clean

Ask = Callable[[str, list[str], str, Danger], Awaitable[bool]]
"""Title, effect, verb, danger level: whether the operator wants it."""
Say = Callable[[str, str], None]
"""Text and style for the footer."""

_WHY = "from the console"
_VERBS = {AdminState.DRAIN: "Drain", AdminState.MAINT: "Take out", AdminState.READY: "Return"}
_DANGER = {AdminState.DRAIN: Danger.TRAFFIC, AdminState.MAINT: Danger.TRAFFIC, AdminState.READY: Danger.SMALL}


class Undo(NamedTuple):
    """How to take an act back. One of `wish` and `target` is set."""

    source: Source[Any]
    text: str
    wish: Wish | None = None
    target: Target | None = None
    admin: AdminState = AdminState.READY


class Acts:
    """Carries out what panes ask for; tells the operator by `say`, asks by `ask`."""

    def __init__(self, ask: Ask, say: Say) -> None:
        self._ask = ask
        self._say = say
        self.undo: Undo | None = None

    async def forecast(self, source: Source[Any], wish: Wish) -> tuple[Forecast | None, str]:
        """Return the engine's forecast, or why there is none."""
        try:
            answer = await source.request("priority", _priority_args(wish), dry_run=True)
            return msgspec.convert(answer.result, Forecast), ""
        except (ControlError, msgspec.ValidationError) as error:
            return None, _sentence(error)

    async def apply(self, source: Source[Any], wish: Wish, forecast: Forecast, before: int) -> bool:
        """Set a manual part whose forecast was on the screen; ask only if requests may be lost. True if it was done."""
        if forecast.gap and not await self._ask(
            f"Set {wish.instance} to {wish.adjustment:+d}?",
            [forecast.text or "Requests may be lost."],
            "Apply",
            Danger.OUTAGE,
        ):
            return False
        if not await self._do(source, "priority", _priority_args(wish)):
            return False
        self.undo = Undo(
            source, f"{wish.instance} manual part back to {signed(before)}", wish=wish._replace(adjustment=before)
        )
        self._say(
            f"{wish.instance}: manual part {signed(wish.adjustment)} is set. U takes it back to {signed(before)}",
            "strong",
        )
        return True

    async def set_server(self, source: Source[Any], target: Target, admin: AdminState, before: AdminState) -> bool:
        """Drain, take out or return a real server after the engine's preview was confirmed. True if it was done."""
        args = {
            "service": str(target.service),
            "real_server": str(target.real_server),
            "state": str(admin),
            "why": _WHY,
        }
        try:
            preview = await source.request("server.state", args, dry_run=True)
        except ControlError as error:
            self._say(_sentence(error), "error")
            return False
        title = f"{_VERBS[admin]} {target}?"
        if not await self._ask(
            title, [_preview(preview.result), *map(clean, preview.warn)], _VERBS[admin], _DANGER[admin]
        ):
            self._say("Nothing was changed", "dim")
            return False
        if not await self._do(source, "server.state", args):
            return False
        self.undo = Undo(source, f"{target.real_server} back to {before}", target=target, admin=before)
        self._say(f"{target.real_server} is set to {admin}. U takes it back to {before}", "strong")
        return True

    async def take_back(self) -> None:
        """Undo the last act; one that takes traffic away is asked for like any other."""
        undo, self.undo = self.undo, None
        if undo is None:
            self._say("There is nothing to take back", "dim")
        elif undo.target is not None:
            if not await self.set_server(undo.source, undo.target, undo.admin, _other(undo.admin)):
                self.undo = undo
        elif undo.wish is not None:
            forecast, problem = await self.forecast(undo.source, undo.wish)
            done = False
            if forecast is None:
                self._say(problem, "error")
            elif await self._ask(f"{undo.text}?", [forecast.text], "Take back", Danger.SMALL):
                done = await self._do(undo.source, "priority", _priority_args(undo.wish))
            if done:
                self._say(f"{undo.text}: done", "strong")
            else:
                self.undo = undo

    async def lab(self, source: Source[Any], choice: Choice) -> None:
        """Break or mend something in the lab; nothing is asked, it is there to be broken."""
        if await self._do(source, choice.deed.cmd, {"host": choice.host, "action": choice.deed.action}):
            self._say(f"{choice.host}: {choice.deed.label}: done", "strong")

    async def _do(self, source: Source[Any], cmd: str, args: Mapping[str, Any]) -> bool:
        try:
            answer = await source.request(cmd, args)
        except ControlError as error:
            self._say(_sentence(error), "error")
            return False
        if answer.warn:
            self._say(clean("; ".join(answer.warn)), "warn")
        return True


def _other(admin: AdminState) -> AdminState:
    return AdminState.DRAIN if admin is AdminState.READY else AdminState.READY


def _priority_args(wish: Wish) -> dict[str, Any]:
    args = {"instance": wish.instance, "adjustment": wish.adjustment, "why": _WHY}
    return {**args, "peers": msgspec.to_builtins(wish.peers)} if wish.peers else args


def _preview(result: object) -> str:
    text = result.get("text") if isinstance(result, dict) else None
    return clean(text, 600) if isinstance(text, str) and text else "The engine says nothing about the effect."


def _sentence(error: Exception) -> str:
    hint = getattr(error, "hint", "")
    return clean(f"{error}. {hint}" if hint else str(error), 300)
