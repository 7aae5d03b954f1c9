"""config: `virtual_server`, `real_server`, the checkers, and the directory of all blocks."""

from __future__ import annotations

from lvstui.config import schema_global, schema_vrrp
from lvstui.config.schema import (
    MAX_SIGNED,
    NO_EFFECT,
    Block,
    Keyword,
    Kind,
    address,
    block,
    boolean,
    choice,
    command,
    flag,
    integer,
    known,
    quiet,
    seconds,
    without_effect,
    word,
    words,
)

SCHEDULERS = ("rr", "wrr", "lc", "wlc", "lblc", "lblcr", "sh", "mh", "dh", "fo", "ovf", "sed", "nq", "twos")
UNCHECKED = "is not done here yet: this server is not checked by it and counts as up"
_OLD = Keyword(
    Kind.WORD, maximum=1, unknown=True, effect="is a keyword of old versions and has no effect, here or in keepalived"
)
_LONG = 18446744073709.551614  # keepalived: microseconds in 64 bits
_TIMING: Block = {
    "retry": integer(1),
    "delay_before_retry": seconds(0, _LONG),
    "warmup": seconds(0, _LONG),
    "delay_loop": seconds(high=_LONG),
    "connect_timeout": seconds(),
}
_RUN = "is accepted and has no effect here yet: the script is not run"

VIRTUAL_SERVER: Block = {
    **_TIMING,
    "lb_algo": choice(*SCHEDULERS),
    "lvs_sched": choice(*SCHEDULERS),
    "lb_kind": words(1, 4),
    "lvs_method": words(1, 4),
    "protocol": choice("TCP", "UDP", "SCTP"),
    "persistence_timeout": words(0, 1),
    "persistence_granularity": word(),
    "ops": flag(),
    "flag-1": flag(),
    "flag-2": flag(),
    "flag-3": flag(),
    "sh-port": flag(),
    "sh-fallback": flag(),
    "mh-port": flag(),
    "mh-fallback": flag(),
    "hashed": flag(),
    "ip_family": choice("inet", "inet6"),
    "virtualhost": word(),
    "alpha": flag(),
    "quorum": integer(1, default=1),
    "hysteresis": integer(0, default=0),
    "weight": integer(1, MAX_SIGNED, 1),
    "inhibit_on_failure": boolean(),
    "smtp_alert": boolean(None),
    "sorry_server": words(1, 2),
    "sorry_server_inhibit": flag(),
    "sorry_server_lvs_method": words(1, 4),
    "real_server": block("real_server", 1, 2),
    "nat_mask": _OLD,
    "ha_suspend": without_effect(flag(), "is not done here yet: checkers run on both directors"),
    **known("quorum_up:c quorum_down:c", _RUN),
    **known("persistence_engine:w omega snmp_name:w"),
}

REAL_SERVER: Block = {
    **_TIMING,
    "weight": integer(0, MAX_SIGNED),
    "lvs_method": words(1, 4),
    "inhibit_on_failure": boolean(None),
    "uthreshold": integer(0, default=0),
    "lthreshold": integer(0, default=0),
    "alpha": boolean(None),
    "smtp_alert": boolean(None),
    "virtualhost": word(),
    "HTTP_GET": block("HTTP_GET"),
    "TCP_CHECK": block("TCP_CHECK"),
    "PING_CHECK": block("PING_CHECK"),
    "MISC_CHECK": block("MISC_CHECK"),
    "SSL_GET": without_effect(block("SSL_GET"), UNCHECKED),
    "SMTP_CHECK": without_effect(block("SMTP_CHECK"), UNCHECKED),
    "DNS_CHECK": without_effect(block("DNS_CHECK"), UNCHECKED),
    "UDP_CHECK": without_effect(block("UDP_CHECK"), UNCHECKED),
    "FILE_CHECK": without_effect(block("FILE_CHECK"), UNCHECKED),
    "BFD_CHECK": without_effect(block("BFD_CHECK"), UNCHECKED),
    **known("notify_up:c notify_down:c", _RUN),
    **known("snmp_name:w"),
}

_CHECKER: Block = {
    **_TIMING,
    "retry": integer(0),
    "alpha": boolean(None),
    "log_all_failures": without_effect(boolean(), "is accepted; each failure is shown here anyway"),
}
_CONNECT: Block = {
    "connect_ip": address(),
    "connect_port": integer(1, 65535),
    "bindto": address(),
    **known("bind_port:i1..65535 bind_if:w fwmark:i"),
}
_MISSING_REGEX = "is not done here yet: the reply is not matched against it"

URL: Block = {
    "path": word(),
    "digest": word(),
    "status_code": words(1),
    "virtualhost": word(),
    **known(
        "regex:c regex_no_match regex_options:n regex_min_offset:i regex_max_offset:i regex_stack:n", _MISSING_REGEX
    ),
    **known("tls_compliant:b@2.2.8"),
}
HTTP_GET: Block = {
    **_CHECKER,
    **_CONNECT,
    "nb_get_retry": Keyword(Kind.INTEGER, minimum=1, maximum=1, deprecated="retry"),
    "virtualhost": word(),
    "http_protocol": choice("1.0", "1.0C", "1.0c", "1.1", default="1.0"),
    "url": block("url"),
    "enable_sni": without_effect(flag(), "has no effect: HTTP_GET does not use TLS"),
    "sni_name": without_effect(word(), "has no effect: HTTP_GET does not use TLS"),
    "fast_recovery": without_effect(boolean(), NO_EFFECT),
}
TCP_CHECK: Block = {**_CHECKER, **_CONNECT}
PING_CHECK: Block = {**_CHECKER, **_CONNECT}
MISC_CHECK: Block = {
    **{name: row for name, row in _CHECKER.items() if name != "connect_timeout"},
    "misc_path": command(),
    "misc_timeout": integer(1, unit="s"),
    "misc_dynamic": flag(),
    "user": words(1, 2),
}

BLOCKS: dict[str, Block] = {
    "": schema_global.ROOT,
    "global_defs": schema_global.GLOBAL_DEFS,
    "SSL": schema_global.SSL,
    "track_group": schema_global.TRACK_GROUP,
    "garp_group": schema_global.GARP_GROUP,
    "vrrp_track_process": schema_global.TRACK_PROCESS,
    "track_file": schema_global.TRACK_FILE,
    "bfd_instance": schema_global.BFD_INSTANCE,
    "vrrp_instance": schema_vrrp.VRRP_INSTANCE,
    "authentication": schema_vrrp.AUTHENTICATION,
    "auth_hmac": schema_vrrp.AUTH_HMAC,
    "vrrp_script": schema_vrrp.VRRP_SCRIPT,
    "vrrp_sync_group": schema_vrrp.VRRP_SYNC_GROUP,
    "virtual_server": VIRTUAL_SERVER,
    "real_server": REAL_SERVER,
    "HTTP_GET": HTTP_GET,
    "url": URL,
    "TCP_CHECK": TCP_CHECK,
    "PING_CHECK": PING_CHECK,
    "MISC_CHECK": MISC_CHECK,
    "SSL_GET": {**quiet(HTTP_GET), "tls_compliant": boolean(), "url": block("SSL_GET/url")},
    "SSL_GET/url": quiet(URL),
    "SMTP_CHECK": {**quiet(TCP_CHECK), "helo_name": word(), "host": block("SMTP_CHECK/host")},
    "SMTP_CHECK/host": quiet(TCP_CHECK),
    "DNS_CHECK": {**quiet(TCP_CHECK), "type": word(), "name": word()},
    "UDP_CHECK": {
        **quiet(TCP_CHECK),
        "payload": words(1),
        "require_reply": words(0),
        "min_reply_length": integer(0, 65535),
        "max_reply_length": integer(0, 65535),
    },
    "FILE_CHECK": {"track_file": word(), "weight": words(1, 2)},
    "BFD_CHECK": {"name": word(), "alpha": boolean()},
}
