"""A generic netlink socket: batches acknowledged once, dumps, one preallocated buffer."""

from __future__ import annotations

import contextlib
import errno
import os
import socket
import time
from collections.abc import Callable, Iterator

from lvstui.errors import KernelError, PacketError
from lvstui.ipvs import netlink

NETLINK_GENERIC = 16
SOL_NETLINK = 270
NETLINK_CAP_ACK = 10
SO_SNDBUFFORCE = 32
SO_RCVBUFFORCE = 33
# The kernel cuts dumps to the largest buffer this socket ever received with; below 32 KiB it would lose entries.
BUFFER_BYTES = 128 * 1024
SOCKET_BYTES = 4 * 1024 * 1024
BATCH = 500
TIMEOUT = 5.0

Build = Callable[[int, int, int], bytes]


class NetlinkSocket:
    """Synchronous: the kernel answers within the call that asks, so there is next to nothing to wait for.

    Only loading a module takes longer (about 50 ms). KernelError names `what` it is for when the socket fails.
    """

    def __init__(self, what: str) -> None:
        self._what = what
        self._sequence = int(time.time()) & 0x3FFFFFFF
        self._buffer = bytearray(BUFFER_BYTES)
        try:
            self._socket = socket.socket(socket.AF_NETLINK, socket.SOCK_RAW | socket.SOCK_CLOEXEC, NETLINK_GENERIC)
        except OSError as error:
            raise self._failed("open netlink for", error) from error
        for option in (SO_SNDBUFFORCE, SO_RCVBUFFORCE):
            with contextlib.suppress(PermissionError):
                self._socket.setsockopt(socket.SOL_SOCKET, option, SOCKET_BYTES)
        with contextlib.suppress(OSError):  # before Linux 4.3 errors echo the request
            self._socket.setsockopt(SOL_NETLINK, NETLINK_CAP_ACK, 1)
        self._socket.settimeout(TIMEOUT)
        self._socket.bind((0, 0))

    def close(self) -> None:
        """Close the socket; further calls fail."""
        self._socket.close()

    def ask(self, build: Callable[[int], bytes], operation: str) -> netlink.Message | None:
        """Send one request that asks for an acknowledgement; return its answer, if it has one besides that.

        KernelError with the kernel's errno if it refuses.
        """
        sequence = self._next()
        self._send(build(sequence), operation)
        answer: netlink.Message | None = None
        for message in self._received(sequence, operation):
            if message.kind == netlink.NLMSG_ERROR:
                code = netlink.error_of(message)
                if code:
                    raise KernelError(code, operation, self._what, os.strerror(code))
                return answer
            # The buffer is written again by the next recv.
            answer = message._replace(payload=memoryview(bytes(message.payload)))
        return answer

    def dump(self, build: Callable[[int], bytes], operation: str) -> Iterator[netlink.Message]:
        """Send a dump request and yield the answers; each is valid until the next one is asked for.

        Must be read to its end: a socket can have one dump at a time.
        """
        sequence = self._next()
        self._send(build(sequence), operation)
        for message in self._received(sequence, operation):
            if message.kind in (netlink.NLMSG_DONE, netlink.NLMSG_ERROR):
                code = netlink.error_of(message)
                if code:
                    raise KernelError(code, operation, self._what, os.strerror(code))
                return
            yield message

    def batch(self, count: int, build: Build, operation: str) -> dict[int, int]:
        """Send many requests at once; return the errno of each one that failed, by its place.

        `build` is called with each place, its sequence number and its flags. Only the last is acknowledged: the
        kernel works through them in order, answers failures anyway, and has made all of them when it answers that.
        """
        first = self._next()
        last = first + count - 1
        self._sequence = last
        requests = [build(place, first + place, 0) for place in range(count - 1)]
        requests.append(build(count - 1, last, netlink.NLM_F_ACK))
        self._send(b"".join(requests), operation)
        failures: dict[int, int] = {}
        for message in self._received(first, operation, last):
            if message.kind != netlink.NLMSG_ERROR:
                continue
            code = netlink.error_of(message)
            if code:
                failures[message.sequence - first] = code
            if message.sequence == last:
                break
        return failures

    def _next(self) -> int:
        self._sequence = (self._sequence + 1) & 0x3FFFFFFF
        return self._sequence

    def _send(self, data: bytes, operation: str) -> None:
        try:
            self._socket.send(data)
        except OSError as error:
            raise self._failed(operation, error) from error

    def _received(self, first: int, operation: str, last: int = 0) -> Iterator[netlink.Message]:
        """Yield messages of this exchange for ever, at most TIMEOUT apart; answers to older ones are passed over."""
        view = memoryview(self._buffer)
        last = last or first
        while True:
            try:
                size = self._socket.recv_into(self._buffer)
            except TimeoutError as error:
                raise KernelError(errno.ETIMEDOUT, operation, self._what, "the kernel does not answer") from error
            except OSError as error:
                if error.errno == errno.ENOBUFS:
                    continue  # some failures were lost; the caller verifies by reading
                raise self._failed(operation, error) from error
            try:
                for message in netlink.messages(view[:size]):
                    if first <= message.sequence <= last:
                        yield message
            except PacketError as error:
                raise KernelError(errno.EBADMSG, operation, self._what, str(error)) from error

    def _failed(self, operation: str, error: OSError) -> KernelError:
        return KernelError(error.errno or errno.EIO, operation, self._what, os.strerror(error.errno or errno.EIO))
