"""vrrp_instance and vrrp_script: ranges that keepalived has."""

from __future__ import annotations

import pytest

from lvstui.config.schema_vrrp import VRRP_INSTANCE, VRRP_SCRIPT
from tests.config.support import check, codes, finding, instance_text


@pytest.mark.parametrize(
    ("line", "good"),
    [
        ("priority 1", True),
        ("priority 255", True),
        ("priority 0", False),
        ("priority 256", False),
        ("preempt_delay 1000", True),
        ("preempt_delay 1001", False),
        ("garp_master_repeat 0", False),
        ("garp_master_delay 0", True),
        ("advert_int 256", False),
        ("version 4", False),
    ],
)
def test_ranges(line: str, good: bool) -> None:
    assert ("out-of-range" in codes(check(instance_text(line)))) is not good


def test_every_default_of_the_table_is_the_models() -> None:
    assert VRRP_INSTANCE["priority"].default == 100
    assert VRRP_INSTANCE["advert_int"].default == 1.0
    assert (VRRP_SCRIPT["rise"].default, VRRP_SCRIPT["fall"].default, VRRP_SCRIPT["interval"].default) == (1, 1, 1.0)


def test_notify_scripts_say_that_they_do_not_run() -> None:
    loaded = check(instance_text("notify_master /nonexistent"))
    assert "not run" in finding(loaded, "no-effect").message
    assert loaded.status == 0


def test_a_deprecated_keyword_names_its_successor() -> None:
    loaded = check(instance_text("lvs_sync_daemon_interface eth0"))
    assert "lvs_sync_daemon" in finding(loaded, "deprecated").suggestion
    assert loaded.status == 5
