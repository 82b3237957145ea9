"""Who may see what: the customer its own, a partner its one instance and the apps it is attached to."""

from dataclasses import replace

import pytest

from platform_sim.core.access import (
    Actor,
    addon_named,
    app_named,
    check_manages,
    check_standing,
    customers_only,
    own_instance,
    service_of,
    user_named,
    visible_addons,
    visible_app_ids,
    visible_apps,
    visible_apps_of,
    visible_names,
)
from platform_sim.core.actions.accounts import set_standing
from platform_sim.core.actions.addons import request_plan_change
from platform_sim.core.actions.addons_end import destroy_addon, finish_deprovisioning
from platform_sim.core.actions.apps import delete_app, update_app
from platform_sim.core.actions.catalog import PlanSpec, set_plans
from platform_sim.core.actions.collaborators import add_collaborator, remove_collaborator
from platform_sim.core.actions.team_apps import create_team_app
from platform_sim.core.actions.team_members import invite
from platform_sim.core.actions.teams import create_team
from platform_sim.core.errors import Delinquent, Forbidden, NotFound, Suspended
from platform_sim.core.model.addons import Addon, AddonService
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


def test_the_ids_are_those_of_the_apps_that_one_sees_whatever_ones_part(
    tx: Transaction, customer: Actor, stranger: Actor, app: App, addon: Addon
) -> None:
    new_app(tx, customer, "other")
    of_team = create_team_app(tx, customer, create_team(tx, customer, "crew"), name="crew-app")
    add_collaborator(tx, customer, app, "stranger@example.com")
    attach(tx, new_app(tx, stranger, "theirs"), addon, "SHARED")
    seen = {"customer": visible_apps(tx, customer), "stranger": visible_apps(tx, stranger)}
    assert {who: names(apps) for who, apps in seen.items()} == {
        "customer": ["acme", "crew-app", "other"],
        "stranger": ["acme", "theirs"],
    }
    for actor in (customer, stranger, new_customer(tx, "nobody@example.com"), partner_of_addon(tx, addon)):
        assert visible_app_ids(tx, actor) == {each.id for each in visible_apps(tx, actor)}
    assert of_team.id in visible_app_ids(tx, customer)


def test_names_are_those_of_the_add_ons_in_a_state_that_one_sees(
    tx: Transaction, customer: Actor, stranger: Actor, addon: Addon
) -> None:
    going = new_addon(tx, customer, new_app(tx, customer, "left"), name="going")
    destroy_addon(tx, customer, going)
    first = new_addon(tx, customer, new_app(tx, customer, "other"), name="a-first-one")
    assert visible_names(tx, customer, "provisioned") == [
        (each.name, each.service_id, each.app_id) for each in (first, addon)
    ]
    assert visible_names(tx, stranger, "provisioned") == []


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


def test_a_collaborator_sees_the_app_and_its_add_ons(
    tx: Transaction, customer: Actor, stranger: Actor, app: App, addon: Addon
) -> None:
    add_collaborator(tx, customer, app, "stranger@example.com")
    own = new_app(tx, stranger, "own")
    assert app_named(tx, stranger, "acme") == app
    assert visible_apps(tx, stranger) == [app, own]
    assert visible_addons(tx, stranger) == visible_addons(tx, stranger, app) == [addon]
    assert addon_named(tx, stranger, addon.name) == addon


def test_who_has_no_part_in_the_app_any_more_sees_nothing_not_even_what_it_created(
    tx: Transaction, customer: Actor, stranger: Actor, app: App
) -> None:
    """The creator of an add-on without a role in its app may not enter (partner-api §5.5)."""
    add_collaborator(tx, customer, app, "stranger@example.com")
    new_service(tx)
    made = new_addon(tx, stranger, app)
    assert made.actor_id == stranger.account.id
    remove_collaborator(tx, customer, app, "stranger@example.com")
    with pytest.raises(NotFound):
        addon_named(tx, stranger, made.id)
    assert visible_addons(tx, stranger) == []


def test_who_only_borrows_an_add_on_neither_changes_nor_destroys_it(
    tx: Transaction, stranger: Actor, addon: Addon
) -> None:
    attach(tx, new_app(tx, stranger, "far"), addon, "BORROWED")
    for act in (
        lambda: destroy_addon(tx, stranger, addon, force=True),
        lambda: request_plan_change(tx, stranger, addon, "test"),
    ):
        with pytest.raises(Forbidden, match="belongs to acme"):
            act()


def test_collaborators_of_a_personal_app_add_what_is_free(
    tx: Transaction, customer: Actor, stranger: Actor, app: App, addon: Addon
) -> None:
    """Paid add-ons are the owner's (Dev Center, Collaborating)."""
    service = tx.get(AddonService, addon.service_id)
    several = service.manifest | {"api": service.manifest["api"] | {"requires": ["many_per_app"]}}
    set_plans(tx, tx.update(service, manifest=several), [PlanSpec("test"), PlanSpec("pro", 900)])
    add_collaborator(tx, customer, app, "stranger@example.com")
    new_addon(tx, stranger, app)
    paid = new_addon(tx, customer, app, "exceptions:pro")
    for act in (
        lambda: new_addon(tx, stranger, app, "exceptions:pro"),
        lambda: request_plan_change(tx, stranger, addon, "exceptions:pro"),
        lambda: request_plan_change(tx, stranger, paid, "exceptions:test"),
        lambda: destroy_addon(tx, stranger, paid),
    ):
        with pytest.raises(Forbidden, match="Collaborators cannot add, change or remove paid add-ons"):
            act()
    request_plan_change(tx, stranger, addon, "exceptions:test")
    destroy_addon(tx, stranger, addon)


def test_in_a_team_everybody_on_the_app_adds_paid_ones(tx: Transaction, customer: Actor, stranger: Actor) -> None:
    set_plans(tx, new_service(tx), [PlanSpec("pro", 900)])
    app = create_team_app(tx, customer, create_team(tx, customer, "crew"))
    add_collaborator(tx, customer, app, "stranger@example.com")
    assert new_addon(tx, stranger, app, "exceptions:pro").app_id == app.id


def test_only_the_owner_manages_a_personal_app(tx: Transaction, customer: Actor, stranger: Actor, app: App) -> None:
    add_collaborator(tx, customer, app, "stranger@example.com")
    for act in (lambda: delete_app(tx, stranger, app), lambda: update_app(tx, stranger, app, name="renamed")):
        with pytest.raises(Forbidden, match="only the owner of acme can"):
            act()
    assert update_app(tx, stranger, app, name="acme", maintenance=True).maintenance, "all else is everybody's"
    check_manages(tx, customer, app, "do this")


def test_users_are_seen_by_themselves_and_by_partners_of_their_apps(
    tx: Transaction, customer: Actor, stranger: Actor, app: App, addon: Addon
) -> None:
    partner, me = partner_of_addon(tx, addon), customer.account
    for identity in ("~", me.id, me.email):
        assert user_named(tx, customer, identity) == me
    for identity in (me.id, me.email, me.email.upper()):
        assert user_named(tx, partner, identity) == me
    assert user_named(tx, partner, "~") == partner.account
    for actor, identity in ((customer, "stranger@example.com"), (partner, stranger.account.id), (customer, "")):
        with pytest.raises(NotFound) as raised:
            user_named(tx, actor, identity)
        assert raised.value.body()["resource"] == "user"
    add_collaborator(tx, customer, app, "stranger@example.com")
    assert user_named(tx, partner, "stranger@example.com") == stranger.account
    with pytest.raises(NotFound):
        user_named(tx, customer, "stranger@example.com")


def test_apps_of_a_user_are_those_it_owns_or_has_joined(
    tx: Transaction, customer: Actor, stranger: Actor, app: App, addon: Addon
) -> None:
    other = new_app(tx, customer, "other")
    team_app = create_team_app(tx, customer, create_team(tx, customer, "crew"), name="crew-app")
    assert visible_apps_of(tx, customer, "~") == [app, team_app, other]
    partner = partner_of_addon(tx, addon)
    assert visible_apps_of(tx, partner, "user@example.com") == [app]
    assert visible_apps_of(tx, partner, "~") == [app]
    add_collaborator(tx, customer, app, "stranger@example.com")
    attach(tx, new_app(tx, stranger, "theirs"), addon, "SHARED")
    assert names(visible_apps_of(tx, partner, "stranger@example.com")) == ["acme", "theirs"]
    assert names(visible_apps_of(tx, partner, "user@example.com")) == ["acme"]


def test_apps_that_a_member_has_not_joined_are_not_among_them(
    tx: Transaction, customer: Actor, stranger: Actor
) -> None:
    team = create_team(tx, customer, "crew")
    create_team_app(tx, customer, team, name="crew-app")
    invite(tx, customer, team, "stranger@example.com", "admin")
    assert names(visible_apps(tx, stranger)) == ["crew-app"]
    assert visible_apps_of(tx, stranger, "~") == []


def test_an_ability_lets_a_partner_do_more(tx: Transaction, addon: Addon) -> None:
    partner = partner_of_addon(tx, addon)
    able = replace(partner, abilities=("app_operations",))
    customers_only(able, "scale", unless="app_operations")
    for actor, ability in ((able, "fresh_grants"), (able, ""), (partner, "app_operations")):
        with pytest.raises(Forbidden):
            customers_only(actor, "scale", unless=ability)


def test_suspended_and_delinquent_customers_are_told_so(tx: Transaction, customer: Actor) -> None:
    account = customer.account
    check_standing(account)
    late = set_standing(tx, account, account, delinquent=True)
    with pytest.raises(Delinquent, match=r"user@example\.com has not been paid for"):
        check_standing(late)
    both = set_standing(tx, account, late, suspended=True)
    with pytest.raises(Suspended, match="suspended"):
        check_standing(both)
    assert (both.suspended_at, both.delinquent_at) == (tx.now(), tx.now())
    check_standing(set_standing(tx, account, both, suspended=False, delinquent=False))


def test_instances_belong_to_partners(tx: Transaction, customer: Actor, addon: Addon) -> None:
    assert own_instance(tx, partner_of_addon(tx, addon), addon.name) == addon
    with pytest.raises(Forbidden, match="partner"):
        own_instance(tx, customer, addon.id)
    assert service_of(tx, addon).name == "exceptions"


def test_some_things_are_for_customers_only(tx: Transaction, customer: Actor, addon: Addon) -> None:
    customers_only(customer, "do this")
    with pytest.raises(Forbidden, match="cannot do this"):
        customers_only(partner_of_addon(tx, addon), "do this")
