"""The kernel plane where there is no IPVS for it; everything else is checked in a real kernel (tests/kernel)."""

from __future__ import annotations

import errno
import subprocess
import sys

import pytest

from lvstui.errors import KernelError
from lvstui.ipvs.io.kernel import KernelPlane
from lvstui.model.ipvs import Plane

CODE = """
import asyncio
from lvstui.errors import KernelError
from lvstui.ipvs.io.kernel import KernelPlane
async def main():
    try:
        KernelPlane()
    except KernelError as error:
        print(error.errno)
asyncio.run(main())
"""


def opened() -> KernelPlane | KernelError:
    try:
        return KernelPlane()
    except KernelError as error:
        return error


async def test_it_reads_the_table_or_says_why_not() -> None:
    found = opened()
    if isinstance(found, KernelError):
        assert found.errno in (errno.ENOENT, errno.EPERM)
        assert found.subject == "IPVS"
        return
    assert found.kind is Plane.KERNEL
    assert (await found.read()).size > 0
    await found.close()


@pytest.mark.root
def test_without_capability_it_is_not_to_be_had() -> None:
    command = ["setpriv", "--reuid=65534", "--clear-groups", "--bounding-set=-all", sys.executable, "-c", CODE]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.stdout.strip() in (str(errno.ENOENT), str(errno.EPERM)), done.stderr
