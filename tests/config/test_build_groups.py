"""Sync groups: their members must exist."""

from __future__ import annotations

from tests.config.support import check, codes, finding, instance_text


def group(*members: str) -> str:
    lines = "\n".join(members)
    return f"vrrp_sync_group G {{\n group {{\n{lines}\n}}\n}}\n"


def test_a_sound_group_only_says_that_it_is_not_honoured() -> None:
    loaded = check(group("A", "B") + instance_text(name="A") + instance_text(name="B", vrid=62))
    assert codes(loaded) == ["no-effect"]
    assert loaded.status == 0


def test_members_that_do_not_exist() -> None:
    loaded = check(group("A", "B") + instance_text(name="A"))
    assert finding(loaded, "no-such-instance").line == 4
    assert "one instance" in finding(loaded, "small-group").message
    assert loaded.status == 5
    assert "no instance" in finding(check(group()), "small-group").message
