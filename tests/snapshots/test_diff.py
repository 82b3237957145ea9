"""How two snapshots differ, in words: nouns and names, no rows, no secret."""

import io
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from platform_sim.core.access import Actor
from platform_sim.core.actions import clock
from platform_sim.core.actions.apps import delete_app, update_app
from platform_sim.core.actions.config_vars import change_config_vars
from platform_sim.core.actions.dynos import report_state
from platform_sim.core.actions.plans import set_plans
from platform_sim.core.model.addons import Addon, Plan
from platform_sim.core.model.apps import App, Dyno, Release
from platform_sim.core.model.catalog import PlanSpec
from platform_sim.core.model.webhooks import Webhook
from platform_sim.snapshots.album import Album
from platform_sim.snapshots.diff import Found, differences
from platform_sim.snapshots.reading import opened
from platform_sim.snapshots.telling import told

from ..support import new_addon, new_app, new_customer, new_service
from .full import album, begin, close, fill, made, taken

SECRET = "hunter2-is-no-password"
Shop = tuple[Album, Actor]


@pytest.fixture
def shop(tmp_path: Path) -> Iterator[Shop]:
    """An app with an add-on, another app, and who owns them."""
    found = album(tmp_path)
    with found.database.transaction() as tx:
        begin(tx)
        owner = new_customer(tx)
        set_plans(tx, new_service(tx), [PlanSpec("test"), PlanSpec("pro", 900)])
        app = new_app(tx, owner, "shop")
        new_app(tx, owner, "old")
        new_addon(tx, owner, app, name="acme-round-1")
        change_config_vars(tx, owner, app, {"KEPT": SECRET, "GONE": "1"})
    yield found, owner
    close(found)


def live_on(shop: Shop) -> None:
    """Things come, go and change."""
    kept, owner = shop
    with kept.database.transaction() as tx:
        [app], [old] = tx.all(App, name="shop"), tx.all(App, name="old")
        change_config_vars(tx, owner, app, {"X": SECRET, "GONE": None, "KEPT": f"{SECRET}-2"})
        update_app(tx, owner, app, maintenance=True)
        delete_app(tx, owner, old)
        new_app(tx, new_customer(tx, "another@example.com"), "new")
        [addon], [pro] = tx.all(Addon), tx.all(Plan, name="pro")
        tx.update(addon, plan_id=pro.id)
        tx.insert(made(Webhook))
        clock.resume(tx, owner.account)


def compared(before: bytes, after: bytes) -> Found:
    with opened(io.BytesIO(before), 10**8) as one, opened(io.BytesIO(after), 10**8) as other:
        found = differences(one, other)
    assert SECRET not in str(found)
    return found


@pytest.mark.parametrize("secrets", [(True, True), (False, False), (True, False), (False, True)])
def test_it_says_what_happened(shop: Shop, secrets: tuple[bool, bool]) -> None:
    before = taken(shop[0], secrets=secrets[0])
    assert compared(before, taken(shop[0], secrets=secrets[1])) == {}
    live_on(shop)
    found = compared(before, taken(shop[0], secrets=secrets[1]))
    of_shop = found["app shop"]
    assert {"changed maintenance no -> yes", "add-on acme-round-1 changed plan test -> pro"} <= set(of_shop)
    assert [each for each in of_shop if each.startswith("release v")] == ["release v6 new (Set X, KEPT config vars)"]
    assert [each for each in of_shop if each.startswith("config var")] == [
        "config var GONE removed",
        *(["config var KEPT changed"] if secrets == (True, True) else []),
        "config var X set",
    ]
    assert found["app old"] == ["gone"]
    assert {"new", "release v1 new (Initial release)"} <= set(found["app new"])
    assert "clock running now" in found["platform"]
    assert any(each.endswith(" events new") for each in found["platform"])
    assert "new" in found["customer another@example.com"]
    assert found["app made-Web"] == ["1 webhook new"]
    assert list(found)[0] == "platform"


def test_the_other_way_round(shop: Shop) -> None:
    before = taken(shop[0])
    live_on(shop)
    found = compared(taken(shop[0]), before)
    assert (found["app new"], "new" in found["app old"]) == (["gone"], True)
    assert "config var X removed" in found["app shop"]


def test_a_full_platform_does_not_differ_from_itself(tmp_path: Path) -> None:
    full = album(tmp_path, seed=None)
    fill(full.database)
    for secrets in (True, False):
        file = taken(full, secrets=secrets)
        assert compared(file, file) == {}
    close(full)


def test_a_dyno_that_is_up_again_is_no_difference(shop: Shop) -> None:
    """After a restore each starts anew, and says so; a crash, or one that a customer restarted, is told."""
    kept = shop[0]
    with kept.database.transaction() as tx:
        [app] = tx.all(App, name="shop")
        row = replace(made(Dyno), app_id=app.id, release_id=tx.all(Release, app_id=app.id)[0].id, inside_id=None)
        dyno = tx.insert(replace(row, state="up", kind="formation", wanted=True, retry_at=None))
    before = taken(kept)
    with kept.database.transaction() as tx:
        report_state(tx, report_state(tx, dyno, "starting"), "up")
    assert compared(before, taken(kept)) == {}
    with kept.database.transaction() as tx:
        [up] = tx.all(Dyno, id=dyno.id)
        report_state(tx, up, "crashed")
    assert compared(before, taken(kept))["platform"] == ["3 events new"]


def test_what_is_in_it_is_counted(shop: Shop) -> None:
    with opened(io.BytesIO(taken(shop[0])), 10**8) as snapshot:
        found = told(snapshot)
    assert (found["rows"]["app"], found["rows"]["add-on"], found["seed"], found["frozen"]) == (2, 1, 1, True)
    assert SECRET not in str(found)
