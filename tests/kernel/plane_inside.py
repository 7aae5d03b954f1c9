"""What is checked inside user-mode Linux, against the real ipvsadm: `python -m tests.kernel.plane_inside`.

Prints one JSON object a check: {"check": name, "ok": true|false, "detail": text}.
"""

from __future__ import annotations

import asyncio
import errno
import json
import subprocess
import sys
import time
import traceback
from collections.abc import Awaitable, Callable

import msgspec

from lvstui.errors import KernelError
from lvstui.ipvs.io.kernel import KernelPlane
from lvstui.ipvs.io.manager import Manager, choose
from lvstui.ipvs.ipvsadm_text import listing
from lvstui.ipvs.table import Change, Verb
from lvstui.model.endpoint import Endpoint, Protocol, ServiceKey
from lvstui.model.ipvs import Destination, ForwardingMethod, Plane, Service
from tests.kernel.dr_cluster import DrCluster
from tests.kernel.schedule_inside import kernel_and_ours

TCP, UDP, SCTP = Protocol.TCP, Protocol.UDP, Protocol.SCTP
MASQ, TUNNEL, ROUTE = ForwardingMethod.MASQUERADE, ForwardingMethod.TUNNEL, ForwardingMethod.ROUTE


def run(*arguments: str, text: str = "", ok: bool = True) -> str:
    """Run a program to its end and return what it printed."""
    done = subprocess.run(arguments, input=text, capture_output=True, text=True, check=False)
    assert done.returncode == 0 or not ok, f"{arguments}: {done.stderr}"
    return done.stdout


def destination(address: str, port: int, forwarding: ForwardingMethod = MASQ, **more: int) -> Destination:
    return Destination(endpoint=Endpoint(address, port), forwarding=forwarding, **more)  # type: ignore[arg-type]


def everything() -> tuple[Service, ...]:
    """Services of all kinds that a configuration can ask for."""
    six = ServiceKey(TCP, "2001:db8::1", 80)
    return (
        Service(
            key=ServiceKey(TCP, "192.168.0.1", 80),
            scheduler="rr",
            destinations=(
                destination("10.0.0.11", 80, ROUTE),
                destination("192.168.9.2", 80, ROUTE, weight=0),
                destination("10.0.0.9", 80, ROUTE, weight=65535),
            ),
        ),
        Service(
            key=ServiceKey(TCP, "10.0.0.1", 443),
            scheduler="wlc",
            persistence_timeout=300,
            destinations=(
                destination("10.1.0.1", 8443, weight=100, upper_threshold=1000, lower_threshold=800),
                destination("10.1.0.2", 8443, weight=2**31 - 1, upper_threshold=5),
            ),
        ),
        Service(
            key=ServiceKey(TCP, "10.0.0.1", 80),
            scheduler="wrr",
            persistence_timeout=360,
            netmask="255.255.255.0",
            destinations=(destination("10.1.0.1", 8080),),
        ),
        Service(key=ServiceKey(TCP, "10.0.0.1", 8000), scheduler="sh", flags=("sh-fallback", "sh-port")),
        Service(key=ServiceKey(TCP, "10.0.0.1", 8001), scheduler="mh", flags=("mh-port",)),
        Service(key=ServiceKey(TCP, "10.0.0.1", 8002), scheduler="lc", flags=("flag-2",)),
        Service(key=ServiceKey(TCP, "10.0.0.1", 8003), scheduler="sh", flags=("sh-port", "flag-3")),
        Service(key=ServiceKey(TCP, "10.0.0.1", 8004), scheduler="wrr", flags=("flag-1", "flag-3")),
        Service(key=ServiceKey(TCP, "10.0.0.1", 8005), scheduler="mh", flags=("flag-3",)),
        Service(
            key=ServiceKey(UDP, "10.0.0.1", 53),
            scheduler="lc",
            one_packet=True,
            destinations=(destination("10.1.0.1", 53, TUNNEL),),
        ),
        Service(
            key=ServiceKey(UDP, "10.0.0.1", 5060), scheduler="rr", persistence_timeout=60, persistence_engine="sip"
        ),
        Service(key=ServiceKey(SCTP, "10.0.0.1", 9899), scheduler="lc"),
        Service(
            key=six,
            scheduler="rr",
            persistence_timeout=60,
            netmask="64",
            destinations=(
                destination("2001:db8:1::10", 80, ROUTE),
                destination("2001:db8:1::9", 80, weight=7),
                destination("10.1.0.7", 80, TUNNEL),
            ),
        ),
        # The model's default netmask is a dotted one, for IPv6 too.
        Service(key=ServiceKey(TCP, "fd00:1234:5678:9abc:def0:1234:5678:9abc", 8080), scheduler="wlc"),
        Service(
            key=ServiceKey(TCP, "0.0.0.0", 0, 1),
            scheduler="rr",
            persistence_timeout=10,
            destinations=(destination("10.1.0.1", 0, ROUTE), destination("10.1.0.2", 8080)),
        ),
        Service(key=ServiceKey(TCP, "0.0.0.0", 0, 4_000_000_000), scheduler="wlc"),
        Service(
            key=ServiceKey(TCP, "::", 0, 2),
            scheduler="rr",
            netmask="128",
            destinations=(destination("2001:db8:1::10", 0, ROUTE),),
        ),
    )


async def assert_listings_equal(driver: KernelPlane) -> None:
    """Compare our text with the real tool's, in each form."""
    forms: tuple[tuple[tuple[str, ...], dict[str, bool]], ...] = (
        ((), {}),
        (("--stats",), {"stats": True}),
        (("--rate",), {"rate": True}),
        (("--stats", "--exact"), {"stats": True, "exact": True}),
        (("--thresholds",), {"thresholds": True}),
        (("--persistent-conn",), {"persistent": True}),
        (("--nosort",), {"sort": False}),
    )
    table = await driver.read()
    single: tuple[tuple[str, ServiceKey], ...] = (
        ("-t 10.0.0.1:443", ServiceKey(TCP, "10.0.0.1", 443)),
        ("-t [2001:db8::1]:80", ServiceKey(TCP, "2001:db8::1", 80)),
        ("-u 10.0.0.1:53", ServiceKey(UDP, "10.0.0.1", 53)),
        ("-f 1", ServiceKey(TCP, "0.0.0.0", 0, 1)),
    )
    for option, key in single:
        assert run("ipvsadm", "-Ln", *option.split()) == listing(table, only=key)
    for options, ours in forms:
        theirs, text = run("ipvsadm", "-Ln", *options), listing(table, **ours)  # type: ignore[arg-type]
        assert text == theirs, f"{options}\n--- ours\n{text}\n--- ipvsadm\n{theirs}"


async def an_empty_table_is_listed_as_ipvsadm_does(manager: Manager) -> str:
    text = listing(await manager.table())
    assert text == run("ipvsadm", "-Ln")
    return text


async def every_kind_is_programmed_and_listed_as_ipvsadm_does(manager: Manager) -> str:
    errors = await manager.converge(everything())
    assert errors == (), errors
    assert isinstance(manager.driver, KernelPlane)
    await assert_listings_equal(manager.driver)
    return run("ipvsadm", "-Ln")


async def converging_again_changes_nothing(manager: Manager) -> str:
    before = run("ipvsadm", "-Ln", "--nosort")
    assert await manager.converge(everything()) == ()
    assert run("ipvsadm", "-Ln", "--nosort") == before
    return ""


async def drift_is_repaired_and_told(manager: Manager) -> str:
    told: list[str] = []
    manager._repaired = lambda change: told.append(str(change))
    before = run("ipvsadm", "-Ln")
    run("ipvsadm", "-D", "-t", "10.0.0.1:443")
    run("ipvsadm", "-d", "-t", "192.168.0.1:80", "-r", "10.0.0.11:80")
    run("ipvsadm", "-e", "-t", "10.0.0.1:80", "-r", "10.1.0.1:8080", "-m", "-w", "77")
    run("ipvsadm", "-E", "-t", "10.0.0.1:8000", "-s", "rr")
    run("ipvsadm", "-a", "-t", "10.0.0.1:80", "-r", "10.66.0.1:80", "-m")
    table = await manager.table()
    assert run("ipvsadm", "-Ln") == before == listing(table)
    manager._repaired = None
    assert len(told) == 7, told
    return "\n".join(told)


async def a_whole_table_that_somebody_cleared_comes_back(manager: Manager) -> str:
    before = run("ipvsadm", "-Ln")
    run("ipvsadm", "-C")
    await manager.table()
    assert run("ipvsadm", "-Ln") == before
    return ""


async def a_module_that_was_taken_out_is_found_again(manager: Manager) -> str:
    before = run("ipvsadm", "-Ln")
    run("ipvsadm", "-C")
    users = [line.split()[3] for line in run("lsmod").splitlines() if line.startswith("ip_vs ")]
    run("modprobe", "-r", *users[0].split(","), "ip_vs")
    assert "ip_vs" not in run("lsmod")
    await manager.table()
    assert run("ipvsadm", "-Ln") == before
    return users[0]


async def foreign_services_are_not_touched(manager: Manager) -> str:
    run("ipvsadm", "-A", "-t", "172.16.0.1:80", "-s", "dh")
    run("ipvsadm", "-a", "-t", "172.16.0.1:80", "-r", "172.16.0.2:80", "-g", "-w", "3")
    foreign = run("ipvsadm", "-Ln", "-t", "172.16.0.1:80")
    assert await manager.converge(everything()[:3]) == ()
    assert len((await manager.table()).services) == 4
    assert await manager.withdraw() == ()
    assert run("ipvsadm", "-Sn").splitlines() == [
        "-A -t 172.16.0.1:80 -s dh",
        "-a -t 172.16.0.1:80 -r 172.16.0.2:80 -g -w 3",
    ]
    assert run("ipvsadm", "-Ln", "-t", "172.16.0.1:80") == foreign
    run("ipvsadm", "-D", "-t", "172.16.0.1:80")
    return foreign


async def a_left_over_service_is_taken_over_and_corrected(manager: Manager) -> str:
    rules = [
        "-A -t 10.0.0.1:80 -s rr -p 50",
        "-a -t 10.0.0.1:80 -r 10.1.0.1:80 -g -w 9",
        "-a -t 10.0.0.1:80 -r 10.1.0.3:80 -g -w 1",
    ]
    run("ipvsadm", "-R", text="\n".join(rules) + "\n")
    wanted = Service(
        key=ServiceKey(TCP, "10.0.0.1", 80),
        scheduler="wlc",
        destinations=(destination("10.1.0.1", 80, ROUTE), destination("10.1.0.2", 80, ROUTE)),
    )
    assert await manager.converge((wanted,)) == ()
    saved = run("ipvsadm", "-Sn").splitlines()
    assert sorted(saved) == [
        "-A -t 10.0.0.1:80 -s wlc",
        "-a -t 10.0.0.1:80 -r 10.1.0.1:80 -g -w 1",
        "-a -t 10.0.0.1:80 -r 10.1.0.2:80 -g -w 1",
    ]
    gone = msgspec.structs.replace(wanted, destinations=wanted.destinations[:1])
    assert await manager.converge((gone,)) == ()
    assert "10.1.0.2" not in run("ipvsadm", "-Ln")
    assert await manager.withdraw() == ()
    assert run("ipvsadm", "-Sn") == ""
    return "\n".join(saved)


async def what_the_kernel_refuses_is_said_and_the_rest_is_made(manager: Manager) -> str:
    good = Service(key=ServiceKey(TCP, "10.0.0.1", 81), scheduler="rr", destinations=(destination("10.1.0.1", 81),))
    bad = Service(
        key=ServiceKey(TCP, "10.0.0.1", 82), scheduler="nonesuch", destinations=(destination("10.1.0.1", 82),)
    )
    invalid = Service(key=ServiceKey(TCP, "10.0.0.1", 0), scheduler="rr")
    errors = await manager.converge((bad, invalid, good))
    assert [error.errno for error in errors] == [errno.EINVAL, errno.ENOENT], errors
    assert "the kernel has no scheduler nonesuch" in str(errors[1])
    assert [service.key for service in (await manager.table()).services] == [good.key]
    assert await manager.withdraw() == ()
    return "\n".join(map(str, errors))


async def deleting_what_is_gone_is_no_failure(manager: Manager) -> str:
    missing = everything()[0]
    errors = await manager.driver.apply(
        (Change(Verb.DELETE, missing, missing.destinations[0]), Change(Verb.DELETE, missing))
    )
    assert errors == ()
    (error,) = await manager.driver.apply((Change(Verb.EDIT, missing, missing.destinations[0]),))
    assert error.errno == errno.ESRCH
    return str(error)


async def without_capability_it_says_so_and_forwards_itself(_: Manager) -> str:
    code = (
        "import asyncio; from lvstui.ipvs.io.manager import choose\n"
        "async def main():\n    driver = choose(None); print(driver.kind, driver.note); await driver.close()\n"
        "asyncio.run(main())"
    )
    said = run("unshare", "--user", "--map-root-user", "--net", sys.executable, "-c", code)
    assert said.startswith("userspace "), said
    assert "CAP_NET_ADMIN" in said, said
    return said


async def dr_forwarding_alternates_and_is_counted(_: Manager) -> str:
    with DrCluster() as cluster:
        return await asyncio.to_thread(cluster.report)


async def schedulers_choose_as_the_kernel_does(_: Manager) -> str:
    lines: list[str] = []
    for name, (theirs, ours) in kernel_and_ours().items():
        assert theirs == ours, f"{name}: kernel {theirs}, ours {ours}"
        lines.append(f"{name}: {' '.join(map(str, theirs))}")
    return "\n".join(lines)


async def a_batch_is_faster_than_ipvsadm(_: Manager) -> str:
    text = run("unshare", "--net", sys.executable, "-m", "tests.kernel.speed_inside")
    found = json.loads(text)
    assert found["entries"] == 5000
    assert found["raw_microseconds"] * 4 < found["ipvsadm_microseconds"], text
    assert found["converge_microseconds"] < found["ipvsadm_microseconds"], text
    return text


Check = Callable[[Manager], Awaitable[str]]
CHECKS: tuple[Check, ...] = (
    an_empty_table_is_listed_as_ipvsadm_does,
    every_kind_is_programmed_and_listed_as_ipvsadm_does,
    converging_again_changes_nothing,
    drift_is_repaired_and_told,
    a_whole_table_that_somebody_cleared_comes_back,
    a_module_that_was_taken_out_is_found_again,
    foreign_services_are_not_touched,
    a_left_over_service_is_taken_over_and_corrected,
    what_the_kernel_refuses_is_said_and_the_rest_is_made,
    deleting_what_is_gone_is_no_failure,
    without_capability_it_says_so_and_forwards_itself,
    schedulers_choose_as_the_kernel_does,
    dr_forwarding_alternates_and_is_counted,
    a_batch_is_faster_than_ipvsadm,
)


async def main() -> int:
    """Run all checks; 0 if all are good."""
    driver = choose(Plane.KERNEL)
    manager = Manager(driver)
    good = True
    for check in CHECKS:
        started = time.monotonic()
        try:
            detail, ok = await check(manager), True
        except (AssertionError, KernelError, OSError, subprocess.SubprocessError):
            detail, ok = traceback.format_exc(), False
        good = good and ok
        seconds = round(time.monotonic() - started, 3)
        print(json.dumps({"check": check.__name__, "ok": ok, "seconds": seconds, "detail": detail}), flush=True)
    await manager.close()
    return 0 if good else 1


if __name__ == "__main__":
    sys.exit(asyncio.run(main()))
