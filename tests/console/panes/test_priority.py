"""The slider as a widget: what is pending, what waits for what, and what is forgotten."""

from __future__ import annotations

from pathlib import Path

import pytest

from lvstui.console.panes.priority import PrioritySlider, Wish
from lvstui.errors import ControlError
from lvstui.model.vrrp import VrrpState
from tests.console import pictures
from tests.console.harness import Stage, console


def slider(stage: Stage) -> PrioritySlider:
    return stage.app.query_one(PrioritySlider)


@pytest.mark.parametrize(
    ("keys", "pending"),
    [
        (("left",), -1),
        (("minus", "minus"), -2),
        (("right", "plus"), 2),
        (("left_square_bracket",), -10),
        (("shift+right",), 10),
        (("left", "right"), None),
        (("left", "0"), None),
        (("right_square_bracket",) * 30, 253),
    ],
)
async def test_keys_move_the_pending_part(tmp_path: Path, keys: tuple[str, ...], pending: int | None) -> None:
    async with console(tmp_path) as stage:
        await stage.press("2", *keys)
        assert slider(stage).pending == pending
        assert stage.lb1.acts() == []


async def test_each_move_asks_for_its_own_forecast(tmp_path: Path) -> None:
    async with console(tmp_path) as stage:
        await stage.press("2", "left")
        await stage.shows("at 99 lb1 keeps VI_1")
        await stage.press("left")
        await stage.shows("at 98 lb2 takes VI_1")
        assert all(is_dry for _, _, is_dry in stage.lb1.requests)


async def test_an_answer_to_an_older_question_is_not_shown(tmp_path: Path) -> None:
    async with console(tmp_path) as stage:
        await stage.press("2", "left", "left")
        await stage.shows("at 98")
        slider(stage).take_forecast(Wish("VI_1", -1), None, "old news")
        assert "old news" not in stage.text()


async def test_a_refused_act_stays_pending(tmp_path: Path) -> None:
    async with console(tmp_path) as stage:
        stage.lb1.refusal = ControlError("NO", "frozen", "thaw it")
        await stage.press("2", "left", "left", "enter")
        await stage.shows("frozen. thaw it", "pending, not applied")
        stage.lb1.refusal = None
        await stage.press("enter")
        await stage.until(lambda: len(stage.lb1.acts()) == 2)


async def test_enter_twice_in_a_row_applies_once(tmp_path: Path) -> None:
    async with console(tmp_path) as stage:
        await stage.press("2", "left", "left")
        await stage.shows("at 98")
        await stage.press("enter", "enter", "enter")
        await stage.until(lambda: bool(stage.lb1.acts()))
        await stage.pilot.pause(0.1)
        assert len(stage.lb1.acts()) == 1


async def test_another_director_drops_what_is_pending(tmp_path: Path) -> None:
    async with console(tmp_path) as stage:
        await stage.press("2", "left", "n")
        await stage.shows("▸lb2")
        assert slider(stage).pending is None


async def test_when_the_engine_is_gone_it_says_so_instead_of_a_forecast(tmp_path: Path) -> None:
    async with console(tmp_path) as stage:
        await stage.lb1.server.close()
        await stage.shows("STALE")
        await stage.press("2", "left", "enter")
        await stage.until(lambda: bool(slider(stage).problem))
        assert stage.lb1.acts() == []


async def test_the_owner_of_the_address_cannot_be_moved(tmp_path: Path) -> None:
    one = pictures.instance(VrrpState.MASTER, base=255)
    async with console(tmp_path, lb1=pictures.director(one=one)) as stage:
        await stage.press("2", "left")
        await stage.shows("255 never changes")
        assert slider(stage).pending is None


async def test_without_an_instance_it_says_so(tmp_path: Path) -> None:
    async with console(tmp_path, lb1=pictures.director(instances=())) as stage:
        await stage.press("2", "left", "enter", "escape", "0")
        await stage.shows("no VRRP instance")
