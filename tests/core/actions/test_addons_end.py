"""The end of an add-on."""

import pytest

from platform_sim.core.access import Actor
from platform_sim.core.actions.accounts import actor_for_token
from platform_sim.core.actions.addons_end import destroy_addon, finish_deprovisioning
from platform_sim.core.actions.config_vars import change_config_vars
from platform_sim.core.actions.oauth import exchange_grant, refresh
from platform_sim.core.actions.releases import app_config, newest_release
from platform_sim.core.errors import Forbidden, InvalidParams, NotFound, Unauthorized
from platform_sim.core.model.accounts import AccessToken, Authorization
from platform_sim.core.model.addons import Addon, AddonService, Attachment
from platform_sim.core.model.apps import App
from platform_sim.core.model.records import Event
from platform_sim.core.store import Transaction

from ...support import attach, dump, new_addon, new_app, new_service, partner_of_addon


@pytest.fixture
def service(tx: Transaction) -> AddonService:
    return new_service(tx)


@pytest.fixture
def addon(tx: Transaction, customer: Actor, app: App, service: AddonService) -> Addon:
    return new_addon(tx, customer, app)


def test_the_wish_detaches_releases_and_writes_a_job(tx: Transaction, customer: Actor, app: App, addon: Addon) -> None:
    version = newest_release(tx, app).version
    job = destroy_addon(tx, customer, addon)
    now = tx.get(Addon, addon.id)
    assert (now.state, now.config) == ("deprovisioning", addon.config)
    assert (job.kind, job.subject_id) == ("deprovision", addon.id)
    assert tx.count(Attachment) == 0
    assert app_config(tx, app) == {}
    newest = newest_release(tx, app)
    assert (newest.version, newest.description) == (version + 1, f"Detach EXCEPTIONS (@ref:{addon.name})")
    assert newest.addon_plan_names == []
    event = tx.all(Event, kind="addon", order_by="number")[-1]
    assert (event.action, event.previous, event.data["state"]) == (
        "update",
        {"state": "provisioned"},
        "deprovisioning",
    )


def test_values_that_the_customer_has_changed_stay(tx: Transaction, customer: Actor, app: App, addon: Addon) -> None:
    change_config_vars(tx, customer, app, {"EXCEPTIONS_URL": "mine", "OWN": "1"})
    destroy_addon(tx, customer, addon)
    assert app_config(tx, app) == {"EXCEPTIONS_URL": "mine", "OWN": "1"}


def test_destroying_twice_is_destroying_once(tx: Transaction, customer: Actor, app: App, addon: Addon) -> None:
    first = destroy_addon(tx, customer, addon)
    before = dump(tx)
    assert destroy_addon(tx, customer, addon) == first, "even with a row from before"
    assert dump(tx) == before
    finish_deprovisioning(tx, addon, None)
    with pytest.raises(NotFound) as raised:
        destroy_addon(tx, customer, addon)
    assert raised.value.body()["resource"] == "add_on"
    assert tx.get(Addon, addon.id).state == "deprovisioned"


def test_an_addon_that_others_use_needs_force(tx: Transaction, customer: Actor, app: App, addon: Addon) -> None:
    other = new_app(tx, customer, "other")
    attach(tx, other, addon, "BORROWED")
    change_config_vars(tx, customer, other, {"BORROWED_URL": addon.config["EXCEPTIONS_URL"], "OWN": "1"})
    before = dump(tx)
    with pytest.raises(InvalidParams, match=r"attached to other apps \(other\)"):
        destroy_addon(tx, customer, addon)
    assert dump(tx) == before
    destroy_addon(tx, customer, addon, force=True)
    assert (app_config(tx, app), app_config(tx, other)) == ({}, {"OWN": "1"})


def test_partners_destroy_nothing(tx: Transaction, addon: Addon) -> None:
    with pytest.raises(Forbidden):
        destroy_addon(tx, partner_of_addon(tx, addon), addon)


def test_the_acknowledgement_ends_it_for_good(tx: Transaction, customer: Actor, addon: Addon) -> None:
    destroy_addon(tx, customer, addon)
    gone = finish_deprovisioning(tx, addon, customer.account)
    assert (gone.state, gone.config) == ("deprovisioned", {})
    event = tx.all(Event, kind="addon", order_by="number")[-1]
    assert (event.action, event.previous) == ("destroy", {"state": "deprovisioning"})
    before = dump(tx)
    finish_deprovisioning(tx, addon, customer.account)
    assert dump(tx) == before


def test_invariant_15_no_token_of_any_kind_works_after_deprovisioning(
    tx: Transaction, customer: Actor, addon: Addon, service: AddonService
) -> None:
    secret = service.client_secret
    grant = tx.find(Authorization, addon_id=addon.id)
    assert grant is not None
    assert grant.grant_code is not None
    tokens = exchange_grant(tx, grant.grant_code, secret)
    second = refresh(tx, tokens.refresh_token, secret)
    destroy_addon(tx, customer, addon)
    refresh(tx, tokens.refresh_token, secret)
    finish_deprovisioning(tx, addon, None)
    before = dump(tx)
    for token in (tokens.access.token, second.access.token):
        with pytest.raises(Unauthorized):
            actor_for_token(tx, token)
    with pytest.raises(Unauthorized, match="OAuth authorization invalid"):
        refresh(tx, tokens.refresh_token, secret)
    with pytest.raises(Unauthorized, match="OAuth authorization invalid"):
        exchange_grant(tx, grant.grant_code, secret)
    assert dump(tx) == before
    assert not [t for t in tx.all(AccessToken) if t.authorization_id == grant.id]


def test_invariant_15_an_unused_grant_dies_with_its_addon(
    tx: Transaction, customer: Actor, addon: Addon, service: AddonService
) -> None:
    grant = tx.find(Authorization, addon_id=addon.id)
    assert grant is not None
    assert grant.grant_code is not None
    destroy_addon(tx, customer, addon)
    finish_deprovisioning(tx, addon, None)
    with pytest.raises(Unauthorized):
        exchange_grant(tx, grant.grant_code, service.client_secret)
