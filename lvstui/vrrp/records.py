"""The sentences of VRRP's events, as keepalived 2.2.7 logs them, so that runbooks and greps go on working."""

from __future__ import annotations

from lvstui.model.event import EventKind, Severity
from lvstui.model.vrrp import VrrpState
from lvstui.vrrp.effects import Record
from lvstui.vrrp.packet import Received

_STATE_SEVERITY = {
    VrrpState.INIT: Severity.NOTICE,
    VrrpState.BACKUP: Severity.NOTICE,
    VrrpState.MASTER: Severity.NOTICE,
    VrrpState.FAULT: Severity.ERROR,
}


class Wording:
    """The events of one instance; mail subjects only if the instance wants mail (`smtp_alert`)."""

    def __init__(self, name: str, router_id: str, smtp_alert: bool) -> None:
        self._name = name
        self._router_id = router_id
        self._smtp_alert = smtp_alert

    def entering(self, state: VrrpState, reason: str, *, initial: bool = False) -> Record:
        """A state is entered; `initial` from the start of the program."""
        subject = f"[{self._router_id}] VRRP Instance {self._name} - Entering {state} state"
        return Record(
            kind=EventKind.VRRP_STATE,
            severity=_STATE_SEVERITY[state],
            text=f"({self._name}) Entering {state} STATE" + (" (init)" if initial else ""),
            reason=reason,
            mail_subject=subject if self._smtp_alert else "",
        )

    def stopped(self) -> Record:
        """The instance fell silent on order."""
        return self._record(EventKind.VRRP_STATE, Severity.NOTICE, "Stopped")

    def goes_on(self) -> Record:
        """A MASTER whose process was replaced; no state was left, so no mail either."""
        text = "Still in MASTER STATE after a restart of the vrrp process"
        return self._record(EventKind.VRRP_STATE, Severity.WARNING, text)

    def sent_zero(self) -> Record:
        """It resigned."""
        return self._record(EventKind.VRRP_ADVERT, Severity.INFO, "sent 0 priority")

    def priority(self, before: int, after: int, reason: str) -> Record:
        """The effective priority moved."""
        text = f"Changing effective priority from {before} to {after}"
        return self._record(EventKind.VRRP_PRIORITY, Severity.NOTICE, text, reason)

    def refused(self, detail: str, source: str) -> Record:
        """An advert was discarded."""
        return self._record(EventKind.VRRP_ADVERT, Severity.WARNING, detail, f"from {source}" if source else "")

    def addresses_differ(self, difference: str, source: str) -> Record:
        """A believed advert lists other addresses than ours."""
        return self._record(EventKind.VRRP_ADVERT, Severity.WARNING, difference, f"from {source}")

    def higher(self, received: Received, own: int) -> Record:
        """A MASTER must yield."""
        theirs = received.advertisement.priority
        text = f"Master received advert from {received.source} with higher priority {theirs}, ours {own}"
        if theirs == own:
            text = f"Master received advert from {received.source} with same priority {own}"
            text += " but higher IP address than ours"
        return self._record(EventKind.VRRP_ADVERT, Severity.NOTICE, text)

    def lower(self, received: Received, own: int, *, answered: bool) -> Record:
        """A MASTER hears a worse one."""
        theirs = received.advertisement.priority
        text = f"Received advert from {received.source} with lower priority {theirs}, ours {own}"
        return self._record(
            EventKind.VRRP_ADVERT, Severity.WARNING, text + (", forcing new election" if answered else "")
        )

    def discarding(self, received: Received) -> Record:
        """A BACKUP hears a worse MASTER and will replace it."""
        theirs = received.advertisement.priority
        text = f"received lower priority ({theirs}) advert from {received.source} - discarding"
        return self._record(EventKind.VRRP_ADVERT, Severity.INFO, text)

    def zero(self, source: str, *, master: bool) -> Record:
        """A router resigned."""
        text = "Master received priority 0 message" if master else "Backup received priority 0 advertisement"
        return self._record(EventKind.VRRP_ADVERT, Severity.NOTICE, text, f"from {source}")

    def interval(self, before: float, after: float) -> Record:
        """A v3 BACKUP adopts its master's interval."""
        text = f"advertisement interval updated from {before * 1000:.0f}ms to {after * 1000:.0f}ms by master"
        return self._record(EventKind.VRRP_ADVERT, Severity.WARNING, text)

    def delay(self, seconds: float | None) -> Record:
        """The preempt delay starts, or (None) is no longer needed."""
        text = "stop preempt delay" if seconds is None else f"start preempt delay ({seconds:.6f})"
        return self._record(EventKind.VRRP_STATE, Severity.INFO, text)

    def twin(self, source: str) -> Record:
        """Another router has our address and priority."""
        text = "WARNING - equal priority advert received from remote host with our IP address."
        return self._record(EventKind.VRRP_ADVERT, Severity.ERROR, text, f"from {source}")

    def _record(self, kind: EventKind, severity: Severity, text: str, reason: str = "") -> Record:
        return Record(kind=kind, severity=severity, text=f"({self._name}) {text}", reason=reason)
