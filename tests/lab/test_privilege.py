"""The rights of a lab."""

from __future__ import annotations

import subprocess

import pytest

from lvstui.errors import LabError
from lvstui.lab import privilege
from lvstui.lab.privilege import missing_capabilities
from tests.lab.ordinary import as_nobody


def status(mask: str) -> str:
    return f"Name:\tx\nCapInh:\t0000000000000000\nCapEff:\t{mask}\nCapBnd:\t{mask}\n"


def test_root_lacks_nothing() -> None:
    assert missing_capabilities(status("000001ffffffffff")) == ()


def test_what_is_lacking_is_named() -> None:
    assert missing_capabilities(status("0000000000000000")) == ("NET_ADMIN", "NET_RAW", "SYS_ADMIN")
    assert missing_capabilities(status("0000000000203000")) == ()
    assert missing_capabilities(status("0000000000003000")) == ("SYS_ADMIN",)


def test_a_status_without_capabilities_has_none() -> None:
    assert len(missing_capabilities("")) == 3


def test_no_second_attempt_in_a_user_namespace(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(privilege.MARK, "1")
    monkeypatch.setattr(privilege, "missing_capabilities", lambda text: ("SYS_ADMIN",))
    with pytest.raises(LabError, match="SYS_ADMIN"):
        privilege.obtain(["lab"])


def test_where_neither_is_possible_it_says_so(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv(privilege.MARK, raising=False)
    monkeypatch.setattr(privilege, "missing_capabilities", lambda text: ("SYS_ADMIN",))
    monkeypatch.setattr(privilege, "_UNSHARE", ("unshare", "--no-such-option"))
    with pytest.raises(LabError, match="needs root") as caught:
        privilege.obtain(["lab"])
    assert "max_user_namespaces" in str(caught.value)


@pytest.mark.root
def test_an_ordinary_user_s_program_starts_again_in_a_namespace() -> None:
    code = "from lvstui.lab import privilege; privilege.obtain(['--version']); print('not reached')"
    done = subprocess.run(as_nobody(["-c", code]), capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    assert done.stdout.startswith("lvstui, version")
    assert "user namespace" in done.stderr
