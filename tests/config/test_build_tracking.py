"""Trackers of an instance."""

from __future__ import annotations

import pytest

from lvstui.model.configuration import TrackedInterface, TrackedScript
from tests.config.support import check, codes, instance_text

SCRIPT = "vrrp_script chk {\n script true\n weight -2\n}\nvrrp_script rev {\n script true\n weight 5 reverse\n}\n"


def tracked(block: str, *lines: str) -> tuple[tuple[TrackedScript | TrackedInterface, ...], list[str]]:
    loaded = check(SCRIPT + instance_text(f"{block} {{", *lines, "}"))
    assert loaded.configuration is not None
    (instance,) = loaded.configuration.instances
    found = instance.track_scripts if block == "track_script" else instance.track_interfaces
    return tuple(found), [code for code in codes(loaded) if code != "script-security"]


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        ("chk", TrackedScript("chk", -2)),
        ("chk weight 7", TrackedScript("chk", 7)),
        ("chk weight 0", TrackedScript("chk", 0)),
        ("chk weight 7 reverse", TrackedScript("chk", 7, True)),
        ("rev", TrackedScript("rev", 5, True)),
        ("rev weight 3", TrackedScript("rev", 3, True)),
        ("rev weight 3 noreverse", TrackedScript("rev", 3)),
        ("chk weight 300", TrackedScript("chk", -2)),
        ("chk weight", TrackedScript("chk", -2)),
        ("chk wieght 3", TrackedScript("chk", -2)),
    ],
)
def test_script(line: str, expected: TrackedScript) -> None:
    assert tracked("track_script", line)[0] == (expected,)


def test_unknown_and_doubled_scripts_are_told() -> None:
    assert tracked("track_script", "other")[1] == ["no-such-script"]
    found, said = tracked("track_script", "chk", "chk weight 9")
    assert found == (TrackedScript("chk", -2),)
    assert said == ["duplicate-tracker"]


def test_two_blocks_are_joined() -> None:
    found, _ = tracked("track_script", "chk", "}", "track_script {", "rev")
    assert [item.name for item in found] == ["chk", "rev"]


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        ("eth1", TrackedInterface("eth1")),
        ("eth1 weight -10", TrackedInterface("eth1", -10)),
        ("eth1 weight 10 reverse", TrackedInterface("eth1", 10, True)),
        ("eth9", TrackedInterface("eth9")),
    ],
)
def test_interface(line: str, expected: TrackedInterface) -> None:
    assert tracked("track_interface", line)[0] == (expected,)


def test_the_own_interface_is_not_tracked_twice() -> None:
    assert tracked("track_interface", "eth0") == ((), ["own-interface"])
