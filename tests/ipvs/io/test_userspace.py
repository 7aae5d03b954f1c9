from __future__ import annotations

import asyncio
import errno
import socket
import subprocess
import sys

import pytest

from lvstui.ipvs.io.userspace import UserspacePlane
from lvstui.ipvs.ipvsadm_text import listing
from lvstui.model.endpoint import Endpoint, Protocol, ServiceKey
from lvstui.model.ipvs import Destination, Plane, Service
from tests.ipvs.io.forwarding import Web, connect, free_port, on_both_loops, plane, service, until, who


@on_both_loops
async def test_round_robin_alternates_and_counts() -> None:
    async with Web("rs1") as rs1, Web("rs2") as rs2, plane() as manager:
        virtual = service(rs1.destination(1), rs2.destination(2))
        assert await manager.converge((virtual,)) == ()
        answers = [await who(virtual) for _ in range(10)]
        assert answers == ["rs2", "rs1"] * 5  # the kernel's list has the newest first
        await asyncio.sleep(0.05)  # the last one is closed behind the client's back
        (shown,) = (await manager.table()).services
        assert [d.counters.connections for d in shown.destinations] == [5, 5]
        assert [d.inactive_connections for d in shown.destinations] == [5, 5]
        assert shown.counters.connections == 10
        assert shown.counters.bytes_out == 10 * len(b"rs1\nend\n")
        text = listing(await manager.table())
        assert f"TCP  {virtual.key.endpoint} rr\n" in text
        assert f"  -> {rs1.endpoint!s:<28} Masq    1      0          5         \n" in text


@on_both_loops
async def test_wrr_goes_by_weight() -> None:
    async with Web("rs1") as rs1, Web("rs2") as rs2, plane() as manager:
        virtual = service(rs1.destination(1), rs2.destination(2), scheduler="wrr")
        await manager.converge((virtual,))
        answers = [await who(virtual) for _ in range(12)]
        assert (answers.count("rs1"), answers.count("rs2")) == (4, 8)


@on_both_loops
async def test_drain_keeps_connections_and_takes_no_new_one() -> None:
    async with Web("rs1") as rs1, Web("rs2") as rs2, plane() as manager:
        virtual = service(rs1.destination(), rs2.destination(0))
        await manager.converge((virtual,))
        reader, writer = await connect(virtual)
        assert await reader.readline() == b"rs1\n"
        drained = service(rs1.destination(0), rs2.destination(1), port=virtual.key.port)
        assert await manager.converge((drained,)) == ()
        assert [await who(virtual) for _ in range(4)] == ["rs2"] * 4
        writer.write(b"still here\n")
        assert await reader.readline() == b"still here\n"
        shown = {d.endpoint: d for d in (await manager.table()).services[0].destinations}
        assert shown[rs1.endpoint].active_connections == 1
        writer.close()


@on_both_loops
async def test_deleting_a_destination_resets_its_connections_only() -> None:
    async with Web("rs1") as rs1, Web("rs2") as rs2, plane() as manager:
        virtual = service(rs1.destination(), rs2.destination())
        await manager.converge((virtual,))
        one, two = await connect(virtual), await connect(virtual)
        assert {await one[0].readline(), await two[0].readline()} == {b"rs1\n", b"rs2\n"}
        await manager.converge((service(rs1.destination(), port=virtual.key.port),))
        with pytest.raises(ConnectionResetError):
            await one[0].read()  # the first went to rs2
        two[1].write(b"x\n")
        assert await two[0].readline() == b"x\n"
        two[1].close()


@on_both_loops
async def test_a_destination_added_again_has_its_counters_back() -> None:
    async with Web("rs1") as rs1, plane() as manager:
        virtual = service(rs1.destination())
        await manager.converge((virtual,))
        assert await who(virtual) == "rs1"
        await manager.converge((service(port=virtual.key.port),))
        assert await who(virtual) == "reset"
        await manager.converge((virtual,))
        (shown,) = (await manager.table()).services[0].destinations
        assert shown.counters.connections == 1


@on_both_loops
async def test_nobody_there_is_a_reset() -> None:
    async with plane() as manager:
        nobody = Destination(endpoint=Endpoint("127.0.0.1", free_port()))
        virtual = service(nobody)
        await manager.converge((virtual,))
        assert await who(virtual) == "reset"  # the destination refuses
        await manager.converge((service(port=virtual.key.port),))
        assert await who(virtual) == "reset"  # no destination
        await manager.withdraw()
        with pytest.raises(ConnectionRefusedError):
            await connect(virtual)  # no service
        assert (await manager.table()).services == ()


@on_both_loops
async def test_each_end_may_close_its_direction_first() -> None:
    body = b"z" * 3_000_000
    async with Web("rs1", body=body) as rs1, plane() as manager:
        virtual = service(rs1.destination())
        await manager.converge((virtual,))
        reader, writer = await connect(virtual)
        writer.write(b"last words")
        writer.write_eof()
        text = await reader.read()
        assert text == b"rs1\n" + body + b"last words" + b"end\n"
        writer.close()
        assert rs1.ended == [b"last words"]
        (shown,) = (await manager.table()).services[0].destinations
        assert (shown.counters.bytes_in, shown.counters.bytes_out) == (10, len(text))


@on_both_loops
async def test_a_client_that_does_not_read_slows_the_server_down() -> None:
    body = b"z" * 64_000_000
    async with Web("rs1", body=body) as rs1, plane() as manager:
        virtual = service(rs1.destination())
        await manager.converge((virtual,))
        sock = socket.create_connection((virtual.key.address, virtual.key.port))
        await asyncio.sleep(0.6)
        (shown,) = (await manager.table()).services[0].destinations
        # What the kernel's socket buffers take and one chunk, not the whole body.
        assert shown.counters.bytes_out < 20_000_000
        sock.close()


@on_both_loops
async def test_a_reset_of_one_side_reaches_the_other() -> None:
    async with Web("rs1") as rs1, plane() as manager:
        virtual = service(rs1.destination())
        await manager.converge((virtual,))
        sock = socket.create_connection((virtual.key.address, virtual.key.port))
        await asyncio.sleep(0.1)
        sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, b"\x01\0\0\0\0\0\0\0")
        sock.close()
        await until(lambda: bool(rs1.ended))
        assert rs1.ended == [b"reset"]


@on_both_loops
async def test_persistent_clients_stay_until_the_drain() -> None:
    async with Web("rs1") as rs1, Web("rs2") as rs2, plane() as manager:
        virtual = service(rs1.destination(), rs2.destination(), timeout=300)
        await manager.converge((virtual,))
        first = await who(virtual)
        assert {await who(virtual) for _ in range(5)} == {first}
        shown = (await manager.table()).services[0].destinations
        assert sorted(d.persistent_connections for d in shown) == [0, 1]
        other = rs2 if first == "rs1" else rs1
        gone = rs1 if first == "rs1" else rs2
        drained = service(gone.destination(0), other.destination(), port=virtual.key.port, timeout=300)
        await manager.converge((drained,))
        assert await who(virtual) == other.name


@on_both_loops
async def test_upper_threshold_counts_ended_connections_too() -> None:
    async with Web("rs1") as rs1, Web("rs2") as rs2, plane() as manager:
        virtual = service(rs1.destination(upper_threshold=2), rs2.destination())
        await manager.converge((virtual,))
        answers = [await who(virtual) for _ in range(8)]
        assert answers.count("rs1") == 2


@on_both_loops
async def test_what_this_plane_cannot_do_is_refused_and_said() -> None:
    async with plane() as manager:
        udp = Service(key=ServiceKey(Protocol.UDP, "127.0.0.1", 53), scheduler="rr")
        mark = Service(key=ServiceKey(Protocol.TCP, "0.0.0.0", 0, 7), scheduler="rr")
        strange = service(scheduler="lblc")
        good = service()
        errors = await manager.converge((udp, mark, strange, good))
        assert [error.errno for error in errors] == [errno.EOPNOTSUPP] * 3
        assert "UDP needs the kernel plane" in str(errors[0])
        assert "firewall marks" in str(errors[1])
        assert "lblc" in str(errors[2])
        assert [s.key for s in (await manager.table()).services] == [good.key]


@on_both_loops
async def test_a_taken_port_is_said_and_tried_again() -> None:
    async with Web("rs1") as rs1, plane() as manager:
        port = free_port()
        with socket.socket() as other:
            other.bind(("127.0.0.1", port))
            other.listen()
            virtual = service(rs1.destination(), port=port)
            (error,) = await manager.converge((virtual,))
            assert error.errno == errno.EADDRINUSE
            assert f"another process has port {port}" in str(error)
            assert manager.errors == (error,)
        assert await manager.converge((virtual,)) == ()
        assert await who(virtual) == "rs1"


@on_both_loops
async def test_a_vip_that_is_not_held_can_be_listened_on_and_ipv6_too() -> None:
    async with Web("rs1", "::1") as rs1, plane() as manager:
        absent = Service(key=ServiceKey(Protocol.TCP, "198.51.100.7", 8080), scheduler="rr")
        key = ServiceKey(Protocol.TCP, "::1", free_port("::1"))
        six = Service(key=key, scheduler="sh", netmask="128", destinations=(rs1.destination(),))
        assert await manager.converge((absent, six)) == ()
        assert await who(six) == "rs1"


@on_both_loops
async def test_closing_cuts_everything() -> None:
    async with Web("rs1") as rs1, plane() as manager:
        virtual = service(rs1.destination())
        await manager.converge((virtual,))
        reader, writer = await connect(virtual)
        await reader.readline()
        late, _ = await connect(virtual)  # perhaps not even accepted yet
        await manager.close()
        for end in (reader, late):
            with pytest.raises(ConnectionResetError):
                await end.read()
        writer.close()
        with pytest.raises(ConnectionRefusedError):
            await connect(virtual)


@on_both_loops
async def test_a_service_does_not_forward_to_itself() -> None:
    async with plane() as manager:
        port = free_port()
        itself = Destination(endpoint=Endpoint("127.0.0.1", port))
        (error,) = await manager.converge((service(itself, port=port),))
        assert error.errno == errno.ELOOP


async def test_it_says_what_it_is() -> None:
    driver = UserspacePlane("because")
    assert (driver.kind, driver.note) == (Plane.USERSPACE, "because")
    await driver.close()


INSIDE = """
import asyncio, subprocess, sys
from lvstui.ipvs.io.manager import Manager
from lvstui.ipvs.io.userspace import UserspacePlane
from tests.ipvs.io.forwarding import Web, who
from lvstui.model.endpoint import Protocol, ServiceKey
from lvstui.model.ipvs import Service

def ip(arguments):
    subprocess.run(["ip", *arguments.split()], check=True)

async def main():
    ip("link set lo up")
    ip("link add d0 type veth peer name d1")
    ip("link set d0 up")
    ip("addr add 10.55.0.1/24 dev d0")
    manager = Manager(UserspacePlane())
    async with Web("rs1") as rs1:
        key = ServiceKey(Protocol.TCP, "10.55.0.100", 80)
        virtual = Service(key=key, scheduler="rr", destinations=(rs1.destination(),))
        assert await manager.converge((virtual,)) == ()
        ip("addr add 10.55.0.100/32 dev d0")
        print(await who(virtual), await who(virtual))
        ip("addr del 10.55.0.100/32 dev d0")
        ip("addr add 10.55.0.100/32 dev d0")
        print(await who(virtual))
        await manager.close()

asyncio.run(main())
"""


@pytest.mark.root
def test_a_vip_that_comes_and_goes_is_served_while_it_is_there() -> None:
    command = ["unshare", "--net", sys.executable, "-c", INSIDE]
    done = subprocess.run(command, capture_output=True, text=True, check=False, timeout=30)
    assert done.stdout.split() == ["rs1"] * 3, done.stderr


@on_both_loops
async def test_nothing_piles_up() -> None:
    async with Web("rs1") as rs1, plane() as manager:
        virtual = service(rs1.destination())
        await manager.converge((virtual,))
        for _ in range(5):
            assert set(await asyncio.gather(*(who(virtual) for _ in range(40)))) == {"rs1"}
        driver = manager.driver
        assert isinstance(driver, UserspacePlane)
        (forwarded,) = driver._services.values()
        await until(lambda: not forwarded._tasks)
        (shown,) = forwarded.status().destinations
        assert (shown.active_connections, shown.inactive_connections) == (0, 200)
