"""The marketplace: services from manifests, plans."""

import json
from datetime import timedelta

import pytest

from platform_sim.core.access import Actor
from platform_sim.core.actions.catalog import (
    plan_named,
    register_manifest,
    service_named,
    version_named,
    without_stamp,
)
from platform_sim.core.actions.plans import set_plans
from platform_sim.core.errors import NotFound
from platform_sim.core.model.accounts import Account
from platform_sim.core.model.addons import AddonService, ManifestVersion, Plan
from platform_sim.core.model.catalog import PlanSpec
from platform_sim.core.store import Transaction

from ...support import START, dump, new_manifest, new_service


def test_the_first_push_makes_a_service_with_one_free_plan(tx: Transaction, customer: Actor) -> None:
    service = register_manifest(tx, customer.account, new_manifest("acme-db"))
    assert (service.name, service.human_name, service.state) == ("acme-db", "Acme-Db", "alpha")
    assert len(service.client_secret) == 32
    [plan] = tx.all(Plan, service_id=service.id)
    assert (plan.name, plan.cents, plan.unit, plan.is_default, plan.state) == ("test", 0, "month", True, "public")
    assert service.owner_id == customer.account.id
    assert tx.find(Account, email="acme-db@addons.heroku.com") is not None


def test_a_second_push_updates_the_service_and_keeps_its_history(tx: Transaction, customer: Actor) -> None:
    first = register_manifest(tx, customer.account, new_manifest("acme-db"))
    changed = new_manifest("acme-db") | {"name": "Acme DB", "cli_plugin_name": "heroku-acme"}
    second = register_manifest(tx, customer.account, changed)
    assert second.id == first.id
    assert second.client_secret == first.client_secret
    assert (second.human_name, second.cli_plugin_name) == ("Acme DB", "heroku-acme")
    versions = [v.contents for v in tx.all(ManifestVersion, service_id=first.id)]
    assert versions == [first.manifest, second.manifest]
    assert without_stamp(second.manifest) == changed
    assert tx.count(Plan, service_id=first.id) == 1
    assert tx.count(AddonService) == 1


def test_a_stored_copy_has_a_stamp_of_its_own_that_always_rises(tx: Transaction, customer: Actor) -> None:
    """Unix seconds times 100000 (partner-api §1.1); two pushes at the same moment differ all the same."""
    pushed = new_manifest("acme-db") | {"$base": "mine"}
    first = register_manifest(tx, customer.account, pushed)
    assert first.manifest["$base"] == START.timestamp() * 100_000
    second = register_manifest(tx, customer.account, first.manifest)
    assert second.manifest == first.manifest | {"$base": first.manifest["$base"] + 1}
    tx.clock.advance(timedelta(seconds=1))
    third = register_manifest(tx, customer.account, pushed)
    assert third.manifest["$base"] == first.manifest["$base"] + 100_000


def test_the_first_to_push_stays_the_owner(tx: Transaction, customer: Actor) -> None:
    first = new_service(tx)
    again = register_manifest(tx, customer.account, first.manifest)
    assert again.owner_id == first.owner_id != customer.account.id


def test_one_version_is_found_by_its_id_within_its_service(tx: Transaction) -> None:
    service, other = new_service(tx), new_service(tx, "database")
    [version] = tx.all(ManifestVersion, service_id=service.id)
    assert version_named(tx, service, version.id) == version
    for asked, identity in ((other, version.id), (service, "1"), (service, other.id)):
        with pytest.raises(NotFound, match="See the list of manifests"):
            version_named(tx, asked, identity)


def test_no_secret_of_a_manifest_reaches_an_event(tx: Transaction) -> None:
    new_service(tx)
    told = json.dumps(dump(tx)["Event"], default=str)
    for secret in ("partner-password", "partner-salt", "exceptions-client-secret"):
        assert secret not in told


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
