"""Every record of the vocabulary survives the way over a socket, and every message between processes too."""

from __future__ import annotations

import importlib
import pkgutil

import msgspec
import pytest

import lvstui.model
from lvstui.model import worker
from lvstui.model.check import AdminState
from lvstui.model.configuration import Configuration, HttpChecker, TcpChecker, UrlCheck
from lvstui.model.endpoint import Endpoint, ServiceKey
from lvstui.model.snapshot import DirectorSnapshot


def structs() -> list[type[msgspec.Struct]]:
    found: list[type[msgspec.Struct]] = []
    for module_info in pkgutil.iter_modules(lvstui.model.__path__):
        module = importlib.import_module(f"lvstui.model.{module_info.name}")
        found += [
            member
            for member in vars(module).values()
            if isinstance(member, type) and issubclass(member, msgspec.Struct) and member.__module__ == module.__name__
        ]
    return found


@pytest.mark.parametrize("struct", structs(), ids=lambda struct: struct.__name__)
def test_each_record_is_frozen_explained_and_decodable(struct: type[msgspec.Struct]) -> None:
    assert struct.__struct_config__.frozen
    assert struct.__doc__
    msgspec.json.Decoder(struct)


def test_orders_and_reports_tell_themselves_apart_on_the_wire() -> None:
    key, endpoint = ServiceKey.parse("10.0.0.1:80"), Endpoint("10.0.0.2", 80)
    orders: list[worker.Order] = [
        worker.Configure(configuration=Configuration(), admin=((key, endpoint, AdminState.DRAIN),)),
        worker.SetAdjustment("VI_1", -2),
        worker.SetAdmin(key, endpoint, AdminState.MAINT),
        worker.Tick(7),
        worker.Stop(),
    ]
    decoder = msgspec.json.Decoder(worker.Order)
    assert [decoder.decode(msgspec.json.encode(order)) for order in orders] == orders
    reports: list[worker.Report] = [worker.Tock(7), worker.Ready(("note",)), worker.Failed("no")]
    report_decoder = msgspec.json.Decoder(worker.Report)
    assert [report_decoder.decode(msgspec.json.encode(report)) for report in reports] == reports


def test_checkers_of_all_kinds_share_one_field() -> None:
    from lvstui.model.configuration import CheckTiming, RealServer

    endpoint = Endpoint("10.0.0.2", 80)
    server = RealServer(
        endpoint=endpoint,
        checkers=(
            HttpChecker(endpoint=endpoint, timing=CheckTiming(), urls=(UrlCheck("/"),)),
            TcpChecker(endpoint=endpoint, timing=CheckTiming()),
        ),
    )
    assert msgspec.json.decode(msgspec.json.encode(server), type=RealServer) == server


def test_a_snapshot_with_unknown_fields_is_read_by_an_older_console() -> None:
    snapshot = DirectorSnapshot(
        generation=1,
        time=0.0,
        now_at=0.0,
        director="lb1",
        router_id="LVS",
        version="0",
        configuration_path="x",
        started_time=0.0,
    )
    data = msgspec.json.decode(msgspec.json.encode(snapshot))
    data["of_tomorrow"] = [1, 2]
    assert msgspec.json.decode(msgspec.json.encode(data), type=DirectorSnapshot) == snapshot
