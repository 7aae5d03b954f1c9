"""What a plane can do: the one interface of the kernel's IPVS and of lvstui's own forwarder."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

from lvstui.errors import KernelError
from lvstui.ipvs.table import Change
from lvstui.model.ipvs import Plane, Table


class PlaneDriver(Protocol):
    """Reads and changes a table. `note` is a sentence for the operator: which plane this is, and why."""

    kind: Plane
    note: str

    async def read(self) -> Table:
        """Return the whole table with live counts; KernelError if it cannot be read."""
        ...

    async def apply(self, changes: Sequence[Change]) -> tuple[KernelError, ...]:
        """Make the changes in order; one that fails does not stop the rest.

        Returns an error for each change that failed. Deleting what is not there is no failure.
        """
        ...

    async def close(self) -> None:
        """Give back sockets and tasks. The kernel's table stays; the forwarder's ends with it."""
        ...
