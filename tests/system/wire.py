"""Test harness: witnesses from outside the engine: a sniffer on an interface and a prober of an address.

Both run a thread of their own with a socket of the host's namespace; times are CLOCK_MONOTONIC seconds.
`Sniffer.frames` are whole Ethernet frames stamped by the kernel; decode them with scapy, not with our own codec.
"""

from __future__ import annotations

import contextlib
import itertools
import select
import socket
import struct
import threading
import time
from dataclasses import dataclass

from tests.system.netns import Host

_SO_TIMESTAMPNS = 35
_ETH_P_ALL = 3


@dataclass(frozen=True)
class Frame:
    """One Ethernet frame and when the kernel saw it."""

    at: float
    data: bytes

    @property
    def is_vrrp(self) -> bool:
        """Whether it is an IPv4 packet of protocol 112."""
        return self.data[12:14] == b"\x08\x00" and self.data[23:24] == b"\x70"

    @property
    def is_arp(self) -> bool:
        """Whether it is ARP."""
        return self.data[12:14] == b"\x08\x06"


class Sniffer:
    """Records every frame of one interface; `outgoing` False drops copies of what this host sends itself."""

    def __init__(self, host: Host, interface: str = "eth0") -> None:
        with host.inside():
            self._socket = socket.socket(socket.AF_PACKET, socket.SOCK_RAW, socket.htons(_ETH_P_ALL))
            self._socket.bind((interface, _ETH_P_ALL))
        self._socket.setsockopt(socket.SOL_SOCKET, _SO_TIMESTAMPNS, 1)
        self._socket.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4 << 20)
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._run, daemon=True)
        self.frames: list[Frame] = []

    def __enter__(self) -> Sniffer:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._stop.set()
        self._thread.join()
        self._socket.close()

    def vrrp(self, source: str = "", since: float = 0.0) -> list[Frame]:
        """The VRRP frames, of one sender if given, not older than `since`."""
        wanted = socket.inet_aton(source) if source else b""
        return [f for f in self.frames if f.is_vrrp and f.at >= since and f.data[26:30].startswith(wanted)]

    def _run(self) -> None:
        while not self._stop.is_set():
            if not select.select([self._socket], [], [], 0.05)[0]:
                continue
            data, ancillary, _, _ = self._socket.recvmsg(4096, 64)
            wall = time.time()
            now = time.monotonic()
            for _level, kind, value in ancillary:
                if kind == _SO_TIMESTAMPNS:
                    seconds, nanoseconds = struct.unpack("ll", value[:16])
                    now -= wall - (seconds + nanoseconds / 1e9)
            self.frames.append(Frame(now, data))


class Prober:
    """Sends an ICMP echo to `address` every `interval` seconds and records which were answered.

    `lost()` and `longest_gap()` may be called after the block (the last `grace` seconds of probes do not count).
    """

    def __init__(self, host: Host, address: str, interval: float = 0.01, grace: float = 0.1) -> None:
        with host.inside():
            self._socket = socket.socket(socket.AF_INET, socket.SOCK_RAW, socket.IPPROTO_ICMP)
        self._socket.setblocking(False)
        self._address = address
        self._interval = interval
        self._grace = grace
        self._identity = id(self) & 0xFFFF
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._run, daemon=True)
        self.sent: list[float] = []
        self.answered: dict[int, float] = {}

    def __enter__(self) -> Prober:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._stop.set()
        self._thread.join()
        self._socket.close()

    def lost(self, since: float = 0.0) -> int:
        """How many probes sent since then (up to the grace before the end) got no answer."""
        end = self.sent[-1] - self._grace if self.sent else 0.0
        return sum(1 for n, at in enumerate(self.sent) if since <= at <= end and n not in self.answered)

    def longest_gap(self, since: float = 0.0) -> float:
        """The longest time in seconds between two answers since then, measured at the sending of the probes."""
        good = [since] if since else []
        good += [at for n, at in enumerate(self.sent) if n in self.answered and at >= since]
        return max((b - a for a, b in itertools.pairwise(good)), default=0.0)

    def _run(self) -> None:
        due = time.monotonic()
        while not self._stop.is_set():
            wait = due - time.monotonic()
            if wait > 0:
                if select.select([self._socket], [], [], wait)[0]:
                    self._collect()
                continue
            number = len(self.sent)
            self.sent.append(time.monotonic())
            with contextlib.suppress(OSError):  # no ARP answer: the probe is lost, which is what is measured
                self._socket.sendto(self._echo(number), (self._address, 0))
            due += self._interval

    def _echo(self, number: int) -> bytes:
        body = struct.pack("!BBHHHI", 8, 0, 0, self._identity, number & 0xFFFF, number)
        total = sum(struct.unpack("!6H", body))
        total = (total & 0xFFFF) + (total >> 16)
        total = (total & 0xFFFF) + (total >> 16)
        return body[:2] + struct.pack("!H", ~total & 0xFFFF) + body[4:]

    def _collect(self) -> None:
        while True:
            try:
                packet = self._socket.recv(2048)
            except (BlockingIOError, OSError):
                return
            inner = packet[(packet[0] & 15) * 4 :]
            if len(inner) >= 12 and inner[0] == 0:
                _, _, _, identity, _, number = struct.unpack("!BBHHHI", inner[:12])
                if identity == self._identity:
                    self.answered.setdefault(number, time.monotonic())
