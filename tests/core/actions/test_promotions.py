"""Promotions: the same files, another app's config, and a release that tells how it went."""

import pytest

from platform_sim.core.access import Actor
from platform_sim.core.actions.apps import delete_app
from platform_sim.core.actions.config_vars import change_config_vars
from platform_sim.core.actions.pipelines import couple, create_pipeline
from platform_sim.core.actions.promotions import outcome, promote, promotion_named, targets_of
from platform_sim.core.actions.releases import (
    app_config,
    current_release,
    finish_release_phase,
    newest_deployment,
    newest_release,
)
from platform_sim.core.errors import Forbidden, InvalidParams, NotFound
from platform_sim.core.model.apps import App, Dyno, Formation, Release, Slug
from platform_sim.core.model.pipelines import Pipeline, Promotion
from platform_sim.core.model.records import Event
from platform_sim.core.store import Transaction

from ...support import deploy, dump, new_addon, new_app, new_customer, new_service, partner_of_addon


@pytest.fixture
def live(tx: Transaction, customer: Actor) -> App:
    return new_app(tx, customer, "live")


@pytest.fixture
def flow(tx: Transaction, customer: Actor, app: App, live: App) -> Pipeline:
    """`acme` in staging, `live` in production."""
    pipeline = create_pipeline(tx, customer, "flow")
    couple(tx, customer, pipeline, app, "staging")
    couple(tx, customer, pipeline, live, "production")
    return pipeline


def slug_of(tx: Transaction, release: Release) -> Slug:
    assert release.slug_id is not None
    return tx.get(Slug, release.slug_id)


def test_the_target_runs_the_same_files_with_its_own_config(
    tx: Transaction, customer: Actor, app: App, live: App, flow: Pipeline
) -> None:
    change_config_vars(tx, customer, live, {"NAME": "live"})
    given = deploy(tx, customer, app, "409cdef5aa")
    change_config_vars(tx, customer, app, {"NAME": "acme"})
    promote(tx, customer, flow, app, [live])
    made = newest_release(tx, live)
    assert made.description == f"Promote acme v{given.version + 1} 409cdef5"
    assert (made.status, current_release(tx, live.id)) == ("succeeded", made)
    mine, theirs = slug_of(tx, given), slug_of(tx, made)
    assert (theirs.app_id, theirs.folder, theirs.checksum) == (live.id, mine.folder, mine.checksum)
    assert (theirs.process_types, theirs.commit_id) == (mine.process_types, mine.commit_id)
    assert theirs.id != mine.id
    assert app_config(tx, live) == {"NAME": "live"}
    assert {f.type: f.quantity for f in tx.all(Formation, app_id=live.id)} == {"web": 1, "worker": 0}


def test_the_slug_outlives_the_app_that_it_came_from(
    tx: Transaction, customer: Actor, app: App, live: App, flow: Pipeline
) -> None:
    deploy(tx, customer, app)
    promote(tx, customer, flow, app, [live])
    delete_app(tx, customer, app)
    assert slug_of(tx, current_release(tx, live.id)).folder


def test_an_older_release_can_be_given(tx: Transaction, customer: Actor, app: App, live: App, flow: Pipeline) -> None:
    old = deploy(tx, customer, app, "aaaaaaaa01")
    deploy(tx, customer, app, "bbbbbbbb02")
    promotion = promote(tx, customer, flow, app, [live], old.id)
    assert promotion.source_release_id == old.id
    assert slug_of(tx, current_release(tx, live.id)).commit_id == "aaaaaaaa01"


def test_a_release_command_runs_at_the_target_and_decides(
    tx: Transaction, customer: Actor, app: App, live: App, flow: Pipeline
) -> None:
    finish_release_phase(tx, deploy(tx, customer, app, web="serve", release="migrate"), succeeded=True)
    before = current_release(tx, live.id)
    for succeeded, status in ((False, "failed"), (True, "succeeded")):
        [target] = targets_of(tx, promote(tx, customer, flow, app, [live]))
        made = tx.get(Release, target.release_id)
        assert outcome(tx, target) == ("pending", None)
        assert current_release(tx, live.id) == before
        assert tx.find(Dyno, release_id=made.id, kind="release", command="migrate") is not None
        made = finish_release_phase(tx, made, succeeded)
        found, problem = outcome(tx, target)
        assert found == status
        assert (problem is None) == succeeded
    assert current_release(tx, live.id) == made


def test_what_cannot_be_promoted_is_refused_whole(
    tx: Transaction, customer: Actor, app: App, live: App, flow: Pipeline
) -> None:
    outside = new_app(tx, customer, "outside")
    with pytest.raises(InvalidParams, match="Cannot promote v2 of acme: it has no slug"):
        promote(tx, customer, flow, app, [live])
    failed = finish_release_phase(tx, deploy(tx, customer, app, web="serve", release="migrate"), succeeded=False)
    deploy(tx, customer, app)
    deploy(tx, customer, outside)
    before = dump(tx)
    for source, targets, release, says in (
        (app, [], None, "targets is empty"),
        (app, [live, outside], None, "outside is not in the pipeline flow"),
        (outside, [live], None, "outside is not in the pipeline flow"),
        (app, [app], None, "other than the source"),
        (app, [live, live], None, "each once"),
        (app, [live], failed.id, "no slug that runs"),
    ):
        with pytest.raises(InvalidParams, match=says):
            promote(tx, customer, flow, source, targets, release)
    with pytest.raises(NotFound):
        promote(tx, customer, flow, app, [live], current_release(tx, outside.id).id)
    assert dump(tx) == before


def test_promotions_are_found_by_who_sees_the_pipeline(
    tx: Transaction, customer: Actor, app: App, live: App, flow: Pipeline
) -> None:
    deploy(tx, customer, app)
    made = promote(tx, customer, flow, app, [live])
    assert promotion_named(tx, [flow], made.id) == made
    for pipelines, identity in (([], made.id), ([flow], "x"), ([flow], flow.id)):
        with pytest.raises(NotFound):
            promotion_named(tx, pipelines, identity)


def test_a_partner_and_a_stranger_promote_nothing(
    tx: Transaction, customer: Actor, app: App, live: App, flow: Pipeline
) -> None:
    deploy(tx, customer, app)
    new_service(tx)
    partner = partner_of_addon(tx, new_addon(tx, customer, app))
    with pytest.raises(Forbidden):
        promote(tx, partner, flow, app, [live])
    new_customer(tx, "stranger@example.com")
    assert tx.count(Promotion) == 0


def test_the_promoter_stands_in_the_release_and_in_the_event(
    tx: Transaction, customer: Actor, app: App, live: App, flow: Pipeline
) -> None:
    given = deploy(tx, customer, app)
    promote(tx, customer, flow, app, [live])
    assert newest_release(tx, live).actor_email == customer.account.email
    [event] = tx.all(Event, kind="pipeline-promotion")
    assert event.data == {"pipeline": "flow", "version": given.version, "targets": ["live"]}


def test_a_deployment_is_a_release_with_another_slug(tx: Transaction, customer: Actor, app: App) -> None:
    assert newest_deployment(tx, app.id) is None
    first = deploy(tx, customer, app, "aaaaaaaa01")
    change_config_vars(tx, customer, app, {"A": "1"})
    assert newest_deployment(tx, app.id) == first
    second = deploy(tx, customer, app, "bbbbbbbb02")
    change_config_vars(tx, customer, app, {"A": "2"})
    assert newest_deployment(tx, app.id) == second
