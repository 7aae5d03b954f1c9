"""Children are started, named in death, and leave nothing open."""

from __future__ import annotations

import os
import select
import signal
import socket

from lvstui.engine.spawn import Process, how_it_ended, pss_bytes


def wait(process: Process) -> int | None:
    select.select([process.pidfd], [], [], 10)
    return process.poll()


def test_a_child_starts_with_its_channel_and_ends_with_it() -> None:
    before = set(os.listdir("/proc/self/fd"))
    process = Process("tests.engine.children")
    assert process.poll() is None
    assert pss_bytes(process.pid) > 0
    process.channel_end.close()
    assert wait(process) == 0, "not configured: at the end of its channel it just goes"
    process.signal(signal.SIGKILL)
    process.close()
    assert set(os.listdir("/proc/self/fd")) == before


def test_a_killed_child_is_seen_as_killed() -> None:
    process = Process("tests.engine.children")
    process.signal(signal.SIGKILL)
    assert wait(process) == -signal.SIGKILL
    process.channel_end.close()
    process.close()


def test_only_the_named_descriptors_are_inherited() -> None:
    left, right = socket.socketpair()
    process = Process("tests.engine.children", (left.fileno(),))
    assert not os.get_inheritable(left.fileno())
    left.close()
    right.setblocking(False)
    process.channel_end.close()
    wait(process)
    process.close()
    assert right.recv(1) == b"", "the child had the other end, and is gone"
    right.close()


def test_ends_are_said_in_words() -> None:
    assert how_it_ended(0) == "exited with status 0"
    assert how_it_ended(-9) == "was ended by SIGKILL"
    assert how_it_ended(-200) == "was ended by signal 200"


def test_memory_of_nobody_is_zero() -> None:
    assert pss_bytes(2**22 + 1) == 0
