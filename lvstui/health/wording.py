"""Health: names and sentences as keepalived writes them, so that greps and runbooks go on working.

The sentences were read off Debian's keepalived 2.2.7 running on a kernel with IPVS.
"""

from __future__ import annotations

from lvstui.model.configuration import Checker, HttpChecker, MiscChecker, PingChecker
from lvstui.model.endpoint import Endpoint, Protocol, ServiceKey


def service_name(key: ServiceKey) -> str:
    """Return `[10.0.0.100]:tcp:80` or `FWM 1`."""
    return f"FWM {key.fwmark}" if key.fwmark else server_name(key.endpoint, key.protocol)


def server_name(endpoint: Endpoint, protocol: Protocol) -> str:
    """Return `[10.0.0.21]:tcp:80`."""
    return f"[{endpoint.address}]:{protocol.lower()}:{endpoint.port}"


def server_subject(key: ServiceKey, endpoint: Endpoint) -> str:
    """Return the subject of a real server's events: `10.0.0.100:80/tcp -> 10.0.0.21:80`."""
    return f"{key} -> {endpoint}"


def success_text(checker: Checker, key: ServiceKey, server: Endpoint) -> str:
    """Return the sentence for a checker that came up."""
    name = server_name(server, key.protocol)
    match checker:
        case HttpChecker():
            return f"Remote Web server {name} succeed on service."
        case MiscChecker(command=command):
            return f"Misc check for [{name} VS {service_name(key)}] by [{command}] succeeded."
        case PingChecker():
            return f"ICMP connection to {name} success."
        case _:
            return f"TCP connection to {name} success."


def failure_text(checker: Checker, key: ServiceKey, server: Endpoint, detail: str) -> str:
    """Return the sentence for a checker that went down; `detail` is what a script's end was."""
    name = server_name(server, key.protocol)
    retries = checker.timing.retries
    after = f" after {retries} retries" if retries else ""
    match checker:
        case HttpChecker():
            return f"HTTP_CHECK on service {name} failed{after}."
        case MiscChecker(command=command):
            words = after or " with retry disabled"
            return f"Misc check for [{name} VS {service_name(key)}] by [{command}] failed{words} ({detail})."
        case PingChecker():
            return f"ICMP CHECK on service {name} failed{after}."
        case _:
            return f"TCP_CHECK on service {name} failed{after}."
