from __future__ import annotations

from typing import Any

from lvstui.model.configuration import ScriptCommand, TrackScript
from lvstui.vrrp.tracking import ScriptVerdict


def verdict(**changes: Any) -> ScriptVerdict:
    return ScriptVerdict(TrackScript("chk_mt", ScriptCommand(("/bin/true",)), **changes))


def run(script: ScriptVerdict, ok: bool, detail: str = "") -> list[str]:
    return [record.text for record in script.result(ok, detail or ("exit 0" if ok else "exit 1"))]


def test_one_success_is_enough_at_the_start_whatever_rise_says() -> None:
    script = verdict(rise=5)
    assert script.ok is None
    assert run(script, True) == ["VRRP_Script(chk_mt) succeeded"]
    assert script.ok is True


def test_one_failure_fails_at_the_start_whatever_fall_says() -> None:
    script = verdict(fall=5)
    assert run(script, False) == [
        "Script `chk_mt` now returning 1",
        "VRRP_Script(chk_mt) failed (exited with status 1)",
    ]
    assert script.ok is False


def test_later_rise_and_fall_count_consecutive_results() -> None:
    script = verdict(rise=2, fall=3)
    run(script, True)
    for detail in ("exit 1, 1 of 3", "exit 1, 2 of 3"):
        assert "VRRP_Script" not in str(run(script, False))
        assert (script.ok, script.detail) == (True, detail)
    run(script, True)
    assert script.detail == "exit 0", "a success in between starts the count again"
    run(script, False)
    run(script, False)
    assert run(script, False) == ["VRRP_Script(chk_mt) failed (exited with status 1)"]
    assert (script.ok, script.detail) == (False, "exit 1, 3 of 3")
    assert run(script, True) == ["Script `chk_mt` now returning 0"]
    assert script.ok is False
    assert run(script, True) == ["VRRP_Script(chk_mt) succeeded"]


def test_init_fail_starts_failed_and_needs_rise_successes() -> None:
    script = verdict(init_fail=True, rise=2)
    assert script.ok is False
    run(script, True)
    assert script.ok is False
    run(script, True)
    assert script.ok is True


def test_a_changed_exit_status_is_told_without_a_changed_verdict() -> None:
    script = verdict()
    run(script, False)
    assert run(script, False) == []
    assert run(script, False, "exit 2") == ["Script `chk_mt` now returning 2"]


def test_what_is_not_an_exit_status_is_told_as_it_is() -> None:
    assert run(verdict(), False, "timed out after 1 s") == ["VRRP_Script(chk_mt) failed (timed out after 1 s)"]


def test_a_predecessor_s_verdict_goes_on() -> None:
    script = verdict(fall=3)
    script.restore(True, "exit 0")
    run(script, False)
    assert script.ok is True
