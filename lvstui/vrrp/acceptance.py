"""Whether a well-formed advert may be believed by an instance: what depends on its configuration (V-051..V-075)."""

from __future__ import annotations

from lvstui.model.configuration import AuthenticationType, VrrpInstance
from lvstui.vrrp.packet import Advertisement, Received, Rejected, is_multicast

_AUTH_TYPES = {AuthenticationType.NONE: 0, AuthenticationType.PASS: 1}
_LAST_AUTH_TYPE = 2
_PASSWORD_OCTETS = 8


def auth_fields(settings: VrrpInstance) -> tuple[int, bytes]:
    """Type and data for a v2 advert of this instance: the password's first 8 octets, filled with NUL (V-052)."""
    if settings.version != 2:
        return 0, b""
    password = settings.authentication.password.encode() if settings.authentication.kind != "NONE" else b""
    return _AUTH_TYPES[settings.authentication.kind], password[:_PASSWORD_OCTETS].ljust(_PASSWORD_OCTETS, b"\0")


def refusal(received: Received, settings: VrrpInstance) -> Rejected | None:
    """Why the instance must discard the advert, in the order of keepalived's checks (V-075); None if it is good."""
    problem = _problem(received, settings)
    if problem is None:
        return None
    return Rejected(*problem, received.source, received.advertisement.vrid)


def _problem(received: Received, settings: VrrpInstance) -> tuple[str, str] | None:
    advert = received.advertisement
    if advert.vrid != settings.vrid:
        return "vrid_err", f"VRID {advert.vrid} and expect {settings.vrid}"
    if advert.version != settings.version:
        return "version_err", f"wrong version. Received {advert.version} and expect {settings.version}"
    if advert.version == 2:
        wanted, password = auth_fields(settings)
        if advert.auth_type > _LAST_AUTH_TYPE:
            return "invalid_authtype", f"received a {advert.auth_type} auth, expecting {wanted}!"
        if advert.auth_type != wanted:
            return "authtype_mismatch", f"received a {advert.auth_type} auth, expecting {wanted}!"
        if wanted and not _equal(advert.auth_data, password):
            return "auth_failure", "received an invalid passwd!"
        if advert.advert_interval != settings.advert_interval:
            mine, theirs = settings.advert_interval, advert.advert_interval
            return "advert_interval_err", f"advertisement interval mismatch mine={mine:g} sec rcv'd={theirs:g} sec"
    multicast = is_multicast(received.destination)
    if multicast == bool(settings.unicast_peers):
        expected, got = ("uni", "multi") if multicast else ("multi", "uni")
        return "addr_list_err", f"Expected {expected}cast packet but received {got}cast packet"
    return None


def _equal(one: bytes, other: bytes) -> bool:
    """Compare without telling by the time taken how much was right."""
    difference = len(one) ^ len(other)
    for a, b in zip(one, other, strict=False):
        difference |= a ^ b
    return difference == 0


def address_difference(advert: Advertisement, advertised: tuple[str, ...], vrid: int) -> str:
    """How the advert's addresses differ from ours in keepalived's words, or "".

    It is counted and told, and the advert still believed (V-074): 2.2.7 drops it, and both become master while a
    VIP is being added on one director after the other; from 2.3.3 on keepalived counts too.
    """
    if advert.addresses == advertised:
        return ""
    if len(advert.addresses) != len(advertised):
        return f"expected {len(advertised)} VIPs but received {len(advert.addresses)}"
    theirs = set(advert.addresses)
    missing = [address for address in advertised if address not in theirs]
    if missing:
        return f"ip address associated with VRID {vrid} not present in MASTER advert: {missing[0]}"
    return ""
