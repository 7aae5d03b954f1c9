"""Engine: state changes by mail. Never waited for: a mail server that hangs costs nothing but its mails."""

from __future__ import annotations

import asyncio
import socket
import time
from collections import deque
from collections.abc import Callable

import msgspec

from lvstui.model.configuration import GlobalSettings
from lvstui.model.event import Event, EventKind, Severity
from lvstui.safety import clean

MAX_WAITING = 100
RETRY_DELAYS = (2.0, 10.0, 30.0)
MAX_CONNECT_SECONDS = 30.0
LAST_SECONDS = 2.0


class Mail(msgspec.Struct, frozen=True):
    """A message to all of `notification_email`."""

    subject: str
    body: str


class Mailer:
    """Sends a mail for each event that has a mail subject, one at a time, in order, three tries more each.

    Without `smtp_server` or `notification_email` there is no mail. At most 100 wait; then the oldest are left
    out, and the next one that goes says how many.
    """

    def __init__(
        self,
        settings: GlobalSettings,
        record: Callable[[Event], None],
        retry_delays: tuple[float, ...] = RETRY_DELAYS,
    ) -> None:
        self._settings = settings
        self._record = record
        self._retry_delays = retry_delays
        self._waiting: deque[Mail] = deque()
        self._left_out = 0
        self._news = asyncio.Event()
        self._idle = asyncio.Event()
        self._idle.set()
        self._task: asyncio.Task[None] | None = None

    @property
    def wanted(self) -> bool:
        """The configuration asks for mail."""
        return self._settings.smtp_server is not None and bool(self._settings.notification_email)

    def offer(self, event: Event) -> None:
        """Queue a mail for the event if it is one to be mailed; returns at once."""
        if not event.mail_subject or not self.wanted:
            return
        if len(self._waiting) >= MAX_WAITING:
            self._waiting.popleft()
            self._left_out += 1
        self._waiting.append(compose(event, self._settings.router_id))
        self._idle.clear()
        self._news.set()
        if self._task is None:
            self._task = asyncio.get_running_loop().create_task(self._work())

    async def close(self) -> None:
        """Give what waits two seconds to go out, then forget it."""
        if self._task is None:
            return
        try:
            async with asyncio.timeout(LAST_SECONDS):
                await self._idle.wait()
        except TimeoutError:
            self._tell(Severity.WARNING, "Mail not sent before the engine ended", f"{len(self._waiting) + 1} waited")
        self._task.cancel()
        await asyncio.gather(self._task, return_exceptions=True)

    async def _work(self) -> None:
        while True:
            await self._news.wait()
            while self._waiting:
                await self._deliver(self._waiting.popleft())
            self._news.clear()
            self._idle.set()

    async def _deliver(self, mail: Mail) -> None:
        if self._left_out:
            mail = Mail(mail.subject, f"{mail.body}\n({self._left_out} earlier messages were left out)\n")
            self._left_out = 0
        problem = ""
        for delay in (*self._retry_delays, None):
            problem = await self._try(mail)
            if not problem:
                return
            if delay is not None:
                await asyncio.sleep(delay)
        self._tell(Severity.WARNING, f"Mail not sent: {mail.subject}", problem)

    async def _try(self, mail: Mail) -> str:
        """Send once; returns what went wrong, or ""."""
        # Loaded here: an engine that never mails need not pay for it.
        from email.message import EmailMessage
        from email.utils import formatdate, make_msgid

        import aiosmtplib

        settings = self._settings
        assert settings.smtp_server
        sender = settings.notification_email_from or f"lvstui@{socket.gethostname()}"
        message = EmailMessage()
        message["From"] = clean(sender)
        message["To"] = ", ".join(clean(address) for address in settings.notification_email)
        message["Subject"] = mail.subject
        message["Date"] = formatdate(localtime=True)
        message["Message-ID"] = make_msgid(domain="lvstui.invalid")
        message.set_content(mail.body)
        limit = min(settings.smtp_connect_timeout, MAX_CONNECT_SECONDS)
        try:
            async with asyncio.timeout(limit * 2):
                refused, _answer = await aiosmtplib.send(
                    message,
                    sender=sender,
                    recipients=list(settings.notification_email),
                    hostname=settings.smtp_server.address,
                    port=settings.smtp_server.port,
                    local_hostname=settings.smtp_helo_name or None,
                    timeout=limit,
                    start_tls=False,
                )
        except (aiosmtplib.SMTPException, OSError, TimeoutError, ValueError) as error:
            return clean(f"{settings.smtp_server}: {type(error).__name__} {error}".strip())
        return clean(f"refused: {', '.join(refused)}") if refused else ""

    def _tell(self, severity: Severity, text: str, reason: str) -> None:
        self._record(
            Event(
                time=time.time(),
                at=time.monotonic(),
                kind=EventKind.MAIL,
                severity=severity,
                subject="mail",
                text=text,
                reason=reason,
            )
        )


def compose(event: Event, router_id: str) -> Mail:
    """Return the mail for an event, with keepalived's subject: `[router_id] VRRP Instance VI_1 - …`."""
    subject = event.mail_subject
    if router_id and not subject.startswith("["):
        subject = f"[{router_id}] {subject}"
    moment = time.strftime("%Y-%m-%d %H:%M:%S %z", time.localtime(event.time))
    lines = [event.text, f"reason: {event.reason}" if event.reason else "", f"{moment}, {event.subject}"]
    return Mail(clean(subject), "\n".join(clean(line) for line in lines if line) + "\n")
