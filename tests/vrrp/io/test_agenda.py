from __future__ import annotations

import random

from lvstui.vrrp.io.agenda import Agenda


class Task:
    def __init__(self, at: float | None) -> None:
        self.at = at


def agenda() -> Agenda[Task]:
    return Agenda(lambda task: task.at)


def test_what_is_due_is_taken_out_in_order() -> None:
    tasks = [Task(3.0), Task(1.0), Task(2.0), Task(None)]
    plan = agenda()
    for task in tasks:
        plan.update(task)
    assert plan.next_at() == 1.0
    assert plan.due(2.0) == [tasks[1], tasks[2]]
    assert plan.due(2.0) == []
    assert plan.next_at() == 3.0


def test_a_deadline_moved_earlier_counts_at_once_and_one_moved_later_is_not_due() -> None:
    task = Task(5.0)
    plan = agenda()
    plan.update(task)
    task.at = 2.0
    plan.update(task)
    assert plan.next_at() == 2.0
    task.at = 9.0
    plan.update(task)
    assert plan.due(2.0) == []
    assert plan.due(8.0) == []
    assert plan.due(9.0) == [task]


def test_a_deadline_that_vanished_is_not_due() -> None:
    task = Task(1.0)
    plan = agenda()
    plan.update(task)
    task.at = None
    plan.update(task)
    assert plan.due(10.0) == []
    assert plan.next_at() is None


def test_it_agrees_with_a_plain_search_whatever_moves() -> None:
    chance = random.Random(7)
    tasks = [Task(None) for _ in range(20)]
    plan = agenda()
    now = 0.0
    for _ in range(3000):
        now += chance.random() * 0.1
        task = chance.choice(tasks)
        task.at = chance.choice([None, now + chance.random() * 5])
        plan.update(task)
        expected = {id(t) for t in tasks if t.at is not None and t.at <= now}
        due = plan.due(now)
        assert {id(t) for t in due} == expected
        for found in due:
            found.at = now + chance.random() * 5
            plan.update(found)
        earliest = min((t.at for t in tasks if t.at is not None), default=None)
        if earliest is not None:
            at = plan.next_at()
            assert at is not None
            assert at <= earliest


def test_a_thousand_adverts_do_not_make_it_grow() -> None:
    task = Task(3.6)
    plan = agenda()
    for n in range(1000):
        task.at = n + 3.6
        plan.update(task)
        plan.due(float(n))
    assert len(plan._heap) <= 2
