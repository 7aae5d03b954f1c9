"""The network of a plan."""

from __future__ import annotations

import os
import subprocess
from pathlib import Path

import pytest

from lvstui.errors import LabError
from lvstui.lab.address_events import held_addresses
from lvstui.lab.command import load
from lvstui.lab.namespace import existing, within
from lvstui.lab.plan import make_plan
from lvstui.lab.topology import Topology, batch, host_lines, network_lines, port_name, settings
from tests.lab.examples import other_files, tutorial_plan


def test_real_servers_are_set_up_as_the_tutorial_does_it() -> None:
    rs1 = tutorial_plan().real_servers[0]
    lines = host_lines(rs1)
    assert "address add 192.168.61.100/32 dev lo label lo:10" in lines
    assert "route add 192.168.61.100/32 dev lo" in lines
    values = settings(rs1)
    for place in ("all", "lo", "ens33"):
        assert values[f"ipv4/conf/{place}/arp_ignore"] == "1"
        assert values[f"ipv4/conf/{place}/arp_announce"] == "2"


def test_directors_answer_arp_for_what_they_get() -> None:
    values = settings(tutorial_plan().directors[0])
    assert not any("arp_" in name for name in values)
    assert values["ipv4/conf/all/rp_filter"] == "0"


def test_the_bridge_forwards_at_once_and_everywhere() -> None:
    lines = network_lines(tutorial_plan(), lambda host: f"x-{host}")
    assert lines[0] == "link add br0 type bridge forward_delay 0 mcast_snooping 0"
    assert "link add lb1 type veth peer name ens33 netns x-lb1" in lines
    assert len(lines) == 2 + 2 * 5


def test_ports_have_short_names(tmp_path: Path) -> None:
    plan = make_plan([load(path) for path in other_files(tmp_path)])
    assert port_name(plan, "lb2", "eth7") == "lb2"
    assert max(len(port_name(plan, host.name, host.interfaces[0])) for host in plan.hosts) <= 15


@pytest.mark.root
def test_it_is_built_and_removed() -> None:
    topology = Topology(tutorial_plan(), f"v{os.getpid()}-topo")
    try:
        topology.build()
        assert len(existing(topology.prefix)) == 6
        addresses = {each.address for each in held_addresses(topology.namespace("rs1"))}
        assert addresses == {"127.0.0.1", "192.168.61.21", "192.168.61.100"}
        ignored = within(
            topology.namespace("rs1"), lambda: Path("/proc/sys/net/ipv4/conf/ens33/arp_ignore").read_text().strip()
        )
        assert ignored == "1"
        assert carrier(topology, "lb1")
        topology.set_link("lb1", "ens33", False)
        assert not carrier(topology, "lb1")
        topology.set_link("lb1", "ens33", True)
        assert carrier(topology, "lb1")
    finally:
        topology.remove()
    assert existing(topology.prefix) == ()


def carrier(topology: Topology, host: str) -> bool:
    command = ["ip", "-n", topology.namespace(host), "-o", "link", "show", "ens33"]
    return "LOWER_UP" in subprocess.run(command, capture_output=True, text=True, check=True).stdout


def test_what_ip_complains_of_comes_out() -> None:
    with pytest.raises(LabError, match="rubbish"):
        batch(["link rubbish"])
