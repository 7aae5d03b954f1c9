"""From configurations to what has to be built."""

from __future__ import annotations

from pathlib import Path

import msgspec
import pytest

from lvstui.errors import LabError
from lvstui.lab.command import load
from lvstui.lab.plan import MAX_DIRECTORS, down_file, make_plan
from lvstui.model.configuration import Configuration, VrrpInstance
from lvstui.model.ipvs import ForwardingMethod
from lvstui.model.vip import Vip
from tests.lab.examples import other_files, tutorial


def test_the_tutorial_s_cluster() -> None:
    plan = make_plan(tutorial())
    assert [host.name for host in plan.hosts] == ["lb1", "lb2", "rs1", "rs2", "client"]
    assert (plan.instance, plan.vrid, str(plan.vip), plan.vip.label) == ("VI_1", 61, "192.168.61.100/24", "ens33:0")
    rs1 = plan.real_servers[0]
    assert rs1.addresses == ("192.168.61.21/24",)
    assert rs1.service_addresses == ("192.168.61.100",)
    assert (rs1.ports, rs1.page) == ((80,), "This is rs1 web page\n")
    lb1 = plan.directors[0]
    assert (lb1.interfaces, lb1.ports, lb1.page) == (("ens33",), (80,), "Sorry, I am lb1 sorry page\n")
    assert plan.down_files == ("/etc/keepalived/down", "/etc/keepalived/down")
    assert plan.notes == ()


def test_no_two_hosts_share_an_address() -> None:
    plan = make_plan(tutorial())
    addresses = [address for host in plan.hosts for address in host.addresses]
    assert len(set(addresses)) == len(addresses)


def test_other_files_of_the_kind(tmp_path: Path) -> None:
    plan = make_plan([load(path) for path in other_files(tmp_path)])
    assert plan.vrid == 7
    assert plan.directors[0].addresses[0] == "10.9.0.5/24"
    assert [host.name for host in plan.real_servers] == ["rs1", "rs2", "rs3", "sorry1"]
    assert plan.real_servers[2].addresses == ("10.9.1.23/24",)
    assert set(plan.real_servers[2].routes) == {"10.9.0.0/24", "10.9.3.0/24"}
    assert plan.real_servers[3].page == "Sorry, I am sorry1 sorry page\n"
    assert plan.directors[1].interfaces == ("eth7",)
    assert len(plan.directors[1].addresses) == 3  # one in each network: its checks need no router
    assert plan.client.routes == ("10.9.1.0/24", "10.9.3.0/24")
    assert plan.down_files == ("/tmp/lab-down/a", "/tmp/lab-down/b")


@pytest.mark.parametrize(
    ("script", "path"),
    [
        ("/usr/bin/test ! -f /etc/keepalived/down", "/etc/keepalived/down"),
        ("[[ -f /etc/keepalived/down  ]] && exit 1 || exit 0", "/etc/keepalived/down"),
        ("/bin/sh -c 'test ! -e \"/run/x y\"'", "/run/x"),
        ("[ -f /a/./b/down ] && exit 1", "/a/b/down"),
        ("/usr/bin/pgrep -x nginx", ""),
        ("/bin/check -f relative", ""),
    ],
)
def test_the_down_file_is_what_the_script_tests(script: str, path: str) -> None:
    base = tutorial()[0]
    command = msgspec.structs.replace(base.scripts[0].command, argv=tuple(script.split(" ")), shell=script)
    changed = msgspec.structs.replace(base, scripts=(msgspec.structs.replace(base.scripts[0], command=command),))
    assert down_file(changed) == path


def test_a_script_that_no_instance_tracks_does_not_count() -> None:
    base = tutorial()[0]
    instance = msgspec.structs.replace(base.instances[0], track_scripts=())
    assert down_file(msgspec.structs.replace(base, instances=(instance,))) == ""


def test_unicast_peers_get_the_addresses_that_the_files_name() -> None:
    pair = [
        with_instance(configuration, unicast_source=source, unicast_peers=peers)
        for configuration, source, peers in zip(
            tutorial(), ("", "192.168.61.32"), (("192.168.61.32",), ("192.168.61.31",)), strict=True
        )
    ]
    assert [host.address for host in make_plan(pair).directors] == ["192.168.61.31", "192.168.61.32"]


def test_two_directors_with_one_address_are_refused() -> None:
    pair = [with_instance(configuration, multicast_source="192.168.61.9") for configuration in tutorial()]
    with pytest.raises(LabError, match="same address"):
        make_plan(pair)


def with_instance(configuration: Configuration, **changes: object) -> Configuration:
    instance: VrrpInstance = msgspec.structs.replace(configuration.instances[0], **changes)
    return msgspec.structs.replace(configuration, instances=(instance,))


def test_what_is_not_supported_is_said() -> None:
    first, second = tutorial()
    six = with_instance(first, vips=(*first.instances[0].vips, Vip("2001:db8::1", 64, "ens33")))
    with pytest.raises(LabError, match="IPv6"):
        make_plan([six, second])
    with pytest.raises(LabError, match="is on lo"):
        make_plan([with_instance(first, interface="lo")])
    with pytest.raises(LabError, match="TCP virtual_server on a virtual_ipaddress"):
        make_plan([msgspec.structs.replace(first, virtual_servers=())])
    with pytest.raises(LabError, match="1 to 8 directors"):
        make_plan([first] * (MAX_DIRECTORS + 1))


def test_nat_is_noted() -> None:
    first = tutorial()[0]
    service = first.virtual_servers[0]
    masked = tuple(
        msgspec.structs.replace(each, forwarding=ForwardingMethod.MASQUERADE) for each in service.real_servers
    )
    changed = msgspec.structs.replace(service, real_servers=masked)
    plan = make_plan([msgspec.structs.replace(first, virtual_servers=(changed,))])
    assert len(plan.notes) == 1
    assert "NAT" in plan.notes[0]
    assert plan.real_servers[0].service_addresses == ()
