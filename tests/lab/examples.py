"""Configurations and clusters for the tests of the lab."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

from lvstui.lab.cluster import Cluster
from lvstui.lab.command import load, tutorial_files
from lvstui.lab.director import Daemon
from lvstui.lab.plan import LabPlan, make_plan
from lvstui.model.configuration import Configuration

KEEPALIVED = (Daemon.KEEPALIVED, Daemon.KEEPALIVED)
OTHER = """
vrrp_script chk {{ script "[[ -f /tmp/lab-down/{name} ]] && exit 1 || exit 0"
  interval 1
  weight -20 }}
vrrp_instance WEB {{
  state BACKUP
  interface eth7
  virtual_router_id 7
  priority {priority}
  advert_int 1
  {source}
  virtual_ipaddress {{ 10.9.0.100 dev eth7 }}
  track_script {{ chk }}
}}
virtual_server 10.9.0.100 8080 {{
  delay_loop 2
  lb_algo rr
  lb_kind DR
  protocol TCP
  sorry_server 10.9.3.4 8080
  {servers}
}}
"""
SERVER = "real_server 10.9.{net}.{host} 8080 {{ weight 1\n TCP_CHECK {{ connect_timeout 1\n retry 0 }} }}\n"


def tutorial() -> tuple[Configuration, Configuration]:
    """The tutorial's pair."""
    first, second = tutorial_files()
    return load(first), load(second)


def tutorial_plan() -> LabPlan:
    return make_plan(tutorial())


def other_files(folder: Path) -> tuple[Path, Path]:
    """A pair with another VRID, interface, port and addresses, and three real servers in two networks."""
    servers = "".join(SERVER.format(net=net, host=host) for net, host in ((0, 21), (0, 22), (1, 23)))
    pair = folder / "a.conf", folder / "b.conf"
    pair[0].write_text(OTHER.format(name="a", priority=150, source="mcast_src_ip 10.9.0.5", servers=servers))
    pair[1].write_text(OTHER.format(name="b", priority=140, source="", servers=servers))
    return pair


@asynccontextmanager
async def cluster(daemons: tuple[Daemon, ...] = KEEPALIVED, plane: str = "userspace") -> AsyncIterator[Cluster]:
    """The tutorial's cluster, built, nothing started; removed at the end."""
    built = Cluster(tutorial_plan(), tutorial_files(), plane=plane, daemons=daemons)
    try:
        await built.build()
        yield built
    finally:
        await built.close()
