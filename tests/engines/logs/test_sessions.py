"""Log sessions: what the CLI and heroku3 read (heroku-cli §4)."""

import asyncio
import threading
from dataclasses import replace
from datetime import timedelta

from platform_sim.engines.logs.hub import LogHub
from platform_sim.engines.logs.sessions import LogSession, LogSessions

from .listening import START, Clock, Reader, stream_of, whole

STAMP = "2026-01-02T03:04:05.000006+00:00"
EVENTS = "text/event-stream"


class Desk:
    """A hub with some lines, and sessions by secret."""

    def __init__(self, kept_lines: int = 1500, heartbeat: float = 1000) -> None:
        self.clock = Clock()
        self.hub = LogHub(self.clock.now, kept_lines=kept_lines)
        self.hub("a", "app", "web.1", "one")
        self.hub("a", "heroku", "router", "two")
        self.hub("a", "app", "worker.1", "three")
        self.hub("a", "app", "web.2", "four")
        self.found: dict[str, LogSession] = {}
        self.streams = LogSessions(self.hub, self.found.get, self.clock.now, heartbeat=heartbeat)

    def plain(self, session: LogSession) -> list[str]:
        """The messages of a session read as plain text."""
        self.found["s"] = session
        text = whole(lambda: stream_of(self.streams, "/logs/s"))
        return [line.partition("]: ")[2] for line in text.splitlines()]


def test_plain_text_for_heroku3() -> None:
    desk = Desk()
    desk.found["s"] = LogSession("a", lines=2)
    stream = stream_of(desk.streams, "/logs/s", accept="*/*")
    assert (stream.status, stream.content_type) == (200, "text/plain; charset=utf-8")
    text = whole(lambda: stream_of(desk.streams, "/logs/s"))
    assert text == f"{STAMP} app[worker.1]: three\n{STAMP} app[web.2]: four\n"


def test_events_for_the_cli_end_after_the_backlog() -> None:
    desk = Desk()
    desk.found["s"] = LogSession("a", lines=2)
    stream = stream_of(desk.streams, "/logs/s", accept=EVENTS)
    assert (stream.status, stream.content_type) == (200, "text/event-stream; charset=utf-8")
    text = whole(lambda: stream_of(desk.streams, "/logs/s", accept=EVENTS))
    assert text == (
        f"retry: 1\n\nid: 3\ndata: {STAMP} app[worker.1]: three\n\nid: 4\ndata: {STAMP} app[web.2]: four\n\n"
    )


def test_filters_and_the_number_of_lines() -> None:
    desk = Desk()
    everything = LogSession("a")
    assert desk.plain(everything) == ["one", "two", "three", "four"]
    assert desk.plain(replace(everything, dyno="web.1")) == ["one"]
    assert desk.plain(replace(everything, dyno="web")) == ["one", "four"]
    assert desk.plain(replace(everything, dyno="router")) == ["two"]
    assert desk.plain(replace(everything, source="heroku")) == ["two"]
    assert desk.plain(replace(everything, source="app", dyno="web")) == ["one", "four"]
    assert desk.plain(replace(everything, dyno="web", lines=1)) == ["four"], "the last of those it shows"
    assert desk.plain(replace(everything, lines=0)) == []
    assert desk.plain(LogSession("b")) == []


def test_unknown_and_expired_sessions_are_404() -> None:
    desk = Desk()
    desk.found["s"] = LogSession("a", expires_at=START + timedelta(seconds=1))
    assert stream_of(desk.streams, "/logs/unknown").status == 404
    assert stream_of(desk.streams, "/logs/s").status == 200
    desk.clock.move(1)
    stream = stream_of(desk.streams, "/logs/s", accept=EVENTS)
    assert (stream.status, stream.content_type) == (404, "text/plain; charset=utf-8")


def test_other_paths_are_not_ours() -> None:
    desk = Desk()
    for path in ("/", "/logs", "/logs/", "/logs/a/b", "/apps/logs/s"):
        assert desk.streams.open(path, {}, {}) is None


def test_tail_shows_new_lines_as_threads_say_them() -> None:
    desk = Desk()
    desk.found["s"] = LogSession("a", lines=1, tail=True, source="app")

    async def story() -> None:
        events = Reader(stream_of(desk.streams, "/logs/s", accept=EVENTS))
        plain = Reader(stream_of(desk.streams, "/logs/s"))
        assert await events.until("four\n\n") == f"id: 4\ndata: {STAMP} app[web.2]: four\n\n", "no retry when tailing"
        assert await plain.until("four\n") == f"{STAMP} app[web.2]: four\n"
        for number in range(5):
            thread = threading.Thread(target=desk.hub, args=("a", "app", "web.1", f"new {number}"))
            thread.start()
            await events.until(f"id: {5 + number * 2}\ndata: {STAMP} app[web.1]: new {number}\n\n")
            await plain.until(f"{STAMP} app[web.1]: new {number}\n")
            thread.join()
            desk.hub("a", "heroku", "router", "filtered")
        await events.close()
        await plain.close()

    asyncio.run(story())
    desk.hub("a", "app", "web.1", "after the loop has ended")


def test_resuming_after_the_last_event() -> None:
    desk = Desk()
    desk.found["s"] = LogSession("a", lines=100)
    text = whole(lambda: stream_of(desk.streams, "/logs/s", accept=EVENTS, last_event_id="3"))
    assert [line for line in text.splitlines() if line.startswith("id")] == ["id: 4"]
    text = whole(lambda: stream_of(desk.streams, "/logs/s", accept=EVENTS, last_event_id="999"))
    assert text.count("id: ") == 4, "a number of another life says nothing"


def test_a_tail_that_comes_again_gets_all_that_it_has_missed() -> None:
    """However few earlier lines it had asked for (`heroku logs --tail -n 1`)."""
    desk = Desk()
    desk.found["s"] = LogSession("a", lines=1, tail=True, dyno="web")

    async def ids(last: str, until: int) -> list[str]:
        reader = Reader(stream_of(desk.streams, "/logs/s", accept=EVENTS, last_event_id=last))
        text = await reader.until(f"id: {until}\n")
        await reader.close()
        return [line for line in text.splitlines() if line.startswith("id: ")]

    for number in range(5):
        desk.hub("a", "app", "web.1", f"meanwhile {number}")
    assert asyncio.run(ids("4", 9)) == [f"id: {number}" for number in range(5, 10)]
    assert asyncio.run(ids("999", 9)) == ["id: 9"], "a number of another life"


def test_a_tail_ends_with_its_app() -> None:
    desk = Desk(heartbeat=20)
    desk.found["s"] = LogSession("a", lines=1, tail=True)

    async def story() -> None:
        reader = Reader(stream_of(desk.streams, "/logs/s", accept=EVENTS))
        await reader.until("four\n\n")
        threading.Thread(target=desk.hub.forget, args=("a",)).start()
        assert await reader.ended() == ""

    asyncio.run(story())


def test_a_tail_ends_when_its_time_is_over() -> None:
    desk = Desk()
    desk.found["s"] = LogSession("a", lines=1, tail=True, tail_life=60)

    async def story() -> None:
        reader = Reader(stream_of(desk.streams, "/logs/s", accept=EVENTS))
        await reader.until("four\n\n")
        desk.clock.move(59)
        desk.hub("a", "app", "web.1", "in time")
        await reader.until("in time\n\n")
        desk.clock.move(1)
        assert await reader.ended() == ""

    asyncio.run(story())


def test_a_tail_notices_that_the_clock_was_moved() -> None:
    desk = Desk()
    desk.found["s"] = LogSession("a", lines=1, tail=True, tail_life=60)

    async def story() -> None:
        reader = Reader(stream_of(desk.streams, "/logs/s", accept=EVENTS))
        await reader.until("four\n\n")
        desk.clock.move(60)
        desk.streams.clock_moved()
        assert await reader.ended() == ""

    asyncio.run(story())
    assert desk.streams._tails == set()


def test_silence_gets_a_heartbeat() -> None:
    desk = Desk(heartbeat=0.01)
    desk.found["s"] = LogSession("b", tail=True)

    async def story() -> None:
        reader = Reader(stream_of(desk.streams, "/logs/s", accept=EVENTS))
        assert await reader.until("\n\n") == ": heartbeat\n\n"
        assert await reader.until("\n\n") == ": heartbeat\n\n"
        await reader.close()

    asyncio.run(story())


def test_a_slow_reader_is_told_what_it_missed() -> None:
    desk = Desk(kept_lines=10)
    desk.found["s"] = LogSession("a", tail=True)

    async def story() -> str:
        reader = Reader(stream_of(desk.streams, "/logs/s", accept=EVENTS))
        await reader.until("four\n\n")
        desk.clock.move(60)
        for number in range(30):
            desk.hub("a", "app", "web.1", f"flood {number}")
        found = await reader.until("flood 29\n\n")
        await reader.close()
        return found

    found = asyncio.run(story())
    notice, _, rest = found.partition("\n\n")
    assert notice == (
        "data: 2026-01-02T03:05:05.000006+00:00 heroku[logplex]: Error L11 (Tail buffer overflow) -> "
        "This tail session dropped 20 messages since 2026-01-02T03:04:05+00:00."
    )
    assert rest.count("flood") == 10 and "flood 20\n" in rest


def test_a_reader_that_goes_away_is_forgotten() -> None:
    desk = Desk()
    desk.found["s"] = LogSession("a", tail=True)

    async def story() -> None:
        reader = Reader(stream_of(desk.streams, "/logs/s"))
        await reader.until("four\n")
        assert len(desk.hub._ring("a").followers) == 1
        await reader.close()

    asyncio.run(story())
    assert desk.hub._ring("a").followers == []
