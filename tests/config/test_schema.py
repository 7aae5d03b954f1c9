"""The table's own consistency, and its agreement with the list of keepalived's keywords."""

from __future__ import annotations

from pathlib import Path

import pytest

from lvstui.config.schema import Kind, integer, known, quiet
from lvstui.config.schema_checkers import BLOCKS

KEYWORDS = Path("/work/shared/reference/keepalived-keywords.tsv")


def test_every_block_that_is_opened_exists_and_is_reachable() -> None:
    opened = {row.opens for table in BLOCKS.values() for row in table.values() if row.kind is Kind.BLOCK}
    assert opened == set(BLOCKS) - {""}


@pytest.mark.parametrize("block", BLOCKS)
def test_rows_are_sound(block: str) -> None:
    for name, row in BLOCKS[block].items():
        assert row.low <= row.high, name
        assert row.maximum is None or row.minimum <= row.maximum, name
        assert bool(row.opens) == (row.kind is Kind.BLOCK), name
        assert bool(row.choices) == (row.kind is Kind.CHOICE), name
        if row.kind in (Kind.INTEGER, Kind.SECONDS) and isinstance(row.default, int | float):
            assert row.low <= row.default <= row.high or name in ("timeout",), name


def test_compact_rows() -> None:
    rows = known("a b:w c:i1..9@2.3.0 d:s0..5 e:[] f:n g:o h:b i:s")
    assert rows["a"].kind is Kind.FLAG
    assert (rows["c"].kind, rows["c"].low, rows["c"].high, rows["c"].since) == (Kind.INTEGER, 1, 9, "2.3.0")
    assert (rows["d"].kind, rows["d"].low, rows["d"].high) == (Kind.SECONDS, 0, 5)
    assert rows["e"].kind is Kind.LIST
    assert (rows["f"].minimum, rows["g"].minimum) == (1, 0)
    assert rows["i"].low > 0
    assert all(row.effect for row in rows.values())
    assert not any(row.effect for row in quiet(rows).values())
    assert integer(1, 2).effect == ""


@pytest.mark.skipif(not KEYWORDS.exists(), reason="keepalived's list of keywords is not on this machine")
def test_every_keyword_of_keepalived_is_known() -> None:
    missing: list[str] = []
    for line in KEYWORDS.read_text().splitlines()[1:]:
        path, keyword = line.split("\t")[:2]
        if path == "(preprocessor)" or keyword.startswith("<"):
            continue
        *outer, block = path.strip("/").split("/")
        name = f"{outer[-1]}/{block}" if f"{outer[-1] if outer else ''}/{block}" in BLOCKS else block
        name = {"vrrp_track_file": "track_file"}.get(name, name)
        missing.extend(f"{path} {word}" for word in keyword.split(" / ") if word.split()[0] not in BLOCKS[name])
    assert missing == []
