"""Instances: keepalived's defaults and corrections."""

from __future__ import annotations

import pytest

from tests.config.support import check, codes, configuration, finding, instance, instance_text


def test_defaults() -> None:
    made = instance()
    assert (made.state, made.priority, made.version, made.advert_interval) == ("BACKUP", 100, 2, 1.0)
    assert (made.preempt, made.preempt_delay, made.authentication.kind) == (True, 0.0, "NONE")
    assert made.unicast_peers == ()


@pytest.mark.parametrize(
    ("lines", "priority", "state"),
    [
        (("state MASTER",), 255, "MASTER"),
        (("state MASTER", "priority 100"), 100, "MASTER"),
        (("state MASTER", "priority 300"), 100, "MASTER"),
        (("state BACKUP",), 100, "BACKUP"),
        (("state backup", "priority 10x"), 100, "BACKUP"),
        (("priority 7", "priority 300"), 7, "BACKUP"),
    ],
)
def test_state_and_priority(lines: tuple[str, ...], priority: int, state: str) -> None:
    made = instance(*lines)
    assert (made.priority, made.state) == (priority, state)


@pytest.mark.parametrize(
    ("lines", "interval"),
    [
        (("advert_int 3",), 3.0),
        (("advert_int 1.6",), 2.0),
        (("advert_int 0.3",), 1.0),
        (("advert_int 0",), 1.0),
        (("version 3", "advert_int 0.1"), 0.1),
        (("version 3", "advert_int 1.555"), 1.56),
        (("advert_int 0.25", "version 3"), 0.25),
        (("version 3", "advert_int 50"), 40.95),
    ],
)
def test_advert_interval(lines: tuple[str, ...], interval: float) -> None:
    assert instance(*lines).advert_interval == pytest.approx(interval)


@pytest.mark.parametrize(
    ("lines", "preempt", "delay", "code"),
    [
        (("nopreempt",), False, 0.0, ""),
        (("preempt_delay 30",), True, 30.0, ""),
        (("nopreempt", "state MASTER", "priority 100"), True, 0.0, "nopreempt"),
        (("nopreempt", "priority 255"), True, 0.0, "nopreempt"),
        (("preempt_delay 3", "state MASTER", "priority 1"), True, 0.0, "preempt-delay"),
        (("nopreempt", "preempt_delay 3"), False, 0.0, "preempt-delay"),
        (("nopreempt", "preempt"), True, 0.0, ""),
    ],
)
def test_preemption(lines: tuple[str, ...], preempt: bool, delay: float, code: str) -> None:
    loaded = check(instance_text(*lines))
    assert loaded.configuration is not None
    (made,) = loaded.configuration.instances
    assert (made.preempt, made.preempt_delay) == (preempt, delay)
    assert codes(loaded) == ([code] if code else [])


@pytest.mark.parametrize(
    ("lines", "password"),
    [
        (("auth_type PASS", "auth_pass 1111"), "1111"),
        (("auth_type PASS", "auth_pass 123456789"), "12345678"),
        (("auth_type PASS", 'auth_pass "a b#c!"'), "a b#c!"),
        (("auth_type PASS", "auth_pass Test!"), "Test"),
        (("auth_type PASS",), ""),
        (("auth_pass 1111",), ""),
        (("auth_type AH", "auth_pass 1111"), ""),
        (("auth_type PAS", "auth_pass 1111"), ""),
        (("auth_type PASS", "auth_pass ééééé"), "éééé"),
    ],
)
def test_authentication(lines: tuple[str, ...], password: str) -> None:
    made = instance("authentication {", *lines, "}")
    assert made.authentication.password == password
    assert (made.authentication.kind == "PASS") == bool(password)


def test_version_3_has_no_authentication() -> None:
    made = instance("version 3", "authentication {", "auth_type PASS", "auth_pass 1", "}")
    assert made.authentication.kind == "NONE"


def test_unicast() -> None:
    made = instance("unicast_src_ip 10.0.0.2", "unicast_peer {", "10.0.0.3", "10.0.0.4 min_ttl 1", "x", "10.0.0.3", "}")
    assert made.unicast_source == "10.0.0.2"
    assert made.unicast_peers == ("10.0.0.3", "10.0.0.4")
    loaded = check(instance_text("unicast_src_ip 10.0.0.2"))
    assert "multicast" in finding(loaded, "no-peers").message
    assert instance("mcast_src_ip 10.0.0.9").multicast_source == "10.0.0.9"


@pytest.mark.parametrize("flag", ["lower_prio_no_advert", "higher_prio_send_advert", "skip_check_adv_addr"])
def test_flags(flag: str) -> None:
    made = instance(flag)
    assert [
        made.lower_priority_no_advert,
        made.higher_priority_send_advert,
        made.skip_check_advert_address,
    ].count(True) == 1


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("vrrp_instance A {\n virtual_router_id 5\n}\n", "no-interface"),
        ("vrrp_instance A {\n interface eth0\n}\n", "no-vrid"),
        ("vrrp_instance A {\n interface eth0\n virtual_router_id 256\n}\n", "no-vrid"),
        ("vrrp_instance A {\n interface lo\n virtual_router_id 5\n}\n", "bad-interface"),
        ("vrrp_instance A {\n interface a_name_of_16_let\n virtual_router_id 5\n}\n", "bad-interface"),
        (instance_text(name="A") + instance_text(name="B"), "duplicate-vrid"),
        ("vrrp_instance A {\n interface eth0\n virtual_router_id 5\n version 3\n}\n", "no-vip"),
    ],
)
def test_what_cannot_run(text: str, code: str) -> None:
    loaded = check(text)
    assert code in codes(loaded)
    assert loaded.status == 4


def test_the_same_vrid_on_another_interface_is_fine() -> None:
    text = instance_text(name="A") + instance_text(name="B").replace("eth0", "eth1")
    assert len(configuration(text).instances) == 2


def test_an_interface_that_is_missing_now_can_come_later() -> None:
    loaded = check(instance_text().replace("eth0", "eth9"))
    assert codes(loaded) == ["no-such-interface"]
    assert loaded.status == 5
    assert loaded.configuration is not None


def test_names() -> None:
    loaded = check("vrrp_instance {\n}\n" + instance_text() + instance_text(vrid=5))
    assert codes(loaded) == ["missing-name", "duplicate-instance"]
    assert loaded.configuration is not None
    assert [made.vrid for made in loaded.configuration.instances] == [61]


def test_ipv6_is_left_out_and_the_rest_runs() -> None:
    text = instance_text(name="SIX", vrid=6).replace("10.0.0.1/24", "2001:db8::1/64") + instance_text()
    loaded = check(text)
    assert loaded.configuration is not None
    assert [made.name for made in loaded.configuration.instances] == ["VI_1"]
    assert "IPv6" in finding(loaded, "no-effect").message


def test_strict_mode_needs_the_owner_for_state_master() -> None:
    loaded = check(instance_text("strict_mode", "state MASTER", "priority 100"))
    assert loaded.configuration is not None
    assert loaded.configuration.instances[0].state == "BACKUP"
    assert "strict" in codes(loaded)
