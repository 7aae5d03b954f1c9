"""Console: pane 4, the checkers: verdict, code, detail, latency, and how old it is; what is old is never green."""

from __future__ import annotations

from lvstui.console import actions, format
from lvstui.console.actions import Where
from lvstui.console.glyphs import DOWN, MAINT, STALE, UP, WAIT, Sign
from lvstui.console.lines import Pieces
from lvstui.console.panes.target import Target
from lvstui.console.table.columns import Column, Row, cell
from lvstui.console.table.live_table import LiveTable
from lvstui.console.view import View
from lvstui.model.check import CheckCode, CheckerStatus

STALE_INTERVALS = 3.0
_STYLES = {"up": "ok", "DOWN": "down"}


class CheckersPane(LiveTable):
    """One row a checker; a real server under the cursor can be drained and returned."""

    BINDINGS = actions.bindings(Where.LISTS, Where.CHECKERS)
    number = 4
    title = "Checkers"

    def __init__(self, *, id: str) -> None:
        super().__init__(id=id)
        self.targets: dict[str, Target] = {}

    def present(self, view: View) -> None:
        """Show the picture."""
        found = view.snapshot.checkers if view.snapshot else ()
        services = {one.service for one in found}
        width = max((len(str(one.real_server)) for one in found), default=10)
        kind = max((len(one.kind) for one in found), default=9)
        self.columns = _columns(max(10, width), max(5, kind), len(services) > 1)
        self.empty = "no checker" if view.snapshot else "waiting for the engine"
        self.targets = {key_of(one): Target(one.service, one.real_server) for one in found}
        signs = [sign_of(one, view.now) for one in found]
        self.aside = summary(signs)
        self.show([_row(one, sign, view.now) for one, sign in zip(found, signs, strict=True)])

    @property
    def target(self) -> Target | None:
        """The real server under the cursor."""
        return self.targets.get(self.selected)


def _columns(server_width: int, kind_width: int, has_services: bool) -> tuple[Column, ...]:
    return (
        Column("server", "RealServer", server_width),
        *((Column("service", "VirtualServer", 21, 6),) if has_services else ()),
        Column("kind", "Check", kind_width, 2),
        Column("state", "State", 7),
        Column("code", "Code", 6),
        Column("latency", "Latency", 7, 3, right=True),
        Column("age", "Age", 5, 1, right=True),
        Column("next", "Next", 5, 5, right=True),
        Column("failures", "Fails", 5, 4, right=True),
        Column("detail", "Detail", 14, grow=True),
    )


def key_of(one: CheckerStatus) -> str:
    """Return what identifies a checker on screen."""
    return f"{one.service} {one.real_server} {one.index}"


def is_old(one: CheckerStatus, now: float) -> bool:
    """Whether the last probe is older than three of its intervals."""
    return one.last_at > 0 and now - one.last_at > STALE_INTERVALS * one.interval


def sign_of(one: CheckerStatus, now: float) -> Sign:
    """Return how the verdict looks now."""
    if one.code is CheckCode.UNCHECKED:
        return MAINT
    if is_old(one, now):
        return STALE
    if one.up is None:
        return WAIT
    return UP if one.up else DOWN


def summary(signs: list[Sign]) -> Pieces:
    """Return how many are in which state, for the rule."""
    pieces: list[tuple[str, str]] = []
    for sign in (DOWN, STALE, WAIT, MAINT, UP):
        number = sum(1 for one in signs if one == sign)
        if number:
            pieces.append((f"{', ' if pieces else ''}{number} {sign.word}", "dim" if sign is UP else sign.style))
    return tuple(pieces)


def _row(one: CheckerStatus, sign: Sign, now: float) -> Row:
    is_current = sign not in (STALE, MAINT)
    fails = f"{one.failures}/{one.retries + 1}" if one.failures or one.up is False else "0"
    return Row(
        key_of(one),
        {
            "server": cell(str(one.real_server), "strong"),
            "service": cell(str(one.service), "dim"),
            "kind": cell(one.kind),
            "state": (sign.piece,),
            "code": cell(str(one.code), _STYLES.get(sign.word, sign.style)),
            "latency": cell(format.latency(one.latency), "" if is_current else "stale"),
            "age": cell(format.age(now - one.last_at) if one.last_at else "never", "" if is_current else "stale"),
            "next": cell(format.age(one.next_at - now) if one.next_at else "-", "dim"),
            "failures": cell(fails, "warn" if one.failures else "dim"),
            "detail": cell(one.detail, "" if is_current else "stale"),
        },
    )
