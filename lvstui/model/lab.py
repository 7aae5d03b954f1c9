"""The lab's state: its hosts, what is broken in it on purpose, and what its client sees."""

from __future__ import annotations

from enum import StrEnum

import msgspec


class HostRole(StrEnum):
    """What a host of the lab is there for."""

    DIRECTOR = "director"
    REAL_SERVER = "real server"
    CLIENT = "client"


class LabHost(msgspec.Struct, frozen=True, kw_only=True):
    """One host (a network namespace). `running`: its main process (engine or web server) is alive.

    `link_up`: its cable is plugged in. `down_file`: the file that the configuration's track script tests exists.
    `daemon`: "lvstui" or "keepalived" on a director. `vips`: held, read from its kernel.
    """

    name: str
    role: HostRole
    namespace: str
    addresses: tuple[str, ...]
    running: bool
    link_up: bool = True
    down_file: bool | None = None
    daemon: str = ""
    control_socket: str = ""
    vips: tuple[str, ...] = ()


class Answers(msgspec.Struct, frozen=True):
    """How many of the client's requests a server answered ("rs1", "sorry lb1"), or failed ("no answer")."""

    server: str
    count: int
    recent: int


class LabStatus(msgspec.Struct, frozen=True, kw_only=True):
    """`recent`: the last answers, oldest first, one word each. `longest_gap_ms`: longest time without an answer."""

    run: str
    time: float
    plane: str
    vip: str
    hosts: tuple[LabHost, ...]
    tally: tuple[Answers, ...] = ()
    recent: tuple[str, ...] = ()
    requests: int = 0
    failures: int = 0
    longest_gap_ms: float = 0.0
