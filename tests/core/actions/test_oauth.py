"""Grants, access tokens, refresh tokens."""

import json
import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

import pytest

from platform_sim.core.actions.accounts import actor_for_token, create_account, issue_token
from platform_sim.core.actions.oauth import Tokens, exchange_grant, refresh
from platform_sim.core.errors import InvalidParams, PlatformError, Unauthorized
from platform_sim.core.model.accounts import AccessToken, Authorization
from platform_sim.core.model.addons import Addon
from platform_sim.core.store import Database

from ...support import dump, new_app, new_customer, new_database, new_pending_addon, new_service

SECRET = "exceptions-client-secret"


@dataclass
class Granted:
    """A platform with two add-ons of two services, their grants not yet used."""

    database: Database
    addon: Addon
    code: str
    other_code: str

    def exchange(self, code: str | None = None, secret: str = SECRET) -> Tokens:
        with self.database.transaction() as tx:
            return exchange_grant(tx, self.code if code is None else code, secret)

    def refresh(self, token: str, secret: str = SECRET) -> Tokens:
        with self.database.transaction() as tx:
            return refresh(tx, token, secret)

    def refused(self, act: object, error: type[PlatformError] = Unauthorized) -> None:
        """The act is refused and not one row is different after it."""
        with self.database.snapshot() as rows:
            before = dump(rows)
        with pytest.raises(error):
            act()  # type: ignore[operator]
        with self.database.snapshot() as rows:
            assert dump(rows) == before


def granted(database: Database) -> Granted:
    with database.transaction() as tx:
        customer = new_customer(tx)
        codes = []
        for name in ("exceptions", "database"):
            new_service(tx, name)
            addon = new_pending_addon(tx, customer, new_app(tx, customer), name)
            grant = tx.find(Authorization, addon_id=addon.id)
            assert grant is not None
            assert grant.grant_code is not None
            codes.append((addon, grant.grant_code))
    return Granted(database, codes[0][0], codes[0][1], codes[1][1])


@pytest.fixture
def world(database: Database) -> Granted:
    return granted(database)


@pytest.fixture
def on_file(tmp_path: Path) -> Iterator[Granted]:
    database = new_database(tmp_path / "platform.db", seed=None)
    yield granted(database)
    database.close()


def test_a_code_becomes_two_tokens_for_this_instance(world: Granted) -> None:
    tokens = world.exchange()
    assert tokens.expires_in == 28_800
    assert tokens.account.email == "exceptions@addons.heroku.com"
    for token in (tokens.access.token, tokens.refresh_token):
        assert token.startswith("HRKU-")
        assert len(token) == 41
    assert tokens.access.token != tokens.refresh_token
    assert tokens.access.expires_at == world.database.clock.now() + timedelta(hours=8)
    with world.database.snapshot() as rows:
        assert actor_for_token(rows, tokens.access.token).addon_id == world.addon.id


def test_invariant_13_a_code_is_exchanged_once(world: Granted) -> None:
    world.exchange()
    world.refused(world.exchange)


def test_invariant_13_once_however_many_ask_at_the_same_time(on_file: Granted) -> None:
    start = threading.Barrier(8)

    def ask(_: int) -> bool:
        start.wait(30)
        try:
            on_file.exchange()
        except Unauthorized:
            return False
        return True

    with ThreadPoolExecutor(8) as pool:
        assert sorted(pool.map(ask, range(8))) == [False] * 7 + [True]
    with on_file.database.snapshot() as rows:
        assert rows.count(AccessToken) == 2, "one of the customer, one of the partner"


def test_invariant_13_a_code_lives_for_five_minutes(world: Granted) -> None:
    world.database.clock.advance(timedelta(seconds=299))
    other = world.exchange(world.other_code, "database-client-secret")
    assert other.access.token
    world.database.clock.advance(timedelta(seconds=1))
    world.refused(world.exchange)


def test_invariant_13_a_code_is_bound_to_its_service(world: Granted) -> None:
    world.refused(lambda: world.exchange(world.other_code))
    world.refused(lambda: world.exchange(secret="database-client-secret"))
    assert world.exchange().access.token, "a wrong try does not use it up"


@pytest.mark.parametrize("code", ["", "unknown", "HRKU-x"])
def test_invariant_17_unknown_codes_are_unauthorized(world: Granted, code: str) -> None:
    world.refused(lambda: world.exchange(code))


def test_invariant_17_wrong_and_missing_secrets_change_nothing(world: Granted) -> None:
    world.refused(lambda: world.exchange(secret="wrong"))
    world.refused(lambda: world.exchange(secret="ünïcode"))
    world.refused(lambda: world.exchange(secret=""), InvalidParams)
    tokens = world.exchange()
    world.refused(lambda: world.refresh(tokens.refresh_token, "wrong"))
    world.refused(lambda: world.refresh(tokens.refresh_token, "database-client-secret"))
    world.refused(lambda: world.refresh(tokens.refresh_token, ""), InvalidParams)


def test_a_refresh_gives_a_new_access_token_and_keeps_the_refresh_token(world: Granted) -> None:
    first = world.exchange()
    world.database.clock.advance(timedelta(hours=9))
    second = world.refresh(first.refresh_token)
    assert second.refresh_token == first.refresh_token
    assert second.access.token != first.access.token
    with world.database.snapshot() as rows:
        assert actor_for_token(rows, second.access.token).addon_id == world.addon.id
        with pytest.raises(Unauthorized):
            actor_for_token(rows, first.access.token)
    assert world.refresh(first.refresh_token).access.token != second.access.token


def test_in_strict_mode_a_refresh_token_works_once() -> None:
    database = new_database(refresh_token_rotates=True)
    world = granted(database)
    first = world.exchange()
    second = world.refresh(first.refresh_token)
    assert second.refresh_token != first.refresh_token
    world.refused(lambda: world.refresh(first.refresh_token))
    assert world.refresh(second.refresh_token).access.token
    database.close()


@pytest.mark.parametrize("token", ["", "HRKU-unknown"])
def test_unknown_refresh_tokens(world: Granted, token: str) -> None:
    world.refused(lambda: world.refresh(token))


def test_neither_an_access_token_nor_a_code_is_a_refresh_token(world: Granted) -> None:
    tokens = world.exchange()
    for wrong in (tokens.access.token, world.code):
        world.refused(lambda wrong=wrong: world.refresh(wrong))


def test_an_authorization_of_a_customer_cannot_be_exchanged(world: Granted) -> None:
    with world.database.transaction() as tx:
        token = issue_token(tx, create_account(tx, "ann@example.com"), "laptop")
        authorization = tx.get(Authorization, token.authorization_id)
        tx.update(authorization, grant_code="own-code", refresh_token="own-refresh")
    world.refused(lambda: world.exchange("own-code"))
    world.refused(lambda: world.refresh("own-refresh"))


def test_no_token_and_no_code_reaches_an_event_or_a_job(world: Granted) -> None:
    tokens = world.exchange()
    world.refresh(tokens.refresh_token)
    with world.database.snapshot() as rows:
        kept = dump(rows)
    told = json.dumps([kept["Event"], kept["Job"]], default=str)
    for secret in (world.code, world.other_code, tokens.refresh_token, tokens.access.token, SECRET):
        assert secret not in told
