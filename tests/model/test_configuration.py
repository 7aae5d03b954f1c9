"""The configured truth keeps its secrets."""

from __future__ import annotations

from lvstui.model.configuration import Authentication, AuthenticationType, ScriptCommand, VrrpInstance


def test_a_password_does_not_show_when_a_record_is_printed() -> None:
    instance = VrrpInstance(
        name="VI_1",
        interface="ens33",
        vrid=61,
        authentication=Authentication(AuthenticationType.PASS, "s3cret"),
    )
    assert "s3cret" not in repr(instance)
    assert "s3cret" not in repr(instance.authentication)


def test_a_command_prints_as_it_was_written() -> None:
    assert str(ScriptCommand(("/usr/bin/test", "!", "-f", "/x"))) == "/usr/bin/test ! -f /x"
    assert str(ScriptCommand((), shell="[[ -f /x ]] && exit 1")) == "[[ -f /x ]] && exit 1"
