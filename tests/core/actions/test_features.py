"""Features: switched for an app or an account, and what a dyno is told of itself from the next release on."""

from datetime import timedelta

import pytest

from platform_sim.core.access import Actor
from platform_sim.core.actions import features
from platform_sim.core.actions.apps import delete_app
from platform_sim.core.actions.dynos import add_formation_dyno
from platform_sim.core.actions.features import feature_named, has_preboot, metadata, switch, switch_of
from platform_sim.core.errors import Forbidden, NotFound
from platform_sim.core.model.apps import App, FeatureSwitch
from platform_sim.core.model.features import ACCOUNT_FEATURES, APP_FEATURES, BUILD_METADATA, DYNO_METADATA, PREBOOT
from platform_sim.core.model.records import Event
from platform_sim.core.store import Database, Transaction

from ...support import deploy, new_addon, new_app, new_customer, new_service, partner_of_addon


def test_apps_and_accounts_have_features_of_their_own(customer: Actor, app: App) -> None:
    assert features.features_of(app) == APP_FEATURES
    assert features.features_of(customer.account) == ACCOUNT_FEATURES
    for identity in (PREBOOT, APP_FEATURES[0].id):
        assert feature_named(app, identity).name == PREBOOT
        with pytest.raises(NotFound):
            feature_named(customer.account, identity)


def test_a_feature_is_off_until_it_is_switched_on(tx: Transaction, customer: Actor, app: App) -> None:
    preboot = feature_named(app, PREBOOT)
    assert switch_of(tx, app, preboot) is None
    assert switch(tx, customer, app, preboot, enabled=False) is None, "nothing changes"
    on = switch(tx, customer, app, preboot, enabled=True)
    assert on is not None
    assert on.enabled
    assert switch(tx, customer, app, preboot, enabled=True) == on, "nothing changes"
    assert has_preboot(tx, app.id)
    assert not has_preboot(tx, new_app(tx, customer).id)
    off = switch(tx, customer, app, preboot, enabled=False)
    assert switch_of(tx, app, preboot) == off
    assert not has_preboot(tx, app.id)
    told = [(e.app_id, e.data, e.previous) for e in tx.all(Event, kind="app-feature")]
    assert told == [
        (app.id, {"name": PREBOOT, "enabled": True}, {"enabled": False}),
        (app.id, {"name": PREBOOT, "enabled": False}, {"enabled": True}),
    ]


def test_an_account_s_are_its_own(tx: Transaction, customer: Actor) -> None:
    [known] = ACCOUNT_FEATURES
    switch(tx, customer, customer.account, known, enabled=True)
    assert switch_of(tx, new_customer(tx, "other@example.com").account, known) is None
    [event] = tx.all(Event, kind="account-feature")
    assert event.app_id is None


def test_switches_go_with_the_app_and_partners_have_no_hand_in_them(tx: Transaction, customer: Actor, app: App) -> None:
    preboot = feature_named(app, PREBOOT)
    switch(tx, customer, app, preboot, enabled=True)
    new_service(tx)
    with pytest.raises(Forbidden):
        switch(tx, partner_of_addon(tx, new_addon(tx, customer, app)), app, preboot, enabled=False)
    delete_app(tx, customer, app)
    assert tx.count(FeatureSwitch) == 0


def test_a_dyno_is_told_about_itself_by_releases_made_afterwards(database: Database) -> None:
    with database.transaction() as tx:
        customer = new_customer(tx)
        app = new_app(tx, customer, "acme")
        before = deploy(tx, customer, app)
    database.clock.advance(timedelta(seconds=1))
    with database.transaction() as tx:
        switch(tx, customer, app, feature_named(app, DYNO_METADATA), enabled=True)
    database.clock.advance(timedelta(seconds=1))
    with database.transaction() as tx:
        release = deploy(tx, customer, app, "409cdef5aa")
        dyno = add_formation_dyno(tx, release, "web.1", "serve", "Basic")
        assert metadata(tx, app, before, dyno) == {}
        assert metadata(tx, app, release, dyno) == {
            "HEROKU_APP_ID": app.id,
            "HEROKU_APP_NAME": "acme",
            "HEROKU_APP_DEFAULT_DOMAIN_NAME": "acme.localhost",
            "HEROKU_DYNO_ID": dyno.id,
            "HEROKU_RELEASE_CREATED_AT": "2026-03-01T12:00:02Z",
            "HEROKU_RELEASE_VERSION": "v4",
            "HEROKU_SLUG_COMMIT": "409cdef5aa",
            "HEROKU_SLUG_DESCRIPTION": "Deploy 409cdef5",
        }
        switch(tx, customer, app, feature_named(app, DYNO_METADATA), enabled=False)
        assert metadata(tx, app, release, dyno) == {}


def test_the_build_is_told_by_a_feature_of_its_own(tx: Transaction, customer: Actor, app: App) -> None:
    switch(tx, customer, app, feature_named(app, BUILD_METADATA), enabled=True)
    release = deploy(tx, customer, app, "409cdef5aa")
    dyno = add_formation_dyno(tx, release, "web.1", "serve", "Basic")
    assert metadata(tx, app, release, dyno) == {"HEROKU_BUILD_COMMIT": "409cdef5aa", "HEROKU_BUILD_DESCRIPTION": ""}


def test_what_has_no_effect_says_so() -> None:
    acting = {PREBOOT, DYNO_METADATA, BUILD_METADATA}
    for each in (*APP_FEATURES, *ACCOUNT_FEATURES):
        assert ("no effect" in each.description) == (each.name not in acting), each.name
    assert len({each.id for each in (*APP_FEATURES, *ACCOUNT_FEATURES)}) == len(APP_FEATURES) + len(ACCOUNT_FEATURES)
