"""Transfers: offered, accepted, declined, withdrawn. Add-ons belong to the app (partner-api §5.5)."""

from dataclasses import replace

import pytest

from platform_sim.core.access import Actor, addon_named, app_named
from platform_sim.core.actions.apps import delete_app
from platform_sim.core.actions.collaborators import add_collaborator, remove_collaborator
from platform_sim.core.actions.transfers import answer, hand_over, offer, transfer_named, transfers_of, withdraw
from platform_sim.core.actions.webhooks import create_webhook
from platform_sim.core.errors import Forbidden, InvalidParams, NotFound
from platform_sim.core.model.addons import Addon
from platform_sim.core.model.apps import App, Release
from platform_sim.core.model.records import Event, Job
from platform_sim.core.model.teams import AppTransfer, Collaborator
from platform_sim.core.model.webhooks import WebhookDelivery
from platform_sim.core.roles import role_in_app
from platform_sim.core.store import Transaction

from ...support import new_addon, new_customer, new_service, partner_of_addon

OTHER = "other@example.com"


@pytest.fixture
def other(tx: Transaction) -> Actor:
    return new_customer(tx, OTHER)


@pytest.fixture
def transfer(tx: Transaction, customer: Actor, other: Actor, app: App) -> AppTransfer:
    return offer(tx, customer, "acme", OTHER)


def now(tx: Transaction, app: App) -> App:
    return tx.get(App, app.id)


def test_an_offer_changes_nothing_and_both_see_it(
    tx: Transaction, customer: Actor, other: Actor, app: App, transfer: AppTransfer
) -> None:
    assert now(tx, app).owner_id == customer.account.id
    assert transfer.state == "pending"
    for who in (customer, other):
        assert transfers_of(tx, who.account) == [transfer]
        assert transfer_named(tx, who.account, transfer.id) == transfer_named(tx, who.account, "acme") == transfer
    stranger = new_customer(tx, "stranger@example.com")
    assert transfers_of(tx, stranger.account) == []
    with pytest.raises(NotFound) as raised:
        transfer_named(tx, stranger.account, transfer.id)
    assert raised.value.body()["resource"] == "app_transfer"


def test_accepted_the_app_has_another_owner_and_its_add_ons(
    tx: Transaction, customer: Actor, other: Actor, app: App, transfer: AppTransfer
) -> None:
    new_service(tx)
    addon = new_addon(tx, customer, app)
    releases, jobs = tx.count(Release, app_id=app.id), tx.count(Job)
    assert answer(tx, other, transfer, "accepted").state == "accepted"
    assert now(tx, app).owner_id == other.account.id
    assert addon_named(tx, other, addon.id).app_id == app.id
    assert tx.get(Addon, addon.id) == addon
    assert (tx.count(Release, app_id=app.id), tx.count(Job)) == (releases, jobs), "no partner is called, no restart"


def test_the_former_owner_stays_as_a_collaborator_and_can_be_removed(
    tx: Transaction, customer: Actor, other: Actor, app: App, transfer: AppTransfer
) -> None:
    add_collaborator(tx, customer, app, OTHER)
    answer(tx, other, transfer, "accepted")
    app = now(tx, app)
    assert role_in_app(tx, other.account, app) == "owner"
    assert role_in_app(tx, customer.account, app) == "collaborator"
    assert tx.count(Collaborator, app_id=app.id) == 1, "the new owner is none any more"
    remove_collaborator(tx, other, app, "user@example.com")
    with pytest.raises(NotFound):
        app_named(tx, customer, "acme")


def test_or_goes_where_the_setting_says_so(
    tx: Transaction, customer: Actor, other: Actor, app: App, transfer: AppTransfer
) -> None:
    tx.rules = replace(tx.rules, former_owner_stays=False)
    answer(tx, other, transfer, "accepted")
    assert role_in_app(tx, customer.account, now(tx, app)) is None


def test_declined_nothing_changes_and_it_can_be_offered_again(
    tx: Transaction, customer: Actor, other: Actor, app: App, transfer: AppTransfer
) -> None:
    with pytest.raises(InvalidParams, match="being transferred already"):
        offer(tx, customer, "acme", OTHER)
    declined = answer(tx, other, transfer, "declined")
    assert now(tx, app) == app
    with pytest.raises(InvalidParams, match="declined already"):
        answer(tx, other, declined, "accepted")
    assert offer(tx, customer, "acme", OTHER).state == "pending"


def test_only_the_recipient_answers(tx: Transaction, customer: Actor, other: Actor, transfer: AppTransfer) -> None:
    with pytest.raises(Forbidden, match="Only the recipient"):
        answer(tx, customer, transfer, "accepted")
    for state in ("pending", "", "ACCEPTED"):
        with pytest.raises(InvalidParams, match="accepted or declined"):
            answer(tx, other, transfer, state)


def test_both_may_end_it(tx: Transaction, customer: Actor, other: Actor, app: App, transfer: AppTransfer) -> None:
    withdraw(tx, customer, transfer)
    assert transfers_of(tx, other.account) == []
    withdraw(tx, other, offer(tx, customer, "acme", OTHER))
    assert now(tx, app) == app


def test_only_the_owner_offers(tx: Transaction, customer: Actor, other: Actor, app: App) -> None:
    with pytest.raises(NotFound):
        offer(tx, other, "acme", OTHER)
    add_collaborator(tx, customer, app, OTHER)
    with pytest.raises(Forbidden, match="only the owner of acme"):
        offer(tx, other, "acme", OTHER)
    with pytest.raises(InvalidParams, match="owns acme already"):
        offer(tx, customer, app.id, "user@example.com")
    with pytest.raises(NotFound):
        offer(tx, customer, "acme", "nobody@example.com")
    new_service(tx)
    with pytest.raises(Forbidden):
        offer(tx, partner_of_addon(tx, new_addon(tx, customer, app)), "acme", OTHER)


def test_an_offer_of_somebody_who_owns_it_no_more_is_worth_nothing(
    tx: Transaction, customer: Actor, other: Actor, app: App, transfer: AppTransfer
) -> None:
    third = new_customer(tx, "third@example.com")
    hand_over(tx, customer.account, app, third.account)
    assert transfers_of(tx, other.account) == []


def test_an_app_that_is_deleted_takes_its_transfers_along(
    tx: Transaction, customer: Actor, app: App, transfer: AppTransfer
) -> None:
    delete_app(tx, customer, app)
    assert tx.count(AppTransfer) == 0


def test_it_is_told_with_who_owned_it_before(
    tx: Transaction, customer: Actor, other: Actor, app: App, transfer: AppTransfer
) -> None:
    create_webhook(tx, customer, app, {"include": ["api:app"], "level": "notify", "url": "http://localhost:9/hook"})
    answer(tx, other, transfer, "accepted")
    told = [(e.action, e.data["state"]) for e in tx.all(Event, kind="app-transfer")]
    assert told == [("create", "pending"), ("update", "accepted")]
    (event,) = tx.all(Event, kind="app", action="update")
    assert (event.data["owner"], event.previous["owner"], event.actor_email) == (OTHER, "user@example.com", OTHER)
    (delivery,) = tx.all(WebhookDelivery)
    assert delivery.payload["data"]["owner"]["email"] == OTHER
    assert delivery.payload["previous_data"]["owner"]["email"] == "user@example.com"
