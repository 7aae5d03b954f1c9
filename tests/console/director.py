"""A director that answers on a real control socket: pictures as given, requests written down."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

from lvstui.control.caller import Caller
from lvstui.control.messages import Request
from lvstui.control.server import Server
from lvstui.errors import ControlError
from lvstui.model.forecast import Forecast


class Director:
    """Serves `picture()`; `requests` is what it was asked, in order.

    `refusal` makes it refuse what is not a dry run; `gap` makes it foretell lost requests.
    """

    def __init__(self, path: Path, picture: Callable[[], object]) -> None:
        self.path = path
        self.picture = picture
        self.requests: list[tuple[str, dict[str, Any], bool]] = []
        self.refusal: ControlError | None = None
        self.gap = False
        self.server = Server(path, self._handle, lambda: self.picture())

    async def _handle(self, request: Request, caller: Caller) -> object:
        self.requests.append((request.cmd, request.args, request.dry_run))
        if self.refusal and not request.dry_run:
            raise self.refusal
        if request.cmd == "priority":
            return forecast(request.args["instance"], request.args["adjustment"], self.gap)
        if request.cmd == "server.state":
            return {"text": f"{request.args['real_server']} -> {request.args['state']}: 1 of 2 stays, quorum 1 kept"}
        return {}

    def acts(self) -> list[tuple[str, dict[str, Any]]]:
        """Return what was asked of it in earnest."""
        return [(cmd, args) for cmd, args, is_dry in self.requests if not is_dry]

    def show(self, picture: object) -> None:
        """Send another picture."""
        self.picture = lambda: picture
        self.server.changed()


def forecast(instance: str, adjustment: int, gap: bool = False) -> Forecast:
    """Return what an engine would say of lb1 at base 100 beside a peer of 99."""
    priority = 100 + adjustment
    moves = priority < 99
    text = f"at {priority} lb2 takes {instance} in about 3.3 s; {'requests are lost' if gap else 'no gap'}"
    return Forecast(
        instance=instance,
        adjustment=adjustment,
        effective_priority=priority,
        moves=moves,
        new_master="192.168.77.12" if moves else "",
        seconds=3.3 if moves else None,
        gap=gap,
        text=text if moves else f"at {priority} lb1 keeps {instance}",
    )


@asynccontextmanager
async def serving(path: Path, picture: object) -> AsyncIterator[Director]:
    """Serve a picture, or a function that makes one each time."""
    director = Director(path, picture if callable(picture) else lambda: picture)
    await director.server.start()
    try:
        yield director
    finally:
        await director.server.close()
