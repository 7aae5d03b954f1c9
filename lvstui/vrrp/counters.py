"""What an instance counts. The first block has the names of keepalived's JSON (V-077); the second is ours."""

from __future__ import annotations

KEEPALIVED_COUNTERS = (
    "advert_rcvd",
    "advert_sent",
    "become_master",
    "release_master",
    "packet_len_err",
    "advert_interval_err",
    "ip_ttl_err",
    "invalid_type_rcvd",
    "addr_list_err",
    "invalid_authtype",
    "authtype_mismatch",
    "auth_failure",
    "pri_zero_rcvd",
    "pri_zero_sent",
)

# What keepalived keeps for SNMP only (checksum, version, VRID) or accepts.
FURTHER_COUNTERS = (
    "checksum_err",
    "version_err",
    "vrid_err",
    "header_err",
    "no_addresses_err",
    "interval_zero_err",
    "checksum_other_form",
    "send_err",
)


def fresh_counters() -> dict[str, int]:
    """All counters at nought."""
    return dict.fromkeys(KEEPALIVED_COUNTERS + FURTHER_COUNTERS, 0)
