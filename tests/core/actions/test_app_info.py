"""App Info: a partner's installs by its manifest's credentials, and nobody else's."""

import pytest

from platform_sim.core.access import Actor
from platform_sim.core.actions.addons import create_addon
from platform_sim.core.actions.addons_end import destroy_addon
from platform_sim.core.actions.app_info import back_channel_name, install_named, installs, set_config
from platform_sim.core.actions.apps import delete_app
from platform_sim.core.actions.catalog import register_manifest
from platform_sim.core.actions.releases import app_config, newest_release
from platform_sim.core.errors import Forbidden, InvalidParams, MultipleMatches, NotFound
from platform_sim.core.model.addons import AddonService
from platform_sim.core.model.apps import App, heroku_id
from platform_sim.core.store import Transaction

from ...support import attach, dump, end_addon, new_addon, new_app, new_manifest, new_pending_addon, new_service


def legacy_service(tx: Transaction, customer: Actor, *requires: str) -> AddonService:
    """`exceptions`, in version 1 of the protocol; declares EXCEPTIONS_URL and EXCEPTIONS_KEY."""
    manifest = new_manifest("exceptions", "URL", "KEY", requires=requires)
    del manifest["api"]["version"]
    return register_manifest(tx, customer.account, manifest)


@pytest.fixture
def service(tx: Transaction, customer: Actor) -> AddonService:
    return legacy_service(tx, customer)


def test_installs_are_what_has_been_answered_for_and_is_not_gone(
    tx: Transaction, customer: Actor, service: AddonService
) -> None:
    new_service(tx, "database")
    ready, pending, asked, ended, leaving = (new_app(tx, customer, f"app-{n}") for n in range(5))
    there = new_addon(tx, customer, ready)
    soon = new_pending_addon(tx, customer, pending)
    create_addon(tx, customer, asked, "exceptions")
    end_addon(tx, customer, new_addon(tx, customer, ended))
    going = new_addon(tx, customer, leaving)
    destroy_addon(tx, customer, going)
    new_addon(tx, customer, ready, "database")
    assert [each.addon.id for each in installs(tx, service)] == [there.id, soon.id, going.id]
    delete_app(tx, customer, leaving)
    assert [(each.app.name, each.plan.name) for each in installs(tx, service)] == [("app-0", "test"), ("app-1", "test")]


def test_an_install_is_found_by_the_apps_number_and_by_uuid(
    tx: Transaction, customer: Actor, app: App, service: AddonService
) -> None:
    addon = new_addon(tx, customer, app)
    assert install_named(tx, service, heroku_id(app)).addon == addon
    assert install_named(tx, service, addon.id).app.id == app.id


def test_what_is_not_there_is_not_found(tx: Transaction, customer: Actor, app: App, service: AddonService) -> None:
    other = new_service(tx, "database")
    foreign = new_addon(tx, customer, app, "database")
    for identity in ("", "acme", app.id, heroku_id(app), foreign.id, "app1@heroku.com"):
        with pytest.raises(NotFound):
            install_named(tx, service, identity)
    assert install_named(tx, other, heroku_id(app)).addon == foreign
    create_addon(tx, customer, app, "exceptions")
    with pytest.raises(NotFound):
        install_named(tx, service, heroku_id(app))


def test_the_number_is_the_owning_apps(tx: Transaction, customer: Actor, app: App, service: AddonService) -> None:
    addon, other = new_addon(tx, customer, app), new_app(tx, customer, "other")
    attach(tx, other, addon, "BORROWED")
    with pytest.raises(NotFound):
        install_named(tx, service, heroku_id(other))


def test_of_several_on_one_app_only_the_uuid_names_one(tx: Transaction, customer: Actor, app: App) -> None:
    service = legacy_service(tx, customer, "many_per_app")
    first, second = new_addon(tx, customer, app), new_addon(tx, customer, app)
    with pytest.raises(MultipleMatches, match="uuid"):
        install_named(tx, service, heroku_id(app))
    assert install_named(tx, service, second.id).addon == second
    assert back_channel_name(service, first, app) == first.id


def test_the_back_channel_of_old_names_the_app(
    tx: Transaction, customer: Actor, app: App, service: AddonService
) -> None:
    assert back_channel_name(service, new_addon(tx, customer, app), app) == heroku_id(app)
    current = new_service(tx, "database")
    addon = new_addon(tx, customer, app, "database")
    assert back_channel_name(current, addon, app) == addon.id


def test_config_is_set_and_released_on_every_attached_app(
    tx: Transaction, customer: Actor, app: App, service: AddonService
) -> None:
    addon, other = new_addon(tx, customer, app, config={"EXCEPTIONS_URL": "1"}), new_app(tx, customer, "other")
    attach(tx, other, addon, "BORROWED")
    now = set_config(tx, service, heroku_id(app), {"EXCEPTIONS_URL": None, "EXCEPTIONS_KEY": "2"})
    assert now.addon.config == {"EXCEPTIONS_KEY": "2"}
    assert app_config(tx, app) == {"EXCEPTIONS_KEY": "2"}
    assert app_config(tx, other) == {"BORROWED_KEY": "2"}
    release = newest_release(tx, app)
    assert (release.description, release.actor_email) == (
        "Update EXCEPTIONS by exceptions",
        "exceptions@addons.heroku.com",
    )


def test_an_undeclared_name_is_forbidden_and_nothing_is_written(
    tx: Transaction, customer: Actor, app: App, service: AddonService
) -> None:
    new_addon(tx, customer, app)
    before = dump(tx)
    with pytest.raises(Forbidden, match="PATH cannot be set: not declared in the manifest"):
        set_config(tx, service, heroku_id(app), {"EXCEPTIONS_URL": "x", "PATH": "/evil"})
    assert dump(tx) == before


def test_in_version_1_it_ends_an_asynchronous_provisioning(
    tx: Transaction, customer: Actor, app: App, service: AddonService
) -> None:
    pending = new_pending_addon(tx, customer, app)
    before = newest_release(tx, app).version
    now = set_config(tx, service, heroku_id(app), {"EXCEPTIONS_URL": "1"})
    assert (now.addon.id, now.addon.state, now.addon.deadline_at) == (pending.id, "provisioned", None)
    assert app_config(tx, app) == {"EXCEPTIONS_URL": "1"}
    newest = newest_release(tx, app)
    assert (newest.version, newest.actor_email) == (before + 1, "exceptions@addons.heroku.com")
    assert "completed provisioning, setting EXCEPTIONS_URL" in newest.description
    set_config(tx, service, heroku_id(app), {"EXCEPTIONS_URL": "1"})
    assert newest_release(tx, app).version == before + 1, "a repeat is harmless"


def test_in_version_3_it_only_keeps_the_config(tx: Transaction, customer: Actor, app: App) -> None:
    current = new_service(tx)
    pending = new_pending_addon(tx, customer, app)
    now = set_config(tx, current, pending.id, {"EXCEPTIONS_URL": "1"})
    assert (now.addon.state, now.addon.config) == ("provisioning", {"EXCEPTIONS_URL": "1"})


def test_before_the_partners_answer_nothing_can_be_set(
    tx: Transaction, customer: Actor, app: App, service: AddonService
) -> None:
    addon, _ = create_addon(tx, customer, app, "exceptions")
    for identity in (heroku_id(app), addon.id):
        with pytest.raises(NotFound):
            set_config(tx, service, identity, {"EXCEPTIONS_URL": "1"})


def test_one_on_an_app_in_version_1_too(tx: Transaction, customer: Actor, app: App, service: AddonService) -> None:
    new_addon(tx, customer, app)
    with pytest.raises(InvalidParams, match="only once"):
        create_addon(tx, customer, app, "exceptions")
