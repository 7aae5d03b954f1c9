"""Acts take one path: dry run, question, act, word, undo."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from lvstui.console.actions import Danger
from lvstui.console.acts import Acts
from lvstui.console.panes.priority import Wish
from lvstui.console.panes.target import Target
from lvstui.console.screens.lab_menu import DEEDS, Choice
from lvstui.console.source import Source
from lvstui.errors import ControlError
from lvstui.model.check import AdminState
from lvstui.model.snapshot import DirectorSnapshot
from tests.console import pictures
from tests.console.director import Director, serving

TARGET = Target(pictures.SERVICE, pictures.RS1)


@dataclass
class Operator:
    """Answers questions as told, and remembers what was asked and said."""

    answer: bool = True
    asked: list[tuple[str, list[str], str, Danger]] = field(default_factory=list)
    said: list[str] = field(default_factory=list)

    async def ask(self, title: str, effect: list[str], verb: str, danger: Danger) -> bool:
        self.asked.append((title, effect, verb, danger))
        return self.answer

    def say(self, text: str, style: str) -> None:
        self.said.append(text)


@dataclass
class Bench:
    operator: Operator
    acts: Acts
    source: Source[DirectorSnapshot]
    director: Director


@pytest.fixture
async def bench(tmp_path: Path) -> AsyncIterator[Bench]:
    async with serving(tmp_path / "s", pictures.director()) as director:
        has_news = asyncio.Event()
        source = Source("lb1", director.path, DirectorSnapshot, has_news.set)
        following = asyncio.create_task(source.follow())
        await has_news.wait()
        operator = Operator()
        yield Bench(operator, Acts(operator.ask, operator.say), source, director)
        following.cancel()
        await asyncio.gather(following, return_exceptions=True)


async def test_a_forecast_is_a_dry_run(bench: Bench) -> None:
    forecast, problem = await bench.acts.forecast(bench.source, Wish("VI_1", -2))
    assert forecast is not None
    assert (forecast.effective_priority, forecast.moves, problem) == (98, True, "")
    assert bench.director.acts() == []


async def test_an_unreachable_engine_gives_no_forecast_but_a_reason(bench: Bench, tmp_path: Path) -> None:
    nobody = Source("lb9", tmp_path / "none", DirectorSnapshot, lambda: None)
    forecast, problem = await bench.acts.forecast(nobody, Wish("VI_1", -2))
    assert forecast is None
    assert "not connected" in problem


async def test_what_was_foretold_is_applied_without_a_question(bench: Bench) -> None:
    forecast, _ = await bench.acts.forecast(bench.source, Wish("VI_1", -2))
    assert forecast is not None
    assert await bench.acts.apply(bench.source, Wish("VI_1", -2), forecast, 0)
    assert bench.operator.asked == []
    assert bench.director.acts()[0][1]["adjustment"] == -2
    assert "U takes it back to 0" in bench.operator.said[-1].replace("+0", "0")


async def test_undo_of_a_priority_shows_its_own_forecast(bench: Bench) -> None:
    forecast, _ = await bench.acts.forecast(bench.source, Wish("VI_1", -2))
    assert forecast is not None
    await bench.acts.apply(bench.source, Wish("VI_1", -2), forecast, 5)
    await bench.acts.take_back()
    assert bench.operator.asked[0][1] == ["at 105 lb1 keeps VI_1"]
    assert bench.director.acts()[1][1]["adjustment"] == 5
    await bench.acts.take_back()
    assert bench.operator.said[-1] == "There is nothing to take back"


async def test_a_refused_act_is_said_and_leaves_nothing_to_undo(bench: Bench) -> None:
    bench.director.refusal = ControlError("NO", "quorum would be lost", "drain another")
    assert not await bench.acts.set_server(bench.source, TARGET, AdminState.DRAIN, AdminState.READY)
    assert bench.operator.said[-1] == "quorum would be lost. drain another"
    assert bench.acts.undo is None


async def test_no_means_no(bench: Bench) -> None:
    bench.operator.answer = False
    assert not await bench.acts.set_server(bench.source, TARGET, AdminState.DRAIN, AdminState.READY)
    assert bench.director.acts() == []


@pytest.mark.parametrize(
    ("admin", "danger"),
    [(AdminState.DRAIN, Danger.TRAFFIC), (AdminState.MAINT, Danger.TRAFFIC), (AdminState.READY, Danger.SMALL)],
)
async def test_the_question_carries_the_engines_preview_and_the_danger(
    bench: Bench, admin: AdminState, danger: Danger
) -> None:
    assert await bench.acts.set_server(bench.source, TARGET, admin, AdminState.READY)
    title, effect, _verb, level = bench.operator.asked[0]
    assert "192.168.77.21:80" in title
    assert effect == [f"192.168.77.21:80 -> {admin}: 1 of 2 stays, quorum 1 kept"]
    assert level == danger
    assert bench.director.acts()[0][1]["state"] == admin


async def test_the_lab_is_broken_without_a_question(bench: Bench) -> None:
    await bench.acts.lab(bench.source, Choice("rs1", DEEDS[0]))
    assert bench.director.acts() == [("lab.web", {"host": "rs1", "action": "stop"})]
    assert bench.operator.said == ["rs1: stop the web server: done"]
