"""Persistence: which client (or network of clients) stays with which destination, and until when."""

from __future__ import annotations

import ipaddress
from functools import lru_cache

from lvstui.model.endpoint import Endpoint

MAX_TEMPLATES = 100_000


class Persistence:
    """The templates of one service. `timeout` seconds from the client's last connection; `prefix_length` of clients.

    At MAX_TEMPLATES the oldest one is forgotten: a flood of clients cannot fill the memory.
    """

    def __init__(self, timeout: float, prefix_length: int) -> None:
        self.timeout = timeout
        self.prefix_length = prefix_length
        self._templates: dict[str, tuple[Endpoint, float]] = {}

    def find(self, client: str, now: float) -> Endpoint | None:
        """Return the destination that a client stays with, if any."""
        template = self._templates.get(_network(client, self.prefix_length))
        return template[0] if template and template[1] > now else None

    def keep(self, client: str, endpoint: Endpoint, now: float) -> None:
        """Let a client stay with a destination from now on."""
        network = _network(client, self.prefix_length)
        # Taken out first: the dictionary's order is then that of the last connection.
        self._templates.pop(network, None)
        while len(self._templates) >= MAX_TEMPLATES:
            del self._templates[next(iter(self._templates))]
        self._templates[network] = (endpoint, now + self.timeout)

    def forget(self, endpoint: Endpoint) -> None:
        """Let everybody go who stays with a destination."""
        self._templates = {name: kept for name, kept in self._templates.items() if kept[0] != endpoint}

    def counts(self, now: float) -> dict[Endpoint, int]:
        """Return how many templates each destination has (PersistConn); forget those that ended."""
        result: dict[Endpoint, int] = {}
        self._templates = {name: kept for name, kept in self._templates.items() if kept[1] > now}
        for endpoint, _ in self._templates.values():
            result[endpoint] = result.get(endpoint, 0) + 1
        return result


@lru_cache(maxsize=4096)
def _network(client: str, prefix_length: int) -> str:
    return str(ipaddress.ip_network((client, prefix_length), strict=False).network_address)
