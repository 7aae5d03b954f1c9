"""Interoperation with Debian's keepalived, in both roles, on the wire.

All scenarios run at once, each in namespaces of its own; a test waits for the result of its scenario.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from pathlib import Path

import pytest

from tests.peer.directors import Keepalived, Lvstui, Settings
from tests.peer.scenarios import (
    Measured,
    adjustment,
    cable,
    cycle,
    down_file,
    equal_priority,
    no_preemption,
    resumed,
    wrong_password,
)

pytestmark = [pytest.mark.root, pytest.mark.peer]

V2_PASS = Settings(0, version=2, interval=1.0, password="1111")
V2_PLAIN = Settings(0, version=2, interval=1.0)
V3_SECOND = Settings(0, version=3, interval=1.0)
V3_FAST = Settings(0, version=3, interval=0.2)
V3_UNICAST = Settings(0, version=3, interval=0.2, peer="yes")
PAIRS = {"v2 PASS": V2_PASS, "v2": V2_PLAIN, "v3 1 s": V3_SECOND, "v3 0.2 s": V3_FAST, "v3 unicast": V3_UNICAST}

Scenario = Callable[[Path], Measured]
SCENARIOS: dict[str, Scenario] = {}
for _name, _settings in PAIRS.items():
    SCENARIOS[f"{_name}: lvstui 100, keepalived 99"] = lambda d, s=_settings: cycle(d, s, Lvstui, Keepalived)  # type: ignore[misc]
    SCENARIOS[f"{_name}: keepalived 100, lvstui 99"] = lambda d, s=_settings: cycle(d, s, Keepalived, Lvstui)  # type: ignore[misc]
for _name in ("v2 PASS", "v3 0.2 s"):  # what the figures above are compared with
    SCENARIOS[f"{_name}: keepalived 100, keepalived 99"] = lambda d, s=PAIRS[_name]: cycle(d, s, Keepalived, Keepalived)  # type: ignore[misc]
SCENARIOS["v2 PASS: slider to -2 and back"] = lambda d: adjustment(d, V2_PASS)
SCENARIOS["v3 0.2 s: slider to -2 and back"] = lambda d: adjustment(d, V3_FAST)
SCENARIOS["v2 PASS: down file on lvstui"] = lambda d: down_file(d, V2_PASS, Lvstui, Keepalived)
SCENARIOS["v2 PASS: down file on keepalived"] = lambda d: down_file(d, V2_PASS, Keepalived, Lvstui)
SCENARIOS["v3 0.2 s: cable of lvstui"] = lambda d: cable(d, V3_FAST, Lvstui, Keepalived)
SCENARIOS["v3 0.2 s: cable of keepalived"] = lambda d: cable(d, V3_FAST, Keepalived, Lvstui)
SCENARIOS["v2 PASS: killed and resumed"] = lambda d: resumed(d, V2_PASS)
SCENARIOS["v2 PASS: equal priority, keepalived has the higher address"] = lambda d: equal_priority(
    d, V2_PASS, Lvstui, Keepalived
)
SCENARIOS["v3 0.2 s: equal priority, lvstui has the higher address"] = lambda d: equal_priority(
    d, V3_FAST, Keepalived, Lvstui
)
SCENARIOS["v3 0.2 s: nopreempt"] = lambda d: no_preemption(d, V3_FAST)
SCENARIOS["v2: wrong password"] = lambda d: wrong_password(d, V2_PASS)


@pytest.fixture(scope="module")
def running(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[dict[str, Future[Measured]]]:
    """Start every scenario that is wanted, five at a time."""
    wanted: list[str] = [
        str(item.callspec.params["name"])
        for item in request.session.items
        if isinstance(item, pytest.Function) and item.module is request.module and "name" in item.callspec.params
    ]
    with ThreadPoolExecutor(max_workers=5) as pool:
        futures = {n: pool.submit(SCENARIOS[n], tmp_path_factory.mktemp("peer")) for n in wanted}
        yield futures
        for future in futures.values():
            future.cancel()


@pytest.mark.parametrize("name", SCENARIOS)
def test_with_keepalived(
    name: str, running: dict[str, Future[Measured]], record_property: Callable[[str, object], None]
) -> None:
    measured = running[name].result(timeout=120)
    for key, value in measured.items():
        record_property(key, value)
    print(name, {key: round(value, 3) for key, value in measured.items()})
