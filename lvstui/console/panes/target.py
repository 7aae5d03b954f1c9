"""Console: the real server that an act is about."""

from __future__ import annotations

from typing import NamedTuple

from lvstui.model.endpoint import Endpoint, ServiceKey


class Target(NamedTuple):
    """A real server within a virtual server."""

    service: ServiceKey
    real_server: Endpoint

    def __str__(self) -> str:
        return f"{self.real_server} of {self.service}"
