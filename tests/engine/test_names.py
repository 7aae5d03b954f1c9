"""Names come from the hosts file alone, whatever is in it."""

from __future__ import annotations

import tempfile
from pathlib import Path

from hypothesis import given
from hypothesis import strategies as st

from lvstui.engine.names import director_names


def names_of(tmp_path: Path, text: bytes) -> dict[str, str]:
    path = tmp_path / "hosts"
    path.write_bytes(text)
    return director_names(path)


def test_the_first_name_of_the_first_line_counts(tmp_path: Path) -> None:
    text = b"# us\n192.168.61.12 lb2 lb2.example # the other\n192.168.61.12 other\n2001:0db8::1 six\n"
    assert names_of(tmp_path, text) == {"192.168.61.12": "lb2", "2001:db8::1": "six"}


def test_names_cannot_drive_the_terminal(tmp_path: Path) -> None:
    assert names_of(tmp_path, b"10.0.0.1 \x1b[31mlb2\n") == {"10.0.0.1": "␛[31mlb2"}


def test_a_missing_file_gives_no_names(tmp_path: Path) -> None:
    assert director_names(tmp_path / "none") == {}


@given(data=st.binary(max_size=300))
def test_any_bytes_are_read_without_an_error(data: bytes) -> None:
    with tempfile.NamedTemporaryFile() as file:
        file.write(data)
        file.flush()
        director_names(Path(file.name))
