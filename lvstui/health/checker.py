"""Health: a configured checker with its verdict, as the screen and the pool see it."""

from __future__ import annotations

from lvstui.health.outcome import Outcome
from lvstui.health.verdict import Turn, Verdict
from lvstui.health.wording import failure_text, server_subject, success_text
from lvstui.model.check import CheckerStatus
from lvstui.model.configuration import Checker, HttpChecker, MiscChecker, PingChecker, RealServer, TcpChecker
from lvstui.model.endpoint import Endpoint, ServiceKey
from lvstui.model.event import Event, EventKind, Severity
from lvstui.safety import clean

KINDS: dict[type[Checker], str] = {
    HttpChecker: "HTTP_GET",
    TcpChecker: "TCP_CHECK",
    PingChecker: "PING_CHECK",
    MiscChecker: "MISC_CHECK",
}


class CheckerState:
    """Checker `index` of one real server. `spread`: the random part of its first delay (seconds)."""

    def __init__(self, key: ServiceKey, server: RealServer, index: int, now: float, spread: float) -> None:
        self.key = key
        self.server = server.endpoint
        self.index = index
        self.configured: Checker = server.checkers[index]
        self.kind = KINDS[type(self.configured)]
        self.target = target_of(self.configured)
        self.verdict = Verdict(
            self.configured.timing,
            now,
            spread,
            alpha=server.alpha or self.configured.timing.alpha,
            urls=len(self.configured.urls) if isinstance(self.configured, HttpChecker) else 1,
            url_list=isinstance(self.configured, HttpChecker),
            from_start=isinstance(self.configured, MiscChecker),
        )

    @property
    def identity(self) -> tuple[ServiceKey, Endpoint, int, str, str]:
        """What makes it the same checker in a predecessor's report."""
        return (self.key, self.server, self.index, self.kind, self.target)

    def conclude(self, outcome: Outcome, started: float, now: float, wall: float) -> tuple[Turn, tuple[Event, ...]]:
        """Take a probe's outcome; the event is keepalived's line for a checker that changed."""
        turn = self.verdict.conclude(outcome, started, now)
        if turn is Turn.NONE:
            return turn, ()
        if turn is Turn.UP:
            text = success_text(self.configured, self.key, self.server)
        else:
            text = failure_text(self.configured, self.key, self.server, outcome.detail)
        event = Event(
            time=wall,
            at=now,
            kind=EventKind.CHECKER,
            severity=Severity.NOTICE if turn is Turn.UP else Severity.WARNING,
            subject=server_subject(self.key, self.server),
            text=clean(text),
            reason=self.reason,
        )
        return turn, (event,)

    @property
    def reason(self) -> str:
        """Code and detail of the last probe in one sentence."""
        return f"{self.verdict.code} {self.verdict.detail}".rstrip()

    def status(self) -> CheckerStatus:
        """Return what the screen is told; `next_at` 0 while checks are paused."""
        verdict = self.verdict
        return CheckerStatus(
            service=self.key,
            real_server=self.server,
            index=self.index,
            kind=self.kind,
            target=self.target,
            up=verdict.up if verdict.known else None,
            code=verdict.code,
            detail=verdict.detail,
            latency=verdict.latency,
            last_at=verdict.last_at,
            next_at=verdict.next_at if verdict.active else 0.0,
            since_at=verdict.since_at,
            interval=self.configured.timing.delay_loop,
            failures=verdict.failures,
            retries=self.configured.timing.retries,
        )


def target_of(checker: Checker) -> str:
    """Return what is probed, for people: `10.0.0.11:80/index.html`, an address, or a command line."""
    if isinstance(checker, HttpChecker):
        paths = ", ".join(url.path for url in checker.urls)
        return clean(f"{checker.endpoint}{paths}")
    if isinstance(checker, MiscChecker):
        return clean(str(checker.command))
    return checker.endpoint.address if isinstance(checker, PingChecker) else str(checker.endpoint)
