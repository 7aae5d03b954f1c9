"""Looking things up in the parse tree."""

from __future__ import annotations

from lvstui.config.diagnostics import Report
from lvstui.config.lexer import logical_lines
from lvstui.config.reader import read_tree
from lvstui.config.source import split_lines
from lvstui.config.tree import Entry


def tree(text: str) -> Entry:
    return read_tree(logical_lines(split_lines(text.encode(), "f")[0]), Report("f"))


def test_the_last_good_line_wins() -> None:
    block = next(tree("vrrp_instance A {\n priority 5\n priority 7\n priority 300\n}\n").all("vrrp_instance"))
    assert block.number("priority", 100) == 7
    assert block.number("garp_master_delay", 5) == 5.0
    assert block.optional_number("garp_master_delay") is None
    assert [entry.value for entry in block.all("priority")] == [5, 7, None]


def test_entries_of_several_lists_are_joined() -> None:
    block = next(
        tree("vrrp_instance A {\n virtual_ipaddress {\n a\n}\n virtual_ipaddress {\n b c\n}\n}\n").all("vrrp_instance")
    )
    assert [[word.text for word in entry.words] for entry in block.entries("virtual_ipaddress")] == [["a"], ["b", "c"]]


def test_booleans_are_unset_true_or_false() -> None:
    block = next(tree("global_defs {\n smtp_alert\n smtp_alert_vrrp off\n}\n").all("global_defs"))
    assert block.optional_boolean("smtp_alert") is True
    assert block.optional_boolean("smtp_alert_vrrp") is False
    assert block.optional_boolean("smtp_alert_checker") is None
    assert block.value_of(str, "router_id", "none") == "none"


def test_a_block_knows_where_it_ends() -> None:
    root = tree("global_defs {\n router_id a\n}\nvrrp_instance A {\n")
    first, second = root.children
    assert (first.closing.text, first.closing.origin.number) == ("}", 3)
    assert second.closing.text == "vrrp_instance"
