from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lvstui.model.configuration import TrackedInterface, TrackedScript
from lvstui.model.vrrp import PartKind
from lvstui.vrrp.priority import Priority, Tracker, effective_priority
from tests.vrrp.play import settings

SCRIPT = PartKind.SCRIPT


@given(st.integers(1, 254), st.integers(-1000, 1000))
def test_the_effective_priority_stays_within_1_and_254(base: int, parts: int) -> None:
    assert effective_priority(base, parts) == max(1, min(254, base + parts))
    assert effective_priority(255, parts) == 255


@pytest.mark.parametrize(
    ("weight", "reverse", "ok", "value"),
    [
        (2, False, True, 2), (2, False, False, 0), (2, False, None, 0),
        (-2, False, True, 0), (-2, False, False, -2), (-2, False, None, 0),
        (2, True, True, -2), (2, True, False, 0), (-2, True, False, 2), (-2, True, True, 0),
        (0, False, False, 0), (0, False, True, 0),
    ],
)  # fmt: skip
def test_a_positive_weight_adds_when_good_and_a_negative_one_subtracts_when_failing(
    weight: int, reverse: bool, ok: bool | None, value: int
) -> None:
    assert Tracker(SCRIPT, "s", weight, reverse, ok).value == value


def test_weight_zero_is_a_fault_and_awaited_until_its_first_result() -> None:
    tracker = Tracker(SCRIPT, "s", 0)
    assert (tracker.awaited, tracker.faulty) == (True, False)
    tracker.ok = False
    assert (tracker.awaited, tracker.faulty) == (False, True)
    tracker.ok = True
    assert not tracker.faulty
    assert Tracker(SCRIPT, "s", 0, True, True).faulty
    assert not Tracker(SCRIPT, "s", 0, True, False).faulty
    assert not Tracker(SCRIPT, "s", -2, False, None).awaited


def build() -> Priority:
    scripts = (TrackedScript("chk_mt", -2), TrackedScript("chk_up", 10))
    links = (TrackedInterface("eth1", -20), TrackedInterface("eth2"))
    return Priority(settings(track_scripts=scripts, track_interfaces=links), 5.0)


def test_everything_is_summed_and_each_part_is_shown() -> None:
    priority = build()
    assert priority.effective == 99
    assert priority.hear(SCRIPT, "chk_mt", False, "exit 1", 7.0)
    assert priority.hear(SCRIPT, "chk_up", True, "exit 0", 8.0)
    assert priority.hear(PartKind.INTERFACE, "eth1", False, "down", 9.0)
    priority.adjust(-7, 10.0)
    assert priority.effective == 99 - 2 + 10 - 20 - 7
    parts = {(part.kind, part.name): part for part in priority.parts()}
    assert [part.value for part in priority.parts()] == [-2, 10, -20, 0, -7]
    mt = parts[SCRIPT, "chk_mt"]
    assert (mt.weight, mt.ok, mt.detail, mt.since_at) == (-2, False, "exit 1", 7.0)
    manual = parts[PartKind.MANUAL, "operator"]
    assert (manual.value, manual.since_at) == (-7, 10.0)


def test_a_repeated_verdict_keeps_its_age() -> None:
    priority = build()
    priority.hear(SCRIPT, "chk_mt", False, "exit 1", 7.0)
    priority.hear(SCRIPT, "chk_mt", False, "exit 2", 8.0)
    assert (priority.parts()[0].since_at, priority.parts()[0].detail) == (7.0, "exit 2")


def test_what_is_not_tracked_is_not_heard() -> None:
    assert not build().hear(SCRIPT, "other", False, "", 1.0)


def test_faults_say_who_and_why() -> None:
    priority = build()
    assert list(priority.awaited()) == ["interface eth2"]
    priority.hear(PartKind.INTERFACE, "eth2", False, "down", 1.0)
    assert list(priority.faults()) == ["interface eth2 fails: down"]


def test_the_operator_s_part_is_bounded() -> None:
    priority = build()
    priority.adjust(-100000, 1.0)
    assert (priority.adjustment, priority.effective) == (-253, 1)
    priority.adjust(100000, 1.0)
    assert (priority.adjustment, priority.effective) == (253, 254)


def test_verdicts_of_a_predecessor_are_taken_over_if_the_weight_is_still_the_same() -> None:
    before, after = build(), build()
    before.hear(SCRIPT, "chk_mt", False, "exit 1", 7.0)
    after.restore(before.parts())
    assert after.parts()[0] == before.parts()[0]
    other = Priority(settings(track_scripts=(TrackedScript("chk_mt", -5),)), 0.0)
    other.restore(before.parts())
    assert other.effective == 99
