"""Agreement with keepalived 2.2.7 on real files of other people (read where they lie, never copied)."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import pytest

from lvstui.config.load import Loaded, load
from tests.config.dump import corpus_host, keepalived_facts, model_facts

CORPUS = Path("/work/shared/reference/corpus")
pytestmark = pytest.mark.skipif(not CORPUS.exists(), reason="the corpus of keepalived.conf files is not here")

# keepalived -t says 5, and keepalived itself ends with "permanent error CONFIG" when it is started with them.
DIES = {
    "039": "no usable interface",
    "052": "strict mode without a virtual address",
    "059": "version 3 without a virtual address",
    "070": "no virtual_router_id",
}
# keepalived goes on, with lines in another block than they are written in.
MISPARSED = {
    "150": "real_server inside an open HTTP_GET",
    "151": "vrrp_instance inside an open vrrp_sync_group",
    "154": "a virtual_server is never closed",
    "191": "blocks of another version inside vrrp_instance",
}
# Constructs that are not done here yet.
LATER = {"180": "IPv6 VRRP", "188": "~SEQ", "201": "use_vmac"}
# A message of keepalived at a line that we have none for, and why.
SILENT = {
    "040": "its other processes read the body of the block without brace as unknown keywords",
    "140": "as 040",
    "072": "a mail host that could not be resolved there",
    "157": "as 072",
    "169": "as 072",
    "110": "an option of virtual_routes",
    "209": "as 110",
    "218": "as 110",
    "216": "an option of virtual_rules",
}


@dataclass(frozen=True)
class Case:
    name: str
    status: int
    complaints: frozenset[int]
    dump: str
    loaded: Loaded


@cache
def cases() -> tuple[Case, ...]:
    """Every file that keepalived runs (0, 5, 6)."""
    return tuple(case for path in sorted(CORPUS.glob("*.conf")) if (case := _case(path)) is not None)


def _case(path: Path) -> Case | None:
    verdict = path.with_suffix(".verdict").read_text(errors="replace")
    dump = path.with_suffix(".dump").read_text(errors="replace") if path.with_suffix(".dump").exists() else ""
    match = re.match(r"rc: (\d+)", verdict)
    status = int(match.group(1)) if match else -1
    if status not in (0, 5, 6):
        return None
    complaints = frozenset(int(line) for line in re.findall(r"Line (\d+)\)", verdict))
    return Case(path.stem, status, complaints, dump, load(path, corpus_host(verdict, dump)))


def running() -> Iterator[Case]:
    return (case for case in cases() if case.loaded.configuration is not None)


def test_only_listed_files_are_refused() -> None:
    refused = {case.name for case in cases() if case.loaded.configuration is None}
    assert refused == set(DIES) | set(MISPARSED) | {"188"}
    assert len(cases()) >= 117


def test_the_meaning_is_keepalived_s() -> None:
    """Instances, VRIDs, priorities, VIPs, timers, trackers, services, real servers, weights, checks."""
    differing = {}
    facts = 0
    for case in running():
        assert case.loaded.configuration is not None
        ours, theirs = model_facts(case.loaded.configuration), keepalived_facts(case.dump)
        facts += len(theirs)
        if ours != theirs:
            differing[case.name] = sorted(ours ^ theirs)
    assert set(differing) == set(LATER) - {"188"}, differing
    assert facts > 2500


def test_a_line_that_keepalived_complains_of_has_a_finding() -> None:
    silent = {
        case.name: sorted(missing)
        for case in running()
        if (missing := case.complaints - {found.line for found in case.loaded.diagnostics})
    }
    assert set(silent) == set(SILENT), silent


def test_a_line_that_keepalived_accepts_has_no_error() -> None:
    extra = [
        f"{case.name}: {found.headline()}"
        for case in running()
        for found in case.loaded.diagnostics
        if found.severity == "error" and found.line not in case.complaints
    ]
    assert extra == []


def test_the_exit_status_is_keepalived_s() -> None:
    """Except where its 6 hides a 5, and where the complaint is one of those that we do not have."""
    differing = {
        case.name: (case.status, case.loaded.status)
        for case in running()
        if case.status != case.loaded.status and (case.status, case.loaded.status) != (6, 5)
    }
    assert set(differing) <= set(SILENT) | set(LATER), differing
