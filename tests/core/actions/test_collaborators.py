"""Collaborators: given, taken, listed with the owner, told as events (partner-api §5.5, §6.2)."""

import pytest

from platform_sim.core.access import Actor
from platform_sim.core.actions.apps import delete_app
from platform_sim.core.actions.collaborators import (
    add_collaborator,
    collaborator_named,
    collaborators_of,
    remove_collaborator,
)
from platform_sim.core.actions.webhooks import create_webhook
from platform_sim.core.errors import Forbidden, InvalidParams, NotFound
from platform_sim.core.model.accounts import Account
from platform_sim.core.model.addons import Addon
from platform_sim.core.model.apps import App
from platform_sim.core.model.records import Event
from platform_sim.core.model.teams import Collaborator
from platform_sim.core.model.webhooks import WebhookDelivery
from platform_sim.core.store import Transaction

from ...support import new_addon, new_customer, new_service, partner_of_addon

FRIEND = "friend@example.com"


@pytest.fixture
def friend(tx: Transaction) -> Actor:
    return new_customer(tx, FRIEND)


def emails(tx: Transaction, app: App) -> list[str]:
    return [tx.get(Account, each.account_id).email for each in collaborators_of(tx, app)]


def test_the_owner_is_listed_first_and_found_by_all_its_names(tx: Transaction, customer: Actor, app: App) -> None:
    (owner,) = collaborators_of(tx, app)
    assert (owner.account_id, owner.created_at) == (customer.account.id, app.created_at)
    for identity in (owner.id, customer.account.id, "user@example.com", "USER@example.com"):
        assert collaborator_named(tx, app, identity) == owner


def test_a_collaborator_is_added_found_and_removed(tx: Transaction, customer: Actor, friend: Actor, app: App) -> None:
    made = add_collaborator(tx, customer, app, "Friend@Example.com")
    assert emails(tx, app) == ["user@example.com", FRIEND]
    for identity in (made.id, friend.account.id, FRIEND):
        assert collaborator_named(tx, app, identity) == made
    assert remove_collaborator(tx, customer, app, FRIEND) == made
    assert emails(tx, app) == ["user@example.com"]
    with pytest.raises(NotFound) as raised:
        collaborator_named(tx, app, FRIEND)
    assert raised.value.body()["resource"] == "collaborator"


def test_nobody_is_added_twice_and_nobody_unknown(tx: Transaction, customer: Actor, friend: Actor, app: App) -> None:
    add_collaborator(tx, customer, app, friend.account.id)
    for known in (FRIEND, "user@example.com"):
        with pytest.raises(InvalidParams, match="already a collaborator"):
            add_collaborator(tx, customer, app, known)
    with pytest.raises(NotFound, match="platform-sim users create"):
        add_collaborator(tx, customer, app, "nobody@example.com")


def test_a_partner_or_a_team_is_no_user_to_share_with(tx: Transaction, customer: Actor, app: App) -> None:
    new_service(tx)
    with pytest.raises(NotFound):
        add_collaborator(tx, customer, app, "exceptions@addons.heroku.com")


def test_the_owner_stays(tx: Transaction, customer: Actor, friend: Actor, app: App) -> None:
    add_collaborator(tx, customer, app, FRIEND)
    for actor in (customer, friend):
        with pytest.raises(InvalidParams, match="transfer the app"):
            remove_collaborator(tx, actor, app, "user@example.com")


def test_collaborators_may_share_and_leave_strangers_may_not(
    tx: Transaction, customer: Actor, friend: Actor, app: App
) -> None:
    stranger, third = new_customer(tx, "stranger@example.com"), new_customer(tx, "third@example.com")
    with pytest.raises(Forbidden, match="only the owner of acme"):
        add_collaborator(tx, stranger, app, FRIEND)
    add_collaborator(tx, customer, app, FRIEND)
    add_collaborator(tx, friend, app, "third@example.com")
    remove_collaborator(tx, third, app, "third@example.com")
    assert emails(tx, app) == ["user@example.com", FRIEND]
    with pytest.raises(Forbidden):
        remove_collaborator(tx, stranger, app, FRIEND)


def test_partners_change_nothing(tx: Transaction, customer: Actor, friend: Actor, app: App) -> None:
    new_service(tx)
    partner = partner_of_addon(tx, new_addon(tx, customer, app))
    with pytest.raises(Forbidden):
        add_collaborator(tx, partner, app, FRIEND)
    add_collaborator(tx, customer, app, FRIEND)
    with pytest.raises(Forbidden):
        remove_collaborator(tx, partner, app, FRIEND)


def test_it_is_an_event_that_webhooks_of_app_and_add_on_hear(
    tx: Transaction, customer: Actor, friend: Actor, app: App
) -> None:
    new_service(tx)
    addon: Addon = new_addon(tx, customer, app)
    hook = {"include": ["api:collaborator"], "level": "notify", "url": "http://localhost:9/hook"}
    create_webhook(tx, customer, app, hook)
    create_webhook(tx, partner_of_addon(tx, addon), addon, hook)
    made = add_collaborator(tx, customer, app, FRIEND)
    remove_collaborator(tx, friend, app, FRIEND)
    told = [(e.action, e.data, e.actor_email) for e in tx.all(Event, kind="collaborator")]
    assert told == [("create", {"email": FRIEND}, "user@example.com"), ("destroy", {"email": FRIEND}, FRIEND)]
    payloads = [each.payload for each in tx.all(WebhookDelivery, order_by="seq")]
    assert [payload["action"] for payload in payloads] == ["create", "create", "destroy", "destroy"]
    for payload in payloads:
        assert (payload["resource"], payload["data"]["id"]) == ("collaborator", made.id)
        assert payload["data"]["user"]["email"] == FRIEND
        assert payload["data"]["role"] == "collaborator"


def test_a_deleted_app_leaves_no_collaborator(tx: Transaction, customer: Actor, friend: Actor, app: App) -> None:
    add_collaborator(tx, customer, app, FRIEND)
    delete_app(tx, customer, app)
    assert tx.count(Collaborator) == 0
