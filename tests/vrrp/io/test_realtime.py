"""The real-time class, tried in processes of their own (this test's process keeps its class)."""

from __future__ import annotations

import json
import os
import subprocess
import sys

import pytest

COMMON = """
import json, os, resource, subprocess, time
from lvstui.vrrp.io import realtime
notes = []
entered = realtime.enter(notes.append)
"""


def run(body: str) -> dict[str, object]:
    done = subprocess.run(
        [sys.executable, "-c", COMMON + body], check=False, capture_output=True, text=True, timeout=20
    )
    assert done.returncode == 0, done.stderr
    answer = json.loads(done.stdout)
    assert isinstance(answer, dict)
    return answer


@pytest.mark.root
def test_root_gets_the_class_and_children_do_not_inherit_it() -> None:
    seen = run(
        "child = subprocess.run(['ps', '-o', 'cls=', '-p', str(os.getpid())], capture_output=True, text=True).stdout\n"
        "inherited = subprocess.run(['sh', '-c', 'ps -o cls= -p $$'], capture_output=True, text=True).stdout\n"
        "locked = [l for l in open('/proc/self/status') if l.startswith('VmLck')][0].split()[1]\n"
        "print(json.dumps(dict(entered=entered, notes=notes, own=child.strip(), child=inherited.strip(),\n"
        "  locked=int(locked), limit=resource.getrlimit(resource.RLIMIT_RTTIME)[0])))"
    )
    assert seen["entered"] is True
    assert seen["notes"] == []
    assert (seen["own"], seen["child"]) == ("RR", "TS")
    assert isinstance(seen["limit"], int)
    assert seen["limit"] >= 200_000
    assert isinstance(seen["locked"], int)
    assert seen["locked"] > 0


@pytest.mark.root
def test_computing_too_long_gives_the_class_up_and_lives() -> None:
    seen = run(
        "end = time.monotonic() + 2.5\n"
        "while realtime.is_realtime() and time.monotonic() < end: pass\n"
        "after = realtime.is_realtime()\n"
        "again = realtime.enter(notes.append)\n"
        "print(json.dumps(dict(entered=entered, after=after, again=again, notes=notes)))"
    )
    assert seen["entered"] is True
    assert seen["after"] is False
    assert seen["notes"] == ["real-time class given up: computed longer than 0.25 s without a pause"]
    assert seen["again"] is True


def test_without_rights_it_says_so_and_goes_on() -> None:
    drop = ["setpriv", "--inh-caps=-all", "--bounding-set=-all"] if os.geteuid() == 0 else []
    bounded = "import resource; resource.setrlimit(resource.RLIMIT_MEMLOCK, (65536, 65536))\n"
    script = bounded + COMMON + "print(json.dumps(dict(entered=entered, notes=notes, real=realtime.is_realtime())))"
    done = subprocess.run([*drop, sys.executable, "-c", script], check=False, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    seen = json.loads(done.stdout)
    assert seen["entered"] is False
    assert seen["real"] is False
    assert len(seen["notes"]) == 2
    assert "no real-time class (Operation not permitted)" in seen["notes"][0]
    assert "memory is not locked" in seen["notes"][1]


def test_in_another_thread_it_does_nothing() -> None:
    seen = run(
        "import threading\n"
        "realtime.leave()\n"
        "more, result = [], []\n"
        "t = threading.Thread(target=lambda: result.append(realtime.enter(more.append)))\n"
        "t.start(); t.join()\n"
        "print(json.dumps(dict(result=result, notes=more, real=realtime.is_realtime())))"
    )
    assert seen["result"] == [False]
    assert seen["real"] is False
