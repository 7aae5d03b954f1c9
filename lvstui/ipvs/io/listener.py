"""Where clients of the userspace plane arrive: a listening socket on a VIP that this director need not hold yet."""

from __future__ import annotations

import asyncio
import contextlib
import errno
import os
import socket
from collections.abc import Callable

from lvstui.errors import KernelError
from lvstui.model.endpoint import ServiceKey

IP_FREEBIND = 15
IPV6_FREEBIND = 78
IP_TRANSPARENT = 19
IPV6_TRANSPARENT = 75
BACKLOG = 1024
_ACCEPTED_A_TURN = 64
_PAUSE_SECONDS = 0.5
_NO_MORE = frozenset({errno.EMFILE, errno.ENFILE, errno.ENOBUFS, errno.ENOMEM})

Arrived = Callable[[socket.socket, str, int], None]


class Listener:
    """Accepts connections and hands them on: socket (not blocking), client's address, client's port.

    KernelError if the place cannot be listened on, with the reason in words.
    """

    def __init__(self, key: ServiceKey, arrived: Arrived) -> None:
        self._arrived = arrived
        self._loop = asyncio.get_running_loop()
        self._resume: asyncio.TimerHandle | None = None
        self._socket = _listening(key)
        self._loop.add_reader(self._socket.fileno(), self._accept)

    def close(self) -> None:
        """Stop accepting; accepted connections live on."""
        if self._resume is not None:
            self._resume.cancel()
        self._loop.remove_reader(self._socket.fileno())
        self._socket.close()

    def _accept(self) -> None:
        """Take what waits, but not for longer than others can bear."""
        for _ in range(_ACCEPTED_A_TURN):
            try:
                client, peer = self._socket.accept()
            except (BlockingIOError, InterruptedError):
                return
            except OSError as error:
                if error.errno in _NO_MORE:
                    self._pause()
                    return
                continue  # this client is gone already
            client.setblocking(False)
            self._arrived(client, str(peer[0]).partition("%")[0], int(peer[1]))

    def _pause(self) -> None:
        """Out of descriptors: the queue stays ready, so without a pause the loop would do nothing else."""
        self._loop.remove_reader(self._socket.fileno())
        self._resume = self._loop.call_later(_PAUSE_SECONDS, self._go_on)

    def _go_on(self) -> None:
        self._resume = None
        self._loop.add_reader(self._socket.fileno(), self._accept)


def _listening(key: ServiceKey) -> socket.socket:
    ipv6 = ":" in key.address
    family = socket.AF_INET6 if ipv6 else socket.AF_INET
    sock: socket.socket | None = None
    try:
        sock = socket.socket(family, socket.SOCK_STREAM | socket.SOCK_NONBLOCK)
        sock.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        with contextlib.suppress(OSError):
            sock.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEPORT, 1)
        if ipv6:
            sock.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_V6ONLY, 1)
            sock.setsockopt(socket.IPPROTO_IPV6, IPV6_FREEBIND, 1)
        else:
            sock.setsockopt(socket.IPPROTO_IP, IP_FREEBIND, 1)
        # An answer under way may outlive the VIP on this director; it leaves from an address that is local no longer.
        with contextlib.suppress(OSError):
            if ipv6:
                sock.setsockopt(socket.IPPROTO_IPV6, IPV6_TRANSPARENT, 1)
            else:
                sock.setsockopt(socket.IPPROTO_IP, IP_TRANSPARENT, 1)
        sock.bind((key.address, key.port))
        sock.listen(BACKLOG)
    except OSError as error:
        if sock is not None:
            sock.close()
        code = error.errno or errno.EIO
        raise KernelError(code, "listen on", str(key), _explanation(code, key.port)) from error
    return sock


def _explanation(code: int, port: int) -> str:
    if code == errno.EADDRINUSE:
        return (
            f"another process has port {port} of this address or of all addresses; "
            f"let it listen on an address of its own (tried again by itself)"
        )
    if code == errno.EACCES:
        return f"port {port} wants root or CAP_NET_BIND_SERVICE"
    return os.strerror(code)
