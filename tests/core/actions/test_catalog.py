"""The marketplace: services from manifests, plans."""

import json

import pytest

from platform_sim.core.access import Actor
from platform_sim.core.actions.accounts import actor_for_token
from platform_sim.core.actions.catalog import PlanSpec, plan_named, register_manifest, service_named, set_plans
from platform_sim.core.actions.oauth import exchange_grant, refresh
from platform_sim.core.errors import NotFound, Unauthorized
from platform_sim.core.model.accounts import Account, Authorization
from platform_sim.core.model.addons import AddonService, ManifestVersion, Plan
from platform_sim.core.model.apps import App
from platform_sim.core.store import Transaction

from ...support import dump, new_addon, new_manifest, new_service


def test_the_first_push_makes_a_service_with_one_free_plan(tx: Transaction, customer: Actor) -> None:
    service = register_manifest(tx, customer.account, new_manifest("acme-db"))
    assert (service.name, service.human_name, service.state) == ("acme-db", "Acme-Db", "alpha")
    assert len(service.client_secret) == 32
    [plan] = tx.all(Plan, service_id=service.id)
    assert (plan.name, plan.cents, plan.unit, plan.is_default, plan.visible) == ("test", 0, "month", True, True)
    assert tx.find(Account, email="acme-db@addons.heroku.com") is not None


def test_a_second_push_updates_the_service_and_keeps_its_history(tx: Transaction, customer: Actor) -> None:
    first = register_manifest(tx, customer.account, new_manifest("acme-db"))
    changed = new_manifest("acme-db") | {"name": "Acme DB", "cli_plugin_name": "heroku-acme"}
    second = register_manifest(tx, customer.account, changed)
    assert second.id == first.id
    assert second.client_secret == first.client_secret
    assert (second.human_name, second.cli_plugin_name) == ("Acme DB", "heroku-acme")
    assert [v.contents for v in tx.all(ManifestVersion, service_id=first.id)] == [first.manifest, changed]
    assert tx.count(Plan, service_id=first.id) == 1
    assert tx.count(AddonService) == 1


def test_a_new_client_secret_ends_access_tokens_at_once_and_refreshing_works_with_the_new_one(
    tx: Transaction, customer: Actor, app: App
) -> None:
    service = new_service(tx)
    other = new_service(tx, "database")
    tokens = []
    for name in ("exceptions", "database"):
        addon = new_addon(tx, customer, app, name)
        grant = tx.find(Authorization, addon_id=addon.id)
        assert grant is not None
        assert grant.grant_code is not None
        tokens.append(exchange_grant(tx, grant.grant_code, f"{name}-client-secret"))
    register_manifest(tx, customer.account, service.manifest, client_secret="exceptions-client-secret")
    assert actor_for_token(tx, tokens[0].access.token).is_partner, "the same secret again changes nothing"
    register_manifest(tx, customer.account, service.manifest, client_secret="new")
    with pytest.raises(Unauthorized):
        actor_for_token(tx, tokens[0].access.token)
    assert actor_for_token(tx, tokens[1].access.token).is_partner, f"{other.name} is not concerned"
    with pytest.raises(Unauthorized):
        refresh(tx, tokens[0].refresh_token, "exceptions-client-secret")
    assert actor_for_token(tx, refresh(tx, tokens[0].refresh_token, "new").access.token).is_partner


def test_no_secret_of_a_manifest_reaches_an_event(tx: Transaction) -> None:
    new_service(tx)
    told = json.dumps(dump(tx)["Event"], default=str)
    for secret in ("partner-password", "partner-salt", "exceptions-client-secret"):
        assert secret not in told


def test_plans_are_added_and_changed_never_removed_and_one_is_the_default(tx: Transaction) -> None:
    service = new_service(tx)
    set_plans(tx, service, [PlanSpec("basic"), PlanSpec("premium", 5000, "Premium Plus", "All of it")])
    plans = {p.name: p for p in tx.all(Plan, service_id=service.id)}
    assert {n: p.is_default for n, p in plans.items()} == {"test": False, "basic": True, "premium": False}
    assert (plans["premium"].cents, plans["premium"].human_name) == (5000, "Premium Plus")
    assert plans["premium"].description == "All of it"
    set_plans(tx, service, [PlanSpec("premium", 6000)])
    now = {p.name: p for p in tx.all(Plan, service_id=service.id)}
    assert now["premium"].id == plans["premium"].id
    assert (now["premium"].cents, now["premium"].is_default, now["basic"].is_default) == (6000, True, False)


def test_services_are_found_by_name_or_id(tx: Transaction) -> None:
    service = new_service(tx)
    assert service_named(tx, "exceptions") == service_named(tx, service.id) == service
    for unknown in ("Exceptions", "nothing", "", "00000000-0000-4000-8000-000000000000"):
        with pytest.raises(NotFound) as raised:
            service_named(tx, unknown)
    assert raised.value.body()["resource"] == "add_on service"


def test_plans_are_found_in_every_spelling(tx: Transaction) -> None:
    service = new_service(tx)
    default, premium = set_plans(tx, service, [PlanSpec("test"), PlanSpec("premium", 100)])
    assert plan_named(tx, "exceptions") == (service, default)
    assert plan_named(tx, "exceptions:premium") == (service, premium)
    assert plan_named(tx, premium.id) == (service, premium)
    assert plan_named(tx, "premium", service) == (service, premium)
    assert plan_named(tx, "exceptions", service) == (service, default)
    assert plan_named(tx, "exceptions:premium", service) == (service, premium)


def test_a_plan_may_be_called_like_another_service(tx: Transaction) -> None:
    service, _ = new_service(tx), new_service(tx, "database")
    [plan] = set_plans(tx, service, [PlanSpec("database")])
    assert plan_named(tx, "database", service) == (service, plan)


def test_plans_of_another_service_and_unknown_ones_are_not_found(tx: Transaction) -> None:
    service, other = new_service(tx), new_service(tx, "database")
    [foreign] = tx.all(Plan, service_id=other.id)
    for identity, within in [
        ("nothing", None),
        ("exceptions:gold", None),
        ("nothing:test", None),
        ("", None),
        ("test", None),
        ("database:test", service),
        ("gold", service),
        (foreign.id, service),
        ("00000000-0000-4000-8000-000000000000", None),
    ]:
        with pytest.raises(NotFound, match="Couldn't find either"):
            plan_named(tx, identity, within)
