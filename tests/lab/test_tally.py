"""What the client saw, summed up."""

from __future__ import annotations

from lvstui.lab.tally import Asked, Tally, shown, window
from lvstui.model.lab import Answers


def filled(*asked: Asked) -> Tally:
    tally = Tally()
    for each in asked:
        tally.add(each)
    return tally


def test_lines_of_the_traffic_program() -> None:
    tally = Tally()
    assert tally.add_line("1.0 1.002 rs1") == Asked(1.0, 1.002, "rs1")
    assert tally.add_line("1.0 1.004 rs2 again") == Asked(1.0, 1.004, "rs2", True)
    assert (tally.requests, tally.failures) == (2, 0)


def test_garbage_is_not_counted() -> None:
    tally = Tally()
    for line in ("", "idle", "x y z", "1.0", "1.0 2.0", "\x1b[2J"):
        assert tally.add_line(line) is None
    assert tally.requests == 0


def test_terminal_escapes_do_not_come_through() -> None:
    asked = Tally().add_line("1.0 2.0 \x1b[31mrs1")
    assert asked
    assert "\x1b" not in asked.who


def test_a_window_counts_answers_failures_and_the_gap() -> None:
    seen = window(
        [
            Asked(10.00, 10.001, "rs1"),
            Asked(10.01, 10.012, "rs2", True),
            Asked(10.02, 10.021, "-refused"),
            Asked(10.50, 10.501, "rs1"),
        ],
        10.0,
        10.6,
    )
    assert seen.requests == 4
    assert seen.answers == {"rs1": 2, "rs2": 1}
    assert (seen.failures, seen.failed, seen.asked_again) == ({"refused": 1}, 1, 1)
    assert seen.gap_ms == 489.0
    assert seen.slowest_ms == 2.0
    assert seen.last_failure_at == 10.021


def test_silence_to_the_end_is_a_gap() -> None:
    assert window([Asked(0.0, 0.1, "rs1")], 0.0, 5.0).gap_ms == 4900.0
    assert window([], 0.0, 2.0).gap_ms == 2000.0


def test_an_answer_after_the_end_is_no_reason_for_a_smaller_gap() -> None:
    assert window([Asked(0.0, 0.1, "rs1"), Asked(0.2, 3.0, "rs1")], 0.0, 1.0).gap_ms == 2000.0


def test_only_requests_that_began_in_time_count() -> None:
    tally = filled(Asked(1.0, 1.1, "rs1"), Asked(2.0, 2.1, "rs2"), Asked(3.0, 3.1, "rs1"))
    assert tally.since(1.5, 2.5).answers == {"rs2": 1}


def test_totals_and_the_last_ten_seconds() -> None:
    tally = filled(Asked(1.0, 1.1, "rs1"), Asked(50.0, 50.1, "sorry-lb1"), Asked(51.0, 51.1, "-timeout"))
    assert tally.answers(52.0) == (Answers("rs1", 1, 0), Answers("sorry lb1", 1, 1), Answers("no answer", 1, 1))
    assert tally.recent() == ("rs1", "sorry lb1", "no answer")
    assert tally.failures == 1


def test_a_pause_is_no_gap() -> None:
    tally = filled(Asked(1.0, 1.1, "rs1"))
    tally.pause()
    tally.add(Asked(60.0, 60.1, "rs1"))
    tally.add(Asked(60.2, 60.3, "rs1"))
    assert round(tally.longest_gap_ms) == 200


def test_words_for_people() -> None:
    assert [shown(word) for word in ("rs1", "sorry-lb2", "-reset")] == ["rs1", "sorry lb2", "no answer"]
