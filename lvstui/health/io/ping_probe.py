"""Health, io: PING_CHECK: an ICMP echo must be answered.

An unprivileged ICMP socket is used where net.ipv4.ping_group_range allows it (that setting is not touched,
keepalived widens it for the whole machine), else a raw one. A reply must carry the identifier, the sequence number
and the payload of the request, 16 random octets: nobody who has not seen the request can forge it.
"""

from __future__ import annotations

import asyncio
import secrets
import socket

from lvstui.health.icmp import echo_request, is_reply, without_ip_header
from lvstui.health.io.dial import failure, probe_socket
from lvstui.health.outcome import Outcome, bad, good, local
from lvstui.model.check import CheckCode
from lvstui.model.configuration import PingChecker

_PROTOCOLS = {4: socket.IPPROTO_ICMP, 6: socket.IPPROTO_ICMPV6}
_RECEIVE_ERRORS = {4: (socket.IPPROTO_IP, 11), 6: (socket.IPPROTO_IPV6, 25)}  # IP_RECVERR, IPV6_RECVERR
_LARGEST = 2048


async def probe_ping(checker: PingChecker) -> Outcome:
    """Send one echo request and wait for its reply, at most `connect_timeout` seconds."""
    address = checker.endpoint.address
    version = 6 if ":" in address else 4
    opened = _open(address, checker.bind_address, version)
    if isinstance(opened, Outcome):
        return opened
    sock, raw = opened
    timeout = checker.timing.connect_timeout
    try:
        sock.setsockopt(*_RECEIVE_ERRORS[version], 1)
        # Sets the peer and picks the route: nothing is sent, so this does not wait.
        sock.connect((address, 0))
        async with asyncio.timeout(timeout):
            await _echo(sock, version, raw)
    except TimeoutError:
        return bad(CheckCode.L3TIMEOUT, f"no echo within {timeout:g} s")
    except OSError as error:
        return failure(error, CheckCode.L3UNREACHABLE)
    finally:
        sock.close()
    return good(CheckCode.L3OK, "echo answered")


def _open(address: str, bind_address: str, version: int) -> tuple[socket.socket, bool] | Outcome:
    protocol = _PROTOCOLS[version]
    opened = probe_socket(address, bind_address, socket.SOCK_DGRAM, protocol)
    if not isinstance(opened, Outcome):
        return opened, False
    opened = probe_socket(address, bind_address, socket.SOCK_RAW, protocol)
    if not isinstance(opened, Outcome):
        return opened, True
    if bind_address and "bind" in opened.detail:
        return opened
    return local(f"{opened.detail} (needs CAP_NET_RAW, or this group within net.ipv4.ping_group_range)")


async def _echo(sock: socket.socket, version: int, raw: bool) -> None:
    """Send and wait until the right reply is there. The kernel sets an unprivileged socket's identifier itself."""
    loop = asyncio.get_running_loop()
    payload = secrets.token_bytes(16)
    number = int.from_bytes(secrets.token_bytes(4))
    identifier, sequence = number >> 16, number & 0xFFFF
    await loop.sock_sendall(sock, echo_request(version, identifier, sequence, payload))
    while True:
        datagram = await loop.sock_recv(sock, _LARGEST)
        if raw and version == 4:
            datagram = without_ip_header(datagram)
        if is_reply(datagram, version, identifier if raw else None, sequence, payload):
            return
        await asyncio.sleep(0)
