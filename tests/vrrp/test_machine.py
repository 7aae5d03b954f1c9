"""The acts, as plays: what each event leads to and when (V-110..V-144a)."""

from __future__ import annotations

from lvstui.model.configuration import GarpSettings
from lvstui.model.vrrp import VrrpState
from lvstui.vrrp.effects import RemoveVips
from lvstui.vrrp.packet import Rejected
from tests.vrrp.play import Play, advert, backup, instance, master

BACKUP, MASTER, FAULT, INIT = VrrpState.BACKUP, VrrpState.MASTER, VrrpState.FAULT, VrrpState.INIT
DOWN = 3 + (256 - 99) / 256
TAKEOVER = ("advert 99", "add 10.0.0.100", "announce x5")


def test_state_master_does_not_make_a_master() -> None:
    play = Play(instance(state="MASTER", priority=100)).starts()
    play.expects("# Entering BACKUP STATE (init)").is_in(BACKUP, 3.609375)
    play.at(3.6).does().at(3.61).does("advert 100", "add 10.0.0.100", "announce x5").is_in(MASTER)


def test_an_owner_is_master_at_once_and_others_may_still_win_an_election() -> None:
    play = Play(instance(priority=255)).starts().does("advert 255", "add 10.0.0.100", "announce x5").is_in(MASTER)
    play.hears(advert(255, "10.0.0.9")).does("remove 10.0.0.100").is_in(BACKUP)


def test_a_takeover_speaks_first_then_adds_then_announces() -> None:
    Play(instance()).starts().at(DOWN).expects("# Entering BACKUP STATE (init)", *TAKEOVER, "# Entering MASTER STATE")


def test_a_backup_that_hears_its_master_waits_on() -> None:
    play = backup().is_in(BACKUP, 10.0 + DOWN)
    for second in range(11, 20):
        play.at(second).hears(advert(100)).expects().is_in(BACKUP, second + DOWN)
    play.at(19 + DOWN).does(*TAKEOVER)


def test_an_equal_priority_keeps_a_backup_back_whatever_its_address() -> None:
    backup().at(11).hears(advert(99, "10.0.0.1")).is_in(BACKUP, 11 + DOWN)
    backup().at(11).hears(advert(99, "10.0.0.9")).is_in(BACKUP, 11 + DOWN)


def test_a_lower_priority_is_discarded_and_the_timer_runs_on() -> None:
    play = backup().at(11).hears(advert(98)).tells("received lower priority (98) advert from 10.0.0.1 - discarding")
    play.at(12).hears(advert(98)).expects().is_in(BACKUP, 10 + DOWN)
    play.at(13).hears(advert(98)).at(10 + DOWN).does(*TAKEOVER)
    assert play.actor.reason == "preempts 10.0.0.1: priority 98, ours 99"


def test_nopreempt_follows_a_lower_priority_but_takes_over_from_a_dead_one() -> None:
    play = backup(preempt=False).at(11).hears(advert(98)).does().is_in(BACKUP, 11 + DOWN)
    play.at(11 + DOWN).does(*TAKEOVER)


def test_nopreempt_is_nothing_to_a_master_that_meets_a_lower_one() -> None:
    master(preempt=False).at(10.5).hears(advert(98)).does("advert 99", "announce x5").is_in(MASTER)


def test_preempt_delay_starts_with_the_first_lower_advert() -> None:
    play = backup(preempt_delay=2.5).at(11).hears(advert(98)).tells("start preempt delay (2.500000)")
    play.is_in(BACKUP, 11 + DOWN).at(12).hears(advert(98)).at(13).hears(advert(98)).is_in(BACKUP, 13 + DOWN)
    play.at(14).hears(advert(98)).is_in(BACKUP, 13 + DOWN)
    play.effects.clear()
    play.at(13 + DOWN).does(*TAKEOVER)


def test_preempt_delay_stops_with_an_advert_that_is_not_lower() -> None:
    play = backup(preempt_delay=2.5).at(11).hears(advert(98)).at(12).hears(advert(99))
    play.tells("start preempt delay (2.500000)", "stop preempt delay")
    play.at(13).hears(advert(98)).tells("start preempt delay (2.500000)")


def test_preempt_delay_does_not_delay_the_takeover_from_a_dead_master() -> None:
    backup(preempt_delay=1000.0).at(10 + DOWN).does(*TAKEOVER)


def test_priority_zero_shortens_a_backup_s_wait_to_the_skew_time() -> None:
    play = backup().at(10.4).hears(advert(0)).tells("Backup received priority 0 advertisement")
    play.is_in(BACKUP, 10.4 + 157 / 256).at(11.1).does(*TAKEOVER)
    assert play.actor.reason == "10.0.0.1 resigned (priority 0)"


def test_priority_zero_makes_a_master_speak_at_once() -> None:
    play = master().at(10.4).hears(advert(0)).expects("# Master received priority 0 message", "advert 99")
    play.is_in(MASTER, 11.4)


def test_a_master_advertises_on_a_schedule_that_lateness_does_not_stretch() -> None:
    play = master()
    play.effects += play.actor.handle_timer(11.3)
    play.does("advert 99").is_in(MASTER, 12.0)
    play.effects += play.actor.handle_timer(14.7)
    play.does("advert 99").is_in(MASTER, 15.7)


def test_a_master_steps_down_without_priority_zero() -> None:
    play = (
        master()
        .at(10.4)
        .hears(advert(100))
        .expects(
            "remove 10.0.0.100",
            "# Master received advert from 10.0.0.1 with higher priority 100, ours 99",
            "# Entering BACKUP STATE",
        )
    )
    play.is_in(BACKUP, 10.4 + DOWN).at(13).does()


def test_a_loser_sends_no_queued_announcement() -> None:
    play = master().at(10.4).hears(advert(100)).does("remove 10.0.0.100")
    play.at(11).hears(advert(100)).at(13).hears(advert(100)).at(15.5).hears(advert(100)).does()


def test_higher_priority_send_advert() -> None:
    master(higher_priority_send_advert=True).at(10.4).hears(advert(100)).does("advert 99", "remove 10.0.0.100")


def test_between_equal_masters_the_higher_address_wins() -> None:
    master().at(10.4).hears(advert(99, "10.0.0.10")).does("remove 10.0.0.100").is_in(BACKUP)
    master().at(10.4).hears(advert(99, "10.0.0.1")).does("advert 99", "announce x5").is_in(MASTER)


def test_two_routers_with_one_address_are_told_of_once_and_nothing_else_happens() -> None:
    text = "WARNING - equal priority advert received from remote host with our IP address."
    play = master().at(10.4).hears(advert(99, "10.0.0.2")).tells(text).is_in(MASTER, 11.0)
    play.hears(advert(99, "10.0.0.2")).expects()


def test_a_master_answers_a_worse_one_at_once_and_announces_again_when_it_is_silent() -> None:
    play = master().at(20.5)
    play.effects.clear()
    play.hears(advert(98)).expects(
        "# Received advert from 10.0.0.1 with lower priority 98, ours 99, forcing new election",
        "advert 99",
        "announce x5",
    ).is_in(MASTER, 21.5)
    play.at(21.4).expects().at(21.5).expects("advert 99", "announce x5")
    play.at(25.5).does("advert 99", "advert 99", "advert 99", "advert 99", "announce x5")


def test_lower_priority_no_advert_and_no_announcement() -> None:
    play = master(lower_priority_no_advert=True, garp=GarpSettings(lower_priority_repeat=0))
    play.at(10.4).hears(advert(98)).expects("# Received advert from 10.0.0.1 with lower priority 98, ours 99")
    play.is_in(MASTER, 11.0)


def test_the_same_worse_master_is_told_of_once() -> None:
    play = master().at(10.1).hears(advert(98))
    play.effects.clear()
    play.at(10.2).hears(advert(98)).tells()


def test_a_stopping_master_resigns_and_then_gives_the_addresses_up() -> None:
    play = master().at(10.4).stops().expects("advert 0", "# sent 0 priority", "remove 10.0.0.100", "# Stopped")
    play.is_in(INIT).at(100).expects()


def test_a_stopping_backup_says_nothing() -> None:
    backup().at(10.4).stops().does().is_in(INIT).at(100).expects()


def test_a_master_in_fault_resigns_and_comes_back_as_backup() -> None:
    play = (
        master()
        .at(10.4)
        .fault("interface eth0 has no carrier")
        .expects("# Entering FAULT STATE", "advert 0", "# sent 0 priority", "remove 10.0.0.100")
    )
    play.is_in(FAULT).at(50).hears(advert(100)).expects()
    play.mended("interface eth0 has no carrier").expects("# Entering BACKUP STATE").is_in(BACKUP, 50 + DOWN)


def test_a_fault_at_the_start() -> None:
    play = Play(instance()).fault("no").expects().starts().expects("# Entering FAULT STATE (init)").is_in(FAULT)
    play.at(9).mended("no").is_in(BACKUP, 9 + DOWN)


def test_version_three_adopts_its_master_s_interval() -> None:
    play = backup(version=3).at(11).hears(advert(100, version=3, advert_interval=0.5))
    play.tells("advertisement interval updated from 1000ms to 500ms by master")
    play.is_in(BACKUP, 11 + 0.5 * DOWN).at(11.5).hears(advert(100, version=3, advert_interval=0.5)).expects()
    play.at(11.6).hears(advert(0, version=3, advert_interval=0.5)).is_in(BACKUP, 11.6 + 0.5 * 157 / 256)
    play.at(11.95).does(*TAKEOVER).is_in(MASTER, 11.6 + 0.5 * 157 / 256 + 1.0)


def test_a_refused_advert_touches_no_timer_in_any_state() -> None:
    bad = Rejected("checksum_err", "Invalid VRRPv2 checksum", "10.0.0.1", 61)
    wrong_password = advert(254, auth_type=1, auth_data=b"xxxxxxxx")
    for make in (master, backup):
        play = make()
        state, timer = play.actor.state, play.status().timer_at
        for heard in (bad, wrong_password, bad):
            play.now += 0.1
            play.hears(heard).does().is_in(state, timer)
        assert play.actor.counters["checksum_err"] == 2
        assert play.actor.counters["authtype_mismatch"] == 1


def test_a_stale_wake_up_does_nothing() -> None:
    play = backup()
    play.effects += play.actor.handle_timer(11.0)
    play.expects().is_in(BACKUP, 10 + DOWN)


def test_whoever_gives_way_to_a_better_master_keeps_the_addresses_for_a_moment() -> None:
    fast = master(version=3, advert_interval=0.01)
    for play, linger in ((master(), 0.02), (fast, 0.005)):
        play.hears(advert(100, version=play.actor.settings.version))
        removals = [effect for effect in play.effects if isinstance(effect, RemoveVips)]
        assert [removal.linger for removal in removals] == [linger]


def test_whoever_resigns_gives_the_addresses_up_at_once() -> None:
    play = master().stops()
    assert [effect.linger for effect in play.effects if isinstance(effect, RemoveVips)] == [0.0]


def test_a_preempting_master_announces_again_one_interval_later() -> None:
    play = backup().at(11).hears(advert(98)).at(12).hears(advert(98)).at(10 + DOWN).does(*TAKEOVER)
    play.at(10 + DOWN + 1.01).does("advert 99", "announce x5")
