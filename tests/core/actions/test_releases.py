"""Releases: versions, the release phase, what a release carries on, and rollback."""

import pytest

from platform_sim.core.access import Actor
from platform_sim.core.actions.addon_config import update_config
from platform_sim.core.actions.addons_end import destroy_addon
from platform_sim.core.actions.builds import create_slug, release_slug, slug_uploaded
from platform_sim.core.actions.config_vars import change_config_vars
from platform_sim.core.actions.dynos import report_gone
from platform_sim.core.actions.releases import (
    app_config,
    current_release,
    newest_release,
    release_named,
    rollback,
)
from platform_sim.core.errors import InvalidParams, NotFound
from platform_sim.core.model.apps import App, Dyno, Formation, Release
from platform_sim.core.model.records import Event
from platform_sim.core.store import Transaction

from ...support import deploy, dump, new_addon, new_app, new_service, partner_of_addon

PHASE = {"web": "serve", "release": "migrate"}


def end_phase(tx: Transaction, release: Release, exit_status: int = 0) -> None:
    """The release dyno of this release ends."""
    dyno = tx.find(Dyno, release_id=release.id, kind="release")
    assert dyno is not None
    report_gone(tx, dyno, exit_status)


def test_without_a_release_command_a_deploy_is_current_at_once(tx: Transaction, customer: Actor, app: App) -> None:
    release = deploy(tx, customer, app)
    assert (release.status, release.version, release.description) == ("succeeded", 3, "Deploy 409cdef5")
    assert current_release(tx, app.id) == newest_release(tx, app) == release
    assert release.output_secret is None
    assert tx.count(Dyno) == 0


def test_the_first_deploy_scales_web_to_one_and_others_to_none(tx: Transaction, customer: Actor, app: App) -> None:
    deploy(tx, customer, app, web="serve", worker="work", clock="tick")
    assert {f.type: (f.quantity, f.command) for f in tx.all(Formation, app_id=app.id)} == {
        "web": (1, "serve"),
        "worker": (0, "work"),
        "clock": (0, "tick"),
    }


def test_later_deploys_keep_quantities_follow_commands_and_drop_types(
    tx: Transaction, customer: Actor, app: App
) -> None:
    deploy(tx, customer, app, web="serve", worker="work")
    web = tx.find(Formation, app_id=app.id, type="web")
    assert web is not None
    tx.update(web, quantity=3)
    deploy(tx, customer, app, web="serve --fast", clock="tick")
    assert {f.type: (f.quantity, f.command) for f in tx.all(Formation, app_id=app.id)} == {
        "web": (3, "serve --fast"),
        "clock": (0, "tick"),
    }
    kinds = [(e.action, e.data["type"]) for e in tx.all(Event, kind="formation", order_by="number")]
    assert kinds == [("create", "web"), ("create", "worker"), ("create", "clock"), ("destroy", "worker")]


def test_an_app_shows_the_slug_that_is_current(tx: Transaction, customer: Actor, app: App) -> None:
    deploy(tx, customer, app)
    shown = tx.get(App, app.id)
    assert (shown.released_at, shown.slug_size, shown.buildpack_description) == (tx.now(), 1000, "Python")


def test_an_uploaded_slug_is_released_and_an_empty_one_is_not(tx: Transaction, customer: Actor, app: App) -> None:
    slug = create_slug(tx, customer, app, {"web": "serve"}, commit="cccccccc03dd")
    with pytest.raises(InvalidParams, match="not been uploaded"):
        release_slug(tx, customer, app, slug, None)
    slug = slug_uploaded(tx, slug, "folder", 10, "SHA256:aa")
    assert release_slug(tx, customer, app, slug, None).description == "Deploy cccccccc"
    assert release_slug(tx, customer, app, slug, "By hand").description == "By hand"


def test_releases_are_found_by_id_or_version(tx: Transaction, app: App) -> None:
    first = tx.find(Release, app_id=app.id, version=1)
    assert first is not None
    for identity in (first.id, "1", "v1", "01"):
        assert release_named(tx, app, identity) == first
    for identity in ("3", "v3", "vv1", "-1", "", "v", "1.0", "²", "9" * 40, "Initial release"):
        with pytest.raises(NotFound):
            release_named(tx, app, identity)


def test_releases_of_other_apps_are_not_found(tx: Transaction, customer: Actor, app: App) -> None:
    other = new_app(tx, customer, "other")
    foreign = newest_release(tx, other)
    with pytest.raises(NotFound):
        release_named(tx, app, foreign.id)


def test_invariant_11_a_rollback_is_a_new_version(tx: Transaction, customer: Actor, app: App) -> None:
    first = deploy(tx, customer, app, web="old")
    change_config_vars(tx, customer, app, {"A": "1"})
    target = newest_release(tx, app)
    deploy(tx, customer, app, "bbbbbbbb02", web="new")
    change_config_vars(tx, customer, app, {"A": "2", "B": "2"})
    log = tx.all(Release, app_id=app.id)
    back = rollback(tx, app, customer.account, f"v{target.version}")
    assert back.version == log[-1].version + 1
    assert back.description == f"Rollback to v{target.version}"
    assert back.slug_id == first.slug_id
    assert app_config(tx, app) == {"A": "1"}
    assert current_release(tx, app.id) == back
    assert tx.all(Release, app_id=app.id)[:-1] == log, "nothing older is changed"
    assert [f.command for f in tx.all(Formation, app_id=app.id)] == ["old"]


def test_a_rollback_can_be_rolled_back(tx: Transaction, customer: Actor, app: App) -> None:
    deploy(tx, customer, app)
    change_config_vars(tx, customer, app, {"A": "1"})
    rollback(tx, app, customer.account, "3")
    assert app_config(tx, app) == {}
    rollback(tx, app, customer.account, "4")
    assert app_config(tx, app) == {"A": "1"}


@pytest.mark.parametrize("version", ["1", "2"])
def test_no_rollback_to_what_was_never_deployed(tx: Transaction, customer: Actor, app: App, version: str) -> None:
    deploy(tx, customer, app)
    before = dump(tx)
    with pytest.raises(InvalidParams, match="no slug or did not succeed"):
        rollback(tx, app, customer.account, version)
    assert dump(tx) == before


def test_no_rollback_to_a_failed_or_pending_release(tx: Transaction, customer: Actor, app: App) -> None:
    release = deploy(tx, customer, app, **PHASE)
    with pytest.raises(InvalidParams):
        rollback(tx, app, customer.account, release.id)
    end_phase(tx, release, 1)
    with pytest.raises(InvalidParams):
        rollback(tx, app, customer.account, release.id)


def test_a_rollback_leaves_addons_as_they_are_today(tx: Transaction, customer: Actor, app: App) -> None:
    new_service(tx)
    new_service(tx, "database")
    before_all = deploy(tx, customer, app)
    addon = new_addon(tx, customer, app)
    with_first = newest_release(tx, app)
    update_config(tx, partner_of_addon(tx, addon), addon.id, [("EXCEPTIONS_URL", "http://rotated.test")])
    rollback(tx, app, customer.account, before_all.id)
    assert app_config(tx, app) == {"EXCEPTIONS_URL": "http://rotated.test"}, "installed since then: stays"
    rollback(tx, app, customer.account, with_first.id)
    assert app_config(tx, app) == {"EXCEPTIONS_URL": "http://rotated.test"}, "retired credentials stay retired"
    destroy_addon(tx, customer, addon)
    rollback(tx, app, customer.account, with_first.id)
    assert app_config(tx, app) == {}, "an add-on that is gone does not come back as a variable"


def test_a_rollback_brings_back_what_the_customer_had_set_over_an_addons_value(
    tx: Transaction, customer: Actor, app: App
) -> None:
    new_service(tx)
    deploy(tx, customer, app)
    addon = new_addon(tx, customer, app)
    change_config_vars(tx, customer, app, {"EXCEPTIONS_URL": "http://my-own.test"})
    mine = newest_release(tx, app)
    destroy_addon(tx, customer, addon)
    change_config_vars(tx, customer, app, {"EXCEPTIONS_URL": None})
    rollback(tx, app, customer.account, mine.id)
    assert app_config(tx, app) == {"EXCEPTIONS_URL": "http://my-own.test"}


def test_plan_names_of_an_app_are_written_down_with_each_release(tx: Transaction, customer: Actor, app: App) -> None:
    new_service(tx)
    new_addon(tx, customer, app)
    assert newest_release(tx, app).addon_plan_names == ["exceptions:test"]
    assert tx.get(Release, current_release(tx, app.id).id).addon_plan_names == ["exceptions:test"]
