"""The console against pictures that look alive: `python -m tests.console.demo` (or `--serve DIR` for sockets only)."""

from __future__ import annotations

import asyncio
import sys
import tempfile
import threading
import time
from pathlib import Path

import msgspec

from lvstui.model.snapshot import DirectorSnapshot
from tests.console import pictures
from tests.console.director import serving


async def serve(folder: Path, is_ready: threading.Event) -> None:
    """Serve lb1, lb2 and a lab in `folder` until cancelled."""

    start = time.monotonic(), time.time()

    def alive(picture: DirectorSnapshot) -> DirectorSnapshot:
        now = time.monotonic()
        checkers = tuple(
            msgspec.structs.replace(one, last_at=now - (now + index * 3) % 6, next_at=now + 6 - (now + index * 3) % 6)
            for index, one in enumerate(picture.checkers)
        )
        first, *rest = picture.instances
        peers = tuple(msgspec.structs.replace(peer, last_heard_at=now - now % 1) for peer in first.peers)
        instances = (msgspec.structs.replace(first, peers=peers), *rest)
        reported = {name: now - 0.2 for name in picture.reported_at}
        return msgspec.structs.replace(
            picture, now_at=now, time=time.time(), checkers=checkers, instances=instances, reported_at=reported
        )

    def lb1() -> object:
        return alive(pictures.director(now=start[0], time=start[1]))

    def lb2() -> object:
        return alive(pictures.backup(now=start[0], time=start[1]))

    async with (
        serving(folder / "lb1.sock", lb1),
        serving(folder / "lb2.sock", lb2),
        serving(folder / "lab.sock", lambda: pictures.lab(time=time.time())),
    ):
        is_ready.set()
        await asyncio.Event().wait()


def main(arguments: list[str]) -> int:
    """Run the console in this terminal."""
    from lvstui.console.app import run

    with tempfile.TemporaryDirectory() as name:
        folder = Path(arguments[1]) if arguments[:1] == ["--serve"] else Path(name)
        is_ready = threading.Event()
        thread = threading.Thread(target=lambda: asyncio.run(serve(folder, is_ready)), daemon=True)
        thread.start()
        is_ready.wait(5)
        if arguments[:1] == ["--serve"]:
            thread.join()
            return 0
        lab = None if "--no-lab" in arguments else folder / "lab.sock"
        return run([("lb1", folder / "lb1.sock"), ("lb2", folder / "lb2.sock")], lab)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
