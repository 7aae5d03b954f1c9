"""global_defs: mail, names, defaults for the instances."""

from __future__ import annotations

import pytest

from lvstui.model.endpoint import Endpoint
from tests.config.support import check, codes, configuration, finding, instance_text


def test_the_tutorials_block() -> None:
    settings = configuration(
        """global_defs {
    notification_email {
        root@localhost
        "Ops Team <ops@example.org>" second@example.org
    }
    notification_email_from keepalived@localhost
    smtp_server 127.0.0.1
    smtp_connect_timeout 20
    router_id LVS_DEVEL1
}
"""
    ).settings
    assert settings.notification_email == ("root@localhost", "Ops Team <ops@example.org>", "second@example.org")
    assert settings.notification_email_from == "keepalived@localhost"
    assert settings.smtp_server == Endpoint("127.0.0.1", 25)
    assert settings.smtp_connect_timeout == 20
    assert settings.router_id == "LVS_DEVEL1"


def test_defaults_come_from_the_host() -> None:
    settings = configuration(instance_text()).settings
    assert settings.router_id == "lb1.example.org"
    assert settings.notification_email_from == "keepalived@lb1.example.org"
    assert settings.smtp_server is None
    assert settings.script_user == ""


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("127.0.0.1 2525", Endpoint("127.0.0.1", 2525)),
        ("mail.example.org", Endpoint("mail.example.org", 25)),
        ("::1 26", Endpoint("::1", 26)),
        ("300.1.1.1", None),
        ("bad_name! x", Endpoint("bad_name", 25)),
        ("127.0.0.1 x", Endpoint("127.0.0.1", 25)),
    ],
)
def test_smtp_server(text: str, expected: Endpoint | None) -> None:
    assert configuration(f"global_defs {{\n smtp_server {text}\n}}\n").settings.smtp_server == expected


def test_a_timeout_of_zero_is_one_second() -> None:
    assert configuration("global_defs {\n smtp_connect_timeout 0\n}\n").settings.smtp_connect_timeout == 1.0


def test_several_blocks_are_one() -> None:
    settings = configuration("global_defs {\n router_id a\n smtp_alert\n}\nglobal_defs {\n router_id b\n}\n").settings
    assert (settings.router_id, settings.smtp_alert) == ("b", True)


def test_an_empty_list_of_recipients_is_told_at_its_end() -> None:
    assert finding(check("global_defs {\n notification_email {\n\n }\n}\n"), "empty-block").line == 4


def test_garp_defaults_reach_the_instances() -> None:
    text = """global_defs {
    vrrp_version 3
    vrrp_garp_master_repeat 2
    vrrp_garp_master_delay 7
    vrrp_garp_master_refresh 60
    vrrp_garp_lower_prio_repeat 1
}
"""
    instance = configuration(text + instance_text("garp_master_delay 3")).instances[0]
    assert instance.version == 3
    assert (instance.garp.master_repeat, instance.garp.master_delay, instance.garp.refresh) == (2, 3, 60)
    assert (instance.garp.lower_priority_repeat, instance.garp.lower_priority_delay) == (1, 7)


def test_minimal_garp() -> None:
    garp = configuration("global_defs {\n vrrp_min_garp\n}\n" + instance_text()).instances[0].garp
    assert (garp.master_repeat, garp.master_delay) == (1, 0)


def test_mail_defaults() -> None:
    text = "global_defs {\n smtp_alert\n smtp_alert_checker off\n}\n"
    made = configuration(text + instance_text() + instance_text("smtp_alert off", name="B", vrid=2))
    assert [instance.smtp_alert for instance in made.instances] == [True, False]


def test_an_unknown_script_user_removes_the_scripts() -> None:
    text = "global_defs {\n script_user stranger\n}\nvrrp_script c {\n script true\n}\n"
    loaded = check(text)
    assert {"no-such-user", "script-removed"} <= set(codes(loaded))
    assert loaded.configuration is not None
    assert loaded.configuration.scripts == ()
    made = configuration("global_defs {\n script_user nobody :nogroup\n}\n").settings
    assert (made.script_user, made.script_group) == ("nobody", "nogroup")


def test_strict_mode_is_honoured_where_peers_would_notice() -> None:
    loaded = check("global_defs {\n vrrp_strict\n}\n" + instance_text("authentication {", "auth_type PASS", "}"))
    assert loaded.configuration is not None
    (instance,) = loaded.configuration.instances
    assert instance.lower_priority_no_advert
    assert instance.garp.lower_priority_repeat == 0
    assert instance.authentication.kind == "NONE"
    assert "firewall" in finding(loaded, "no-effect").message
