"""The socket against the one generic netlink family that every kernel has: the controller."""

from __future__ import annotations

import errno
from collections.abc import Iterator
from functools import partial

import pytest

from lvstui.errors import KernelError
from lvstui.ipvs import netlink
from lvstui.ipvs.io.netlink_socket import NetlinkSocket


@pytest.fixture
def sock() -> Iterator[NetlinkSocket]:
    opened = NetlinkSocket("tests")
    yield opened
    opened.close()


def family(name: str, sequence: int) -> bytes:
    return netlink.family_request(name, sequence)


def all_families(sequence: int) -> bytes:
    return netlink.request(netlink.GENL_ID_CTRL, netlink.CTRL_CMD_GETFAMILY, 1, sequence, netlink.NLM_F_DUMP, b"")


def names(sock: NetlinkSocket) -> list[str]:
    messages = sock.dump(all_families, "read")
    return [netlink.text(bytes(netlink.generic_attributes(m)[netlink.CTRL_ATTR_FAMILY_NAME])) for m in messages]


def test_a_question_is_answered(sock: NetlinkSocket) -> None:
    answer = sock.ask(partial(family, "nlctrl"), "look for")
    assert answer is not None
    assert netlink.family_id(answer) == netlink.GENL_ID_CTRL


def test_what_is_not_there_is_a_kernel_error_and_the_socket_goes_on(sock: NetlinkSocket) -> None:
    with pytest.raises(KernelError) as caught:
        sock.ask(partial(family, "NO_SUCH_FAMILY"), "look for")
    assert (caught.value.errno, caught.value.operation, caught.value.subject) == (errno.ENOENT, "look for", "tests")
    assert sock.ask(partial(family, "nlctrl"), "look for") is not None


def test_dumps_one_after_the_other(sock: NetlinkSocket) -> None:
    first = names(sock)
    assert "nlctrl" in first
    assert names(sock) == first


def test_a_batch_tells_which_of_its_requests_failed(sock: NetlinkSocket) -> None:
    bad = {0, 3, 350, 699}

    def build(place: int, sequence: int, flags: int) -> bytes:
        # Not with the helper, which asks for an acknowledgement each time.
        name = b"NO_SUCH_FAMILY\0" if place in bad else b"nlctrl\0"
        body = netlink.attribute(netlink.CTRL_ATTR_FAMILY_NAME, name)
        return netlink.request(netlink.GENL_ID_CTRL, netlink.CTRL_CMD_GETFAMILY, 1, sequence, flags, body)

    assert sock.batch(700, build, "ask") == dict.fromkeys(bad, errno.ENOENT)
    assert names(sock)


def test_a_closed_socket_is_a_kernel_error(sock: NetlinkSocket) -> None:
    sock.close()
    with pytest.raises(KernelError) as caught:
        sock.ask(partial(family, "nlctrl"), "look for")
    assert caught.value.errno == errno.EBADF
