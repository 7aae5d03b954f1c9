"""A track script's verdict: single results counted by rise and fall.

At start one result decides alone: one success is enough, one failure fails. Later `fall` consecutive failures or
`rise` consecutive successes are needed (keepalived: vrrp_script_child_thread).
"""

from __future__ import annotations

from lvstui.model.configuration import TrackScript
from lvstui.model.event import EventKind, Severity
from lvstui.vrrp.effects import Record


class ScriptVerdict:
    """What is believed of one script. `ok` None: no result yet."""

    def __init__(self, script: TrackScript) -> None:
        self._script = script
        self.ok: bool | None = False if script.init_fail else None
        self.detail = "not run yet" if script.init_fail else ""
        self._decided = script.init_fail
        self._against = 0
        self._last = "exit 0"

    def restore(self, ok: bool, detail: str) -> None:
        """Before the first result: take over a predecessor's verdict, so that rise and fall count from it."""
        self.ok, self.detail, self._decided = ok, detail, True

    def result(self, ok: bool, detail: str) -> list[Record]:
        """Take the result of one run; the events it makes. `ok` and `detail` tell the verdict afterwards."""
        records = []
        if detail != self._last and detail.startswith("exit "):
            records.append(self._record(f"Script `{self._script.name}` now returning {detail[5:]}", Severity.INFO))
        self._last = detail
        if self.ok is ok:
            self._against = 0
            self.detail = detail
            return records
        needed = (self._script.rise if ok else self._script.fall) if self._decided else 1
        self._decided = True
        self._against += 1
        if self._against < needed:
            self.detail = f"{detail}, {self._against} of {needed}"
            return records
        self.ok, self._against = ok, 0
        self.detail = f"{detail}, {needed} of {needed}" if needed > 1 else detail
        return [*records, self._turned(detail)]

    def _turned(self, detail: str) -> Record:
        if self.ok:
            return self._record(f"VRRP_Script({self._script.name}) succeeded", Severity.NOTICE)
        status = f"exited with status {detail[5:]}" if detail.startswith("exit ") else detail
        return self._record(f"VRRP_Script({self._script.name}) failed ({status})", Severity.WARNING)

    def _record(self, text: str, severity: Severity) -> Record:
        return Record(kind=EventKind.TRACKER, severity=severity, text=text)
