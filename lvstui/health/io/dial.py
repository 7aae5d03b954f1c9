"""Health, io: a TCP connection for a probe, and what an operating system error says about whose fault it is."""

from __future__ import annotations

import asyncio
import errno
import os
import socket

from lvstui.health.outcome import Outcome, bad, local
from lvstui.model.check import CheckCode
from lvstui.model.endpoint import Endpoint, bracketed

# This director lacks something; the server was not even asked (keepalived: "Rescheduling").
_LOCAL = frozenset(
    {
        errno.EMFILE,
        errno.ENFILE,
        errno.ENOBUFS,
        errno.ENOMEM,
        errno.EADDRNOTAVAIL,
        errno.EADDRINUSE,
        errno.EAFNOSUPPORT,
        errno.EPROTONOSUPPORT,
    }
)


def family_of(address: str) -> socket.AddressFamily:
    """Return the address family of an address in text."""
    return socket.AF_INET6 if ":" in address else socket.AF_INET


def explain(error: OSError) -> str:
    """Return the operating system's words without numbers and addresses."""
    return os.strerror(error.errno) if error.errno else str(error)


def failure(error: OSError, code: CheckCode = CheckCode.L4CONNECTION) -> Outcome:
    """Return what an error of a probe's socket means: local, or the server's failure with `code`."""
    if error.errno in _LOCAL:
        return local(f"cannot probe from here: {explain(error)}")
    return bad(code, explain(error))


def probe_socket(
    address: str, bind_address: str, kind: socket.SocketKind, protocol: int = 0
) -> socket.socket | Outcome:
    """Open a non-blocking socket, bound to `bind_address` if there is one; an Outcome if that cannot be done here."""
    try:
        sock = socket.socket(family_of(address), kind, protocol)
    except OSError as error:
        return local(f"cannot open a socket: {explain(error)}")
    sock.setblocking(False)
    if bind_address:
        try:
            sock.bind((bind_address, 0))
        except OSError as error:
            sock.close()
            return local(f"cannot bind to {bracketed(bind_address)}: {explain(error)}")
    return sock


async def connect(endpoint: Endpoint, bind_address: str, limit: float) -> socket.socket | Outcome:
    """Connect within `limit` seconds; the caller closes the socket. An Outcome says why it could not be."""
    sock = probe_socket(endpoint.address, bind_address, socket.SOCK_STREAM)
    if isinstance(sock, Outcome):
        return sock
    connected = False
    try:
        async with asyncio.timeout(limit):
            await asyncio.get_running_loop().sock_connect(sock, (endpoint.address, endpoint.port))
        connected = True
    except TimeoutError:
        # The kernel's own ETIMEDOUT is a TimeoutError as well, and means the same.
        return bad(CheckCode.L4TIMEOUT, f"no connection within {limit:g} s")
    except OSError as error:
        return failure(error)
    finally:
        if not connected:
            sock.close()
    return sock
