"""VIPs in the kernel: add, remove, and read what an interface holds (IPv4)."""

from __future__ import annotations

import errno
import ipaddress
import socket
import struct
from collections.abc import Collection
from typing import NamedTuple

from lvstui.errors import KernelError
from lvstui.model.vip import Vip
from lvstui.vrrp.io import rtnetlink
from lvstui.vrrp.io.links import ask_link

_IFA_ADDRESS, _IFA_LOCAL, _IFA_LABEL = 1, 2, 3
_IFA_F_SECONDARY = 0x1
_IFLA_AF_SPEC, _IFLA_INET_CONF = 26, 1
_PROMOTE_SECONDARIES = 20  # IPV4_DEVCONF_PROMOTE_SECONDARIES
_ADDRESS = struct.Struct("=BBBBi")
_INTERFACE = struct.Struct("=BxHiII")
_SCOPES = {"global": 0, "site": 200, "link": 253, "host": 254, "nowhere": 255}


class _Held(NamedTuple):
    address: str
    prefix_length: int
    scope: int
    secondary: bool


class Addresses:
    """Asks the kernel synchronously; each call takes well under a millisecond and raises KernelError if refused."""

    def __init__(self) -> None:
        self._conversation = rtnetlink.Conversation()

    def close(self) -> None:
        """Close the socket; may be called twice."""
        self._conversation.close()

    def add(self, vip: Vip) -> None:
        """Put the VIP on its interface. An equal address that is there already (left by a predecessor) is fine."""
        index = self._index(vip.interface)
        if index == 0:
            raise rtnetlink.refused(errno.ENODEV, "add address", f"{vip} to {vip.interface}")
        body = _body(vip, index, _scope(vip))
        if vip.label:
            body += rtnetlink.attribute(_IFA_LABEL, vip.label.encode("utf-8", "surrogateescape") + b"\0")
        flags = rtnetlink.NLM_F_ACK | rtnetlink.NLM_F_CREATE | rtnetlink.NLM_F_EXCL
        try:
            self._conversation.ask(rtnetlink.RTM_NEWADDR, flags, body, "add address", f"{vip} to {vip.interface}")
        except KernelError as error:
            if error.errno != errno.EEXIST:
                raise

    def remove(self, vip: Vip) -> None:
        """Take the VIP away; that it or its interface is not there is fine.

        Removing the primary address of a subnet makes Linux drop the others of that subnet too, unless
        promote_secondaries is set: it is set for the moment of the removal, so that the others stay.
        """
        index = self._index(vip.interface)
        if index == 0:
            return
        restore = self._dependants(vip, index) and self._promote_secondaries(vip.interface, index, True)
        try:
            self._delete(vip, index)
        finally:
            if restore:
                self._promote_secondaries(vip.interface, index, False)

    def held(self, interface: str) -> frozenset[tuple[str, int]]:
        """Addresses and prefix lengths that the interface has now; none if it does not exist."""
        index = self._index(interface)
        return frozenset((h.address, h.prefix_length) for h in self._read(index, interface)) if index else frozenset()

    def primary(self, interface: str, exclude: Collection[str] = ()) -> str:
        """The interface's first address that is global and not in `exclude` (the VIPs): the source of adverts.

        KernelError ENODEV without the interface, EADDRNOTAVAIL without such an address.
        """
        index = self._index(interface)
        if index == 0:
            raise rtnetlink.refused(errno.ENODEV, "read address of", interface)
        for held in self._read(index, interface):
            if held.scope == 0 and held.address not in exclude:
                return held.address
        raise rtnetlink.refused(errno.EADDRNOTAVAIL, "read address of", interface, "it has no IPv4 address of its own")

    def _index(self, interface: str) -> int:
        return ask_link(self._conversation, interface)[0].index

    def _read(self, index: int, interface: str) -> list[_Held]:
        body = _ADDRESS.pack(socket.AF_INET, 0, 0, 0, index)
        answer = self._conversation.ask(
            rtnetlink.RTM_GETADDR, rtnetlink.NLM_F_DUMP, body, "read addresses of", interface
        )
        return [held for message in answer if (held := _held(message, index)) is not None]

    def _dependants(self, vip: Vip, index: int) -> bool:
        """Whether other addresses would go with this one."""
        if vip.prefix_length == 32:  # a subnet of its own; spares the read for the most usual VIPs
            return False
        held = self._read(index, vip.interface)
        ours = next((h for h in held if (h.address, h.prefix_length) == (vip.address, vip.prefix_length)), None)
        return ours is not None and not ours.secondary and any(h.secondary and _same_subnet(h, ours) for h in held)

    def _delete(self, vip: Vip, index: int) -> None:
        body = _body(vip, index, _scope(vip))
        subject = f"{vip} from {vip.interface}"
        try:
            self._conversation.ask(rtnetlink.RTM_DELADDR, rtnetlink.NLM_F_ACK, body, "remove address", subject)
        except KernelError as error:
            if error.errno not in (errno.EADDRNOTAVAIL, errno.ENODEV):
                raise

    def _promote_secondaries(self, interface: str, index: int, wanted: bool) -> bool:
        """Set the interface's promote_secondaries; whether it was changed."""
        attributes = ask_link(self._conversation, interface)[1]
        families = rtnetlink.attributes(attributes.get(_IFLA_AF_SPEC, b""))
        settings = rtnetlink.attributes(families.get(socket.AF_INET, b"")).get(_IFLA_INET_CONF, b"")
        offset = (_PROMOTE_SECONDARIES - 1) * 4
        if len(settings) >= offset + 4 and bool(struct.unpack_from("=I", settings, offset)[0]) == wanted:
            return False
        one = rtnetlink.attribute(_PROMOTE_SECONDARIES, struct.pack("=I", wanted))
        family = rtnetlink.attribute(socket.AF_INET, rtnetlink.attribute(_IFLA_INET_CONF, one))
        body = _INTERFACE.pack(0, 0, index, 0, 0) + rtnetlink.attribute(_IFLA_AF_SPEC, family)
        self._conversation.ask(
            rtnetlink.RTM_SETLINK, rtnetlink.NLM_F_ACK, body, "set promote_secondaries of", interface
        )
        return True


def _body(vip: Vip, index: int, scope: int) -> bytes:
    try:
        packed = socket.inet_pton(socket.AF_INET, vip.address)
    except OSError:
        raise rtnetlink.refused(errno.EAFNOSUPPORT, "use address", str(vip), "not an IPv4 address") from None
    if not 0 <= vip.prefix_length <= 32:
        raise rtnetlink.refused(errno.EINVAL, "use address", str(vip), "the prefix length is not within 0..32")
    body = _ADDRESS.pack(socket.AF_INET, vip.prefix_length, 0, scope, index)
    return body + rtnetlink.attribute(_IFA_LOCAL, packed) + rtnetlink.attribute(_IFA_ADDRESS, packed)


def _scope(vip: Vip) -> int:
    word = vip.scope.lower()
    scope = int(word) if word.isascii() and word.isdigit() else _SCOPES.get(word, -1)
    if not 0 <= scope <= 255:
        raise rtnetlink.refused(errno.EINVAL, "use address", str(vip), f"there is no scope {vip.scope!r}")
    return scope


def _held(message: rtnetlink.Message, index: int) -> _Held | None:
    """Read an RTM_NEWADDR of the interface `index`; None for anything else."""
    if message.kind != rtnetlink.RTM_NEWADDR or len(message.body) < _ADDRESS.size:
        return None
    family, prefix_length, flags, scope, where = _ADDRESS.unpack_from(message.body)
    found = rtnetlink.attributes(message.body[_ADDRESS.size :])
    packed = found.get(_IFA_LOCAL) or found.get(_IFA_ADDRESS, b"")
    if family != socket.AF_INET or where != index or len(packed) != 4:
        return None
    return _Held(socket.inet_ntop(socket.AF_INET, packed), prefix_length, scope, bool(flags & _IFA_F_SECONDARY))


def _same_subnet(one: _Held, other: _Held) -> bool:
    network = ipaddress.ip_network(f"{other.address}/{other.prefix_length}", strict=False)
    return one.prefix_length == other.prefix_length and ipaddress.ip_address(one.address) in network
