"""What a customer lets act in its name: tokens that work, expire, are renewed and revoked (heroku-cli)."""

from datetime import timedelta
from typing import Any

import pytest

from platform_sim.core.access import Actor
from platform_sim.core.actions import authorizations
from platform_sim.core.actions.accounts import actor_for_token, set_standing
from platform_sim.core.actions.authorizations import (
    authorization_named,
    authorizations_of,
    create_authorization,
    delete_token,
    regenerate,
    revoke_authorization,
    token_of,
    update_authorization,
)
from platform_sim.core.actions.clients import create_client, delete_client, rotate_secret
from platform_sim.core.actions.oauth import exchange_grant, refresh
from platform_sim.core.errors import Forbidden, InvalidParams, NotFound, Suspended, Unauthorized
from platform_sim.core.model.accounts import AccessToken, Authorization, OauthClient
from platform_sim.core.model.records import Event
from platform_sim.core.public import authorizations as public
from platform_sim.core.store import Transaction

from ...support import new_addon, new_app, new_customer, new_service, partner_of_addon


@pytest.fixture
def stranger(tx: Transaction) -> Actor:
    return new_customer(tx, "stranger@example.com")


@pytest.fixture
def client(tx: Transaction, stranger: Actor) -> OauthClient:
    """A client that somebody else has made: anybody may let it act."""
    return create_client(tx, stranger, "robot", "https://robot.example.com/callback")


def token(tx: Transaction, authorization: Authorization) -> str:
    found = token_of(tx, authorization)
    assert found is not None
    return found.token


def refused(tx: Transaction, value: str) -> bool:
    try:
        actor_for_token(tx, value)
    except Unauthorized:
        return True
    return False


def test_a_token_works_for_ever_and_may_do_everything(tx: Transaction, customer: Actor) -> None:
    made = create_authorization(tx, customer)
    actor = actor_for_token(tx, token(tx, made))
    assert (actor.account, actor.authorization_id, actor.scope) == (customer.account, made.id, ("global",))
    assert token(tx, made).startswith("HRKU-")
    assert (made.description, made.scope) == (authorizations.UNNAMED, ["global"])
    tx.clock.advance(timedelta(days=10_000))
    assert actor_for_token(tx, token(tx, made)).account == customer.account


def test_one_with_a_time_to_live_expires_on_the_platforms_clock(tx: Transaction, customer: Actor) -> None:
    made = create_authorization(tx, customer, description="short", scope=["read", "read"], expires_in=60)
    value = token(tx, made)
    assert actor_for_token(tx, value).scope == ("read",)
    shown: Any = public.authorization(tx, made)
    assert shown["access_token"]["expires_in"] == 60
    tx.clock.advance(timedelta(seconds=59))
    assert public.authorization(tx, made)["access_token"] == shown["access_token"] | {"expires_in": 1}
    assert not refused(tx, value)
    tx.clock.advance(timedelta(seconds=1))
    assert refused(tx, value)
    tx.clock.advance(timedelta(days=1))
    assert public.authorization(tx, made)["access_token"] == shown["access_token"] | {"expires_in": 0}
    assert authorizations_of(tx, customer)[-1] == made, "it is listed until it is revoked"


@pytest.mark.parametrize(
    ("wish", "words"),
    [
        ({"scope": ["read", "everything"]}, "'everything' is no scope"),
        ({"scope": [""]}, "is no scope"),
        ({"expires_in": 0}, "expires_in must be"),
        ({"expires_in": -5}, "expires_in must be"),
        ({"expires_in": 2**52}, "expires_in must be"),
        ({"description": "x" * 1001}, "too long"),
    ],
)
def test_wishes_that_cannot_be_met(tx: Transaction, customer: Actor, wish: dict[str, Any], words: str) -> None:
    with pytest.raises(InvalidParams, match=words):
        create_authorization(tx, customer, **wish)


def test_only_ones_own_are_seen(tx: Transaction, customer: Actor, stranger: Actor) -> None:
    made = create_authorization(tx, customer)
    assert authorization_named(tx, customer, made.id) == made
    assert made in authorizations_of(tx, customer)
    assert made not in authorizations_of(tx, stranger)
    for actor, identity in ((stranger, made.id), (customer, ""), (customer, made.description)):
        with pytest.raises(NotFound) as raised:
            authorization_named(tx, actor, identity)
        assert raised.value.body()["resource"] == "authorization"


def test_partners_make_none(tx: Transaction, customer: Actor) -> None:
    new_service(tx)
    partner = partner_of_addon(tx, new_addon(tx, customer, new_app(tx, customer)))
    with pytest.raises(Forbidden):
        create_authorization(tx, partner)


def test_a_revoked_one_is_gone_with_its_token(tx: Transaction, customer: Actor) -> None:
    made = create_authorization(tx, customer, description="robot")
    value = token(tx, made)
    revoke_authorization(tx, customer, made)
    assert refused(tx, value)
    with pytest.raises(NotFound):
        authorization_named(tx, customer, made.id)
    told = [(e.action, e.data) for e in tx.all(Event, kind="oauth-authorization")]
    assert told == [(action, {"description": "robot", "scope": ["global"]}) for action in ("create", "destroy")]
    assert value not in str(tx.all(Event))


@pytest.mark.parametrize("life", [None, 600])
def test_regenerating_ends_the_old_token_and_keeps_its_time_to_live(
    tx: Transaction, customer: Actor, life: int | None
) -> None:
    made = create_authorization(tx, customer, expires_in=life)
    old = token(tx, made)
    tx.clock.advance(timedelta(seconds=300))
    again = regenerate(tx, made)
    assert again.id == made.id
    assert refused(tx, old)
    assert actor_for_token(tx, token(tx, again)).account == customer.account
    new = token_of(tx, again)
    assert new is not None
    assert new.expires_at == (None if life is None else tx.now() + timedelta(seconds=600))
    assert tx.count(AccessToken, authorization_id=made.id) == 1


def test_a_single_token_is_deleted_by_its_id(tx: Transaction, customer: Actor, stranger: Actor) -> None:
    made = create_authorization(tx, customer)
    found = token_of(tx, made)
    assert found is not None
    for actor, identity in ((stranger, found.id), (customer, "x"), (customer, found.token)):
        with pytest.raises(NotFound):
            delete_token(tx, actor, identity)
    assert delete_token(tx, customer, found.id) == (made, found)
    assert refused(tx, found.token)
    shown = public.authorization(tx, authorization_named(tx, customer, made.id))
    assert shown["access_token"] is None
    with pytest.raises(InvalidParams, match="no token"):
        regenerate(tx, made)


def test_the_description_is_changed(tx: Transaction, customer: Actor) -> None:
    made = update_authorization(tx, create_authorization(tx, customer), description="new")
    assert authorization_named(tx, customer, made.id).description == "new"
    assert update_authorization(tx, made) == made
    with pytest.raises(InvalidParams, match="too long"):
        update_authorization(tx, made, description="x" * 1001)


def test_a_client_is_named_with_its_secret(tx: Transaction, customer: Actor, client: OauthClient) -> None:
    made = create_authorization(tx, customer)
    with pytest.raises(Unauthorized, match="Invalid client secret"):
        update_authorization(tx, made, client=(client.id, "wrong"))
    with pytest.raises(NotFound):
        update_authorization(tx, made, client=("nothing", client.secret))
    named = update_authorization(tx, made, client=(client.id, client.secret))
    assert public.authorization(tx, named)["client"] == {
        "id": client.id,
        "name": "robot",
        "redirect_uri": "https://robot.example.com/callback",
    }


def test_for_a_client_a_grant_is_made_that_it_exchanges_once(
    tx: Transaction, customer: Actor, client: OauthClient
) -> None:
    made = create_authorization(tx, customer, scope=["read"], client=client.id)
    shown: Any = public.authorization(tx, made)
    assert (shown["access_token"], shown["refresh_token"], shown["description"]) == (None, None, "robot")
    assert shown["grant"]["expires_in"] == tx.rules.grant_life
    code = shown["grant"]["code"]
    with pytest.raises(Unauthorized, match="Invalid client secret"):
        exchange_grant(tx, code, "wrong")
    tokens = exchange_grant(tx, code, client.secret)
    actor = actor_for_token(tx, tokens.access.token)
    assert (actor.account, actor.scope, tokens.account) == (customer.account, ("read",), customer.account)
    with pytest.raises(Unauthorized):
        exchange_grant(tx, code, client.secret)
    assert public.authorization(tx, tokens.authorization)["grant"] is None
    tx.clock.advance(timedelta(seconds=tokens.expires_in))
    assert refused(tx, tokens.access.token)
    fresh = refresh(tx, tokens.refresh_token, client.secret)
    assert actor_for_token(tx, fresh.access.token).account == customer.account


def test_a_grant_for_a_client_expires(tx: Transaction, customer: Actor, client: OauthClient) -> None:
    made = create_authorization(tx, customer, client=client.id)
    tx.clock.advance(timedelta(seconds=tx.rules.grant_life))
    assert public.authorization(tx, made)["grant"] is None
    with pytest.raises(Unauthorized):
        exchange_grant(tx, made.grant_code or "", client.secret)


def test_regenerating_renews_the_clients_refresh_token_too(
    tx: Transaction, customer: Actor, client: OauthClient
) -> None:
    made = create_authorization(tx, customer, client=client.id)
    tokens = exchange_grant(tx, made.grant_code or "", client.secret)
    again = regenerate(tx, tokens.authorization)
    with pytest.raises(Unauthorized):
        refresh(tx, tokens.refresh_token, client.secret)
    assert refresh(tx, again.refresh_token or "", client.secret).account == customer.account


def test_a_new_secret_ends_the_clients_tokens_and_refreshes(
    tx: Transaction, customer: Actor, stranger: Actor, client: OauthClient
) -> None:
    made = create_authorization(tx, customer, client=client.id)
    tokens = exchange_grant(tx, made.grant_code or "", client.secret)
    rotated = rotate_secret(tx, stranger, client)
    assert rotated.secret != client.secret
    assert refused(tx, tokens.access.token)
    with pytest.raises(Unauthorized):
        refresh(tx, tokens.refresh_token, client.secret)
    assert not refused(tx, refresh(tx, tokens.refresh_token, rotated.secret).access.token)


def test_a_client_that_ends_takes_what_it_was_allowed_along(
    tx: Transaction, customer: Actor, stranger: Actor, client: OauthClient
) -> None:
    made = create_authorization(tx, customer, client=client.id)
    tokens = exchange_grant(tx, made.grant_code or "", client.secret)
    delete_client(tx, stranger, client)
    assert refused(tx, tokens.access.token)
    assert made.id not in [each.id for each in authorizations_of(tx, customer)]
    with pytest.raises(NotFound):
        create_authorization(tx, customer, client=client.id)


def test_a_suspended_customers_client_gets_no_tokens(tx: Transaction, customer: Actor, client: OauthClient) -> None:
    made = create_authorization(tx, customer, client=client.id)
    set_standing(tx, customer.account, customer.account, suspended=True)
    with pytest.raises(Suspended):
        exchange_grant(tx, made.grant_code or "", client.secret)


def test_a_customers_own_authorization_has_no_grant_to_exchange(tx: Transaction, customer: Actor) -> None:
    made = tx.update(create_authorization(tx, customer), grant_code="guessed", grant_expires_at=tx.now())
    with pytest.raises(Unauthorized, match="OAuth authorization invalid"):
        exchange_grant(tx, made.grant_code or "", "any")
