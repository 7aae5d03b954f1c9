"""A whole file to the model: the tutorial's six."""

from __future__ import annotations

import hashlib

import msgspec
import pytest

from lvstui.config.host import AnyHost
from lvstui.config.load import load
from lvstui.model.configuration import Configuration, HttpChecker, TcpChecker
from lvstui.model.endpoint import Endpoint
from lvstui.model.vip import Vip
from tests.config.support import FIXTURES

TUTORIAL = FIXTURES / "tutorial"


def tutorial(name: str) -> Configuration:
    loaded = load(TUTORIAL / name, AnyHost("lb1"))
    assert {found.code for found in loaded.diagnostics} <= {"script-security", "deprecated"}
    assert loaded.configuration is not None
    return loaded.configuration


@pytest.mark.parametrize("kind", ["", "-digest", "-tcp"])
def test_the_pair_differs_as_the_tutorial_says(kind: str) -> None:
    first, second = tutorial(f"lb1{kind}.conf"), tutorial(f"lb2{kind}.conf")
    one, two = first.instances[0], second.instances[0]
    assert (one.state, one.priority, two.state, two.priority) == ("MASTER", 100, "BACKUP", 99)
    assert msgspec.structs.replace(one, state="", priority=1) == msgspec.structs.replace(two, state="", priority=1)
    assert first.virtual_servers == second.virtual_servers
    assert first.scripts == second.scripts
    assert first.settings.router_id != second.settings.router_id


def test_the_instance() -> None:
    (instance,) = tutorial("lb1.conf").instances
    assert (instance.vrid, instance.interface, instance.advert_interval) == (61, "ens33", 1.0)
    assert instance.authentication.password == "1111"
    assert instance.vips == (Vip("192.168.61.100", 24, "ens33", "ens33:0"),)
    assert [(script.name, script.weight) for script in instance.track_scripts] == [("chk_mt", -2)]


def test_the_service() -> None:
    (service,) = tutorial("lb1.conf").virtual_servers
    assert str(service.key) == "192.168.61.100:80/tcp"
    assert service.sorry_server == Endpoint("127.0.0.1", 80)
    assert [(str(server.endpoint), server.weight) for server in service.real_servers] == [
        ("192.168.61.21:80", 1),
        ("192.168.61.22:80", 2),
    ]


def test_the_digests_are_those_of_the_labs_pages() -> None:
    (service,) = tutorial("lb1-digest.conf").virtual_servers
    for number, server in enumerate(service.real_servers, start=1):
        (check,) = server.checkers
        assert isinstance(check, HttpChecker)
        page = f"This is rs{number} web page\n".encode()
        assert check.urls[0].digest == hashlib.md5(page).hexdigest()


def test_the_third_pair_connects_only() -> None:
    (service,) = tutorial("lb1-tcp.conf").virtual_servers
    assert all(isinstance(server.checkers[0], TcpChecker) for server in service.real_servers)


@pytest.mark.parametrize("path", sorted(TUTORIAL.glob("*.conf")), ids=lambda path: path.stem)
def test_the_model_survives_the_wire(path: object) -> None:
    made = tutorial(str(path))
    assert msgspec.json.decode(msgspec.json.encode(made), type=Configuration) == made
