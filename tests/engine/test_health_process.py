"""The health process on its own, fed by hand: the table is there at once, is reported, and goes with it."""

from __future__ import annotations

import asyncio
import subprocess
import sys

import msgspec
import pytest

from lvstui.engine.health_process import HealthWork
from lvstui.engine.spawn import Process
from lvstui.model.check import AdminState
from lvstui.model.configuration import Configuration, RealServer, VirtualServer
from lvstui.model.endpoint import Endpoint, Protocol, ServiceKey
from lvstui.model.ipvs import Plane, Service
from lvstui.model.worker import Configure, Failed, HealthReport, Report, SetAdmin, Stop
from tests.engine.test_vrrp_process import reports

KEY = ServiceKey(Protocol.TCP, "127.0.0.1", 8)
RS1, RS2 = Endpoint("127.0.0.1", 9), Endpoint("127.0.0.1", 10)


def configure(plane: Plane) -> bytes:
    servers = (RealServer(endpoint=RS1), RealServer(endpoint=RS2, weight=2))
    service = VirtualServer(key=KEY, scheduler="rr", real_servers=servers)
    return line(Configure(configuration=Configuration(virtual_servers=(service,)), plane=plane))


def line(record: object) -> bytes:
    return msgspec.json.encode(record) + b"\n"


def weights(service: Service) -> dict[int, int]:
    return {one.endpoint.port: one.weight for one in service.destinations}


def health(got: list[Report]) -> HealthReport:
    return next(report for report in reversed(got) if isinstance(report, HealthReport))


@pytest.mark.root
def test_the_table_is_made_reported_changed_and_withdrawn() -> None:
    process = Process("lvstui.engine.health_process")
    try:
        process.channel_end.sendall(configure(Plane.USERSPACE))
        first = health(reports(process.channel_end, HealthReport))
        assert first.plane is Plane.USERSPACE
        assert first.plane_note
        (service,) = first.table.services
        assert weights(service) == {9: 1, 10: 2}
        process.channel_end.sendall(line(SetAdmin(KEY, RS2, AdminState.DRAIN)))
        for _ in range(5):
            (service,) = health(reports(process.channel_end, HealthReport)).table.services
            if weights(service) == {9: 1, 10: 0}:
                break
        assert weights(service) == {9: 1, 10: 0}
        process.channel_end.sendall(line(Stop()))
        process.channel_end.settimeout(5)
        while process.channel_end.recv(1 << 20):
            pass
    finally:
        process.signal(9)
        process.channel_end.close()


def test_the_kernel_plane_is_used_or_refused_but_never_swapped() -> None:
    process = Process("lvstui.engine.health_process")
    try:
        process.channel_end.sendall(line(Configure(configuration=Configuration(), plane=Plane.KERNEL)))
        got = reports(process.channel_end, (Failed, HealthReport))
        for report in got:
            if isinstance(report, Failed):
                assert "--plane userspace" in report.message
            elif isinstance(report, HealthReport):
                assert report.plane is Plane.KERNEL
    finally:
        process.signal(9)
        process.channel_end.close()


def test_it_loads_no_screen_and_no_client_library() -> None:
    code = "import sys, lvstui.engine.health_process; print('\\n'.join(sys.modules))"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert not set(done.stdout.split()) & {"textual", "rich", "pyroute2", "httpx", "click", "aiosmtplib"}


async def test_a_round_that_ends_is_told_and_no_answer_to_the_watchdog(monkeypatch: pytest.MonkeyPatch) -> None:
    told: list[dict[str, object]] = []
    asyncio.get_running_loop().set_exception_handler(lambda _, context: told.append(context))
    work = HealthWork(msgspec.json.decode(configure(Plane.USERSPACE), type=Configure), lambda _: None)
    await work.start()
    try:
        await asyncio.sleep(0.05)
        assert work.is_working()

        async def fails(_: object) -> None:
            raise RuntimeError("a bug")

        monkeypatch.setattr(work, "_round", fails)
        work.handle(SetAdmin(KEY, RS2, AdminState.DRAIN))
        await asyncio.sleep(0.1)
        assert not work.is_working()
        assert [str(context["exception"]) for context in told] == ["a bug"]
    finally:
        await work.stop()
