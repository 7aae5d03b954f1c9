"""What goes over a control socket: one JSON object a line, requests and answers matched by `id`.

    → {"id":7,"cmd":"server.state","args":{"service":"10.0.0.100:80/tcp","real_server":"10.0.0.11:80",
       "state":"drain","why":"kernel"},"dry_run":false,"if_gen":4711}
    ← {"id":7,"ok":true,"gen":4712,"result":{…},"warn":[…]}
    ← {"id":7,"ok":false,"error":{"code":"NO_SUCH_SERVER","message":"…","hint":"…"}}
    → {"id":8,"cmd":"watch","args":{"interval":1.0}}
    ← {"id":8,"ok":true,…}   and from then on   ← {"picture":{…}}   (the newest; a slow reader misses some)

Commands of the engine: `ping`, `snapshot`, `watch`, `table`,
`priority` {instance, adjustment, why, peers: [{address, priority, name}]} (result: a Forecast; `peers` are directors
that the asker knows of although they are silent),
`server.state` {service, real_server, state: ready|drain|maint, why} (dry run: {"text": …}), `stop`.
Commands of the lab: `ping`, `snapshot`, `watch`, `lab.web` {host, action: start|stop}, `lab.link`
{host, action: cut|mend}, `lab.engine` {host, action: start|stop|kill}, `lab.down_file` {host, action: touch|remove}.
"""

from __future__ import annotations

from typing import Any

import msgspec

MAX_LINE_BYTES = 1 << 20


class Request(msgspec.Struct, frozen=True, kw_only=True):
    """One command. `if_gen`: refuse (code `STALE`) unless the generation is still this one."""

    id: int
    cmd: str
    args: dict[str, Any] = {}
    dry_run: bool = False
    if_gen: int | None = None


class ErrorBody(msgspec.Struct, frozen=True):
    """Why a request failed: a stable code, a sentence, and what to do."""

    code: str
    message: str
    hint: str = ""


class Response(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """The answer to a request; `result` only when `ok`, `error` only when not."""

    id: int
    ok: bool
    gen: int = 0
    result: Any = None
    warn: tuple[str, ...] = ()
    error: ErrorBody | None = None
