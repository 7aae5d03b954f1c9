"""Interfaces: what they are now, and a hint when something about them or their addresses changes."""

from __future__ import annotations

import asyncio
import errno
import struct
from collections.abc import Callable

import msgspec

from lvstui.errors import KernelError
from lvstui.vrrp.io import rtnetlink

_IFF_UP, _IFF_RUNNING = 0x1, 0x40
_IFLA_ADDRESS, _IFLA_IFNAME, _IFLA_EXT_MASK = 1, 3, 29
_SKIP_STATISTICS = struct.pack("=I", 8)
_INTERFACE = struct.Struct("=BxHiII")
_DATAGRAMS_PER_WAKE_UP = 64


class LinkState(msgspec.Struct, frozen=True):
    """An interface now. `running`: up and with carrier (what keepalived goes by). `index` 0 if it does not exist.

    A changed `index` under the same name is another interface: sockets bound to the old one are dead.
    """

    exists: bool
    up: bool
    running: bool
    mac: bytes
    index: int


ABSENT = LinkState(exists=False, up=False, running=False, mac=b"", index=0)


def ask_link(conversation: rtnetlink.Conversation, interface: str) -> tuple[LinkState, dict[int, bytes]]:
    """The state of an interface and its raw attributes (none if it does not exist); KernelError on other refusals."""
    name = interface.encode("utf-8", "surrogateescape")
    if not 0 < len(name) < 16 or b"\0" in name:
        return ABSENT, {}
    body = _INTERFACE.pack(0, 0, 0, 0, 0)
    body += rtnetlink.attribute(_IFLA_IFNAME, name + b"\0")
    body += rtnetlink.attribute(_IFLA_EXT_MASK, _SKIP_STATISTICS)
    try:
        answer = conversation.ask(rtnetlink.RTM_GETLINK, rtnetlink.NLM_F_ACK, body, "read interface", interface)
    except KernelError as error:
        if error.errno == errno.ENODEV:
            return ABSENT, {}
        raise
    for message in answer:
        if message.kind == rtnetlink.RTM_NEWLINK and len(message.body) >= _INTERFACE.size:
            _, _, index, flags, _ = _INTERFACE.unpack_from(message.body)
            found = rtnetlink.attributes(message.body[_INTERFACE.size :])
            up = bool(flags & _IFF_UP)
            running = up and bool(flags & _IFF_RUNNING)
            return LinkState(True, up, running, found.get(_IFLA_ADDRESS, b""), index), found
    return ABSENT, {}


class LinkWatcher:
    """Calls `on_change` in `loop` after the kernel told of a change of any interface or IPv4 address.

    The call is a hint and carries nothing: many events make one call, and lost events (ENOBUFS) make one too.
    Whoever is called reads again what it needs. Raises KernelError if netlink is not to be had.
    """

    def __init__(self, loop: asyncio.AbstractEventLoop, on_change: Callable[[], None]) -> None:
        self._loop = loop
        self._on_change = on_change
        self._conversation = rtnetlink.Conversation()
        self._events = rtnetlink.open_socket(rtnetlink.RTMGRP_LINK | rtnetlink.RTMGRP_IPV4_IFADDR)
        loop.add_reader(self._events.fileno(), self._readable)

    def state(self, interface: str) -> LinkState:
        """Read the interface from the kernel now; KernelError if it refuses (absence is a state, no error)."""
        return ask_link(self._conversation, interface)[0]

    def close(self) -> None:
        """Stop listening; may be called twice."""
        if self._events.fileno() >= 0:
            self._loop.remove_reader(self._events.fileno())
            self._events.close()
        self._conversation.close()

    def _readable(self) -> None:
        changed = False
        for _ in range(_DATAGRAMS_PER_WAKE_UP):
            try:
                _, sender = self._events.recvfrom(1)  # only that something happened counts
            except BlockingIOError:
                break
            except OSError as error:
                if error.errno != errno.ENOBUFS:
                    raise
                changed = True
                continue
            changed = changed or sender[0] == 0  # other processes may send to our socket; only the kernel's word counts
        if changed:
            self._on_change()
