from __future__ import annotations

import itertools

import pytest

from lvstui.model.vrrp import VrrpState
from lvstui.vrrp.machine import Machine
from lvstui.vrrp.transitions import TABLE, Act, Happening, compare
from tests.vrrp.play import advert


def test_the_table_has_an_answer_to_everything_in_every_state() -> None:
    assert set(TABLE) == set(itertools.product(VrrpState, Happening))


@pytest.mark.parametrize("act", Act)
def test_each_act_is_used_and_can_be_done(act: Act) -> None:
    assert any(step.act is act for step in TABLE.values())
    assert callable(getattr(Machine, f"_{act.name.lower()}"))


def test_init_and_fault_do_not_react_to_adverts_and_timers() -> None:
    heard = {Happening.ZERO, Happening.HIGHER, Happening.LOWER, Happening.TWIN, Happening.TIMER}
    heard |= {Happening.EQUAL_HIGHER_ADDRESS, Happening.EQUAL_LOWER_ADDRESS}
    for state in (VrrpState.INIT, VrrpState.FAULT):
        for happening in heard:
            assert TABLE[state, happening] == (state, Act.IGNORE)


def test_only_a_master_resigns_and_none_leaves_master_without_giving_the_addresses_up() -> None:
    for (state, _), step in TABLE.items():
        if step.act in (Act.RESIGN, Act.RESIGN_AND_FAIL, Act.STEP_DOWN):
            assert state is VrrpState.MASTER
        if state is VrrpState.MASTER and step.to is not VrrpState.MASTER:
            assert step.act in (Act.RESIGN, Act.RESIGN_AND_FAIL, Act.STEP_DOWN)
        if step.to is VrrpState.MASTER and state is not VrrpState.MASTER:
            assert step.act in (Act.TAKE_OVER, Act.GO_ON)


@pytest.mark.parametrize(
    ("priority", "source", "expected"),
    [
        (0, "10.0.0.9", Happening.ZERO),
        (101, "10.0.0.1", Happening.HIGHER),
        (99, "10.0.0.9", Happening.LOWER),
        (100, "10.0.0.5", Happening.TWIN),
        (100, "10.0.0.6", Happening.EQUAL_HIGHER_ADDRESS),
        (100, "10.0.0.10", Happening.EQUAL_HIGHER_ADDRESS),
        (100, "9.255.255.255", Happening.EQUAL_LOWER_ADDRESS),
        (100, "200.0.0.1", Happening.EQUAL_HIGHER_ADDRESS),
    ],
)
def test_adverts_compare_by_priority_and_then_by_address_as_a_number(
    priority: int, source: str, expected: Happening
) -> None:
    assert compare(advert(priority, source), 100, "10.0.0.5") is expected
