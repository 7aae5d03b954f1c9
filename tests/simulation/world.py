"""Several routers on one lossy, slow link in virtual time: pure instances, no clock, no socket."""

from __future__ import annotations

import heapq
import itertools
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from lvstui.model.vrrp import VrrpState
from lvstui.vrrp.effects import AddVips, Effect, RemoveVips, SendAdvertisement
from lvstui.vrrp.instance import Instance
from lvstui.vrrp.packet import GROUP, decode, encode
from tests.vrrp.play import instance, ip_header


@dataclass
class Node:
    """A router of the world. A dead one neither hears nor speaks; `holds` its VIPs."""

    address: str
    actor: Instance
    alive: bool = True
    plugged: bool = True
    holds: bool = False


@dataclass
class World:
    """The link: `delay(n)` seconds and `lost(n)` of the n-th delivery; `masters` is the history of who was MASTER."""

    delay: Callable[[int], float] = lambda _: 0.0005
    lost: Callable[[int], bool] = lambda _: False
    now: float = 0.0
    nodes: list[Node] = field(default_factory=list)
    masters: list[tuple[float, frozenset[str]]] = field(default_factory=list)
    holders: list[tuple[float, frozenset[str]]] = field(default_factory=list)
    _post: list[tuple[float, int, Node, bytes]] = field(default_factory=list)
    _sequence: Any = field(default_factory=itertools.count)

    def add(self, address: str, **settings: Any) -> Node:
        """A router that starts now."""
        node = Node(address, Instance(instance(**settings).settings, address, self.now))
        self.nodes.append(node)
        self.perform(node, node.actor.start(self.now))
        return node

    def perform(self, node: Node, effects: list[Effect]) -> None:
        """Carry out what a router wants."""
        for effect in effects:
            match effect:
                case SendAdvertisement() if node.alive and node.plugged:
                    self._send(node, effect.priority)
                case AddVips():
                    node.holds = True
                case RemoveVips():
                    node.holds = False
        self._note()

    def inject(self, datagram: bytes) -> None:
        """A datagram from nowhere, to everybody."""
        for node in self.nodes:
            self._deliver(node, datagram)

    def run(self, until: float) -> None:
        """Let time pass. Deliveries come before timers of the same moment."""
        while True:
            timers = [(n.actor.next_deadline(), n) for n in self.nodes if n.alive]
            due = min(((at, n) for at, n in timers if at is not None), key=lambda pair: pair[0], default=None)
            post_at = self._post[0][0] if self._post else float("inf")
            timer_at = due[0] if due else float("inf")
            if min(post_at, timer_at) > until:
                self.now = until
                return
            if post_at <= timer_at:
                self.now, _, node, datagram = heapq.heappop(self._post)
                self._receive(node, datagram)
            elif due:
                self.now = max(self.now, timer_at)
                self.perform(due[1], due[1].actor.handle_timer(self.now))

    def crash(self, node: Node) -> None:
        """Power off: silent, and its addresses are gone with it."""
        node.alive = node.holds = False
        self._note()

    def masters_now(self) -> list[Node]:
        """Living routers in MASTER."""
        return [n for n in self.nodes if n.alive and n.actor.state is VrrpState.MASTER]

    def longest(self, condition: Callable[[int], bool], since: float, history: str = "masters") -> float:
        """The longest time that the number of masters (or holders) fulfilled `condition`, since a moment."""
        record: list[tuple[float, frozenset[str]]] = getattr(self, history)
        longest, began = 0.0, None
        for at, who in [*record, (self.now, frozenset({"end"}) if condition(0) else frozenset())]:
            if began is not None:
                longest = max(longest, at - max(began, since))
            began = (began if began is not None else at) if condition(len(who)) else None
        return longest

    def _note(self) -> None:
        who = frozenset(n.address for n in self.masters_now())
        holders = frozenset(n.address for n in self.nodes if n.alive and n.holds)
        for history, value in ((self.masters, who), (self.holders, holders)):
            if not history or history[-1][1] != value:
                history.append((self.now, value))

    def _send(self, sender: Node, priority: int) -> None:
        pdu = encode(sender.actor.advertisement(priority), sender.address, GROUP)
        datagram = ip_header(sender.address, GROUP, len(pdu)) + pdu
        for node in self.nodes:
            if node is not sender:
                self._deliver(node, datagram)

    def _deliver(self, node: Node, datagram: bytes) -> None:
        number = next(self._sequence)
        if not self.lost(number):
            heapq.heappush(self._post, (self.now + self.delay(number), number, node, datagram))

    def _receive(self, node: Node, datagram: bytes) -> None:
        if node.alive and node.plugged:
            self.perform(node, node.actor.receive(decode(datagram), self.now))
