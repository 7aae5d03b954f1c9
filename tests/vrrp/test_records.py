from __future__ import annotations

from lvstui.model.event import Severity
from lvstui.model.vrrp import VrrpState
from lvstui.vrrp.records import Wording
from tests.vrrp.play import advert

WORDS = Wording("VI_1", "lb2", smtp_alert=True)


def test_sentences_are_keepalived_s() -> None:
    assert WORDS.entering(VrrpState.BACKUP, "", initial=True).text == "(VI_1) Entering BACKUP STATE (init)"
    assert WORDS.entering(VrrpState.FAULT, "").text == "(VI_1) Entering FAULT STATE"
    assert WORDS.priority(100, 98, "").text == "(VI_1) Changing effective priority from 100 to 98"
    higher = "(VI_1) Master received advert from 10.0.0.1 with higher priority 99, ours 98"
    assert WORDS.higher(advert(99), 98).text == higher
    equal = "(VI_1) Master received advert from 10.0.0.1 with same priority 98 but higher IP address than ours"
    assert WORDS.higher(advert(98), 98).text == equal
    lower = "(VI_1) Received advert from 10.0.0.1 with lower priority 98, ours 99"
    assert WORDS.lower(advert(98), 99, answered=True).text == lower + ", forcing new election"
    assert WORDS.lower(advert(98), 99, answered=False).text == lower
    assert WORDS.discarding(advert(98)).text == "(VI_1) received lower priority (98) advert from 10.0.0.1 - discarding"
    assert WORDS.sent_zero().text == "(VI_1) sent 0 priority"
    assert WORDS.zero("10.0.0.1", master=True).text == "(VI_1) Master received priority 0 message"
    assert WORDS.zero("10.0.0.1", master=False).text == "(VI_1) Backup received priority 0 advertisement"
    updated = "(VI_1) advertisement interval updated from 1000ms to 500ms by master"
    assert WORDS.interval(1.0, 0.5).text == updated
    assert WORDS.delay(3).text == "(VI_1) start preempt delay (3.000000)"
    assert WORDS.delay(None).text == "(VI_1) stop preempt delay"


def test_only_states_are_mailed_and_only_if_wanted() -> None:
    assert WORDS.entering(VrrpState.MASTER, "").mail_subject == "[lb2] VRRP Instance VI_1 - Entering MASTER state"
    assert Wording("VI_1", "lb2", smtp_alert=False).entering(VrrpState.MASTER, "").mail_subject == ""
    assert WORDS.sent_zero().mail_subject == ""


def test_a_fault_weighs_more_than_a_takeover() -> None:
    assert WORDS.entering(VrrpState.FAULT, "").severity is Severity.ERROR
    assert WORDS.entering(VrrpState.MASTER, "").severity is Severity.NOTICE
