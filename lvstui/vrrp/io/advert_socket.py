"""The socket of adverts: raw IPv4, protocol 112, on one interface (RFC 9568 5.1.1).

The IPv4 header is ours (IP_HDRINCL), as keepalived's is: the source is what the instance says even if a VIP was
added a moment ago, TTL and TOS are in one place, and no route is needed.
"""

from __future__ import annotations

import asyncio
import contextlib
import errno
import os
import socket
import struct
import time
from collections.abc import Callable

from lvstui.errors import KernelError, MisuseError

GROUP = "224.0.0.18"
PROTOCOL = 112
_TOS = 0xC0  # CS6, network control
_TTL = 255
_SO_RCVBUFFORCE = 33
_IP_MULTICAST_ALL = 49
_IP_FREEBIND = 15
_PRIORITY_CONTROL = 7
_RECEIVE_BUFFER = 1 << 20
_LARGEST = 4096  # an advert of 255 addresses has 1060 octets with its header
_PER_WAKE_UP = 64
_IP_HEADER = struct.Struct("!BBHHHBBH4s4s")


class AdvertSocket:
    """Sends adverts and hands over received ones, whole IPv4 datagrams with their arrival (CLOCK_MONOTONIC).

    With `multicast` it joins 224.0.0.18 and also sees datagrams that were sent to this host alone. Without, it is
    bound to `source` and sees only what was sent there (IP_FREEBIND: the address may come later). Own adverts are
    never heard. At most 64 datagrams are handed over in one wake-up, so that a flood cannot keep the loop from its
    timer. If the interface is deleted and made again, open a new socket (`LinkState.index` has changed then).
    KernelError: no rights (CAP_NET_RAW), no such interface.
    """

    def __init__(
        self,
        loop: asyncio.AbstractEventLoop,
        interface: str,
        on_datagram: Callable[[bytes, float], None],
        *,
        multicast: bool,
        source: str,
    ) -> None:
        self._loop = loop
        self._interface = interface
        self._on_datagram = on_datagram
        try:
            self._socket = socket.socket(socket.AF_INET, socket.SOCK_RAW | socket.SOCK_NONBLOCK, PROTOCOL)
        except OSError as error:
            raise self._refused(error, "open VRRP socket on", interface) from None
        try:
            self._prepare(multicast, source)
        except OSError as error:
            self._socket.close()
            raise self._refused(error, "open VRRP socket on", interface) from None
        loop.add_reader(self._socket.fileno(), self._readable)

    def send(self, pdu: bytes, source: str, destination: str) -> None:
        """Send one advert at once; KernelError if it cannot leave (interface down or gone, queue full)."""
        try:
            header = _IP_HEADER.pack(
                0x45, _TOS, 0, 0, 0, _TTL, PROTOCOL, 0, socket.inet_aton(source), socket.inet_aton(destination)
            )
        except OSError:
            raise MisuseError(f"advert from {source!r} to {destination!r}: not IPv4 addresses") from None
        # The kernel fills in total length, identification and checksum.
        flags = socket.MSG_DONTROUTE if destination == GROUP else 0
        try:
            self._socket.sendto(header + pdu, flags, (destination, 0))
        except OSError as error:
            raise self._refused(error, "send advert on", f"{self._interface} to {destination}") from None

    def close(self) -> None:
        """Leave the group and stop; may be called twice."""
        if self._socket.fileno() >= 0:
            self._loop.remove_reader(self._socket.fileno())
            self._socket.close()

    def _prepare(self, multicast: bool, source: str) -> None:
        opened = self._socket
        # Bound first: until then datagrams of every interface would be queued.
        opened.setsockopt(socket.SOL_SOCKET, socket.SO_BINDTODEVICE, self._interface.encode() + b"\0")
        opened.setsockopt(socket.IPPROTO_IP, socket.IP_HDRINCL, 1)
        opened.setsockopt(socket.IPPROTO_IP, _IP_MULTICAST_ALL, 0)
        opened.setsockopt(socket.IPPROTO_IP, socket.IP_MULTICAST_LOOP, 0)
        for option, value in ((socket.SO_PRIORITY, _PRIORITY_CONTROL), (_SO_RCVBUFFORCE, _RECEIVE_BUFFER)):
            with contextlib.suppress(OSError):  # in an unprivileged user namespace: the ordinary queue and buffer
                opened.setsockopt(socket.SOL_SOCKET, option, value)
        if multicast:
            index = socket.if_nametoindex(self._interface)
            membership = struct.pack("=4s4si", socket.inet_aton(GROUP), bytes(4), index)
            opened.setsockopt(socket.IPPROTO_IP, socket.IP_ADD_MEMBERSHIP, membership)
        elif source:
            opened.setsockopt(socket.IPPROTO_IP, _IP_FREEBIND, 1)
            opened.bind((source, 0))
        self._drain()

    def _drain(self) -> None:
        """Forget what was queued before the socket was bound to its interface."""
        with contextlib.suppress(BlockingIOError):
            for _ in range(_PER_WAKE_UP):
                self._socket.recv(1)

    def _readable(self) -> None:
        for _ in range(_PER_WAKE_UP):
            if self._socket.fileno() < 0:  # closed by the receiver of the last datagram
                return
            try:
                datagram = self._socket.recv(_LARGEST)
            except OSError:
                # Nothing left, or an error of the interface (ENETDOWN): the link watcher tells of that.
                return
            self._on_datagram(datagram, time.monotonic())

    def _refused(self, error: OSError, operation: str, subject: str) -> KernelError:
        code = error.errno or errno.EINVAL
        hint = " (needs root or CAP_NET_RAW)" if code in (errno.EPERM, errno.EACCES) else ""
        return KernelError(code, operation, subject, os.strerror(code) + hint)
