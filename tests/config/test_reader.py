"""Structure: what keepalived survives, what it mis-reads, and what we say."""

from __future__ import annotations

import pytest

from tests.config.support import check, codes, configuration, finding, instance_text, service_text


def test_an_unknown_outer_block_harms_nothing() -> None:
    loaded = check("bal_defs {\n router_id x\n}\n" + instance_text())
    assert loaded.status == 5
    assert loaded.configuration is not None
    assert [instance.name for instance in loaded.configuration.instances] == ["VI_1"]
    assert [found.line for found in loaded.diagnostics] == [1, 2, 3]


def test_a_known_block_inside_an_unknown_outer_block_is_read_as_keepalived_reads_it() -> None:
    assert configuration("strange {\n" + instance_text() + "}\n").instances[0].name == "VI_1"


def test_an_unknown_inner_block_is_refused_and_the_rest_is_still_checked() -> None:
    loaded = check(service_text(server="bogus {\n weight 4\n }\n weigth 1") + "prioritty 1\n")
    assert loaded.configuration is None
    assert loaded.status == 4
    assert {"misparse", "inside-unknown"} <= set(codes(loaded))
    assert codes(loaded).count("unknown-keyword") == 2


def test_a_missing_opening_brace_is_put_in() -> None:
    loaded = check(service_text().replace("80 {", "80", 1))
    assert loaded.status == 5
    assert loaded.configuration is not None
    assert len(loaded.configuration.virtual_servers[0].real_servers) == 1
    assert finding(loaded, "missing-brace").line == 2


def test_a_missing_closing_brace_is_found_where_the_next_block_begins() -> None:
    text = instance_text("track_interface {", "eth1")[:-2] + service_text()
    loaded = check(text)
    assert loaded.status == 4
    assert finding(loaded, "missing-brace").message.startswith("virtual_server stands inside track_interface")
    assert finding(loaded, "missing-brace").line == 9


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("}\n", "stray-brace"),
        ("{\n}\n", "unexpected-brace"),
        ("vrrp_instance A {\n", "unclosed-block"),
        ("global_defs {\n router_id\n}\n", "missing-parameter"),
        ("vrrp_script {\n}\n", "missing-parameter"),
        ("virtual_server {\n}\n", "missing-parameter"),
        ("global_defs {\n router_id x {\n", "misparse"),
        ('vrrp_instance A\n"open\n', "unclosed-block"),
    ],
)
def test_what_cannot_run(text: str, code: str) -> None:
    loaded = check(text)
    assert code in codes(loaded)
    assert loaded.status == 4
    assert loaded.configuration is None


def test_all_errors_in_one_run() -> None:
    loaded = check("}\nfoo 1\nvrrp_instance A {\n priority\n prioritty 1\n}\nvirtual_server x 80 {\n}\n")
    assert {
        "stray-brace",
        "unknown-keyword",
        "missing-parameter",
        "no-vrid",
        "no-interface",
        "bad-address",
    } <= set(codes(loaded))


def test_a_word_from_another_block_is_told_where_it_belongs() -> None:
    loaded = check(service_text("nopreempt"))
    assert finding(loaded, "unknown-keyword").suggestion == '"nopreempt" belongs in vrrp_instance'


def test_words_too_many_are_told() -> None:
    loaded = check(service_text(server="weight 3 inhibit_on_failure"))
    assert finding(loaded, "extra-words").severity == "advice"
    assert loaded.status == 0


def test_deep_nesting_is_no_recursion() -> None:
    loaded = check("a {\n" * 5000 + "}\n" * 5000)
    assert loaded.status == 5
    assert check("vrrp_instance A {\n" + "{\n" * 20000).status == 4


def test_braces_on_lines_of_their_own_and_all_on_one() -> None:
    one = "vrrp_instance A { interface eth0\nvirtual_router_id 5\nvirtual_ipaddress { 10.0.0.1 } }"
    spread = one.replace("{", "\n{\n").replace("}", "\n}\n")
    assert configuration(one) == configuration(spread)
