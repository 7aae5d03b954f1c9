"""Loading: files that cannot be read, and what is raised where."""

from __future__ import annotations

from pathlib import Path

import pytest

from lvstui.config.host import AnyHost
from lvstui.config.load import load, require
from lvstui.errors import ConfigError
from tests.config.support import FIXTURES, TestHost, check, codes


def test_a_missing_file_and_a_folder(tmp_path: Path) -> None:
    for path in (tmp_path / "none.conf", tmp_path, Path("/no\0where")):
        loaded = load(path, TestHost())
        assert loaded.configuration is None
        assert codes(loaded) == ["unreadable"]
        assert loaded.status == 4
        assert loaded.diagnostics[0].line == 0


def test_an_empty_file_is_clean() -> None:
    loaded = check("")
    assert loaded.status == 0
    assert loaded.configuration is not None
    assert codes(loaded) == ["empty"]


def test_require_raises_with_every_error() -> None:
    path = FIXTURES / "config" / "structure.conf"
    with pytest.raises(ConfigError, match="cannot run") as raised:
        require(path, TestHost())
    errors = [found for found in load(path, TestHost()).diagnostics if found.severity == "error"]
    assert len(raised.value.diagnostics) == len(errors) > 5


def test_require_returns_what_runs() -> None:
    path = FIXTURES / "tutorial" / "lb1.conf"
    made = require(path, AnyHost())
    assert made.path == str(path)


def test_bytes_that_are_no_text() -> None:
    loaded = check(b"\xff\xfe\x00\n\x80global_defs {\n}\n" + b"\xef\xbb\xbf")
    assert "nul-byte" in codes(loaded)


def test_carriage_returns_and_byte_order_mark() -> None:
    data = b"\xef\xbb\xbf" + (FIXTURES / "tutorial" / "lb1.conf").read_bytes().replace(b"\n", b"\r\n")
    plain = (FIXTURES / "tutorial" / "lb1.conf").read_bytes()
    loaded = check(data)
    assert loaded.configuration == check(plain).configuration
    assert "byte-order-mark" in codes(loaded)
