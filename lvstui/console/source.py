"""Console: one control socket, watched for ever; the newest picture, its age, and why there is none."""

from __future__ import annotations

import asyncio
import contextlib
import time
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any, Generic, TypeVar

from lvstui.control.client import AsyncClient
from lvstui.control.messages import Response
from lvstui.errors import ControlError, EngineUnreachable

T = TypeVar("T")
RETRY_SECONDS = (0.05, 0.1, 0.2, 0.4, 0.8, 1.0)
SILENCE_SECONDS = 3.0
"""Without a picture for so long (they come every second), what is shown is stale."""
HANG_SECONDS = 10.0
"""After so long the connection is given up and made anew."""


class Source(Generic[T]):
    """Follows one engine or lab: the newest `picture`, its arrival `received_at` (monotonic), the `problem` if cut off.

    `on_news` is called in the event loop when any of them changed.
    """

    def __init__(self, name: str, path: Path, kind: type[T], on_news: Callable[[], None]) -> None:
        self.name = name
        self.path = path
        self.picture: T | None = None
        self.received_at = 0.0
        self.problem = ""
        self.hint = ""
        self._kind = kind
        self._on_news = on_news
        self._client: AsyncClient | None = None
        self._is_closed = False

    def age(self, now: float) -> float:
        """Return how many seconds ago the newest picture arrived (0 if there was none)."""
        return max(0.0, now - self.received_at) if self.picture is not None else 0.0

    def is_stale(self, now: float) -> bool:
        """Whether what is known must not be shown as live."""
        return self.picture is None or bool(self.problem) or self.age(now) > SILENCE_SECONDS

    async def follow(self) -> None:
        """Connect, watch, and begin again when the connection is lost; runs until it is closed or cancelled."""
        tries = 0
        while not self._is_closed:
            client = AsyncClient(self.path)
            try:
                await client.connect()
                self._client = client
                async for picture in _timely(client.watch(self._kind, 1.0)):
                    self.picture, self.received_at = picture, time.monotonic()
                    self.problem = self.hint = ""
                    tries = 0
                    self._on_news()
                    if self._is_closed:
                        return
            except (ControlError, TimeoutError) as error:
                self.problem = str(error) or "no picture comes any more"
                self.hint = getattr(error, "hint", "")
                self._on_news()
            finally:
                self._client = None
                await client.close()
            await asyncio.sleep(RETRY_SECONDS[min(tries, len(RETRY_SECONDS) - 1)])
            tries += 1

    def close(self) -> None:
        """End `follow` soon, even if its cancellation gets lost (asyncio.wait_for of Python 3.11 may lose it)."""
        self._is_closed = True

    async def request(
        self, cmd: str, args: Mapping[str, Any], *, dry_run: bool = False, if_gen: int | None = None
    ) -> Response:
        """Send a command; ControlError with the engine's reason, or EngineUnreachable."""
        if self._client is None:
            raise EngineUnreachable(self.problem or "not connected yet", self.hint)
        return await self._client.request(cmd, args, dry_run=dry_run, if_gen=if_gen)


async def _timely(pictures: Any) -> Any:
    """Pass pictures on; TimeoutError when none comes for HANG_SECONDS."""
    async with contextlib.aclosing(pictures):
        while True:
            try:
                async with asyncio.timeout(HANG_SECONDS):
                    picture = await anext(pictures)
            except StopAsyncIteration:
                return
            yield picture
