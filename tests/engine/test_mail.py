"""Mail on state changes, to a real mail server on loopback, and to some that are none."""

from __future__ import annotations

import asyncio
import contextlib
import socket
from collections.abc import AsyncIterator
from typing import Any

from aiosmtpd.smtp import SMTP

from lvstui.engine.mail import MAX_WAITING, Mailer, compose
from lvstui.model.configuration import GlobalSettings
from lvstui.model.endpoint import Endpoint
from lvstui.model.event import Event, EventKind
from tests.engine.bench import until
from tests.engine.samples import event


class Post:
    """A mail server's handler that keeps what it gets, and refuses the first `refusals`."""

    def __init__(self, refusals: int = 0) -> None:
        self.refusals = refusals
        self.envelopes: list[Any] = []

    async def handle_DATA(self, server: object, session: object, envelope: Any) -> str:  # noqa: N802
        if self.refusals:
            self.refusals -= 1
            return "451 come again"
        self.envelopes.append(envelope)
        return "250 taken"


@contextlib.asynccontextmanager
async def served(factory: Any) -> AsyncIterator[int]:
    server = await asyncio.get_running_loop().create_server(factory, "127.0.0.1", 0)
    yield server.sockets[0].getsockname()[1]
    server.close()


def settings(port: int, patience: float = 5.0) -> GlobalSettings:
    return GlobalSettings(
        router_id="LVS_01",
        notification_email=("ops@example.org", "boss@example.org"),
        notification_email_from="lb1@example.org",
        smtp_server=Endpoint("127.0.0.1", port),
        smtp_connect_timeout=patience,
        smtp_helo_name="lb1.example.org",
    )


def change(number: int = 1) -> Event:
    return event(subject=f"VRRP Instance VI_{number} - Entering MASTER state", reason="no advert for 3.6 s")


async def test_a_state_change_reaches_everybody_with_keepaliveds_subject() -> None:
    post = Post()
    told: list[Event] = []
    async with served(lambda: SMTP(post)) as port:
        mailer = Mailer(settings(port), told.append)
        mailer.offer(change())
        mailer.offer(event())
        await until(lambda: post.envelopes)
        await mailer.close()
    (envelope,) = post.envelopes
    text = envelope.content.decode()
    assert envelope.rcpt_tos == ["ops@example.org", "boss@example.org"]
    assert envelope.mail_from == "lb1@example.org"
    assert "Subject: [LVS_01] VRRP Instance VI_1 - Entering MASTER state" in text
    assert "(VI_1) Entering MASTER STATE" in text
    assert "no advert for 3.6 s" in text
    assert told == []


async def test_a_server_that_says_later_is_asked_again_in_order() -> None:
    post = Post(refusals=2)
    told: list[Event] = []
    async with served(lambda: SMTP(post)) as port:
        mailer = Mailer(settings(port), told.append, (0.05, 0.05, 0.05))
        mailer.offer(change(1))
        mailer.offer(change(2))
        await until(lambda: len(post.envelopes) == 2)
        await mailer.close()
    assert [b"VI_1 -" in envelope.content for envelope in post.envelopes] == [True, False]
    assert told == []


async def test_a_server_that_never_answers_costs_its_time_and_becomes_an_event() -> None:
    told: list[Event] = []
    with socket.socket() as silent:
        silent.bind(("127.0.0.1", 0))
        silent.listen()
        mailer = Mailer(settings(silent.getsockname()[1], 0.2), told.append, (0.05,))
        loop = asyncio.get_running_loop()
        started = loop.time()
        mailer.offer(change())
        assert loop.time() - started < 1.0, "offering is not waiting"
        await until(lambda: told)
        assert loop.time() - started < 3
        await mailer.close()
    assert told[0].kind is EventKind.MAIL
    assert told[0].text == "Mail not sent: [LVS_01] VRRP Instance VI_1 - Entering MASTER state"
    assert "127.0.0.1" in told[0].reason
    assert told[0].mail_subject == "", "a mail about mail that fails would never end"


async def test_nonsense_from_the_server_is_one_failed_mail() -> None:
    async def babble(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(b"\xff\x1b[2J 999 what\r\n" * 1000)
        writer.close()

    told: list[Event] = []
    server = await asyncio.start_server(babble, "127.0.0.1", 0)
    mailer = Mailer(settings(server.sockets[0].getsockname()[1], 1.0), told.append, ())
    mailer.offer(change())
    await until(lambda: told)
    assert "\x1b" not in told[0].reason
    await mailer.close()
    server.close()


async def test_the_queue_is_bounded_and_the_gap_is_told() -> None:
    post = Post()
    told: list[Event] = []
    with socket.socket() as reserved:
        reserved.bind(("127.0.0.1", 0))
        port = reserved.getsockname()[1]
    mailer = Mailer(settings(port), told.append, (0.3,))
    mailer.offer(change(0))
    await asyncio.sleep(0.1)
    for number in range(1, MAX_WAITING + 31):
        mailer.offer(change(number))
    server = await asyncio.get_running_loop().create_server(lambda: SMTP(post), "127.0.0.1", port)
    await until(lambda: len(post.envelopes) == MAX_WAITING + 1, 20)
    assert b"30 earlier messages were left out" in post.envelopes[1].content
    assert sum(b"left out" in envelope.content for envelope in post.envelopes) == 1
    assert b"VI_31 " in post.envelopes[1].content
    await mailer.close()
    server.close()


async def test_close_gives_up_after_a_moment() -> None:
    told: list[Event] = []
    with socket.socket() as silent:
        silent.bind(("127.0.0.1", 0))
        silent.listen()
        mailer = Mailer(settings(silent.getsockname()[1], 30.0), told.append)
        mailer.offer(change())
        await asyncio.wait_for(mailer.close(), 4)
    assert told[0].reason == "1 waited"


async def test_without_server_or_recipients_there_is_no_mail() -> None:
    for without in (GlobalSettings(), GlobalSettings(smtp_server=Endpoint("127.0.0.1", 1))):
        mailer = Mailer(without, lambda _event: None)
        mailer.offer(change())
        assert not mailer.wanted
        await mailer.close()


def test_a_subject_cannot_add_headers() -> None:
    mail = compose(event(subject="x\r\nBcc: everybody@example.org", reason="a\r\n.\r\nQUIT"), "LVS\n01")
    assert "\n" not in mail.subject
    assert "\r" not in mail.subject + mail.body
    assert compose(event(subject="[own] x"), "LVS").subject == "[own] x"
