"""Attaching an add-on once more, and detaching it (partner-api §2.8, §2.9)."""

import pytest

from platform_sim.core.access import Actor
from platform_sim.core.actions.addon_config import partner_provisions, update_config
from platform_sim.core.actions.attachments import attach, customer_detaches, detach
from platform_sim.core.actions.config_vars import change_config_vars
from platform_sim.core.actions.releases import app_config, newest_release
from platform_sim.core.errors import ConfirmationRequired, Forbidden, InvalidParams
from platform_sim.core.model.addons import Attachment
from platform_sim.core.model.apps import App, Release
from platform_sim.core.store import Transaction

from ...support import (
    new_addon,
    new_app,
    new_customer,
    new_database,
    new_pending_addon,
    new_service,
    partner_of_addon,
)

CONFIG = {"ACME_URL": "http://one", "ACME_KEY": "secret"}


@pytest.fixture
def other(tx: Transaction, customer: Actor) -> App:
    return new_app(tx, customer, "other-app")


def releases(tx: Transaction, app: App) -> list[str]:
    return [each.description for each in tx.all(Release, app_id=app.id, order_by="version")][2:]


def test_another_app_sees_the_vars_under_its_own_names(tx: Transaction, customer: Actor, app: App, other: App) -> None:
    new_service(tx, "acme", "URL", "KEY", requires=["attachable"])
    addon = new_addon(tx, customer, app, "acme", CONFIG)
    made = attach(tx, customer, other, addon, name="blue")
    assert made.name == "BLUE"
    assert app_config(tx, other) == {"BLUE_URL": "http://one", "BLUE_KEY": "secret"}
    assert releases(tx, other) == [f"Attach BLUE (@ref:{addon.name})"]
    assert newest_release(tx, other).actor_id == customer.account.id


def test_a_change_by_the_partner_reaches_both_apps_with_one_release_each(
    tx: Transaction, customer: Actor, app: App, other: App
) -> None:
    new_service(tx, "acme", "URL", "KEY", requires=["attachable"])
    addon = new_addon(tx, customer, app, "acme", CONFIG)
    attach(tx, customer, other, addon, name="BLUE")
    before = newest_release(tx, app).version, newest_release(tx, other).version
    update_config(tx, partner_of_addon(tx, addon), addon.id, [("ACME_URL", "http://two")])
    assert app_config(tx, app)["ACME_URL"] == app_config(tx, other)["BLUE_URL"] == "http://two"
    after = newest_release(tx, app).version, newest_release(tx, other).version
    assert after == (before[0] + 1, before[1] + 1)
    assert releases(tx, other)[-1] == "Update BLUE by acme"


def test_a_second_name_on_the_same_app_needs_no_flag(tx: Transaction, customer: Actor, app: App) -> None:
    new_service(tx, "acme", "URL", "KEY")
    addon = new_addon(tx, customer, app, "acme", CONFIG)
    attach(tx, customer, app, addon, name="PRIMARY")
    assert app_config(tx, app) == CONFIG | {"PRIMARY_URL": "http://one", "PRIMARY_KEY": "secret"}


def test_a_service_that_is_not_attachable_stays_on_its_app(
    tx: Transaction, customer: Actor, app: App, other: App
) -> None:
    new_service(tx, "acme", "URL")
    addon = new_addon(tx, customer, app, "acme", {"ACME_URL": "http://one"})
    with pytest.raises(InvalidParams, match="attachable"):
        attach(tx, customer, other, addon)
    assert tx.count(Attachment, app_id=other.id) == 0
    assert app_config(tx, other) == {}


def test_a_name_in_use_gives_way_only_to_a_confirmation(tx: Transaction, customer: Actor, app: App, other: App) -> None:
    new_service(tx, "acme", "URL", requires=["attachable", "many_per_app"])
    first = new_addon(tx, customer, app, "acme", {"ACME_URL": "http://one"})
    second = new_addon(tx, customer, other, "acme", {"ACME_URL": "http://two"})
    with pytest.raises(ConfirmationRequired, match=first.name):
        attach(tx, customer, app, second, name="ACME")
    attach(tx, customer, app, second, name="ACME", confirm=app.name)
    assert app_config(tx, app) == {"ACME_URL": "http://two"}
    assert releases(tx, app)[-2:] == [f"Detach ACME (@ref:{first.name})", f"Attach ACME (@ref:{second.name})"]


def test_detaching_takes_the_vars_away_and_leaves_the_customers_own(
    tx: Transaction, customer: Actor, app: App, other: App
) -> None:
    new_service(tx, "acme", "URL", "KEY", requires=["attachable"])
    addon = new_addon(tx, customer, app, "acme", CONFIG)
    made = attach(tx, customer, other, addon, name="BLUE")
    change_config_vars(tx, customer, other, {"BLUE_KEY": "mine", "MORE": "1"})
    detach(tx, customer.account, other, made, addon)
    assert app_config(tx, other) == {"BLUE_KEY": "mine", "MORE": "1"}
    assert app_config(tx, app) == CONFIG
    assert releases(tx, other)[-1] == f"Detach BLUE (@ref:{addon.name})"


def test_an_addon_on_its_way_is_attached_without_vars_and_completed_with_them(
    tx: Transaction, customer: Actor, app: App, other: App
) -> None:
    new_service(tx, "acme", "URL", requires=["attachable"])
    addon = new_pending_addon(tx, customer, app, "acme")
    attach(tx, customer, other, addon, name="BLUE")
    assert app_config(tx, other) == {}
    partner = partner_of_addon(tx, addon)
    update_config(tx, partner, addon.id, [("ACME_URL", "http://one")])
    partner_provisions(tx, partner, addon.id)
    assert app_config(tx, app) == {"ACME_URL": "http://one"}
    assert app_config(tx, other) == {"BLUE_URL": "http://one"}
    assert releases(tx, other) == [
        f"Attach BLUE (@ref:{addon.name})",
        f"@ref:{addon.name} completed provisioning, setting BLUE_URL.",
    ]
    assert newest_release(tx, other).actor_email == "acme@addons.heroku.com"


def test_partners_attach_nothing(tx: Transaction, customer: Actor, app: App, other: App) -> None:
    new_service(tx, "acme", "URL", requires=["attachable"])
    addon = new_addon(tx, customer, app, "acme", {"ACME_URL": "http://one"})
    with pytest.raises(Forbidden):
        attach(tx, partner_of_addon(tx, addon), other, addon)


def test_two_names_on_one_app_change_in_one_release_and_go_one_by_one(
    tx: Transaction, customer: Actor, app: App
) -> None:
    new_service(tx, "acme", "URL")
    addon = new_addon(tx, customer, app, "acme", {"ACME_URL": "http://one"})
    attach(tx, customer, app, addon, name="PRIMARY")
    update_config(tx, partner_of_addon(tx, addon), addon.id, [("ACME_URL", "http://two")])
    assert app_config(tx, app) == {"ACME_URL": "http://two", "PRIMARY_URL": "http://two"}
    assert releases(tx, app)[-1] == "Update ACME, PRIMARY by acme"
    first = tx.find(Attachment, app_id=app.id, name="ACME")
    assert first is not None
    customer_detaches(tx, customer, app, first)
    assert app_config(tx, app) == {"PRIMARY_URL": "http://two"}
    assert releases(tx, app)[-1] == f"Detach ACME (@ref:{addon.name})"


def test_the_last_attachment_to_the_app_that_owns_it_is_no_way_to_be_rid_of_an_addon(
    tx: Transaction, customer: Actor, app: App, other: App
) -> None:
    new_service(tx, "acme", "URL", requires=["attachable"])
    addon = new_addon(tx, customer, app, "acme", {"ACME_URL": "http://one"})
    own, foreign = tx.find(Attachment, app_id=app.id), attach(tx, customer, other, addon)
    assert own is not None
    before = releases(tx, app)
    with pytest.raises(InvalidParams, match=f"last attachment to billing app for addon {addon.name}"):
        customer_detaches(tx, customer, app, own)
    assert (releases(tx, app), tx.count(Attachment, app_id=app.id)) == (before, 1)
    customer_detaches(tx, customer, other, foreign)
    assert app_config(tx, other) == {}
    with pytest.raises(Forbidden):
        customer_detaches(tx, partner_of_addon(tx, addon), app, own)


def test_unless_the_setting_allows_it() -> None:
    database = new_database(last_attachment_can_be_detached=True)
    with database.transaction() as tx:
        customer = new_customer(tx)
        app = new_app(tx, customer)
        new_service(tx, "acme", "URL")
        addon = new_addon(tx, customer, app, "acme")
        [own] = tx.all(Attachment)
        customer_detaches(tx, customer, app, own)
        assert (app_config(tx, app), releases(tx, app)[-1]) == ({}, f"Detach ACME (@ref:{addon.name})")
    database.close()


def test_the_first_postgres_is_the_database_and_further_ones_have_a_colour(
    tx: Transaction, customer: Actor, app: App
) -> None:
    new_service(tx, "heroku-postgresql", "URL", requires=["many_per_app"])
    new_service(tx, "database", "URL")
    names = []
    for service in ("heroku-postgresql", "heroku-postgresql", "database"):
        addon = new_addon(tx, customer, app, service)
        names += [a.name for a in tx.all(Attachment, addon_id=addon.id)]
    assert names[0] == "DATABASE"
    assert names[1].rpartition("_")[0] == "HEROKU_POSTGRESQL"
    assert names[2].rpartition("_")[0] == "DATABASE", "that name is taken"
    assert set(app_config(tx, app)) == {f"{name}_URL" for name in names}


def test_invariant_10_no_var_gets_a_second_owner(tx: Transaction, customer: Actor, app: App) -> None:
    """FOO_BAR_URL is `foo`'s BAR_URL and `foo-bar`'s URL: the second to come has to have another name."""
    new_service(tx, "foo", "URL", "BAR_URL")
    new_service(tx, "foo-bar", "URL")
    first = new_addon(tx, customer, app, "foo", {"FOO_URL": "1", "FOO_BAR_URL": "2"})
    second = new_addon(tx, customer, app, "foo-bar", {"FOO_BAR_URL": "3"})
    [attachment] = tx.all(Attachment, addon_id=second.id)
    assert attachment.name.startswith("FOO_BAR_")
    assert app_config(tx, app) == {"FOO_URL": "1", "FOO_BAR_URL": "2", f"{attachment.name}_URL": "3"}
    with pytest.raises(InvalidParams, match=rf"As FOO_BAR it would set FOO_BAR_URL, which FOO \({first.name}\) sets"):
        attach(tx, customer, app, second, name="foo_bar")


def test_an_app_without_room_for_the_vars_is_not_attached(
    tx: Transaction, customer: Actor, app: App, other: App
) -> None:
    new_service(tx, "acme", "URL", requires=["attachable"])
    addon = new_addon(tx, customer, app, "acme", {"ACME_URL": "x" * 20_000})
    change_config_vars(tx, customer, other, {"MINE": "y" * 13_000})
    with pytest.raises(InvalidParams, match="limited to 32768 bytes.*on other-app"):
        attach(tx, customer, other, addon)
    assert releases(tx, other) == ["Set MINE config vars"]
