"""The program that waits for a login: what it is told, when, and by which thread."""

import asyncio
import json
from collections.abc import AsyncIterator, Awaitable, Callable
from datetime import timedelta
from typing import Any

import pytest

from platform_sim.core.actions import browser_logins as logins
from platform_sim.core.model.accounts import AccessToken, Account
from platform_sim.core.model.logins import BrowserLogin
from platform_sim.core.model.seams import Stream
from platform_sim.core.store import Database
from platform_sim.engines.logins.polls import LoginPolls

from ...support import new_customer

GUARD = 60.0
"""Wall seconds after which a test has failed."""


def begin(database: Database) -> tuple[BrowserLogin, Account]:
    with database.transaction() as tx:
        return logins.begin_login(tx, "CLI"), new_customer(tx).account


def opened(polls: LoginPolls, login: BrowserLogin, token: str | None = None) -> Stream:
    given = f"Bearer {login.token if token is None else token}"
    stream = polls.open(f"/auth/cli/{login.poll}", {}, {"authorization": given})
    assert stream is not None
    return stream


async def read(stream: Stream) -> bytes:
    return b"".join([chunk async for chunk in stream.chunks])


def accept(database: Database, login: BrowserLogin, account: Account) -> None:
    with database.transaction() as tx:
        logins.accept_login(tx, tx.get(BrowserLogin, login.id), account)


def decline(database: Database, login: BrowserLogin) -> None:
    with database.transaction() as tx:
        logins.decline_login(tx, tx.get(BrowserLogin, login.id))


def run(scene: Callable[[], Awaitable[None]]) -> None:
    async def guarded() -> None:
        async with asyncio.timeout(GUARD):
            await scene()

    asyncio.run(guarded())


async def until_it_waits(polls: LoginPolls) -> None:
    """Until the first look has found nothing."""
    while not polls._waiting:
        await asyncio.sleep(0)


@pytest.mark.parametrize("first", [True, False])
def test_the_token_comes_when_the_person_has_accepted(database: Database, first: bool) -> None:
    login, account = begin(database)
    polls = LoginPolls(database, heartbeat=GUARD * 10)

    async def scene() -> None:
        if first:
            accept(database, login, account)
        reading = asyncio.create_task(read(opened(polls, login)))
        if not first:
            await until_it_waits(polls)
            await asyncio.to_thread(accept, database, login, account)
        answer = json.loads(await reading)
        with database.snapshot() as rows:
            assert rows.find(AccessToken, token=answer["access_token"]) is not None
        assert polls._waiting == {}

    run(scene)


def test_it_is_told_once(database: Database) -> None:
    login, account = begin(database)
    polls = LoginPolls(database, heartbeat=GUARD * 10)

    async def scene() -> None:
        both = [asyncio.create_task(read(opened(polls, login))) for _ in range(2)]
        await until_it_waits(polls)
        await asyncio.to_thread(accept, database, login, account)
        told = [json.loads(each) for each in await asyncio.gather(*both)]
        assert sorted(key for each in told for key in each) == ["access_token", "error"]
        assert json.loads(await read(opened(polls, login))) == {"error": logins.USED}

    run(scene)


def test_who_declines_and_who_is_too_late(database: Database) -> None:
    polls = LoginPolls(database, heartbeat=GUARD * 10)
    login, _ = begin(database)
    with database.transaction() as tx:
        late = logins.begin_login(tx, "late")

    async def scene() -> None:
        reading = asyncio.create_task(read(opened(polls, login)))
        await until_it_waits(polls)
        await asyncio.to_thread(decline, database, login)
        assert json.loads(await reading) == {"error": logins.DECLINED}
        reading = asyncio.create_task(read(opened(polls, late)))
        await until_it_waits(polls)
        database.clock.advance(timedelta(seconds=database.rules.browser_login_life))
        assert json.loads(await reading) == {"error": logins.TOO_LATE}

    run(scene)


def test_silence_is_filled_with_blanks_that_json_passes_over(database: Database) -> None:
    """The client gives up after 60 seconds without a byte (heroku-cli §3)."""
    login, account = begin(database)
    polls = LoginPolls(database, heartbeat=0.001)

    async def scene() -> None:
        chunks: AsyncIterator[bytes] = opened(polls, login).chunks
        assert [await anext(chunks) for _ in range(3)] == [b" "] * 3
        await asyncio.to_thread(accept, database, login, account)
        rest = b"".join([chunk async for chunk in chunks])
        assert "access_token" in json.loads(b"   " + rest)

    run(scene)


def test_a_program_that_goes_away_takes_nothing(database: Database) -> None:
    login, account = begin(database)
    polls = LoginPolls(database, heartbeat=GUARD * 10)

    async def scene() -> None:
        reading = asyncio.create_task(read(opened(polls, login)))
        await until_it_waits(polls)
        reading.cancel()
        await asyncio.gather(reading, return_exceptions=True)
        assert polls._waiting == {}
        accept(database, login, account)
        assert "access_token" in json.loads(await read(opened(polls, login)))

    run(scene)


def test_another_login_wakes_nobody(database: Database) -> None:
    login, account = begin(database)
    polls = LoginPolls(database, heartbeat=GUARD * 10)
    with database.transaction() as tx:
        other = logins.begin_login(tx, "other")
    woken: list[str] = []
    polls._waiting = {lambda: woken.append("first"): login.id, lambda: woken.append("other"): other.id}
    accept(database, login, account)
    assert woken == ["first"]
    database.clock.advance(timedelta(seconds=1))
    assert woken == ["first", "first", "other"]


@pytest.mark.parametrize("given", ["", "Bearer ", "Bearer x", "Basic x", "Bearer \udc80"])
def test_without_its_token_nobody_waits(database: Database, given: str) -> None:
    login, account = begin(database)
    accept(database, login, account)
    polls = LoginPolls(database)
    stream = polls.open(f"/auth/cli/{login.poll}", {}, {"authorization": given})
    assert stream is not None
    answer: dict[str, Any] = json.loads(asyncio.run(read(stream)))
    assert (stream.status, stream.content_type, answer["id"]) == (401, "application/json", "unauthorized")


def test_other_paths(database: Database) -> None:
    login, _ = begin(database)
    polls = LoginPolls(database)
    for path in ("/auth/cli", f"/auth/{login.poll}", f"/x/auth/cli/{login.poll}", "/"):
        assert polls.open(path, {}, {}) is None
    for secret in ("", "x", login.page, f"{login.poll}/x"):
        stream = polls.open(f"/auth/cli/{secret}", {}, {"authorization": f"Bearer {login.token}"})
        assert stream is not None
        assert (stream.status, json.loads(asyncio.run(read(stream)))["resource"]) == (404, "login")
