from __future__ import annotations

import inspect

import pytest

from lvstui.ipvs.io.kernel import KernelPlane
from lvstui.ipvs.io.plane import PlaneDriver
from lvstui.ipvs.io.userspace import UserspacePlane
from lvstui.model.ipvs import Plane


@pytest.mark.parametrize(("driver", "kind"), [(KernelPlane, Plane.KERNEL), (UserspacePlane, Plane.USERSPACE)])
def test_both_planes_have_one_interface(driver: type[PlaneDriver], kind: Plane) -> None:
    assert driver.kind is kind
    for name in ("read", "apply", "close"):
        wanted = inspect.signature(getattr(PlaneDriver, name))
        assert inspect.signature(getattr(driver, name)) == wanted
        assert inspect.iscoroutinefunction(getattr(driver, name))
