"""Console: pane 2, the priority slider: what is applied, what is pending, and the engine's forecast before the act."""

from __future__ import annotations

from typing import NamedTuple

from textual.message import Message

from lvstui.console import actions
from lvstui.console.actions import Where
from lvstui.console.lines import Line, Pieces
from lvstui.console.panes.slider import LIMIT, OWNER, Slider, applied_part, compact_lines, full_lines
from lvstui.console.table.line_widget import LineWidget
from lvstui.console.table.pane import note, rule
from lvstui.console.view import View
from lvstui.model.forecast import Forecast, KnownPeer


class Wish(NamedTuple):
    """A manual part that the operator considers for an instance, and the peers that a forecast should know of."""

    instance: str
    adjustment: int
    peers: tuple[KnownPeer, ...] = ()


class PrioritySlider(LineWidget, can_focus=True):
    """Holds no truth but the pending value; forecasts come from the engine, for each value that was considered."""

    BINDINGS = actions.bindings(Where.PRIORITY)
    number = 2
    title = "Priority"

    class Considered(Message):
        """The operator moved the slider: a forecast is wanted."""

        def __init__(self, wish: Wish) -> None:
            super().__init__()
            self.wish = wish

    class Applied(Message):
        """The operator wants it so; `forecast` is what was on the screen."""

        def __init__(self, wish: Wish, forecast: Forecast, applied: int) -> None:
            super().__init__()
            self.wish = wish
            self.forecast = forecast
            self.applied = applied

    class InstanceChanged(Message):
        """Another instance is wanted: one further (`step` 1) or back (-1)."""

        def __init__(self, step: int) -> None:
            super().__init__()
            self.step = step

    def __init__(self, *, id: str) -> None:
        super().__init__(id=id)
        self.compact = False
        self.slider: Slider | None = None
        self.pending: int | None = None
        self.forecast: Forecast | None = None
        self.problem = ""
        self._view: View | None = None
        self._seat = ("", "")
        self._enter_waits = False
        self._sent: int | None = None

    @property
    def wanted_rows(self) -> int:
        """How many terminal rows the pane would fill."""
        if self.compact or self.slider is None:
            return 4
        return 1 + len(full_lines(self.slider, 60)) + (1 if self.pending is None else 0)

    def present(self, view: View, instance: str) -> None:
        """Show the picture of `instance`; a pending value of another one is dropped."""
        one = view.instance(instance)
        seat = (view.name, one.name if one else "")
        if seat != self._seat:
            self._seat = seat
            self._forget()
        self._view = view
        if one and self.pending is not None and self.pending == self._sent == applied_part(one):
            self._forget()
        self._rebuild()

    def _rebuild(self) -> None:
        view = self._view
        one = view.instance(self._seat[1]) if view else None
        if view is None or one is None:
            self.slider = None
        else:
            text = self.problem or (self.forecast.text if self.forecast else "")
            danger = bool(self.problem) or bool(self.forecast and self.forecast.gap)
            peers = tuple((peer.name or peer.address, peer.priority) for peer in view.peers_of(one))
            self.slider = Slider(one, applied_part(one), self.pending, text, danger, peers)
        self.update()

    def draw(self, width: int, height: int) -> list[Line]:
        """Return the rule and the slider in the form that fits."""
        style = "title-focus" if self.has_focus else "title"
        name = self.slider.one.name if self.slider else ""
        title: Pieces = ((f"{self.number} ", "key"), (self.title, style), (f" {name}", style))
        aside: Pieces = (("pending, not applied", "mark-pending"),) if self.pending is not None else ()
        head = rule(title, aside, width, self.has_focus)
        if self.slider is None:
            waits = (
                "waiting for the engine" if self._view is None or self._view.snapshot is None else "no VRRP instance"
            )
            return [head, Line(note(waits))]
        full = full_lines(self.slider, width)
        return [head, *(full if not self.compact and len(full) < height else compact_lines(self.slider, width))]

    def _forget(self) -> None:
        self.pending = self.forecast = self._sent = None
        self.problem = ""
        self._enter_waits = False

    def _consider(self, value: int) -> None:
        if self.slider is None or self.slider.one.base_priority == OWNER:
            return
        value = max(-LIMIT, min(LIMIT, value))
        self._forget()
        if value != self.slider.applied:
            self.pending = value
            self.post_message(self.Considered(self._wish(value)))
        self._rebuild()

    def _wish(self, value: int) -> Wish:
        assert self.slider is not None
        known = self._view.known_peers(self.slider.one) if self._view else ()
        return Wish(self.slider.one.name, value, known)

    def _from(self) -> int:
        return self.pending if self.pending is not None else self.slider.applied if self.slider else 0

    def take_forecast(self, wish: Wish, forecast: Forecast | None, problem: str = "") -> None:
        """Show the engine's answer, if it is still about the pending value."""
        if self.slider is None or self.slider.one.name != wish.instance or self.pending != wish.adjustment:
            return
        self.forecast, self.problem = forecast, problem
        self._rebuild()
        if self._enter_waits:
            self._enter_waits = False
            self.action_priority_apply()

    def take_result(self, is_applied: bool) -> None:
        """The act is done (wait for the picture that shows it) or refused (keep it pending)."""
        self._sent = self.pending if is_applied else None

    def action_priority_apply(self) -> None:
        """Apply what is pending; if its forecast is still on the way, as soon as it is shown."""
        if self.slider is None or self.pending is None or self._sent is not None:
            return
        wish = self._wish(self.pending)
        if self.forecast:
            self._sent = self.pending
            self.post_message(self.Applied(wish, self.forecast, self.slider.applied))
        elif self.problem:
            self.problem = ""
            self.post_message(self.Considered(wish))
            self._rebuild()
        else:
            self._enter_waits = True

    def action_priority_drop(self) -> None:
        """Forget the pending value."""
        self._forget()
        self._rebuild()

    def action_priority_down(self) -> None:
        """Lower by one."""
        self._consider(self._from() - 1)

    def action_priority_up(self) -> None:
        """Raise by one."""
        self._consider(self._from() + 1)

    def action_priority_down_ten(self) -> None:
        """Lower by ten."""
        self._consider(self._from() - 10)

    def action_priority_up_ten(self) -> None:
        """Raise by ten."""
        self._consider(self._from() + 10)

    def action_priority_zero(self) -> None:
        """Back to no manual part."""
        self._consider(0)

    def action_instance_next(self) -> None:
        """Go to the next instance."""
        self.post_message(self.InstanceChanged(1))

    def action_instance_previous(self) -> None:
        """Go to the instance before."""
        self.post_message(self.InstanceChanged(-1))

    def on_focus(self) -> None:
        """Show the focus."""
        self.update()

    def on_blur(self) -> None:
        """Show that it is gone."""
        self.update()
