"""Faults of log drains, as the receiver sees them on its socket; and nothing where none matches."""

import asyncio
import re
from collections.abc import Iterator

import pytest

from platform_sim.core.actions import faults
from platform_sim.core.model.faults import Fault
from platform_sim.core.model.syslog import Batch
from platform_sim.engines.drains.senders import sender_for
from platform_sim.engines.drains.target import target_of

from .lines import AT, Line
from .receiver import GUARD, SyslogReceiver
from .test_engine import World, running
from .test_senders import FRAME, LONG, TOKEN

pytestmark = pytest.mark.processes


@pytest.fixture
def world() -> Iterator[World]:
    """With a clock that goes."""
    yield from running(at=None)


def fault(world: World, kind: str, times: int | None = 1, **match: str) -> str:
    with world.database.transaction() as tx:
        return faults.add(tx, world.customer.account, kind, match, times).id


def until_acted(world: World, fault_id: str, times: int = 1) -> None:
    while True:
        seen = world.database.version
        with world.database.snapshot() as rows:
            if rows.get(Fault, fault_id).acted == times:
                return
        assert world.database.wait_for_change(seen, GUARD) != seen, "the fault does not act"


def test_lines_are_dropped_and_the_next_tell_how_many(world: World) -> None:
    receiver = world.http()
    world.drain(receiver)
    dropped = fault(world, "drain-dropped", 2, app="acme")
    for number, text in enumerate(("one", "two"), 1):
        world.say(text)
        until_acted(world, dropped, number)
    world.say("three")
    receiver.until_asked(1)
    [delivery] = receiver.deliveries
    l10, three = delivery.messages
    assert re.fullmatch(r"Error L10 \(output buffer overflow\): 2 messages dropped since \S+\.", l10.text)
    assert (l10.priority, l10.process, three.text) == (172, "logplex", "three")


def test_a_cut_syslog_connection_ends_in_the_middle_and_the_batch_comes_again(world: World) -> None:
    with SyslogReceiver() as receiver:
        world.drain_to(f"syslog://127.0.0.1:{receiver.port}")
        fault(world, "drain-cut")
        world.say("hello")
        receiver.until(lambda: receiver.streams.get(2, b"").endswith(b"hello\n"), "the whole batch")
        receiver.until(lambda: receiver.ended >= 1, "the end of the first connection")
        first, second = receiver.streams[1], receiver.streams[2]
    assert 0 < len(first) < len(second)
    assert second.startswith(first), "the same bytes"


def test_a_cut_request_ends_in_its_body() -> None:
    async def story(url: str) -> str:
        sender = sender_for(target_of(url), TOKEN, LONG, lambda: pytest.fail("no TLS here"))
        return await sender.cut(Batch([Line("hello")], AT), FRAME)

    with SyslogReceiver() as receiver:
        assert asyncio.run(story(f"http://127.0.0.1:{receiver.port}/drain")) == "again"
        receiver.until(lambda: receiver.ended == 1)
        head, _, body = receiver.streams[1].partition(b"\r\n\r\n")
    assert f"Content-Length: {2 * len(body)}".encode() in head
    assert 0 < len(body) < 66


def test_a_drain_that_is_cut_off_has_the_same_frame_id_again(world: World) -> None:
    with SyslogReceiver() as sink:
        world.drain_to(f"http://127.0.0.1:{sink.port}/")
        cut = fault(world, "drain-cut")
        world.say("hello")
        until_acted(world, cut)
        sink.until(lambda: b"Logplex-Frame-Id" in sink.streams.get(2, b""), "the second attempt")
        frames = [re.search(rb"Logplex-Frame-Id: (\S+)", sink.streams[number]) for number in (1, 2)]
    assert len({found[1] for found in frames if found}) == 1


def test_faults_that_match_nothing_change_no_byte(world: World) -> None:
    receiver = world.http()
    with world.database.transaction() as tx:
        for kind in ("drain-dropped", "drain-cut"):
            faults.add(tx, world.customer.account, kind, {"app": "other"}, None)
    world.drain(receiver)
    world.say("one")
    receiver.until_asked(1)
    world.say("two")
    receiver.until_asked(2)
    assert receiver.texts == ["one", "two"]
    assert receiver.connections == 1
    with world.database.snapshot() as rows:
        assert {each.acted for each in rows.all(Fault)} == {0}
