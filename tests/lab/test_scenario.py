"""The steps one after another, and their verdict."""

from __future__ import annotations

import pytest

from lvstui.errors import ControlError, LabError
from lvstui.lab.namespace import existing
from lvstui.lab.scenario import TUTORIAL, Measured, Step, StepResult, attempt, run
from lvstui.lab.stage import Stage, StepFailed
from tests.lab.examples import cluster, tutorial

ORDER = (
    *("election", "table", "round_robin", "down_file", "preempt_back", "slider", "rs1_down"),
    *("both_down", "rs_back", "drain", "digest", "graceful_stop", "crash"),
)


def test_the_tutorial_s_order() -> None:
    assert tuple(step.name for step in TUTORIAL) == ORDER


async def good(stage: Stage | None = None) -> Measured:
    return {"seen": 1}


async def bad(stage: Stage | None = None) -> Measured:
    raise StepFailed("it did not", {"seen": 0})


@pytest.mark.parametrize(
    "error", [LabError("x"), ControlError("C", "x"), OSError(2, "x"), TimeoutError(), ValueError("x"), KeyError("x")]
)
async def test_whatever_a_step_meets_is_its_failure(error: Exception) -> None:
    async def meets() -> Measured:
        raise error

    result = await attempt("step", meets())
    assert not result.ok
    assert type(error).__name__ in result.reason


async def test_results_carry_what_was_measured() -> None:
    result = await attempt("step", good())
    assert (result.ok, result.measured["seen"], result.reason) == (True, 1, "")
    result = await attempt("step", bad())
    assert (result.ok, result.measured["seen"], result.reason) == (False, 0, "it did not")


@pytest.mark.root
@pytest.mark.peer
@pytest.mark.parametrize("steps", [[Step("a", good), Step("b", good)], [Step("a", bad), Step("b", good)]])
async def test_all_steps_are_walked_and_the_end_is_clean(steps: list[Step]) -> None:
    results: list[StepResult] = []
    async with cluster() as lab:
        lab.start()
        verdict = await run(Stage(lab, tutorial()), results.append, steps)
        assert [result.step for result in results] == ["a", "b", "cleanup"]
        assert verdict is results[0].ok
        assert results[2].ok, results[2]
        assert results[2].measured["namespaces_left"] == []
        assert results[2].measured["processes_ended"] in (6, 7)  # the client may not be in its namespace yet
        assert existing(f"{lab.run.prefix}-") == ()


@pytest.mark.root
@pytest.mark.peer
async def test_a_step_that_needs_a_table_is_skipped_without_one() -> None:
    results: list[StepResult] = []
    async with cluster() as lab:
        await run(Stage(lab, tutorial()), results.append, [Step("a", bad, table=True)])
    assert results[0].ok
    assert "no table" in str(results[0].measured["skipped"])
