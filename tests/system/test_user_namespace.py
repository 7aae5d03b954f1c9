"""VRRP's adapters work in a user namespace, where an ordinary user has rights over his own network only."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys

import pytest

SCRIPT = """
import asyncio, json, subprocess
from lvstui.model.vip import Vip
from lvstui.vrrp.io import addresses, advert_socket, arp, links, realtime

def ip(*words):
    subprocess.run(["ip", *words], check=True)

async def main():
    loop = asyncio.get_running_loop()
    ip("link", "add", "name", "eth0", "type", "veth", "peer", "name", "eth1")
    for name, address in (("eth0", "10.61.0.11/24"), ("eth1", "10.61.0.12/24")):
        ip("addr", "add", address, "dev", name)
        ip("link", "set", "dev", name, "up")
    heard, hints, notes = [], [], []
    watcher = links.LinkWatcher(loop, lambda: hints.append(1))
    one = advert_socket.AdvertSocket(loop, "eth0", lambda d, t: None, multicast=True, source="")
    two = advert_socket.AdvertSocket(loop, "eth1", lambda d, t: heard.append(d), multicast=True, source="")
    kernel, announcer = addresses.Addresses(), arp.Announcer()
    kernel.add(Vip("10.61.0.100", 24, "eth0", label="eth0:0"))
    one.send(bytes(20), "10.61.0.99", "224.0.0.18")
    announcer.gratuitous("eth0", watcher.state("eth0").mac, "10.61.0.100")
    await asyncio.sleep(0.2)
    realtime.enter(notes.append)
    print(json.dumps(dict(heard=len(heard), hints=len(hints), held=("10.61.0.100", 24) in kernel.held("eth0"),
                          primary=kernel.primary("eth0"), notes=notes)))

asyncio.run(main())
"""


@pytest.mark.root
def test_adapters_in_a_user_namespace() -> None:
    unshare = [shutil.which("unshare") or "unshare", "--user", "--map-root-user", "--net"]
    if subprocess.run([*unshare, "true"], check=False, capture_output=True).returncode != 0:
        pytest.skip("this machine does not allow user namespaces")
    done = subprocess.run([*unshare, sys.executable, "-c", SCRIPT], check=False, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    seen = json.loads(done.stdout)
    assert seen["heard"] == 1
    assert seen["hints"] >= 1
    assert seen["held"] is True
    assert seen["primary"] == "10.61.0.11"
    assert any("no real-time class" in note for note in seen["notes"])
