"""global_defs and the outer level: what is honoured, what says that it is not."""

from __future__ import annotations

import pytest

from lvstui.config.schema_global import GLOBAL_DEFS, ROOT
from tests.config.support import check, codes, finding


@pytest.mark.parametrize("name", ["vrrp_sync_group", "virtual_server_group", "static_routes", "SSL", "net_namespace"])
def test_outer_blocks_without_effect_say_so(name: str) -> None:
    assert ROOT[name].effect


def test_a_keyword_without_effect_is_no_problem_of_the_file() -> None:
    loaded = check("global_defs {\n lvs_flush\n vrrp_gna_interval 1.5\n process_names\n}\n")
    assert codes(loaded) == ["no-effect"] * 3
    assert loaded.status == 0


def test_ranges_hold_for_keywords_without_effect_too() -> None:
    loaded = check("global_defs {\n vrrp_gna_interval 0\n vrrp_rt_priority 100\n}\n")
    assert codes(loaded).count("out-of-range") == 2
    assert loaded.status == 5


def test_honoured_keywords_have_no_effect_text() -> None:
    for name in ("router_id", "notification_email", "smtp_server", "vrrp_version", "vrrp_garp_master_delay"):
        assert not GLOBAL_DEFS[name].effect


def test_a_block_without_effect_is_checked_inside_and_says_it_once() -> None:
    loaded = check("track_file f {\n file /tmp/x\n weigth 1\n}\n")
    assert codes(loaded) == ["no-effect", "unknown-keyword"]
    assert finding(loaded, "unknown-keyword").suggestion == 'did you mean "weight"?'
