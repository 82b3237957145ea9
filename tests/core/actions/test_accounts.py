"""Accounts, tokens, and who a bearer token stands for."""

from datetime import timedelta

import pytest

from platform_sim.core.access import Actor
from platform_sim.core.actions.accounts import actor_for_token, create_account, issue_token, partner_account
from platform_sim.core.actions.addons_end import destroy_addon, finish_deprovisioning
from platform_sim.core.actions.oauth import exchange_grant
from platform_sim.core.errors import InvalidParams, Unauthorized
from platform_sim.core.model.accounts import Account, Authorization
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
