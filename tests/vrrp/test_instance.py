from __future__ import annotations

from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from lvstui.model.configuration import Authentication, AuthenticationType, TrackedInterface, TrackedScript
from lvstui.model.vip import Vip
from lvstui.model.vrrp import PartKind, VipStatus, VrrpState
from lvstui.vrrp.counters import fresh_counters
from lvstui.vrrp.packet import GROUP, Received, Rejected, decode, encode
from tests.vrrp.play import OURS, VIP, Play, advert, backup, instance, ip_header, master

BACKUP, MASTER, FAULT, INIT = VrrpState.BACKUP, VrrpState.MASTER, VrrpState.FAULT, VrrpState.INIT
CHK_MT: dict[str, Any] = {"track_scripts": (TrackedScript("chk_mt", -2),)}
GUARD: dict[str, Any] = {"track_scripts": (TrackedScript("guard", 0),)}
DOWN = 3 + (256 - 99) / 256


def test_nothing_happens_before_the_start() -> None:
    play = Play(instance()).at(100).hears(advert(0)).adjusts(0).expects().is_in(INIT)
    assert play.actor.next_deadline() is None


def test_nothing_happens_after_the_end() -> None:
    play = master().at(10.5).stops()
    play.effects.clear()
    play.hears(advert(0)).at(100).fault("x").mended("x").expects().is_in(INIT)


def test_a_lowered_master_does_not_resign_and_its_next_timed_advert_says_so() -> None:
    play = master(**CHK_MT).at(10.3).script("chk_mt", False, "exit 1")
    play.expects("# Changing effective priority from 99 to 97").is_in(MASTER, 11.0)
    play.at(11).expects("advert 97")


def test_a_backup_s_running_timer_moves_with_its_own_priority() -> None:
    play = backup().at(11).adjusts(50)
    play.expects("# Changing effective priority from 99 to 149").is_in(BACKUP, 10 + 3 + 107 / 256)
    play.adjusts(0).is_in(BACKUP, 10 + DOWN)


def test_the_operator_and_the_script_are_summed() -> None:
    play = backup(**CHK_MT).script("chk_mt", False).adjusts(-2)
    assert play.actor.effective_priority == 95
    assert [(part.name, part.value) for part in play.status().parts] == [("chk_mt", -2), ("operator", -2)]


def test_an_owner_is_not_moved() -> None:
    play = Play(instance(priority=255, **CHK_MT)).starts()
    play.effects.clear()
    play.adjusts(-100).script("chk_mt", False).expects()
    assert play.actor.effective_priority == 255


def test_a_guard_is_awaited_in_silence_and_its_first_success_lets_the_instance_start() -> None:
    play = Play(instance(**GUARD)).starts().expects().is_in(INIT)
    assert play.actor.reason == "waits for the first result of script guard"
    play.at(1.5).script("guard", True).expects("# Entering BACKUP STATE (init)").is_in(BACKUP, 1.5 + DOWN)


def test_a_guard_that_fails_is_a_fault_with_its_reason() -> None:
    play = Play(instance(**GUARD)).starts().script("guard", False, "exit 1").is_in(FAULT)
    assert play.actor.reason == "script guard fails: exit 1"
    play.script("guard", True, "exit 0").is_in(BACKUP)


def test_fault_ends_only_when_all_hindrances_are_gone() -> None:
    play = Play(instance(**GUARD)).starts().script("guard", True).at(4).is_in(MASTER)
    play.script("guard", False).fault("interface eth0 is down").is_in(FAULT)
    assert play.actor.reason == "interface eth0 is down; script guard fails"
    play.script("guard", True).is_in(FAULT).mended("interface eth0 is down").is_in(BACKUP)


def test_tracked_interfaces_weigh_like_scripts() -> None:
    play = backup(track_interfaces=(TrackedInterface("eth1", -20),))
    play.effects += play.actor.set_tracker(PartKind.INTERFACE, "eth1", False, "down", play.now)
    play.expects("# Changing effective priority from 99 to 79")


def test_a_tracker_of_another_instance_changes_nothing() -> None:
    play = backup(**CHK_MT).script("other", False).expects()
    assert play.actor.effective_priority == 99


def test_addresses_that_differ_are_counted_and_told_once_and_the_advert_still_believed() -> None:
    play = backup().at(11).hears(advert(100, addresses=("10.0.0.101",)))
    play.tells("ip address associated with VRID 61 not present in MASTER advert: 10.0.0.100").is_in(BACKUP, 11 + DOWN)
    play.at(12).hears(advert(100, addresses=("10.0.0.101",))).tells()
    assert play.actor.counters["addr_list_err"] == 2


def test_skip_check_looks_only_when_the_master_changes() -> None:
    play = backup(skip_check_advert_address=True).at(11).hears(advert(100, addresses=("10.0.0.101",)))
    assert play.actor.counters["addr_list_err"] == 0
    play.hears(advert(100, "10.0.0.3", addresses=("10.0.0.101",)))
    assert play.actor.counters["addr_list_err"] == 1


def test_counters_of_a_life() -> None:
    play = (
        master().at(10.5).hears(advert(98)).hears(advert(0)).hears(advert(100)).at(11).hears(advert(0)).at(12).stops()
    )
    counted = {k: v for k, v in play.actor.counters.items() if v}
    assert counted == {
        "advert_rcvd": 4,
        "advert_sent": 5,  # takeover, answer to the worse one, answer to zero, takeover, resignation
        "become_master": 2,
        "release_master": 2,
        "pri_zero_rcvd": 2,
        "pri_zero_sent": 1,
    }


def test_the_other_checksum_form_is_counted_by_what_is_configured() -> None:
    for as_v2 in (False, True):
        play = backup(version=3, checksum_as_v2=as_v2)
        before = play.actor.counters["checksum_other_form"]
        with_pseudo = advert(100, version=3, auth_data=b"")
        play.hears(msgspec.structs.replace(with_pseudo, pseudo_header=not as_v2))
        assert play.actor.counters["checksum_other_form"] == before
        play.hears(msgspec.structs.replace(with_pseudo, pseudo_header=as_v2))
        assert play.actor.counters["checksum_other_form"] == before + 1


def test_ten_thousand_bad_packets_are_one_line_until_the_master_changes() -> None:
    play = backup()
    bad = advert(100, auth_type=1)
    for _ in range(10_000):
        play.hears(bad)
    play.tells("received a 1 auth, expecting 0!")
    assert play.actor.counters["authtype_mismatch"] == 10_000
    play.at(11).hears(advert(100, "10.0.0.3")).hears(bad).tells("received a 1 auth, expecting 0!")


def test_our_adverts_carry_what_is_configured() -> None:
    password = Authentication(AuthenticationType.PASS, "1111")
    outside = Vip("10.0.1.1", 32, "eth0")
    actor = instance(authentication=password, vips=(VIP, outside), excluded_vips=(Vip("10.0.2.1", 32, "eth0"),))
    message = actor.advertisement(42)
    assert (message.priority, message.addresses) == (42, ("10.0.0.100", "10.0.1.1"))
    pdu = encode(message, OURS, GROUP)
    received = decode(ip_header(OURS, GROUP, len(pdu)) + pdu)
    assert isinstance(received, Received)
    other = Play(instance("10.0.0.9", authentication=password, vips=(VIP, outside)))
    other.starts().hears(received)
    assert other.actor.counters["advert_rcvd"] == 1
    assert other.actor.counters["addr_list_err"] == 0


def test_excluded_addresses_are_held_but_not_advertised() -> None:
    play = Play(instance(excluded_vips=(Vip("10.0.2.1", 32, "eth0"),))).starts().at(4)
    play.does("advert 99", "add 10.0.0.100,10.0.2.1", "announce x5")


def test_more_addresses_than_an_advert_holds_do_not_break_it() -> None:
    many = tuple(Vip(f"10.1.{n // 250}.{n % 250}", 32, "eth0") for n in range(300))
    message = instance(vips=many).advertisement(99)
    assert len(message.addresses) == 255
    encode(message, OURS, GROUP)


def test_a_replaced_process_goes_on_as_master_without_a_flap() -> None:
    before = master(**CHK_MT, smtp_alert=True).at(20).script("chk_mt", False, "exit 1").adjusts(-3)
    previous = before.status()
    after = Play(instance(**CHK_MT, smtp_alert=True))
    after.now = 21.0
    after.adjusts(-3)
    after.effects.clear()
    after.resumes(previous).does("advert 94", "add 10.0.0.100", "announce x5").is_in(MASTER, 22.0)
    status = after.status()
    assert (status.since_at, status.effective_priority) == (previous.since_at, 94)
    assert status.counters["become_master"] == 1


def test_what_resumes_is_not_mailed() -> None:
    after = Play(instance(smtp_alert=True)).resumes(master().status())
    assert [effect.mail_subject for effect in after.effects if hasattr(effect, "mail_subject")] == [""]


def test_a_replaced_process_whose_interface_is_gone_is_in_fault() -> None:
    play = Play(instance()).fault("interface eth0 is down").resumes(master().status()).is_in(FAULT)
    play.does()


def test_the_status_of_a_backup_names_its_master_and_its_peers() -> None:
    play = backup().at(12)
    held = (VipStatus(VIP, False),)
    status = play.actor.status(12.0, 1000.0, held)
    assert (status.state, status.master_address, status.master_priority) == (BACKUP, "10.0.0.1", 100)
    assert (status.timer_at, status.since_at, status.since_time) == (10 + DOWN, 9.5, 997.5)
    assert [peer.address for peer in status.peers] == ["10.0.0.1"]
    assert (status.reason, status.vips) == ("follows 10.0.0.1, priority 100", held)
    assert status.master_down_interval == DOWN
    assert set(status.counters) == set(fresh_counters())
    assert msgspec.json.decode(msgspec.json.encode(status), type=type(status)) == status


def test_the_status_of_a_master_names_itself() -> None:
    status = master().at(10.5).status()
    assert (status.master_address, status.master_priority, status.timer_at) == (OURS, 99, 11.0)


def test_what_an_onlooker_should_know_soon_moves_the_revision() -> None:
    play = backup()
    seen = play.actor.revision
    play.at(11).hears(advert(100))
    assert play.actor.revision == seen, "an advert like the one before is no news"
    play.adjusts(-1)
    assert play.actor.revision > seen
    seen = play.actor.revision
    play.hears(advert(150))
    assert play.actor.revision > seen


def test_the_source_may_change() -> None:
    play = master()
    play.actor.set_source("10.0.0.50")
    play.at(10.5).hears(advert(99, "10.0.0.9")).does("advert 99", "announce x5").is_in(MASTER)


@pytest.mark.parametrize("state", ["INIT", "BACKUP", "MASTER", "FAULT"])
def test_no_event_in_any_state_raises(state: str) -> None:
    def fresh() -> Play:
        return {
            "INIT": lambda: Play(instance(**CHK_MT)),
            "BACKUP": lambda: backup(**CHK_MT),
            "MASTER": lambda: master(**CHK_MT),
            "FAULT": lambda: backup(**CHK_MT).fault("x"),
        }[state]()

    heard = [advert(priority, source) for priority in (0, 1, 99, 255) for source in ("10.0.0.1", OURS, "10.0.0.9")]
    heard_or_not: list[Received | Rejected] = [*heard, advert(1, vrid=9), Rejected("header_err", "x")]
    for item in heard_or_not:
        fresh().hears(item).at(100)
    fresh().starts().at(100)
    fresh().stops().at(100)
    fresh().fault("y").mended("x").mended("never set").at(100)
    fresh().adjusts(-300).script("chk_mt", False).script("chk_mt", True).at(100)


@given(st.lists(st.tuples(st.floats(0, 5), st.binary(max_size=60)), max_size=20))
def test_garbage_moves_neither_state_nor_timer(pieces: list[tuple[float, bytes]]) -> None:
    play = backup()
    deadline = play.actor.next_deadline()
    for ahead, piece in pieces:
        play.effects += play.actor.receive(decode(ip_header("10.0.0.1", GROUP, len(piece)) + piece), 10 + ahead / 2)
    play.does().is_in(BACKUP)
    assert play.actor.next_deadline() == deadline
