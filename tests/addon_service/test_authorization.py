"""Tokens for Heroku: early refresh, one refresh after a 401, and no loop."""

import threading
from collections.abc import Callable
from dataclasses import replace

import pytest

from addon_service.authorization import NoAuthorization
from addon_service.errors import PlatformFailed
from addon_service.platform_client import Answer
from addon_service.service import Service

from .heroku import FakeHeroku, FrozenClock, said
from .partner import UUID, Partner


@pytest.fixture
def ask(service: Service, partner: Partner, heroku: FakeHeroku) -> Callable[[], Answer]:
    """A call of a provisioned instance; the calls made so far are forgotten."""
    partner.ready()
    heroku.calls.clear()
    heroku.pages["/account"] = (200, {"ok": True})
    identity = service.exceptions.identity
    return lambda: service.authorizations.call(identity, UUID, "GET", "/account")


def void(_: object) -> None:
    """Nothing, of something."""


def _state(partner: Partner) -> str:
    return str(partner.admin(f"/{UUID}").get_json()["authorization"]["state"])


def test_a_young_token_is_used_as_it_is(ask: Callable[[], Answer], heroku: FakeHeroku) -> None:
    assert ask().status == 200
    assert heroku.paths() == ["GET /account"]


def test_a_token_is_refreshed_ten_minutes_before_it_expires(
    ask: Callable[[], Answer], heroku: FakeHeroku, clock: FrozenClock
) -> None:
    clock.advance(seconds=28800 - 601)
    assert ask().status == 200
    assert heroku.paths() == ["GET /account"]
    clock.advance(seconds=1)
    assert ask().status == 200
    assert heroku.paths()[1:] == ["POST /oauth/token", "GET /account"]
    assert ask().status == 200
    assert heroku.paths()[3:] == ["GET /account"], "the new token counts from now"


@pytest.mark.parametrize("rotates", [False, True])
def test_refreshing_works_again_and_again(
    ask: Callable[[], Answer], heroku: FakeHeroku, clock: FrozenClock, rotates: bool
) -> None:
    heroku.rotates_refresh = rotates
    for _ in range(3):
        clock.advance(hours=8)
        assert ask().status == 200
    assert heroku.made == 4


def test_a_refresh_without_a_new_refresh_token_keeps_the_old(
    ask: Callable[[], Answer], heroku: FakeHeroku, clock: FrozenClock
) -> None:
    clock.advance(hours=8)
    heroku.access = "new"
    heroku.next = [said(200, {"access_token": "new", "expires_in": 28800})]
    assert ask().status == 200
    clock.advance(hours=8)
    assert ask().status == 200
    assert heroku.calls[-2][2]["refresh_token"] == "HRKU-refresh-1"


def test_a_401_is_answered_by_one_refresh_and_one_repeat(ask: Callable[[], Answer], heroku: FakeHeroku) -> None:
    heroku.access = "revoked-by-a-secret-reset"
    assert ask().status == 200
    assert heroku.paths() == ["GET /account", "POST /oauth/token", "GET /account"]


def test_a_401_that_stays_is_passed_on_and_not_asked_forever(ask: Callable[[], Answer], heroku: FakeHeroku) -> None:
    heroku.next = [said(401, {}), lambda: None, said(401, {})]
    assert ask().status == 401
    assert heroku.paths() == ["GET /account", "POST /oauth/token", "GET /account"]


def test_a_refused_refresh_is_not_asked_again_until_the_secret_changes(
    service: Service, partner: Partner, heroku: FakeHeroku, clock: FrozenClock, ask: Callable[[], Answer]
) -> None:
    heroku.client_secret = "reset"
    clock.advance(hours=8)
    for _ in range(3):
        with pytest.raises(NoAuthorization):
            ask()
    assert heroku.paths() == ["POST /oauth/token"]
    assert _state(partner) == "refused"
    identity = replace(service.exceptions.identity, given_client_secret="reset")
    assert service.authorizations.call(identity, UUID, "GET", "/account").status == 200
    assert _state(partner) == "held"


def test_while_the_token_host_is_away_a_token_that_lives_is_used(
    ask: Callable[[], Answer], heroku: FakeHeroku, clock: FrozenClock
) -> None:
    clock.advance(seconds=28800 - 60)
    heroku.next = [PlatformFailed("away")]
    assert ask().status == 200
    clock.advance(seconds=60)
    heroku.next = [PlatformFailed("away")]
    with pytest.raises(PlatformFailed):
        ask()


def test_of_many_calls_at_once_only_one_refreshes(
    ask: Callable[[], Answer], heroku: FakeHeroku, clock: FrozenClock
) -> None:
    heroku.rotates_refresh = True
    clock.advance(hours=8)
    statuses: list[int] = []
    threads = [threading.Thread(target=lambda: statuses.append(ask().status)) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert statuses == [200] * 8
    assert heroku.paths().count("POST /oauth/token") == 1


def test_tokens_that_arrive_after_the_end_are_not_kept(
    service: Service, partner: Partner, heroku: FakeHeroku, clock: FrozenClock, ask: Callable[[], Answer]
) -> None:
    clock.advance(hours=8)
    heroku.next = [lambda: void(partner.deprovision())]
    ask()
    with service.store.read() as tx:
        assert not service.authorizations.held(tx, UUID)


def test_without_an_exchange_there_is_nothing_to_call_with(service: Service, partner: Partner) -> None:
    partner.provision(oauth_grant=None)
    with pytest.raises(NoAuthorization, match="has not been exchanged"):
        service.authorizations.call(service.exceptions.identity, UUID, "GET", "/account")


def test_tokens_are_sealed_in_the_store(service: Service, partner: Partner) -> None:
    partner.ready()
    service.store.close()
    kept = b"".join(path.read_bytes() for path in service.folder.path.glob("addon.db*"))
    for secret in (b"HRKU-access-1", b"HRKU-refresh-1", b"grant-1", b"client-secret-1"):
        assert secret not in kept
