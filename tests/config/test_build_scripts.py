"""Scripts: argument lists, shells, users, security."""

from __future__ import annotations

import pytest

from lvstui.model.configuration import TrackScript
from tests.config.support import TestHost, check, codes, configuration, finding, instance_text


def script(*lines: str) -> TrackScript:
    inside = "\n".join(lines)
    (made,) = configuration(f"vrrp_script chk {{\n{inside}\n}}\n").scripts
    return made


@pytest.mark.parametrize(
    ("line", "argv"),
    [
        ("/usr/bin/true", ("/usr/bin/true",)),
        ('"/usr/bin/test ! -f /etc/keepalived/down"', ("/usr/bin/test", "!", "-f", "/etc/keepalived/down")),
        ('"killall -0 nginx"', ("killall", "-0", "nginx")),
        ("\"true 'a b' c\"", ("true", "a b", "c")),
        ("'true a'", ("true", "a")),
    ],
)
def test_command(line: str, argv: tuple[str, ...]) -> None:
    made = script(f"script {line}")
    assert made.command.argv == argv
    assert made.command.shell == ""


def test_all_fields() -> None:
    made = script("script true", "interval 2.5", "timeout 3", "weight -2 reverse", "rise 2", "fall 3", "init_fail")
    assert (made.interval, made.timeout, made.weight, made.reverse) == (2.5, 3.0, -2, True)
    assert (made.rise, made.fall, made.init_fail) == (2, 3, True)
    made = script("script true")
    assert (made.interval, made.timeout, made.weight, made.rise, made.fall) == (1.0, 0.0, 0, 1, 1)


def test_a_user() -> None:
    assert script("script true", "user nobody nogroup").command.user == "nobody"
    assert "no-such-user" in codes(check("vrrp_script c {\n script true\n user stranger\n}\n"))


@pytest.mark.parametrize(
    "text", ["[[ -f /etc/keepalived/down ]] && exit 1 || exit 0", "nosuch | grep x", "(exit 1)", "nosuch; exit 1"]
)
def test_shell_syntax_is_run_by_a_shell_with_a_warning(text: str) -> None:
    loaded = check(f'vrrp_script c {{\n script "{text}"\n}}\n')
    assert loaded.configuration is not None
    (made,) = loaded.configuration.scripts
    assert made.command.shell == text
    assert made.command.argv == ("/bin/bash", "-c", text)
    assert finding(loaded, "shell-syntax").severity == "warning"
    assert loaded.status == 5


def test_a_redirection_is_run_by_a_shell_as_keepalived_does() -> None:
    loaded = check('vrrp_script c {\n script "</dev/tcp/127.0.0.1/80"\n}\n')
    assert loaded.configuration is not None
    assert loaded.configuration.scripts[0].command.shell == "</dev/tcp/127.0.0.1/80"
    assert loaded.status == 6


def test_a_missing_program_disables_the_script() -> None:
    text = 'vrrp_script c {\n script "/etc/keepalived/gone.sh x"\n}\n' + instance_text("track_script {", "c", "}")
    loaded = check(text)
    assert loaded.configuration is not None
    assert loaded.configuration.scripts == ()
    assert loaded.configuration.instances[0].track_scripts == ()
    assert codes(loaded) == ["script-not-found", "tracker-unused"]
    assert loaded.status == 5


def test_arguments_without_quotes_are_told() -> None:
    loaded = check("vrrp_script c {\n script true -x y\n}\n")
    assert finding(loaded, "unquoted-arguments").suggestion == 'write script "true -x y"'


def test_of_two_scripts_with_one_name_the_first_is_used() -> None:
    made = configuration("vrrp_script c {\n script true\n}\nvrrp_script c {\n script killall\n}\n").scripts
    assert [item.command.argv for item in made] == [("true",)]


def test_script_security() -> None:
    text = "vrrp_script c {\n script true\n}\n"
    secure = "global_defs {\n enable_script_security\n script_user root\n}\n"
    assert check(text).status == 6
    assert check(secure + text).status == 0
    loaded = check(secure + text, TestHost(insecure=True))
    assert codes(loaded) == ["insecure-script"]
    assert loaded.status == 5
    assert loaded.configuration is not None
    assert loaded.configuration.scripts == ()
    assert check(secure.replace("root", "nobody") + text, TestHost(insecure=True)).status == 0
    alone = check("global_defs {\n enable_script_security\n}\n" + text)
    assert codes(alone) == ["no-script-user", "script-removed"]
    assert alone.status == 5
    assert check(instance_text('notify_master "true x"')).status == 6
    assert check(instance_text('notify_master "/no/such"')).status == 0


def test_a_command_is_made_harmless() -> None:
    made = script('script "true a\\E[2J"')
    assert "\x1b" not in str(made.command)
