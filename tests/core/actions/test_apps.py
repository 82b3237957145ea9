"""Apps from creation to deletion."""

from random import Random
from typing import Any

import pytest

from platform_sim.core.access import Actor
from platform_sim.core.actions.addons_outcome import finish_provisioning
from platform_sim.core.actions.apps import create_app, delete_app, owner_of, update_app
from platform_sim.core.actions.builds import create_slug
from platform_sim.core.actions.config_vars import change_config_vars
from platform_sim.core.actions.dynos import add_formation_dyno
from platform_sim.core.actions.log_sessions import create_log_session
from platform_sim.core.actions.releases import app_config
from platform_sim.core.errors import Forbidden, InvalidParams
from platform_sim.core.model.addons import Addon, Attachment
from platform_sim.core.model.apps import (
    App,
    Build,
    ConfigSnapshot,
    Dyno,
    Formation,
    LogSessionRow,
    Release,
    Slug,
    heroku_id,
)
from platform_sim.core.model.records import Event, Job
from platform_sim.core.model.values import APP_NAME
from platform_sim.core.store import Transaction

from ...support import (
    START,
    attach,
    deploy,
    dump,
    new_addon,
    new_app,
    new_customer,
    new_database,
    new_pending_addon,
    new_service,
    partner_of_addon,
)


def test_a_new_app_has_two_releases_no_config_no_formation(tx: Transaction, customer: Actor) -> None:
    app = create_app(tx, customer, name="acme")
    assert (app.name, app.region, app.stack, app.maintenance) == ("acme", "us", "heroku-24", False)
    assert (app.owner_id, app.released_at, app.slug_size) == (customer.account.id, tx.now(), None)
    releases = tx.all(Release, app_id=app.id)
    assert [(r.version, r.description, r.status) for r in releases] == [
        (1, "Initial release", "succeeded"),
        (2, "Enable Logplex", "succeeded"),
    ]
    assert app_config(tx, app) == {}
    assert tx.count(Formation) == 0
    assert owner_of(tx, app) == customer.account
    assert [(e.kind, e.action) for e in tx.all(Event, app_id=app.id)] == [
        ("app", "create"),
        ("release", "create"),
        ("release", "create"),
    ]


def test_a_name_is_found_when_none_is_given(tx: Transaction, customer: Actor) -> None:
    names = {create_app(tx, customer).name for _ in range(30)}
    assert len(names) == 30
    assert all(APP_NAME.fullmatch(name) and 3 <= len(name) <= 30 for name in names)


def test_an_apps_number_is_its_own_and_stays(tx: Transaction, customer: Actor) -> None:
    apps = [create_app(tx, customer) for _ in range(20)]
    assert len({app.legacy_number for app in apps}) == 20
    assert all(len(str(app.legacy_number)) == 8 for app in apps)
    renamed = update_app(tx, customer, apps[0], name="renamed")
    assert heroku_id(renamed) == heroku_id(apps[0]) == f"app{apps[0].legacy_number}@heroku.com"


def test_a_number_that_is_taken_is_not_given_again(
    tx: Transaction, customer: Actor, monkeypatch: pytest.MonkeyPatch
) -> None:
    rolls = iter([11_111_111, 11_111_111, 22_222_222])
    monkeypatch.setattr(Random, "randrange", lambda *_: next(rolls))
    numbers = [create_app(tx, customer, name=name).legacy_number for name in ("first", "second")]
    assert numbers == [11_111_111, 22_222_222]


@pytest.mark.parametrize("name", ["abc", "a-b", "a" * 30, "a23"])
def test_good_names(tx: Transaction, customer: Actor, name: str) -> None:
    assert create_app(tx, customer, name=name).name == name


@pytest.mark.parametrize(
    ("name", "why"),
    [
        ("ab", "too short"),
        ("", "too short"),
        ("a" * 31, "too long"),
        ("Acme", "must start with a letter"),
        ("1acme", "must start with a letter"),
        ("acme-", "end with a letter or digit"),
        ("ac me", "can only contain"),
        ("acmé", "can only contain"),
        ("acme\n", "can only contain"),
        ("ac_me", "can only contain"),
    ],
)
def test_bad_names(tx: Transaction, customer: Actor, name: str, why: str) -> None:
    before = dump(tx)
    with pytest.raises(InvalidParams, match=why):
        create_app(tx, customer, name=name)
    assert dump(tx) == before


def test_a_longer_limit_for_names_is_really_longer() -> None:
    database = new_database(app_name_limit=63)
    with database.transaction() as tx:
        assert new_app(tx, new_customer(tx), "a" * 63).name == "a" * 63
    database.close()


def test_a_taken_name_is_refused_in_the_words_that_clients_look_for(tx: Transaction, app: App) -> None:
    stranger = new_customer(tx, "other@example.com")
    with pytest.raises(InvalidParams, match="^Name is already taken$"):
        create_app(tx, stranger, name=app.name)
    other = create_app(tx, stranger, name="other")
    with pytest.raises(InvalidParams, match="^Name is already taken$"):
        update_app(tx, stranger, other, name=app.name)


def test_regions_and_stacks_are_known_by_name_or_id(tx: Transaction, customer: Actor) -> None:
    app = create_app(tx, customer, region="eu", stack="00000000-0000-4000-8000-000000000222")
    assert (app.region, app.stack) == ("eu", "heroku-22")
    with pytest.raises(InvalidParams, match="Region mars is not available"):
        create_app(tx, customer, region="mars")
    with pytest.raises(InvalidParams, match="Stack cedar-14 is not available"):
        create_app(tx, customer, stack="cedar-14")


def test_an_update_tells_what_changed_and_only_that(tx: Transaction, customer: Actor, app: App) -> None:
    changed = update_app(tx, customer, app, name="acme-2", maintenance=True, build_stack="heroku-24")
    assert (changed.name, changed.maintenance) == ("acme-2", True)
    event = tx.all(Event, kind="app", order_by="number")[-1]
    assert event.action == "update"
    assert event.previous == {"name": "acme", "maintenance": False}
    assert event.data == {"name": "acme-2", "region": "us", "stack": "heroku-24", "maintenance": True}


def test_an_update_that_changes_nothing_writes_nothing(tx: Transaction, customer: Actor, app: App) -> None:
    before = dump(tx)
    assert update_app(tx, customer, app, name=app.name, maintenance=False) == app
    assert update_app(tx, customer, app) == app
    assert dump(tx) == before


def test_an_app_can_have_its_old_name_back(tx: Transaction, customer: Actor, app: App) -> None:
    renamed = update_app(tx, customer, app, name="acme-2")
    assert update_app(tx, customer, renamed, name="acme").name == "acme"


def test_partners_neither_create_change_nor_delete_apps(tx: Transaction, customer: Actor, app: App) -> None:
    new_service(tx)
    partner = partner_of_addon(tx, new_addon(tx, customer, app))
    attempts: list[Any] = [
        lambda: create_app(tx, partner),
        lambda: update_app(tx, partner, app, maintenance=True),
        lambda: delete_app(tx, partner, app),
    ]
    before = dump(tx)
    for attempt in attempts:
        with pytest.raises(Forbidden):
            attempt()
    assert dump(tx) == before


def test_deleting_an_app_takes_everything_it_owns(tx: Transaction, customer: Actor, app: App) -> None:
    other = new_app(tx, customer, "other")
    untouched = dump(tx, without=(Event,))
    release = deploy(tx, customer, app)
    change_config_vars(tx, customer, app, {"A": "1"})
    create_slug(tx, customer, app, {"web": "serve"})
    create_log_session(tx, customer, app)
    dyno = add_formation_dyno(tx, release, "web.1", "serve", "Basic")
    delete_app(tx, customer, app)
    for noun in (Formation, LogSessionRow, Build, ConfigSnapshot, Release, Slug):
        assert tx.count(noun, app_id=app.id) == 0, noun
    assert tx.all(App) == [other]
    assert tx.get(Dyno, dyno.id).wanted is False, "the supervisor ends the process, then the row goes"
    kept = dump(tx)
    for noun_name in ("Account", "AccessToken", "Authorization"):
        assert kept[noun_name] == untouched[noun_name]
    last = tx.all(Event, order_by="number")[-1]
    assert (last.kind, last.action, last.app_id) == ("app", "destroy", app.id)


def test_deleting_an_app_deprovisions_the_addons_it_owns(tx: Transaction, customer: Actor, app: App) -> None:
    new_service(tx)
    new_service(tx, "database")
    addons = [new_addon(tx, customer, app), new_pending_addon(tx, customer, app, "database")]
    releases = tx.count(Event, kind="release")
    delete_app(tx, customer, app)
    assert [tx.get(Addon, a.id).state for a in addons] == ["deprovisioning"] * 2
    assert tx.count(Event, kind="release") == releases, "an app that goes gets no release"
    assert [j.subject_id for j in tx.all(Job, kind="deprovision")] == [a.id for a in addons]
    assert tx.count(Attachment) == 0
    assert finish_provisioning(tx, addons[1], {}, customer.account).state == "deprovisioning", "a late yes is too late"


def test_deleting_an_app_releases_the_others_that_used_its_addons(tx: Transaction, customer: Actor, app: App) -> None:
    new_service(tx)
    addon, other = new_addon(tx, customer, app), new_app(tx, customer, "other")
    attach(tx, other, addon, "BORROWED")
    change_config_vars(tx, customer, other, {"BORROWED_URL": addon.config["EXCEPTIONS_URL"], "MINE": "1"})
    delete_app(tx, customer, app)
    assert app_config(tx, other) == {"MINE": "1"}
    last = tx.find(Release, app_id=other.id, order_by="version", desc=True)
    assert last is not None
    assert last.description == f"Detach BORROWED (@ref:{addon.name})"


def test_an_app_that_borrowed_an_addon_goes_without_ending_it(tx: Transaction, customer: Actor, app: App) -> None:
    new_service(tx)
    addon, other = new_addon(tx, customer, app), new_app(tx, customer, "other")
    borrowed = attach(tx, other, addon, "BORROWED")
    delete_app(tx, customer, other)
    assert tx.get(Addon, addon.id).state == "provisioned"
    assert [a.app_id for a in tx.all(Attachment)] == [app.id]
    event = tx.find(Event, kind="addon-attachment", subject_id=borrowed.id)
    assert event is not None
    assert event.action == "destroy"


def test_a_name_is_free_again_after_deletion(tx: Transaction, customer: Actor, app: App) -> None:
    delete_app(tx, customer, app)
    again = create_app(tx, customer, name=app.name)
    assert again.id != app.id
    assert again.created_at == START
    assert [r.version for r in tx.all(Release, app_id=again.id)] == [1, 2]
