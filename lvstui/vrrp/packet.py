"""VRRP packets over IPv4: versions 2 (RFC 3768, with RFC 2338's password) and 3 (RFC 5798, RFC 9568)."""

from __future__ import annotations

import struct
from collections.abc import Sequence

import msgspec

from lvstui.errors import MisuseError

PROTOCOL = 112
GROUP = "224.0.0.18"
MOST_ADDRESSES = 255
OWNER_PRIORITY = 255
_ADVERTISEMENT = 1
_HEADER = struct.Struct("!BBBBBBH")
_IP_HEADER = struct.Struct("!BBHHHBBH4s4s")
_AUTH_OCTETS = 8
_CENTISECONDS = 0x0FFF


class Advertisement(msgspec.Struct, frozen=True, kw_only=True):
    """What a router says. `priority` 0: it resigns; 255: it owns the addresses.

    `advert_interval` seconds: v2 whole ones 1..255, v3 0.01..40.95. `auth_type` and `auth_data` (8 octets) only in v2.
    """

    version: int
    vrid: int
    priority: int
    advert_interval: float
    addresses: tuple[str, ...] = ()
    auth_type: int = 0
    auth_data: bytes = b""

    def __repr__(self) -> str:
        return f"Advertisement(v{self.version}, vrid {self.vrid}, priority {self.priority}, {self.addresses})"


class Received(msgspec.Struct, frozen=True):
    """A well-formed advert.

    `pseudo_header`: a v3 checksum that covers one (RFC 5798 as commonly read; RFC 9568 has none).
    """

    advertisement: Advertisement
    source: str
    destination: str
    ttl: int
    pseudo_header: bool = True


class Rejected(msgspec.Struct, frozen=True):
    """An advert that must be discarded: `reason` names the counter, `detail` is keepalived's wording where it has one.

    `source` is "" and `vrid` 0 where the datagram is too broken to tell.
    """

    reason: str
    detail: str
    source: str = ""
    vrid: int = 0


def is_multicast(address: str) -> bool:
    """Whether an IPv4 address in canonical text lies in 224.0.0.0/4."""
    return 224 <= int(address.partition(".")[0]) <= 239


def address_octets(address: str) -> bytes:
    """The four octets of canonical IPv4 text; MisuseError for anything else."""
    try:
        octets = bytes(int(part) for part in address.split("."))
    except ValueError:
        octets = b""
    if len(octets) != 4:
        raise MisuseError(f"{address!r} is not an IPv4 address")
    return octets


def address_text(octets: bytes) -> str:
    """Canonical text of four octets."""
    first, second, third, fourth = octets
    return f"{first}.{second}.{third}.{fourth}"


def encode(advertisement: Advertisement, source: str, destination: str, *, checksum_as_v2: bool = False) -> bytes:
    """The VRRP message that follows the IP header; MisuseError for values that have no place in it.

    A v3 checksum covers the IPv4 pseudo header unless `checksum_as_v2` (V-042, V-043); v2's never does.
    """
    if not (1 <= advertisement.vrid <= 255 and 0 <= advertisement.priority <= 255):
        raise MisuseError(f"no such VRID or priority: {advertisement}")
    if len(advertisement.addresses) > MOST_ADDRESSES:
        raise MisuseError(f"{len(advertisement.addresses)} addresses do not fit into an advert")
    interval = _interval_field(advertisement)
    first = advertisement.version << 4 | _ADVERTISEMENT
    addresses = b"".join(map(address_octets, advertisement.addresses))
    trailer = advertisement.auth_data[:_AUTH_OCTETS].ljust(_AUTH_OCTETS, b"\0") if advertisement.version == 2 else b""

    def message(checksum: int) -> bytes:
        head = _HEADER.pack(
            first, advertisement.vrid, advertisement.priority, len(advertisement.addresses), *interval, checksum
        )
        return head + addresses + trailer

    total = ones_complement_sum(message(0))
    if advertisement.version == 3 and not checksum_as_v2:
        length = _HEADER.size + len(addresses)
        total = _fold(total + _pseudo_sum(address_octets(source), address_octets(destination), length))
    return message(~total & 0xFFFF)


def _interval_field(advertisement: Advertisement) -> tuple[int, int]:
    if advertisement.version == 2:
        seconds = round(advertisement.advert_interval)
        if not 1 <= seconds <= 255:
            raise MisuseError(f"a v2 advert interval of {advertisement.advert_interval} s")
        return advertisement.auth_type, seconds
    if advertisement.version == 3:
        centiseconds = round(advertisement.advert_interval * 100)
        if not 1 <= centiseconds <= _CENTISECONDS:
            raise MisuseError(f"a v3 advert interval of {advertisement.advert_interval} s")
        return centiseconds >> 8, centiseconds & 0xFF
    raise MisuseError(f"VRRP version {advertisement.version}")


def decode(datagram: bytes) -> Received | Rejected:
    """Read a whole IPv4 datagram as a raw socket gives it. Never raises, whatever the bytes.

    Checked here is what needs no configuration (V-004, V-020..V-028, V-040..V-044, V-080); the rest is `acceptance`.
    """
    if len(datagram) < _IP_HEADER.size:
        return Rejected("header_err", f"IPv4 VRRP packet too short - {len(datagram)} bytes")
    start, _, total, _, fragment, ttl, protocol, _, source_octets, target_octets = _IP_HEADER.unpack_from(datagram)
    source, destination = address_text(source_octets), address_text(target_octets)
    header = (start & 0x0F) * 4
    if start >> 4 != 4 or protocol != PROTOCOL or fragment & 0x3FFF or not _IP_HEADER.size <= header <= len(datagram):
        return Rejected("header_err", "not a whole IPv4 datagram of protocol 112", source)
    if not header <= total <= len(datagram):
        detail = f"ip_tot_len mismatch against received length. {total} and received {len(datagram)}"
        return Rejected("packet_len_err", detail, source)
    message = datagram[header:total]
    if len(message) < _HEADER.size:
        return Rejected("packet_len_err", f"vrrp packet too short, length {len(message)} and expect 8", source)
    vrid = message[1]
    if 224 <= target_octets[0] <= 239 and ttl != 255:
        return Rejected("ip_ttl_err", f"invalid TTL/HL. Received {ttl} and expect 255", source, vrid)
    if problem := _problem(message):
        return Rejected(*problem, source, vrid)
    with_pseudo_header = True
    total_sum = ones_complement_sum(message)
    if message[0] >> 4 == 3:
        with_pseudo_header = _fold(total_sum + _pseudo_sum(source_octets, target_octets, len(message))) == 0xFFFF
    if not (message[0] >> 4 == 3 and with_pseudo_header) and total_sum != 0xFFFF:
        return Rejected("checksum_err", f"Invalid VRRPv{message[0] >> 4} checksum", source, vrid)
    return Received(_advertisement(message), source, destination, ttl, with_pseudo_header)


def _problem(message: bytes) -> tuple[str, str] | None:
    """What is wrong with a message of at least a header, but for its checksum."""
    version, kind, count = message[0] >> 4, message[0] & 0x0F, message[3]
    if version not in (2, 3):
        return "version_err", f"wrong version. Received {version} and expect 2 or 3"
    if kind != _ADVERTISEMENT:
        return "invalid_type_rcvd", f"Invalid packet type. {kind} and expect {_ADVERTISEMENT}"
    expected = _HEADER.size + 4 * count + (_AUTH_OCTETS if version == 2 else 0)
    if len(message) != expected:
        which = "short" if len(message) < expected else "long"
        return "packet_len_err", f"vrrp packet too {which}, length {len(message)} and expect {expected}"
    if message[1] == 0:
        return "vrid_err", "VRID 0"
    if version == 3 and count == 0:
        return "no_addresses_err", "advert without an address"
    if version == 3 and not (message[4] << 8 | message[5]) & _CENTISECONDS:
        return "interval_zero_err", "advertisement interval 0"
    return None


def _advertisement(message: bytes) -> Advertisement:
    first, vrid, priority, count, fourth, fifth, _ = _HEADER.unpack_from(message)
    version = first >> 4
    end = _HEADER.size + 4 * count
    addresses = tuple([address_text(message[i : i + 4]) for i in range(_HEADER.size, end, 4)])
    interval = float(fifth) if version == 2 else ((fourth << 8 | fifth) & _CENTISECONDS) / 100
    return Advertisement(
        version=version,
        vrid=vrid,
        priority=priority,
        advert_interval=interval,
        addresses=addresses,
        auth_type=fourth if version == 2 else 0,
        auth_data=message[end:] if version == 2 else b"",
    )


def ones_complement_sum(data: bytes) -> int:
    """RFC 1071's sum of 16-bit words (not yet complemented); `data` has an even length."""
    words: Sequence[int] = struct.unpack(f"!{len(data) // 2}H", data)
    return _fold(sum(words))


def _fold(total: int) -> int:
    while total > 0xFFFF:
        total = (total & 0xFFFF) + (total >> 16)
    return total


def _pseudo_sum(source: bytes, destination: bytes, length: int) -> int:
    return ones_complement_sum(source + destination + struct.pack("!BBH", 0, PROTOCOL, length))
