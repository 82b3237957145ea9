"""Accounts, tokens, and who a bearer token stands for."""

from datetime import timedelta

import pytest

from platform_sim.core.access import Actor
from platform_sim.core.actions.accounts import (
    actor_for_token,
    create_account,
    create_customer,
    customer_named,
    issue_token,
    lasting_token,
    partner_account,
    revoke,
    set_standing,
    update_account,
)
from platform_sim.core.actions.addons_end import destroy_addon, finish_deprovisioning
from platform_sim.core.actions.authorizations import create_authorization, update_authorization
from platform_sim.core.actions.clients import create_client
from platform_sim.core.actions.oauth import exchange_grant
from platform_sim.core.errors import InvalidParams, NotFound, Unauthorized
from platform_sim.core.model.accounts import AccessToken, Account, Authorization
from platform_sim.core.model.apps import App
from platform_sim.core.model.records import Event
from platform_sim.core.store import Database, Transaction

from ...support import dump, new_addon, new_app, new_customer, new_service


def test_an_account_is_made_with_an_event(tx: Transaction) -> None:
    made = create_account(tx, "ann@example.com", "Ann")
    assert tx.get(Account, made.id) == made
    event = tx.find(Event, kind="account")
    assert event is not None
    assert (event.action, event.subject_id, event.actor_email) == ("create", made.id, "ann@example.com")


def test_an_email_is_used_once(tx: Transaction) -> None:
    create_account(tx, "ann@example.com")
    with pytest.raises(InvalidParams, match="already"):
        create_account(tx, "ann@example.com")
    assert tx.count(Account) == 1


def test_a_customers_address_is_a_persons(tx: Transaction) -> None:
    made = create_customer(tx, "Ann@Example.COM", "Ann")
    assert (made.email, made.name, made.is_customer) == ("ann@example.com", "Ann", True)
    for identity in (made.id, "ann@example.com", "ANN@example.com"):
        assert customer_named(tx, identity) == made
    with pytest.raises(InvalidParams, match="already"):
        create_customer(tx, "ann@example.com")


BAD_ADDRESSES = [
    *("", "ann", "@example.com", "ann@", "a b@example.com", "a:b@example.com", "a@b@c", "a@-x.com", "a@x.com\n"),
    *("x" * 65 + "@example.com", "a@" + "x" * 300, "\x00@example.com"),
]


@pytest.mark.parametrize("email", BAD_ADDRESSES)
def test_what_is_no_address(tx: Transaction, email: str) -> None:
    with pytest.raises(InvalidParams, match="no e-mail address"):
        create_customer(tx, email)
    assert tx.count(Account) == 0


@pytest.mark.parametrize("email", ["acme@addons.heroku.com", "ACME@herokumanager.com"])
def test_addresses_of_partners_and_teams_are_kept_for_them(tx: Transaction, email: str) -> None:
    with pytest.raises(InvalidParams, match="partners and teams"):
        create_customer(tx, email)
    partner_account(tx, "acme")
    with pytest.raises(NotFound, match="platform-sim users create"):
        customer_named(tx, email.lower())


def test_names_have_a_length(tx: Transaction, customer: Actor) -> None:
    with pytest.raises(InvalidParams, match="name is too long"):
        create_customer(tx, "ann@example.com", "x" * 257)
    with pytest.raises(InvalidParams, match="name is too long"):
        update_account(tx, customer.account, name="x" * 257)


def test_a_customer_changes_what_is_its_own(tx: Transaction, customer: Actor) -> None:
    changed = update_account(tx, customer.account, name="Ann", beta=True)
    assert (changed.name, changed.beta, changed.allow_tracking) == ("Ann", True, False)
    assert tx.get(Account, changed.id) == changed
    event = tx.find(Event, kind="account", action="update")
    assert event is not None
    assert (event.data, event.previous) == ({"name": "Ann", "beta": True}, {"name": None, "beta": False})
    assert update_account(tx, changed, name="Ann") == changed
    assert update_account(tx, changed, name=None).name is None


def test_standing_is_set_by_an_operator_and_told(tx: Transaction, customer: Actor) -> None:
    operator = new_customer(tx, "operator@example.com").account
    changed = set_standing(tx, operator, customer.account, suspended=True)
    assert (changed.suspended_at, changed.delinquent_at) == (tx.now(), None)
    assert set_standing(tx, operator, changed, suspended=True, delinquent=False) == changed
    events = tx.all(Event, kind="account", action="update")
    assert [(e.data, e.actor_email) for e in events] == [({"suspended_at": True}, "operator@example.com")]


def test_the_account_of_a_partner_is_made_once(tx: Transaction) -> None:
    first = partner_account(tx, "exceptions")
    assert first.email == "exceptions@addons.heroku.com"
    assert partner_account(tx, "exceptions") == first


def test_a_customers_token_has_herokus_form_and_never_expires(database: Database) -> None:
    with database.transaction() as tx:
        account = create_account(tx, "ann@example.com")
        token = issue_token(tx, account, "laptop")
        assert token.token.startswith("HRKU-")
        assert len(token.token) == 41
        assert issue_token(tx, account, "ci", "given-token").token == "given-token"
    database.clock.advance(timedelta(days=4000))
    with database.snapshot() as rows:
        assert actor_for_token(rows, token.token) == Actor(account, token.authorization_id)
        assert actor_for_token(rows, "given-token").account == account


@pytest.mark.parametrize("token", ["", "HRKU-unknown", "x' OR 1=1"])
def test_invariant_17_an_unknown_token_is_unauthorized(tx: Transaction, customer: Actor, token: str) -> None:
    before = dump(tx)
    with pytest.raises(Unauthorized, match="Invalid credentials"):
        actor_for_token(tx, token)
    assert dump(tx) == before


def test_invariant_17_a_revoked_authorization_ends_its_tokens(tx: Transaction) -> None:
    token = issue_token(tx, create_account(tx, "ann@example.com"), "laptop")
    tx.update(tx.get(Authorization, token.authorization_id), revoked_at=tx.now())
    with pytest.raises(Unauthorized):
        actor_for_token(tx, token.token)


def test_a_partners_token_stands_for_one_instance_until_it_expires(database: Database) -> None:
    with database.transaction() as tx:
        customer = new_customer(tx)
        service = new_service(tx)
        addon = new_addon(tx, customer, new_app(tx, customer))
        authorization = tx.find(Authorization, addon_id=addon.id)
        assert authorization is not None
        assert authorization.grant_code is not None
        token = exchange_grant(tx, authorization.grant_code, service.client_secret).access.token
        actor = actor_for_token(tx, token)
    assert actor.is_partner
    assert (actor.addon_id, actor.account.email) == (addon.id, "exceptions@addons.heroku.com")
    database.clock.advance(timedelta(seconds=28_799))
    with database.snapshot() as rows:
        assert actor_for_token(rows, token) == actor
    database.clock.advance(timedelta(seconds=1))
    with database.snapshot() as rows, pytest.raises(Unauthorized):
        actor_for_token(rows, token)


def test_a_partners_token_works_while_its_addon_is_being_deprovisioned_and_not_after(
    tx: Transaction, customer: Actor, app: App
) -> None:
    service = new_service(tx)
    addon = new_addon(tx, customer, app)
    authorization = tx.find(Authorization, addon_id=addon.id)
    assert authorization is not None
    assert authorization.grant_code is not None
    token = exchange_grant(tx, authorization.grant_code, service.client_secret).access.token
    destroy_addon(tx, customer, addon)
    assert actor_for_token(tx, token).addon_id == addon.id
    finish_deprovisioning(tx, addon, None)
    with pytest.raises(Unauthorized):
        actor_for_token(tx, token)


def test_the_token_that_lasts_is_not_one_that_is_narrow_ends_or_is_anothers(tx: Transaction, customer: Actor) -> None:
    """What a platform that comes back on its folder goes on with, whatever its customer has made or revoked."""
    first = tx.find(AccessToken, authorization_id=customer.authorization_id)
    assert lasting_token(tx, customer.account) == first
    narrow = create_authorization(tx, customer, scope=["read"])
    create_authorization(tx, customer, expires_in=60)
    client = create_client(tx, customer, "robot", "https://robot.example.com/")
    update_authorization(tx, create_authorization(tx, customer), client=(client.id, client.secret))
    revoke(tx, tx.get(Authorization, customer.authorization_id))
    assert lasting_token(tx, customer.account) is None
    again = issue_token(tx, customer.account, "again")
    assert lasting_token(tx, customer.account) == again
    assert narrow.id != again.authorization_id
