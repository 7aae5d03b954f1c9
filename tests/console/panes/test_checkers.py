"""Checkers: verdict, code and age; what is old is never green."""

from __future__ import annotations

from pathlib import Path

import msgspec
import pytest

from lvstui.console.glyphs import DOWN, MAINT, STALE, UP, WAIT, Sign
from lvstui.console.panes.checkers import is_old, sign_of, summary
from lvstui.model.check import CheckCode
from lvstui.model.endpoint import ServiceKey
from tests.console import pictures
from tests.console.harness import console


@pytest.mark.parametrize(
    ("up", "code", "last", "sign"),
    [
        (True, CheckCode.L7OK, 3.0, UP),
        (False, CheckCode.L4TIMEOUT, 3.0, DOWN),
        (None, CheckCode.INITIAL, 3.0, WAIT),
        (True, CheckCode.L7OK, 18.1, STALE),
        (False, CheckCode.L7STATUS, 18.1, STALE),
        (True, CheckCode.UNCHECKED, 500.0, MAINT),
    ],
)
def test_how_a_verdict_looks(up: bool | None, code: CheckCode, last: float, sign: Sign) -> None:
    assert sign_of(pictures.checker(pictures.RS1, up, code, last=last), pictures.NOW) == sign


def test_three_intervals_make_it_old_but_never_probed_is_not_old() -> None:
    assert not is_old(pictures.checker(pictures.RS1, last=18.0), pictures.NOW)
    assert is_old(pictures.checker(pictures.RS1, last=18.1), pictures.NOW)
    assert not is_old(pictures.checker(pictures.RS1, last=pictures.NOW), pictures.NOW)


def test_the_summary_begins_with_what_is_wrong() -> None:
    assert "".join(text for text, _ in summary([UP, DOWN, UP, STALE])) == "1 DOWN, 1 stale, 2 up"


async def test_an_old_good_verdict_is_shown_stale_and_not_green(tmp_path: Path) -> None:
    checkers = (pictures.checker(pictures.RS1), pictures.checker(pictures.RS2, last=60))
    async with console(tmp_path, lb1=pictures.director(checkers=checkers)) as stage:
        await stage.shows("~ stale", "1 stale, 1 up")
        green = next(style.color for style in stage.styles_of("● up"))
        assert green is not None
        assert green not in {style.color for style in stage.styles_of("~ stale")}
        row = next(row for row in stage.rows() if "~ stale" in row)
        assert "192.168.77.22:80" in row
        assert "1m00s" in row


async def test_a_failing_checker_tells_code_detail_and_count(tmp_path: Path) -> None:
    async with console(tmp_path, lb1=pictures.drained()) as stage:
        await stage.shows("✖ DOWN", "L7STS", "4/4", "status 500")


async def test_of_several_services_each_row_says_which_on_a_wide_screen(tmp_path: Path) -> None:
    other = msgspec.structs.replace(pictures.checker(pictures.RS1), service=ServiceKey.parse("192.168.77.100:443"))
    async with console(
        tmp_path, (120, 40), lb1=pictures.director(checkers=(pictures.checker(pictures.RS2), other))
    ) as stage:
        await stage.shows("VirtualServer", "192.168.77.100:443/tcp"[:20])
