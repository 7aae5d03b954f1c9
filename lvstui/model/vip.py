"""A floating address, as configured and as found in the kernel."""

from __future__ import annotations

import msgspec


class Vip(msgspec.Struct, frozen=True, order=True):
    """A virtual address: what a MASTER adds to an interface.

    `prefix_length` is 32 where the file gives none (keepalived: default /32). `label` is the interface
    label ("ens33:0", at most 15 characters) or "". `scope` is iproute2's word.
    """

    address: str
    prefix_length: int
    interface: str
    label: str = ""
    scope: str = "global"

    def __str__(self) -> str:
        return f"{self.address}/{self.prefix_length}"
