"""Who follows the timeline: what is told, from where, to whom; one reader for all, and none when nobody follows."""

import asyncio
import json
from collections.abc import Awaitable, Callable
from typing import Any

import pytest

from platform_sim.core.access import Actor
from platform_sim.core.actions.accounts import create_customer, issue_token
from platform_sim.core.actions.apps import create_app
from platform_sim.core.actions.browsers import COOKIE, create_link, use_link
from platform_sim.core.model.accounts import Account
from platform_sim.core.model.apps import App
from platform_sim.core.model.seams import Stream
from platform_sim.core.store import Database
from platform_sim.engines.timeline import live
from platform_sim.engines.timeline.live import LIVE, PAGE, TimelineStreams

from ...support import new_customer

GUARD = 60.0
"""Wall seconds after which a test has failed."""


@pytest.fixture
def actor(database: Database) -> Actor:
    with database.transaction() as tx:
        return new_customer(tx)


@pytest.fixture
def token(database: Database, actor: Actor) -> str:
    with database.transaction() as tx:
        return issue_token(tx, actor.account, "test").token


def streams(database: Database, **more: Any) -> TimelineStreams:
    return TimelineStreams(database, **{"rest": 0.0, "heartbeat": GUARD * 10} | more)


def opened(made: TimelineStreams, token: str, query: dict[str, str] | None = None, **headers: str) -> Stream:
    given = {name.replace("_", "-"): value for name, value in headers.items()}
    stream = made.open(LIVE, query or {}, {"authorization": f"Bearer {token}"} | given)
    assert stream is not None
    return stream


class Reader:
    """Takes a stream's steps one by one."""

    def __init__(self, stream: Stream) -> None:
        self.chunks = stream.chunks
        self.steps: list[dict[str, Any]] = []
        self.last_id = ""

    async def begin(self) -> "Reader":
        """Until it follows; -> self."""
        self._take(await anext(self.chunks))
        return self

    async def next(self) -> dict[str, Any]:
        while not self.steps:
            self._take(await anext(self.chunks))
        return self.steps.pop(0)

    def _take(self, chunk: bytes) -> None:
        for line in chunk.decode().splitlines():
            if line.startswith("data: "):
                self.steps.append(json.loads(line[6:]))
            elif line.startswith("id: "):
                self.last_id = line[4:]

    async def close(self) -> None:
        await self.chunks.aclose()  # type: ignore[attr-defined]


def run(scene: Callable[[], Awaitable[None]]) -> None:
    async def guarded() -> None:
        async with asyncio.timeout(GUARD):
            await scene()

    asyncio.run(guarded())


def make_app(database: Database, actor: Actor, name: str) -> None:
    with database.transaction() as tx:
        create_app(tx, actor, name=name)


TITLES = ["app create", "release v1", "release v2"]


def test_each_step_comes_once_in_order(database: Database, actor: Actor, token: str) -> None:
    made = streams(database)

    async def scene() -> None:
        reader = await Reader(opened(made, token)).begin()
        for name in ("one", "two"):
            await asyncio.to_thread(make_app, database, actor, name)
            assert [(await reader.next())["title"] for _ in TITLES] == TITLES
        await reader.close()

    run(scene)


def test_a_page_gets_the_newest_of_very_much_and_hears_what_it_missed(
    database: Database, actor: Actor, token: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Programs get all of it."""
    monkeypatch.setattr(live, "MOST", 4)
    made = streams(database)

    def two_apps() -> None:
        with database.transaction() as tx:
            for name in ("one", "two"):
                create_app(tx, actor, name=name)

    async def scene() -> None:
        stream = made.open(PAGE, {}, {"host": "localhost:5100"})
        assert stream is not None
        page, program = await Reader(stream).begin(), await Reader(opened(made, token)).begin()
        await asyncio.to_thread(two_apps)
        chunk = (await anext(page.chunks)).decode()
        assert chunk.startswith("event: skipped\ndata: 2\n\ndata: {")
        assert chunk.count("data: {") == 4
        everything = [(await program.next())["id"] for _ in 2 * TITLES]
        assert [each for each in everything if each in chunk] == everything[2:]
        again = made.open(PAGE, {"since": "0-0"}, {"host": "localhost:5100"})
        assert again is not None
        assert b"event: skipped" in await anext(again.chunks)
        for chunks in (page.chunks, program.chunks, again.chunks):
            await chunks.aclose()  # type: ignore[attr-defined]

    run(scene)


def test_it_goes_on_after_the_last_id(database: Database, actor: Actor, token: str) -> None:
    made = streams(database)

    async def scene() -> None:
        reader = await Reader(opened(made, token)).begin()
        await asyncio.to_thread(make_app, database, actor, "one")
        seen = [await reader.next() for _ in TITLES]
        await reader.close()
        await asyncio.to_thread(make_app, database, actor, "two")
        again = await Reader(opened(made, token, last_event_id=reader.last_id)).begin()
        missed = [await again.next() for _ in TITLES]
        assert [each["title"] for each in missed] == TITLES
        assert not {each["id"] for each in missed} & {each["id"] for each in seen}
        await asyncio.to_thread(make_app, database, actor, "three")
        assert [(await again.next())["title"] for _ in TITLES] == TITLES
        assert again.steps == []
        await again.close()

    run(scene)


def test_only_the_last_of_a_batch_has_an_id(database: Database, actor: Actor, token: str) -> None:
    """Who is cut off in the middle of one asks for all of it again."""
    made = streams(database)

    async def scene() -> None:
        stream = opened(made, token)
        await anext(stream.chunks)
        await asyncio.to_thread(make_app, database, actor, "one")
        parts = (await anext(stream.chunks)).decode().strip().split("\n\n")
        assert ["id: " in part for part in parts] == [False, False, True]
        await stream.chunks.aclose()  # type: ignore[attr-defined]

    run(scene)


def test_only_what_concerns_one_app(database: Database, actor: Actor, token: str) -> None:
    make_app(database, actor, "mine")
    made = streams(database)

    async def scene() -> None:
        reader = await Reader(opened(made, token, {"app": "mine", "since": "0-0"})).begin()
        assert [(await reader.next())["title"] for _ in TITLES] == TITLES
        await asyncio.to_thread(make_app, database, actor, "other")
        with database.transaction() as tx:
            app = tx.all(App, name="mine")[0]
            tx.record("thing", "create", "t", None, {}, app_id=app.id)
        assert (await reader.next())["title"] == "thing create"
        await reader.close()

    run(scene)


def test_whoever_was_further_than_there_is_hears_what_is_new(database: Database, actor: Actor, token: str) -> None:
    """A page that is still open after a reset, or over another platform's start."""
    made = streams(database)

    async def scene() -> None:
        reader = await Reader(opened(made, token, last_event_id="999999-999999")).begin()
        await asyncio.to_thread(make_app, database, actor, "new")
        assert (await reader.next())["title"] == TITLES[0]
        await reader.close()

    run(scene)


def test_a_hundred_followers_share_one_reader_that_ends_with_them(
    database: Database, actor: Actor, token: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    made = streams(database)
    looks: list[Any] = []
    read = made._read

    def counted(since: tuple[int, int]) -> Any:
        looks.append(since)
        return read(since)

    monkeypatch.setattr(made, "_read", counted)

    async def scene() -> None:
        readers = [await Reader(opened(made, token)).begin() for _ in range(100)]
        looks.clear()
        await asyncio.to_thread(make_app, database, actor, "one")
        for reader in readers:
            assert (await reader.next())["title"] == TITLES[0]
        assert len(looks) <= 3
        for reader in readers:
            await reader.close()
        assert made._queues == set()

    run(scene)
    make_app(database, actor, "two")


def test_who_is_too_slow_is_let_go(
    database: Database, actor: Actor, token: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(live, "BACKLOG", 2)
    made = streams(database)

    async def scene() -> None:
        reader = await Reader(opened(made, token)).begin()
        [queue] = made._queues
        for _ in range(3):
            live._put(queue, live.Batch([], (0, 0), (0, 0), {}, b""))
        with pytest.raises(StopAsyncIteration):
            await reader.next()
        assert made._queues == set()

    run(scene)


def test_silence_is_broken_by_comments(database: Database, token: str) -> None:
    made = streams(database, heartbeat=0.01)

    async def scene() -> None:
        stream = opened(made, token)
        await anext(stream.chunks)
        assert await anext(stream.chunks) == b": still here\n\n"
        await stream.chunks.aclose()  # type: ignore[attr-defined]

    run(scene)


@pytest.mark.parametrize(("given", "status"), [("", 401), ("wrong", 401)])
def test_a_token_is_wanted(database: Database, actor: Actor, given: str, status: int) -> None:
    assert opened(streams(database), given).status == status


@pytest.mark.parametrize(
    ("headers", "status"),
    [
        ({"host": "localhost:5100", "sec-fetch-site": "same-origin"}, 200),
        ({"host": "127.0.0.1:5100"}, 200),
        ({"host": "evil.example:5100"}, 403),
        ({}, 403),
        ({"host": "localhost:5100", "sec-fetch-site": "cross-site"}, 403),
        ({"host": "localhost:5100", "sec-fetch-site": "same-site"}, 403),
        ({"host": "localhost:5100", "origin": "http://localhost:5100"}, 200),
        ({"host": "localhost:5100", "origin": "http://acme.localhost:5100"}, 403),
        ({"host": "localhost:5100", "origin": "null"}, 403),
    ],
)
def test_a_page_of_ours_needs_none_and_other_pages_get_nothing(
    database: Database, headers: dict[str, str], status: int
) -> None:
    stream = streams(database).open(PAGE, {}, headers)
    assert stream is not None
    assert stream.status == status


def test_a_page_gets_no_more_than_the_pages_beside_it(database: Database, actor: Actor) -> None:
    """A browser of whom an operator has suspended, or whose session has ended."""
    made = streams(database, customer=lambda: actor.account.id)

    def status(cookie: str = "") -> int:
        stream = made.open(
            PAGE, {}, {"host": "localhost:5100", "cookie": f"other=1; {COOKIE}={cookie}" if cookie else ""}
        )
        assert stream is not None
        return stream.status

    with database.transaction() as tx:
        friend = create_customer(tx, "friend@example.com")
        session = use_link(tx, create_link(tx, friend).link or "")[0]
    assert (status(), status(session.cookie or ""), status("made-up")) == (200, 200, 401)
    with database.transaction() as tx:
        tx.update(friend, suspended_at=tx.now())
    assert (status(), status(session.cookie or "")) == (200, 403)
    with database.transaction() as tx:
        tx.update(tx.get(Account, actor.account.id), suspended_at=tx.now())
    assert status() == 403


@pytest.mark.parametrize(("query", "status"), [({"app": "nope"}, 404), ({"party": "nobody"}, 422)])
def test_a_wish_that_makes_no_sense_is_refused(
    database: Database, token: str, query: dict[str, str], status: int
) -> None:
    assert opened(streams(database), token, query).status == status


def test_other_paths_are_others(database: Database) -> None:
    assert streams(database).open("/sim/timeline", {}, {}) is None
