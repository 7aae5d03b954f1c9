"""Engine: addresses that a vrrp process which is no more left on an interface."""

from __future__ import annotations

from lvstui.errors import KernelError
from lvstui.model.configuration import Configuration


def withdraw_vips(configuration: Configuration) -> tuple[str, ...]:
    """Remove the VIPs of all instances from their interfaces; returns what could not be removed, and why.

    For when there is nobody to answer for them: another director will hold them, and two must not.
    """
    from lvstui.vrrp.io.addresses import Addresses

    problems = []
    addresses = Addresses()
    try:
        for instance in configuration.instances:
            for vip in (*instance.vips, *instance.excluded_vips):
                try:
                    addresses.remove(vip)
                except KernelError as error:
                    problems.append(str(error))
    finally:
        addresses.close()
    return tuple(problems)
