"""Drains of real rows, lines of a real hub, receivers on real sockets (partner-api §7.1)."""

import re
import threading
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from datetime import timedelta
from typing import Any

import pytest

from platform_sim.core.access import Actor
from platform_sim.core.actions import drains
from platform_sim.core.actions.addon_logs import use_drain_url
from platform_sim.core.actions.addons_end import destroy_addon
from platform_sim.core.actions.apps import delete_app
from platform_sim.core.actions.attachments import attach, detach
from platform_sim.core.model.addons import Addon, Attachment
from platform_sim.core.model.apps import App
from platform_sim.core.model.drains import LogDrain
from platform_sim.core.store import Database
from platform_sim.engines.drains.engine import DrainEngine
from platform_sim.engines.logs.hub import LogHub

from ...processes.waiting import wait_until
from ...support import new_addon, new_app, new_customer, new_database, new_service, partner_of_addon
from .receiver import GUARD, HttpReceiver, SyslogReceiver, hang, listen, status

pytestmark = pytest.mark.processes


class World:
    """One app, its log, and the engine; receivers end with it."""

    def __init__(self, **settings: Any) -> None:
        self.stack = ExitStack()
        self.database: Database = new_database(**settings)
        self.stack.callback(self.database.close)
        self.hub = LogHub(self.database.clock.now)
        self.engine = self.boot("boot-1")
        with self.database.transaction() as tx:
            self.customer: Actor = new_customer(tx)
            self.app: App = new_app(tx, self.customer, "acme")
            self.other: App = new_app(tx, self.customer, "other")

    def boot(self, boot_id: str) -> DrainEngine:
        engine = DrainEngine(self.database, self.hub, boot_id)
        self.stack.callback(engine.stop)
        engine.start()
        return engine

    def http(self, receiver: HttpReceiver | None = None) -> HttpReceiver:
        """A receiver that lives as long as the world."""
        return self.stack.enter_context(receiver or HttpReceiver())

    def drain(self, receiver: HttpReceiver, place: str = "/", app: App | None = None) -> LogDrain:
        """A customer's drain to it."""
        return self.drain_to(f"http://127.0.0.1:{receiver.port}{place}", app)

    def drain_to(self, url: str, app: App | None = None) -> LogDrain:
        with self.database.transaction() as tx:
            return drains.create_drain(tx, self.customer, app or self.app, url)

    def say(self, *texts: str, app: App | None = None) -> None:
        for text in texts:
            self.hub((app or self.app).id, "app", "web.1", text)

    def addon(self, url: str) -> Addon:
        """An add-on of `acme` that takes its log."""
        with self.database.transaction() as tx:
            new_service(tx, requires=("syslog_drain", "attachable"))
            made = new_addon(tx, self.customer, self.app)
            use_drain_url(tx, self.customer.account, made, url)
            return made

    def close(self) -> None:
        self.stack.close()


@pytest.fixture
def world() -> Iterator[World]:
    """Runs for one test; the platform's clock goes by itself, so that no wait needs a push."""
    yield from running(at=None)


@pytest.fixture
def frozen() -> Iterator[World]:
    """The same with a clock that stands still."""
    yield from running()


def running(**settings: Any) -> Iterator[World]:
    """With no limit to the time of a request: on a busy machine a receiver may take longer than any that is usual."""
    before = set(threading.enumerate())
    made = World(drain_request_timeout=10_000.0, drain_connect_timeout=10_000.0, **settings)
    yield made
    made.close()
    assert set(threading.enumerate()) <= before, "nothing is left running"


def test_what_an_app_says_is_delivered(world: World) -> None:
    receiver = world.http()
    world.say("before there was a drain")
    drain = world.drain(receiver, "/logs?x")
    world.say("one", "two")
    receiver.until(lambda: receiver.texts == ["one", "two"])
    delivery = receiver.deliveries[0]
    assert delivery.line == "POST /logs?x HTTP/1.1"
    assert delivery.headers["Logplex-Drain-Token"] == drain.token
    assert re.fullmatch(r"[0-9A-F]{32}", delivery.headers["Logplex-Frame-Id"])
    [first] = [m for d in receiver.deliveries for m in d.messages if m.text == "one"]
    assert (first.priority, first.host, first.app, first.process) == (190, "host", "app", "web.1")


def test_each_drain_of_each_app_gets_its_own_lines(world: World) -> None:
    first, second, third = world.http(), world.http(), world.http()
    tokens = [world.drain(first).token, world.drain(second).token, world.drain(third, app=world.other).token]
    world.say("acme says")
    world.say("other says", app=world.other)
    for receiver, token, text in zip((first, second, third), tokens, ("acme says",) * 2 + ("other says",), strict=True):
        receiver.until_asked(1)
        assert receiver.texts == [text]
        assert receiver.deliveries[0].headers["Logplex-Drain-Token"] == token


def test_drains_that_were_there_before_the_start_are_served(world: World) -> None:
    world.engine.stop()
    receiver = world.http()
    world.drain(receiver)
    world.say("nobody hears this")
    world.boot("boot-2")
    world.say("hello")
    receiver.until_asked(1)
    assert receiver.texts == ["hello"]


def test_a_4xx_drops_a_batch_and_the_loss_is_told_with_the_next(world: World) -> None:
    receiver = world.http(HttpReceiver(status(400)))
    world.drain(receiver)
    world.say("one")
    receiver.until_asked(1)
    # The connection tells when the refusal was heard: the next request comes on it.
    world.say("two")
    receiver.until_asked(2)
    assert receiver.deliveries[0].texts == ["one"]
    told, text = receiver.deliveries[1].texts
    assert re.fullmatch(r"Error L10 \(output buffer overflow\): 1 messages dropped since \S+\.", told)
    assert text == "two"
    assert receiver.deliveries[0].headers["Logplex-Frame-Id"] != receiver.deliveries[1].headers["Logplex-Frame-Id"]
    assert {d.connection for d in receiver.deliveries} == {1}


@pytest.mark.parametrize("code", [500, 503, 429, 302])
def test_a_failure_is_sent_again_with_the_same_frame_id_and_bytes(code: int, world: World) -> None:
    receiver = world.http(HttpReceiver(status(code), status(code)))
    world.drain(receiver)
    world.say("one")
    receiver.until_asked(3)
    sent = [(d.headers["Logplex-Frame-Id"], d.body) for d in receiver.deliveries]
    assert sent == sent[:1] * 3
    world.say("two")
    receiver.until_asked(4)
    assert receiver.deliveries[3].texts == ["two"], "nothing was lost"


def test_three_failures_drop_the_batch(world: World) -> None:
    receiver = world.http(HttpReceiver(status(500), status(500), status(500)))
    world.drain(receiver)
    world.say("one")
    receiver.until_asked(3)
    world.say("two")
    receiver.until_asked(4)
    assert receiver.deliveries[3].texts[1:] == ["two"]
    assert " 1 messages dropped since " in receiver.deliveries[3].texts[0]


def test_waits_are_of_the_platforms_clock(frozen: World) -> None:
    receiver = frozen.http(HttpReceiver(status(500)))
    frozen.drain(receiver)
    frozen.say("one")
    receiver.until_asked(1)
    receiver.until(lambda: receiver.ended == 1, "the end of the failed connection")
    assert len(receiver.deliveries) == 1
    while len(receiver.deliveries) < 2:
        frozen.database.clock.advance(timedelta(seconds=1))
        with receiver.changed:
            receiver.changed.wait(0.01)
    assert receiver.deliveries[1].headers["Logplex-Frame-Id"] == receiver.deliveries[0].headers["Logplex-Frame-Id"]


def test_a_receiver_that_hangs_holds_up_neither_writers_nor_others(world: World) -> None:
    deaf, healthy = world.http(HttpReceiver(hang)), world.http()
    world.drain(deaf)
    world.drain(healthy)
    world.say("first")
    deaf.until_asked(1)
    for number in range(20):
        world.say(f"line {number}")
        healthy.until(lambda n=number: f"line {n}" in healthy.texts, "the other receiver")  # type: ignore[misc]
    assert len(deaf.deliveries) == 1


def test_overflow_is_counted_exactly(world: World) -> None:
    release = threading.Event()

    def slow(sock: Any, over: threading.Event) -> bool:
        release.wait(GUARD)
        return status(204, "")(sock, over)

    receiver = world.http(HttpReceiver(slow))
    world.drain(receiver)
    world.say("on its way")
    receiver.until_asked(1)
    world.say(*map(str, range(5000)))
    # Its last line is in the buffer when a later one of another app has been delivered: the loop takes them in turn.
    beside = world.http()
    world.drain(beside, app=world.other)
    world.say("beside", app=world.other)
    beside.until_asked(1)
    release.set()
    receiver.until(lambda: receiver.texts[-1] == "4999", "the last line")
    first, told, *kept = receiver.texts
    assert first == "on its way"
    assert kept == [str(number) for number in range(5000 - 1024, 5000)]
    assert re.match(r"Error L10 \(output buffer overflow\): 3976 messages dropped since ", told)


def test_a_receiver_that_restarts_misses_nothing_that_waited(world: World) -> None:
    first = HttpReceiver()
    world.drain(first)
    world.say("one")
    first.until_asked(1)
    first.close()
    world.say("two")
    second = world.http(HttpReceiver(port=first.port))
    world.say("three")
    second.until(lambda: second.texts[-1:] == ["three"], "the last line")
    # A batch whose answer the old one could not give any more comes again, to be known by its frame id.
    known = first.deliveries[0].headers["Logplex-Frame-Id"]
    fresh = [t for d in second.deliveries if d.headers["Logplex-Frame-Id"] != known for t in d.texts]
    lost = sum(int(number) for number in re.findall(r"overflow\): (\d+) messages", "\n".join(fresh)))
    told_of = len([text for text in fresh if not text.startswith("Error L10")]) + lost
    assert told_of in (2, 3), "delivered or counted; the first line too if its answer never came"


def test_credentials_of_the_url_are_sent_and_never_logged(world: World, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level("DEBUG")
    receiver = world.http(HttpReceiver(status(500), status(500), status(500), status(401)))
    drain = world.drain_to(f"http://user:hunter22@127.0.0.1:{receiver.port}/secret-path")
    for number in range(1, 5):
        world.say("x")
        receiver.until_asked(number)
    receiver.until(lambda: len(receiver.deliveries) == 4)
    world.say("y")
    receiver.until_asked(5)
    assert {d.headers["Authorization"] for d in receiver.deliveries} == {"Basic dXNlcjpodW50ZXIyMg=="}
    assert f"http://127.0.0.1:{receiver.port}" in caplog.text, "what was dropped is said"
    for secret in ("hunter22", "dXNlcjpodW50ZXIyMg", "secret-path", drain.token):
        assert secret not in caplog.text


def test_a_removed_drain_gets_nothing_more(world: World) -> None:
    gone, kept = world.http(), world.http()
    drain = world.drain(gone)
    world.drain(kept)
    world.say("one")
    gone.until_asked(1)
    with world.database.transaction() as tx:
        drains.delete_drain(tx, world.customer, world.app, drain.id)
    gone.until(lambda: gone.ended == 1, "the end of the connection")
    world.say("two")
    kept.until(lambda: kept.texts == ["one", "two"])
    assert gone.texts == ["one"]


def test_drains_end_with_their_app(world: World) -> None:
    receiver = world.http()
    world.drain(receiver)
    world.say("one")
    receiver.until_asked(1)
    with world.database.transaction() as tx:
        delete_app(tx, world.customer, world.app)
    receiver.until(lambda: receiver.ended == 1, "the end of the connection")
    world.say("two")
    assert receiver.texts == ["one"]


def test_an_add_on_s_drain_ends_when_it_is_destroyed(world: World) -> None:
    receiver = world.http()
    addon = world.addon(f"http://127.0.0.1:{receiver.port}/")
    world.say("one")
    receiver.until_asked(1)
    with world.database.transaction() as tx:
        destroy_addon(tx, world.customer, tx.get(Addon, addon.id))
    receiver.until(lambda: receiver.ended == 1, "the end of the connection")
    world.say("two")
    assert receiver.texts == ["one"]


def test_a_partner_hears_the_apps_it_is_attached_to_as_long_as_it_is(world: World) -> None:
    receiver = world.http()
    addon = world.addon(f"http://127.0.0.1:{receiver.port}/")
    world.say("not for the partner", app=world.other)
    with world.database.transaction() as tx:
        attach(tx, world.customer, world.other, addon, name="SHARED")
    world.say("shared", app=world.other)
    receiver.until_asked(1)
    world.say("own")
    receiver.until_asked(2)
    by_token = {d.headers["Logplex-Drain-Token"]: d.texts for d in receiver.deliveries}
    with world.database.snapshot() as rows:
        app_of = {d.token: d.app_id for d in rows.all(LogDrain)}
    assert {app_of[token]: texts for token, texts in by_token.items()} == {
        world.other.id: ["shared"],
        world.app.id: ["own"],
    }
    with world.database.transaction() as tx:
        [shared] = tx.all(Attachment, app_id=world.other.id)
        detach(tx, world.customer.account, world.other, shared, tx.get(Addon, addon.id))
    receiver.until(lambda: receiver.ended == 1, "the end of one connection")
    world.say("not any more", app=world.other)
    world.say("still")
    receiver.until_asked(3)
    assert receiver.texts == ["shared", "own", "still"]


def test_a_drain_that_is_moved_takes_along_what_was_not_delivered(world: World) -> None:
    old, new = world.http(HttpReceiver(listen)), world.http()
    addon = world.addon(f"http://127.0.0.1:{old.port}/")
    world.say("one")
    old.until_asked(1)
    world.say("two")
    with world.database.transaction() as tx:
        [drain] = tx.all(LogDrain)
        to = f"http://127.0.0.1:{new.port}/"
        drains.update_drain(tx, partner_of_addon(tx, addon), addon.id, drain.id, to)
    new.until(lambda: new.texts == ["one", "two"])
    assert new.deliveries[0].headers["Logplex-Frame-Id"] == old.deliveries[0].headers["Logplex-Frame-Id"]
    assert new.deliveries[0].headers["Logplex-Drain-Token"] == drain.token
    old.until(lambda: old.ended == 1, "the end of the old connection")
    assert len(old.deliveries) == 1


def test_syslog(world: World) -> None:
    with SyslogReceiver() as receiver:
        drain = world.drain_to(f"syslog://127.0.0.1:{receiver.port}")
        world.say("one", "two")
        world.hub(world.app.id, "heroku", "router", "at=info")
        receiver.until_said("at=info")
        found = receiver.messages()
        assert [(m.priority, m.host, m.app, m.process, m.text) for m in found] == [
            (190, drain.token, "app", "web.1", "one"),
            (190, drain.token, "app", "web.1", "two"),
            (158, drain.token, "heroku", "router", "at=info"),
        ]
        world.engine.stop()


def test_many_writers_lose_and_double_nothing(world: World) -> None:
    receiver = world.http()
    world.drain(receiver)

    def write(name: str) -> None:
        for number in range(100):
            world.say(f"{name} {number}")

    writers = [threading.Thread(target=write, args=[f"w{n}"]) for n in range(8)]
    for writer in writers:
        writer.start()
    for writer in writers:
        writer.join(GUARD)
    receiver.until(lambda: len(receiver.texts) == 800, "800 lines")
    for n in range(8):
        assert [t for t in receiver.texts if t.startswith(f"w{n} ")] == [f"w{n} {number}" for number in range(100)]


def test_a_line_that_is_said_while_a_drain_begins_is_not_stuck(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    """The loop looks for it before the drain knows its place in the log; nobody wakes it a second time."""
    follow = world.hub.follow

    def follow_and_say(app_id: str, wake: Callable[[], None]) -> Any:
        found = follow(app_id, wake)
        world.say("in between")
        looked = threading.Event()
        world.engine._soon(looked.set)
        assert looked.wait(GUARD)
        return found

    monkeypatch.setattr(world.hub, "follow", follow_and_say)
    receiver = world.http()
    world.drain(receiver)
    receiver.until(lambda: receiver.texts == ["in between"])


def test_lines_during_the_making_of_a_drain_are_lost_or_delivered_never_stuck(world: World) -> None:
    """A line that comes between two steps of the beginning wakes nobody; the beginning itself looks."""
    receiver = world.http()
    over = threading.Event()

    def chatter() -> None:
        while not over.wait(0.0001):
            world.say("chatter")

    talking = threading.Thread(target=chatter)
    talking.start()
    for number in range(4):
        world.drain(receiver, f"/{number}")
    over.set()
    talking.join(GUARD)
    world.say("the last word")
    for number in range(4):
        line = f"POST /{number} HTTP/1.1"
        receiver.until(
            lambda at=line: any(d.line == at and d.texts[-1] == "the last word" for d in receiver.deliveries),  # type: ignore[misc]
            line,
        )


def test_under_a_seed_frame_ids_repeat_but_never_within_two_boots_of_one_platform() -> None:
    def ids(boots: list[str]) -> list[str]:
        world = World(at=None, drain_request_timeout=10_000.0, drain_connect_timeout=10_000.0)
        receiver = world.http()
        world.drain(receiver)
        world.engine.stop()
        for boot in boots:
            engine = world.boot(boot)
            for _ in range(2):
                before = len(receiver.deliveries)
                world.say("x")
                receiver.until_asked(before + 1)
            engine.stop()
        world.close()
        return [d.headers["Logplex-Frame-Id"] for d in receiver.deliveries]

    first = ids(["a", "b"])
    assert len(set(first)) == 4
    assert ids(["a", "b"]) == first


def stuck(world: World) -> list[Callable[[], None]]:
    """Drains in every kind of wait, each with how to know that it is there."""
    hanging, failing = world.http(HttpReceiver(hang)), world.http(HttpReceiver(*[status(500)] * 100))
    idle = world.http()
    deaf = world.stack.enter_context(SyslogReceiver())
    for receiver in (hanging, failing, idle):
        world.drain(receiver)
    world.drain_to(f"https://127.0.0.1:{deaf.port}/")
    world.say("x")
    return [
        lambda: hanging.until_asked(1),
        lambda: failing.until_asked(1),
        lambda: idle.until_asked(1),
        lambda: deaf.until(lambda: bool(deaf.streams.get(1)), "the handshake"),
    ]


def test_stop_is_prompt_whatever_receivers_do(world: World) -> None:
    for there in stuck(world):
        there()
    before = threading.active_count()
    stopping = threading.Thread(target=world.engine.stop)
    stopping.start()
    stopping.join(GUARD)
    assert not stopping.is_alive(), "nothing of that was waited for"
    assert not [t for t in threading.enumerate() if t.name.startswith("drain")]
    wait_until("the receivers' threads have ended too", lambda: threading.active_count() < before)
    world.engine.stop()
    world.say("after the end")
    with world.database.transaction() as tx:
        drains.create_drain(tx, world.customer, world.other, "https://logs.example.com/")
    world.database.clock.advance(timedelta(seconds=1))


def test_stop_without_a_start() -> None:
    database = new_database()
    engine = DrainEngine(database, LogHub(database.clock.now), "boot")
    engine.stop()
    engine.stop()
    database.close()
