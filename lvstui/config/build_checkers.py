"""config: checker blocks to the model; timing is inherited from virtual server to real server to checker."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass, replace

import msgspec

from lvstui.config.build_scripts import NO_USER, ScriptContext, read_command, read_user
from lvstui.config.diagnostics import Report, quoted
from lvstui.config.lexer import Word
from lvstui.config.tree import Entry
from lvstui.model.configuration import (
    Checker,
    CheckTiming,
    HttpChecker,
    MiscChecker,
    PingChecker,
    StatusRange,
    TcpChecker,
    UrlCheck,
)
from lvstui.model.endpoint import Endpoint
from lvstui.safety import clean

MAX_PATH = 1024
_DIGEST = re.compile(r"[0-9a-fA-F]{32}")
_STATUS = re.compile(r"([1-5][0-9]{2})(?:-([1-5][0-9]{2}))?")


@dataclass(frozen=True, slots=True)
class Inherited:
    """Timing as far as the levels above say; None: each kind of checker has its own default."""

    delay_loop: float = 60.0
    connect_timeout: float = 5.0
    retry: int | None = None
    delay_before_retry: float | None = None
    warmup: float | None = None
    alpha: bool = False
    virtual_host: str = ""

    def overridden(self, entry: Entry) -> Inherited:
        """The same with what the block `entry` says itself."""
        retry = entry.optional_number("retry")
        return replace(
            self,
            delay_loop=entry.number("delay_loop", self.delay_loop),
            connect_timeout=entry.number("connect_timeout", self.connect_timeout),
            retry=self.retry if retry is None else int(retry),
            delay_before_retry=entry.optional_number("delay_before_retry", self.delay_before_retry),
            warmup=entry.optional_number("warmup", self.warmup),
            virtual_host=clean(entry.value_of(str, "virtualhost", self.virtual_host)),
        )


@dataclass(frozen=True, slots=True)
class CheckerContext:
    """What the checkers of one real server share. `endpoint`: as written, before a port is forced."""

    scripts: ScriptContext
    inherited: Inherited
    endpoint: Endpoint

    @property
    def report(self) -> Report:
        """Where findings go."""
        return self.scripts.report


def build_checkers(entry: Entry, context: CheckerContext) -> tuple[Checker, ...]:
    """The checkers of a real server in file order; one that cannot work is left out (reported)."""
    found: list[Checker] = []
    for child in entry.children:
        build = _KINDS.get(child.name) if child.row is not None else None
        checker = build(child, context) if build else None
        if checker is not None:
            found.append(checker)
    return tuple(found)


def _timing(entry: Entry, inherited: Inherited, *, retries: int = 1, delay_before_retry: float = 1.0) -> CheckTiming:
    own = inherited.overridden(entry)
    return CheckTiming(
        delay_loop=own.delay_loop,
        connect_timeout=own.connect_timeout,
        retries=retries if own.retry is None else own.retry,
        delay_before_retry=delay_before_retry if own.delay_before_retry is None else own.delay_before_retry,
        warmup=own.delay_loop if own.warmup is None else own.warmup,
        alpha=bool(entry.optional_boolean("alpha", own.alpha)),
    )


def _target(entry: Entry, context: CheckerContext) -> Endpoint:
    address = entry.value_of(str, "connect_ip", context.endpoint.address)
    return Endpoint(address, int(entry.number("connect_port", context.endpoint.port)))


def _http(entry: Entry, context: CheckerContext) -> Checker | None:
    urls = tuple(url for child in entry.all("url") if (url := _url(child, context.report)) is not None)
    if not urls:
        context.report.error(
            entry.closing,
            "no-url",
            f"{entry.name} has no usable url: it is ignored and the server is not checked by it",
        )
        return None
    timing = _timing(entry, context.inherited, delay_before_retry=3.0)
    said = entry.last("retry", "nb_get_retry")
    if said is not None and isinstance(said.value, int):
        timing = msgspec.structs.replace(timing, retries=said.value)
    return HttpChecker(
        endpoint=_target(entry, context),
        timing=timing,
        urls=urls,
        http_version=entry.value_of(str, "http_protocol", "1.0").upper(),
        virtual_host=clean(entry.value_of(str, "virtualhost", context.inherited.virtual_host)),
        bind_address=entry.value_of(str, "bindto", ""),
    )


def _url(entry: Entry, report: Report) -> UrlCheck | None:
    path = entry.last("path")
    digest = _digest(entry, report)
    statuses = tuple(_statuses(entry, report))
    if path is None or not path.value:
        report.error(entry.closing, "no-path", "the url has no path; it is ignored")
        return None
    return UrlCheck(
        path=clean(str(path.value), MAX_PATH),
        statuses=statuses,
        digest=digest,
        virtual_host=clean(entry.value_of(str, "virtualhost", "")),
    )


def _digest(entry: Entry, report: Report) -> str:
    line = entry.last("digest")
    if line is None:
        return ""
    text = str(line.value)
    if _DIGEST.fullmatch(text):
        return text.lower()
    report.error(
        line.arguments[0],
        "bad-digest",
        f"{quoted(text)} is not an MD5 digest of 32 hexadecimal digits; it is ignored",
        "lvstui genhash -s HOST -p PORT -u PATH prints it",
    )
    return ""


def _statuses(entry: Entry, report: Report) -> list[StatusRange]:
    found: list[StatusRange] = []
    for line in entry.all("status_code"):
        for word in line.arguments:
            status = _status(word, report)
            if status is not None:
                found.append(status)
    return found


def _status(word: Word, report: Report) -> StatusRange | None:
    match = _STATUS.fullmatch(word.text)
    first = int(match.group(1)) if match else 0
    last = int(match.group(2) or first) if match else -1
    if first > last:
        report.error(word, "bad-status", f"{quoted(word.text)} is not a status code or range within 100..599; ignored")
        return None
    return StatusRange(first, last)


def _tcp(entry: Entry, context: CheckerContext) -> Checker | None:
    target = _target(entry, context)
    if not target.port:
        context.report.warning(
            entry.word, "no-port", "TCP_CHECK has no port to connect to: the check will fail", 'write "connect_port N"'
        )
    return TcpChecker(
        endpoint=target, timing=_timing(entry, context.inherited), bind_address=entry.value_of(str, "bindto", "")
    )


def _ping(entry: Entry, context: CheckerContext) -> Checker | None:
    return PingChecker(
        endpoint=_target(entry, context),
        timing=_timing(entry, context.inherited),
        bind_address=entry.value_of(str, "bindto", ""),
    )


def _misc(entry: Entry, context: CheckerContext) -> Checker | None:
    line = entry.last("misc_path")
    if line is None:
        context.report.error(
            entry.closing, "no-script", "MISC_CHECK has no misc_path: it is ignored and the server is not checked by it"
        )
        return None
    settings = context.scripts.settings
    user: tuple[str, str] | None = (settings.script_user, settings.script_group)
    said = entry.last("user")
    if said is not None:
        user = read_user(said.arguments, context.scripts.host, context.report)
    elif not context.scripts.user_known:
        context.report.error(
            entry.closing, "script-removed", f"MISC_CHECK is not used: {NO_USER}; the server counts as up"
        )
        user = None
    what = f"MISC_CHECK of {context.endpoint.address}"
    command = read_command(line, what, context.scripts, user or ("", ""))
    if command is None or user is None:
        return None
    return MiscChecker(
        endpoint=context.endpoint,
        timing=_timing(entry, context.inherited, retries=0),
        command=command,
        timeout=entry.number("misc_timeout", 0.0),
        dynamic=entry.last("misc_dynamic") is not None,
    )


_KINDS: dict[str, Callable[[Entry, CheckerContext], Checker | None]] = {
    "HTTP_GET": _http,
    "TCP_CHECK": _tcp,
    "PING_CHECK": _ping,
    "MISC_CHECK": _misc,
}
