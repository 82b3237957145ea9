"""Who may see what: the customer its own, a partner its one instance and the apps it is attached to."""

import pytest

from platform_sim.core.access import (
    Actor,
    addon_named,
    app_named,
    customers_only,
    own_instance,
    service_of,
    visible_addons,
    visible_apps,
)
from platform_sim.core.actions.addons_end import destroy_addon, finish_deprovisioning
from platform_sim.core.errors import Forbidden, NotFound
from platform_sim.core.model.addons import Addon
from platform_sim.core.model.apps import App
from platform_sim.core.store import Transaction

from ..support import attach, new_addon, new_app, new_customer, new_service, partner_of_addon


@pytest.fixture
def addon(tx: Transaction, customer: Actor, app: App) -> Addon:
    new_service(tx)
    return new_addon(tx, customer, app, name="my-addon")


@pytest.fixture
def stranger(tx: Transaction) -> Actor:
    return new_customer(tx, "stranger@example.com")


def names(rows: list[App] | list[Addon]) -> list[str]:
    return [row.name for row in rows]


def test_a_customer_sees_its_own_apps_by_name_or_id(tx: Transaction, customer: Actor, app: App) -> None:
    other = new_app(tx, customer, "aaa")
    assert app_named(tx, customer, "acme") == app_named(tx, customer, app.id) == app
    assert visible_apps(tx, customer) == [other, app]


@pytest.mark.parametrize("identity", ["", "ACME", "nothing", "00000000-0000-4000-8000-000000000000", "acme\x00"])
def test_what_is_not_there_is_not_found(tx: Transaction, customer: Actor, app: App, identity: str) -> None:
    with pytest.raises(NotFound, match="Couldn't find that app") as raised:
        app_named(tx, customer, identity)
    assert raised.value.body()["resource"] == "app"


def test_for_strangers_an_app_does_not_exist(tx: Transaction, stranger: Actor, app: App, addon: Addon) -> None:
    for identity in (app.id, app.name):
        with pytest.raises(NotFound):
            app_named(tx, stranger, identity)
    for identity in (addon.id, addon.name):
        with pytest.raises(NotFound) as raised:
            addon_named(tx, stranger, identity)
        assert raised.value.body()["resource"] == "add_on"
    assert (visible_apps(tx, stranger), visible_addons(tx, stranger)) == ([], [])


def test_a_partner_sees_the_apps_it_is_attached_to(tx: Transaction, customer: Actor, app: App, addon: Addon) -> None:
    partner = partner_of_addon(tx, addon)
    other = new_app(tx, customer, "other")
    assert visible_apps(tx, partner) == [app]
    with pytest.raises(NotFound):
        app_named(tx, partner, "other")
    attach(tx, other, addon, "BORROWED")
    assert visible_apps(tx, partner) == [app, other]
    assert app_named(tx, partner, "other") == other


def test_invariant_14_a_partner_sees_its_own_instance_only(
    tx: Transaction, customer: Actor, app: App, addon: Addon
) -> None:
    new_service(tx, "database")
    beside = new_addon(tx, customer, app, "database")
    elsewhere = new_addon(tx, customer, new_app(tx, customer, "other"))
    partner = partner_of_addon(tx, addon)
    assert visible_addons(tx, partner) == visible_addons(tx, partner, app) == [addon]
    assert addon_named(tx, partner, addon.id) == addon_named(tx, partner, addon.name) == addon
    for foreign in (beside, elsewhere):
        for identity in (foreign.id, foreign.name):
            with pytest.raises(NotFound):
                addon_named(tx, partner, identity)
    with pytest.raises(NotFound):
        addon_named(tx, partner, "DATABASE", app)


def test_addons_of_an_app_are_its_own_and_those_attached_to_it(
    tx: Transaction, customer: Actor, app: App, addon: Addon
) -> None:
    other = new_app(tx, customer, "other")
    own = new_addon(tx, customer, other, name="a-own")
    attach(tx, other, addon, "BORROWED")
    assert names(visible_addons(tx, customer, other)) == ["a-own", "my-addon"]
    assert names(visible_addons(tx, customer, app)) == ["my-addon"]
    assert names(visible_addons(tx, customer)) == ["a-own", "my-addon"]
    assert addon_named(tx, customer, own.id, other) == own
    assert addon_named(tx, customer, "borrowed", other) == addon, "by its attachment's name, in any case"
    with pytest.raises(NotFound):
        addon_named(tx, customer, own.name, app)
    with pytest.raises(NotFound):
        addon_named(tx, customer, "BORROWED", app)
    with pytest.raises(NotFound):
        addon_named(tx, customer, "BORROWED")


def test_who_only_borrows_an_addon_sees_it(tx: Transaction, stranger: Actor, addon: Addon) -> None:
    attach(tx, new_app(tx, stranger, "far"), addon, "BORROWED")
    assert addon_named(tx, stranger, addon.name) == addon


def test_after_deprovisioning_an_addon_is_not_found(tx: Transaction, customer: Actor, app: App, addon: Addon) -> None:
    partner = partner_of_addon(tx, addon)
    destroy_addon(tx, customer, addon)
    assert addon_named(tx, customer, addon.id).state == "deprovisioning"
    assert names(visible_addons(tx, customer, app)) == ["my-addon"]
    finish_deprovisioning(tx, addon, None)
    for actor in (customer, partner):
        for identity in (addon.id, addon.name):
            with pytest.raises(NotFound):
                addon_named(tx, actor, identity)
        assert visible_addons(tx, actor) == visible_addons(tx, actor, app) == []


def test_a_name_used_again_means_the_one_that_lives(tx: Transaction, customer: Actor, app: App, addon: Addon) -> None:
    destroy_addon(tx, customer, addon)
    finish_deprovisioning(tx, addon, None)
    again = new_addon(tx, customer, app, name="my-addon")
    assert addon_named(tx, customer, "my-addon") == again


def test_instances_belong_to_partners(tx: Transaction, customer: Actor, addon: Addon) -> None:
    assert own_instance(tx, partner_of_addon(tx, addon), addon.name) == addon
    with pytest.raises(Forbidden, match="partner"):
        own_instance(tx, customer, addon.id)
    assert service_of(tx, addon).name == "exceptions"


def test_some_things_are_for_customers_only(tx: Transaction, customer: Actor, addon: Addon) -> None:
    customers_only(customer, "do this")
    with pytest.raises(Forbidden, match="cannot do this"):
        customers_only(partner_of_addon(tx, addon), "do this")
