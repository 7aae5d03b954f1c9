"""The channel between engine and child, over a real socket pair, with children of bad manners."""

from __future__ import annotations

import asyncio
import os
import socket
from typing import Any

import pytest

from lvstui.engine.channel import CLOSED, MAX_WAITING, Channel
from lvstui.model.worker import Configure, Order, Report, SetAdjustment, Stop, Tick, Tock, VrrpReport
from tests.engine.samples import configuration, instance


class End:
    """One end, with what came out of it."""

    def __init__(self, kind: object) -> None:
        self.messages: list[Any] = []
        self.lost: list[str] = []
        self.channel: Channel[Any] = Channel(kind, self.messages.append, self.lost.append)


async def pair() -> tuple[End, End]:
    left, right = socket.socketpair()
    engine, child = End(Report), End(Order)
    await engine.channel.attach(left)
    await child.channel.attach(right)
    return engine, child


async def settle(condition: Any) -> None:
    for _ in range(500):
        if condition():
            return
        await asyncio.sleep(0.01)
    raise AssertionError("it did not come to pass")


async def test_records_arrive_as_they_were_sent_both_ways() -> None:
    engine, child = await pair()
    orders = [Configure(configuration=configuration(), adjustments={"VI_1": -2}), SetAdjustment("VI_1", 5), Tick(1)]
    for order in [*orders, Stop()]:
        engine.channel.send(order)
    child.channel.send(VrrpReport((instance(),)))
    child.channel.send(Tock(1))
    await settle(lambda: len(child.messages) == 4 and len(engine.messages) == 2)
    assert child.messages == [*orders, Stop()]
    assert engine.messages == [VrrpReport((instance(),)), Tock(1)]
    engine.channel.close()
    await settle(lambda: child.lost)
    assert child.lost == [CLOSED]
    assert not engine.lost


async def test_what_is_sent_before_the_channel_is_attached_goes_first() -> None:
    left, right = socket.socketpair()
    engine, child = End(Report), End(Order)
    engine.channel.send(Tick(1))
    engine.channel.send(Tick(2))
    await engine.channel.attach(left)
    await child.channel.attach(right)
    engine.channel.send(Tick(3))
    await settle(lambda: len(child.messages) == 3)
    assert [tick.counter for tick in child.messages] == [1, 2, 3]
    engine.channel.close()
    child.channel.close()


@pytest.mark.parametrize(
    "garbage",
    [
        b"hello\n",
        b"\xff\xfe\n",
        b'{"type":"tick","counter":1}\n',
        b'{"type":"tock","counter":"x"}\n',
        b"[" * 99999 + b"\n",
    ],
)
async def test_garbage_ends_the_channel_with_a_reason_and_nothing_else(garbage: bytes) -> None:
    left, right = socket.socketpair()
    engine = End(Report)
    await engine.channel.attach(left)
    right.sendall(b'{"type":"tock","counter":1}\n' + garbage + b'{"type":"tock","counter":2}\n')
    await settle(lambda: engine.lost)
    assert engine.messages == [Tock(1)]
    assert len(engine.lost) == 1
    assert engine.lost[0] != CLOSED
    engine.channel.send(Tick(1))
    right.close()


async def test_an_engine_that_does_not_read_makes_a_child_neither_wait_nor_grow() -> None:
    left, right = socket.socketpair()
    child = End(Order)
    await child.channel.attach(right)
    big = VrrpReport(tuple(instance(name=f"VI_{number}") for number in range(200)))
    for number in range(200):
        child.channel.send(big)
        child.channel.send(Tock(number))
    last = VrrpReport((instance(name="the newest"),))
    child.channel.send(last)
    for number in range(MAX_WAITING + 50):
        child.channel.send(Tock(number))
    assert child.channel.dropped > 0
    engine = End(Report)
    await engine.channel.attach(left)
    await settle(lambda: last in engine.messages)
    assert engine.messages.count(big) < 200
    assert engine.messages[-1] == last or isinstance(engine.messages[-1], Tock)
    engine.channel.close()
    child.channel.close()


async def test_a_child_that_vanishes_closes_the_channel_once() -> None:
    left, right = socket.socketpair()
    engine = End(Report)
    await engine.channel.attach(left)
    os.close(right.detach())
    await settle(lambda: engine.lost)
    engine.channel.abort()
    await asyncio.sleep(0.02)
    assert engine.lost == [CLOSED]
    assert not engine.channel.is_open
