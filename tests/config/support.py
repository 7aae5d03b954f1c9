"""What the tests of this room share: text in, findings out."""

from __future__ import annotations

from pathlib import Path

from lvstui.config.diagnostics import Diagnostic
from lvstui.config.host import AnyHost
from lvstui.config.load import Loaded, load_bytes
from lvstui.model.configuration import Checker, Configuration, VirtualServer, VrrpInstance

FIXTURES = Path(__file__).resolve().parents[2] / "fixtures"


class TestHost(AnyHost):
    """A host with the interfaces eth0, eth1 and ens33, and the programs named."""

    __test__ = False

    def __init__(self, programs: tuple[str, ...] = ("true", "test", "killall", "bash"), insecure: bool = False) -> None:
        super().__init__("lb1.example.org")
        self._programs = programs
        self._insecure = insecure

    def interface_exists(self, name: str) -> bool:
        return name in ("lo", "eth0", "eth1", "ens33")

    def find_program(self, name: str) -> Path | None:
        base = name.rsplit("/", 1)[-1]
        return Path("/usr/bin", base) if base in self._programs else None

    def user_exists(self, name: str) -> bool:
        return name in ("root", "nobody")

    def group_exists(self, name: str) -> bool:
        return name in ("root", "nogroup")

    def writable_by_others(self, program: Path) -> bool:
        return self._insecure


def check(text: str | bytes, host: AnyHost | None = None) -> Loaded:
    data = text.encode() if isinstance(text, str) else text
    return load_bytes(data, Path("test.conf"), host or TestHost())


def configuration(text: str, host: AnyHost | None = None) -> Configuration:
    loaded = check(text, host)
    assert loaded.configuration is not None, [found.headline() for found in loaded.diagnostics]
    return loaded.configuration


def codes(loaded: Loaded) -> list[str]:
    return [found.code for found in loaded.diagnostics]


def finding(loaded: Loaded, code: str) -> Diagnostic:
    found = [diagnostic for diagnostic in loaded.diagnostics if diagnostic.code == code]
    assert len(found) == 1, [diagnostic.headline() for diagnostic in loaded.diagnostics]
    return found[0]


def instance_text(*lines: str, name: str = "VI_1", vrid: int = 61) -> str:
    """A sound instance with further lines in it."""
    inside = "\n    ".join(lines)
    return f"""vrrp_instance {name} {{
    interface eth0
    virtual_router_id {vrid}
    virtual_ipaddress {{
        10.0.0.1/24
    }}
    {inside}
}}
"""


def instance(*lines: str) -> VrrpInstance:
    return configuration(instance_text(*lines)).instances[0]


def service_text(*lines: str, server: str = "") -> str:
    """A sound virtual server with one real server, further lines in it, and in its real server."""
    inside = "\n    ".join(lines)
    return f"""virtual_server 10.0.0.1 80 {{
    lb_algo rr
    lb_kind DR
    protocol TCP
    {inside}
    real_server 10.0.0.11 80 {{
        {server}
    }}
}}
"""


def service(*lines: str, server: str = "") -> VirtualServer:
    return configuration(service_text(*lines, server=server)).virtual_servers[0]


def checker(server: str, *lines: str) -> Checker:
    return service(*lines, server=server).real_servers[0].checkers[0]
