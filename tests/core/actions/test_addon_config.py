"""What a partner sees and changes of its own instance, and nothing else."""

from collections.abc import Callable

import pytest

from platform_sim.core.access import Actor, addon_named
from platform_sim.core.actions.addon_config import (
    config_list,
    partner_deprovisions,
    partner_provisions,
    update_config,
)
from platform_sim.core.actions.addons import create_addon
from platform_sim.core.actions.addons_end import destroy_addon
from platform_sim.core.actions.catalog import register_manifest
from platform_sim.core.actions.config_vars import change_config_vars
from platform_sim.core.actions.releases import app_config, newest_release
from platform_sim.core.errors import Forbidden, InvalidParams, NotFound
from platform_sim.core.model.addons import Addon
from platform_sim.core.model.apps import App
from platform_sim.core.model.records import Job
from platform_sim.core.store import Transaction

from ...support import (
    dump,
    new_addon,
    new_app,
    new_customer,
    new_manifest,
    new_pending_addon,
    new_service,
    partner_of_addon,
)


@pytest.fixture
def addon(tx: Transaction, customer: Actor, app: App) -> Addon:
    new_service(tx, "exceptions", "URL", "KEY")
    return new_addon(tx, customer, app, config={"EXCEPTIONS_URL": "1"})


def test_config_is_listed_by_manifest_names(tx: Transaction, customer: Actor) -> None:
    new_service(tx, "exceptions", "URL", "KEY")
    app = new_app(tx, customer, "other")
    addon = new_addon(tx, customer, app, attachment="LOG", config={"EXCEPTIONS_URL": "1", "EXCEPTIONS_KEY": "2"})
    assert config_list(addon) == [("EXCEPTIONS_KEY", "2"), ("EXCEPTIONS_URL", "1")]
    assert app_config(tx, app) == {"LOG_URL": "1", "LOG_KEY": "2"}


def test_a_patch_sets_removes_and_keeps(tx: Transaction, app: App, addon: Addon) -> None:
    partner = partner_of_addon(tx, addon)
    now = update_config(tx, partner, addon.id, [("EXCEPTIONS_KEY", "2")])
    assert config_list(now) == [("EXCEPTIONS_KEY", "2"), ("EXCEPTIONS_URL", "1")]
    assert app_config(tx, app) == {"EXCEPTIONS_URL": "1", "EXCEPTIONS_KEY": "2"}
    newest = newest_release(tx, app)
    assert (newest.description, newest.actor_email) == (
        "Update EXCEPTIONS by exceptions",
        "exceptions@addons.heroku.com",
    )
    now = update_config(tx, partner, addon.name, [("EXCEPTIONS_URL", None), ("EXCEPTIONS_KEY", "3")])
    assert config_list(now) == [("EXCEPTIONS_KEY", "3")]
    assert app_config(tx, app) == {"EXCEPTIONS_KEY": "3"}


def test_an_empty_patch_changes_no_config(tx: Transaction, app: App, addon: Addon) -> None:
    version = newest_release(tx, app).version
    assert update_config(tx, partner_of_addon(tx, addon), addon.id, []).config == addon.config
    assert newest_release(tx, app).version == version


def test_invariant_14_the_token_of_one_addon_reads_and_changes_nothing_of_another(
    tx: Transaction, customer: Actor, app: App, addon: Addon
) -> None:
    """Neither another service's instance nor another instance of the same service, by id or name."""
    new_service(tx, "database")
    stranger = new_customer(tx, "s@example.com")
    others = [
        new_addon(tx, customer, app, "database"),
        new_addon(tx, customer, new_app(tx, customer, "second"), config={}),
        new_pending_addon(tx, stranger, new_app(tx, stranger)),
    ]
    partner = partner_of_addon(tx, addon)
    before = dump(tx)
    for other in others:
        for identity in (other.id, other.name):
            attempts: list[Callable[[], object]] = [
                lambda identity=identity: addon_named(tx, partner, identity),  # type: ignore[misc]
                lambda identity=identity: update_config(tx, partner, identity, []),  # type: ignore[misc]
                lambda identity=identity: partner_provisions(tx, partner, identity),  # type: ignore[misc]
                lambda identity=identity: partner_deprovisions(tx, partner, identity),  # type: ignore[misc]
            ]
            for attempt in attempts:
                with pytest.raises(NotFound):
                    attempt()
    assert dump(tx) == before


def test_invariant_14_a_partner_does_not_touch_a_var_it_did_not_set(
    tx: Transaction, customer: Actor, app: App, addon: Addon
) -> None:
    change_config_vars(tx, customer, app, {"SECRET": "mine", "EXCEPTIONS_KEY": "mine"})
    partner = partner_of_addon(tx, addon)
    for names in (["SECRET"], ["EXCEPTIONS_URL", "SECRET"]):
        for value in ("stolen", None):
            with pytest.raises(InvalidParams, match="SECRET cannot be set"):
                update_config(tx, partner, addon.id, [(name, value) for name in names])
    update_config(tx, partner, addon.id, [("EXCEPTIONS_KEY", None)])
    assert app_config(tx, app) == {"SECRET": "mine", "EXCEPTIONS_KEY": "mine", "EXCEPTIONS_URL": "1"}


def test_customers_do_not_act_as_partners(tx: Transaction, customer: Actor, app: App, addon: Addon) -> None:
    before = dump(tx)
    with pytest.raises(Forbidden):
        update_config(tx, customer, addon.id, [("EXCEPTIONS_URL", "2")])
    with pytest.raises(Forbidden):
        partner_provisions(tx, customer, addon.id)
    with pytest.raises(Forbidden):
        partner_deprovisions(tx, customer, addon.id)
    assert dump(tx) == before


def test_provisioned_can_be_said_after_202_and_again(tx: Transaction, customer: Actor, app: App) -> None:
    new_service(tx)
    asked, _ = create_addon(tx, customer, app, "exceptions")
    with pytest.raises(InvalidParams, match="answered with 202"):
        partner_provisions(tx, partner_of_addon(tx, asked), asked.id)
    other = new_pending_addon(tx, customer, new_app(tx, customer, "other"))
    done = partner_provisions(tx, partner_of_addon(tx, other), other.id)
    assert done.state == "provisioned"
    before = dump(tx)
    assert partner_provisions(tx, partner_of_addon(tx, other), other.id) == done
    assert dump(tx) == before


def test_what_was_declared_when_it_was_set_does_not_stop_the_completion(
    tx: Transaction, customer: Actor, app: App
) -> None:
    service = new_service(tx)
    addon = new_pending_addon(tx, customer, app)
    partner = partner_of_addon(tx, addon)
    update_config(tx, partner, addon.id, [("EXCEPTIONS_URL", "1")])
    register_manifest(tx, customer.account, new_manifest("exceptions", "OTHER"), client_secret=service.client_secret)
    assert partner_provisions(tx, partner, addon.id).state == "provisioned"
    assert app_config(tx, app) == {"EXCEPTIONS_URL": "1"}


def test_provisioned_cannot_be_said_of_what_the_customer_has_destroyed(
    tx: Transaction, customer: Actor, app: App
) -> None:
    new_service(tx)
    addon = new_pending_addon(tx, customer, app)
    destroy_addon(tx, customer, addon)
    with pytest.raises(InvalidParams, match="is deprovisioning"):
        partner_provisions(tx, partner_of_addon(tx, addon), addon.id)


def test_a_partner_gives_up_an_asynchronous_create(tx: Transaction, customer: Actor, app: App) -> None:
    new_service(tx)
    addon = new_pending_addon(tx, customer, app)
    partner = partner_of_addon(tx, addon)
    gone = partner_deprovisions(tx, partner, addon.id)
    assert gone.state == "deprovisioned"
    assert tx.count(Job, kind="deprovision") == 0, "the partner knows it already"
    with pytest.raises(NotFound):
        partner_deprovisions(tx, partner, addon.id)


def test_a_partner_finishes_an_asynchronous_delete(tx: Transaction, customer: Actor, addon: Addon) -> None:
    destroy_addon(tx, customer, addon)
    assert partner_deprovisions(tx, partner_of_addon(tx, addon), addon.id).state == "deprovisioned"


def test_a_partner_does_not_end_what_the_customer_uses(tx: Transaction, addon: Addon) -> None:
    with pytest.raises(InvalidParams, match="only the customer can destroy it"):
        partner_deprovisions(tx, partner_of_addon(tx, addon), addon.id)
    assert tx.get(Addon, addon.id).state == "provisioned"
