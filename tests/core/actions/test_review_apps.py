"""Review apps: a setup in the pipeline's stage `review`, which ends when somebody says so or nobody deploys it."""

from datetime import timedelta
from typing import Any

import pytest

from platform_sim.core.access import Actor
from platform_sim.core.actions import review_app_config
from platform_sim.core.actions.app_setup_steps import advance, configure
from platform_sim.core.actions.app_setups import fail
from platform_sim.core.actions.apps import delete_app
from platform_sim.core.actions.builds import SourceBlob
from platform_sim.core.actions.dynos import report_gone
from platform_sim.core.actions.jobs import try_again
from platform_sim.core.actions.pipelines import (
    change_stage_vars,
    coupling_of,
    create_pipeline,
    delete_pipeline,
    owner_named,
)
from platform_sim.core.actions.releases import app_config
from platform_sim.core.actions.review_apps import (
    begin_ending,
    create_review_app,
    end_if_stale,
    finish_ending,
    review_app_named,
    review_app_of,
    review_apps_of,
    status_of,
    watch_stale,
)
from platform_sim.core.actions.teams import add_member, create_team
from platform_sim.core.errors import InvalidParams, NotFound, NotSimulated
from platform_sim.core.model.app_json import Manifest, WantedVar
from platform_sim.core.model.apps import App, Dyno
from platform_sim.core.model.pipelines import Pipeline
from platform_sim.core.model.records import Job
from platform_sim.core.model.setups import (
    END_REVIEW_APP,
    REVIEW_APP_DEADLINE,
    AppSetup,
    ReviewApp,
    ReviewAppConfig,
)
from platform_sim.core.roles import team_of
from platform_sim.core.store import Transaction

from ...support import deploy, new_addon, new_customer, new_service

BLOB = SourceBlob("http://localhost/x.tgz", version="0a1b2c")


@pytest.fixture
def flow(tx: Transaction, customer: Actor) -> Pipeline:
    """A pipeline with review apps."""
    made = create_pipeline(tx, customer, "flow")
    review_app_config.enable(tx, customer, made, {})
    return made


def review(tx: Transaction, actor: Actor, flow: Pipeline, branch: str = "topic", **more: Any) -> ReviewApp:
    return create_review_app(tx, actor, flow, branch, BLOB, **more)


def setup_of(tx: Transaction, row: ReviewApp) -> AppSetup:
    return tx.get(AppSetup, row.setup_id)


def app_of(tx: Transaction, row: ReviewApp) -> App:
    return tx.get(App, row.app_id)


def test_it_is_an_app_in_the_stage_review_that_is_set_up(tx: Transaction, customer: Actor, flow: Pipeline) -> None:
    change_stage_vars(tx, customer, flow, "review", {"STAGE": "1", "BOTH": "stage", "DROPPED": "1"})
    row = review(tx, customer, flow, pr_number=24, environment={"BOTH": "request", "DROPPED": None})
    app, setup = app_of(tx, row), setup_of(tx, row)
    assert coupling_of(tx, app).stage == "review"
    assert app_config(tx, app) == {"HEROKU_APP_NAME": app.name, "HEROKU_BRANCH": "topic", "HEROKU_PR_NUMBER": "24"}
    assert (setup.environment, setup.source_url, setup.source_version) == ("review", BLOB.url, "0a1b2c")
    assert setup.overrides == {"env": {"STAGE": "1", "BOTH": "request"}, "stack": None}

    wish = Manifest(env=(WantedVar("BOTH", "app.json"), WantedVar("OWN", "app.json"), WantedVar("HEROKU_APP_NAME")))
    assert configure(tx, setup, wish).step == "addons", "HEROKU_APP_NAME is there"
    config = app_config(tx, app)
    assert (config["BOTH"], config["OWN"], config["STAGE"]) == ("request", "app.json", "1")
    assert config["HEROKU_APP_NAME"] == app.name


def test_its_status_is_that_of_its_setup(tx: Transaction, customer: Actor, flow: Pipeline) -> None:
    row = review(tx, customer, flow)
    assert status_of(tx, row) == "pending"
    setup = advance(tx, configure(tx, setup_of(tx, row), Manifest()), lambda key: "")
    assert status_of(tx, row) == "creating"
    tx.update(setup, status="succeeded")
    assert status_of(tx, row) == "created"


def test_one_whose_setup_fails_is_errored_and_can_be_made_again(
    tx: Transaction, customer: Actor, flow: Pipeline
) -> None:
    row = review(tx, customer, flow)
    fail(tx, setup_of(tx, row), "Build failed.")
    row = tx.get(ReviewApp, row.id)
    assert (status_of(tx, row), tx.find(App, id=row.app_id)) == ("errored", None)
    again = review(tx, customer, flow)
    assert [each.id for each in review_apps_of(tx, flow)] == [row.id, again.id]
    finish_ending(tx, begin_ending(tx, row, customer.account).id, customer.account.id)
    assert [each.id for each in review_apps_of(tx, flow)] == [again.id]


def test_a_branch_has_one(tx: Transaction, customer: Actor, flow: Pipeline) -> None:
    review(tx, customer, flow)
    review(tx, customer, flow, "other")
    with pytest.raises(InvalidParams, match="has a review app of topic already"):
        review(tx, customer, flow)


def test_what_cannot_be_is_refused(tx: Transaction, customer: Actor, flow: Pipeline) -> None:
    with pytest.raises(NotSimulated, match="no GitHub"):
        create_review_app(tx, customer, flow, "topic", SourceBlob("resolve"))
    for wish in ({"branch": " "}, {"pr_number": 0}, {"environment": {"a-b": "x"}}):
        with pytest.raises(InvalidParams):
            review(tx, customer, flow, **wish)
    with pytest.raises(InvalidParams, match="not enabled"):
        review(tx, customer, create_pipeline(tx, customer, "bare"))


def test_names_tell_what_they_are(tx: Transaction, customer: Actor, flow: Pipeline) -> None:
    [random, other] = [app_of(tx, review(tx, customer, flow, branch)).name for branch in ("Feature/Login_2", "x" * 99)]
    assert random.startswith("flow-feature-login-2-")
    assert len(random) == len("flow-feature-login-2-") + 6
    assert (len(other), other[:8]) == (30, "flow-xxx")
    review_app_config.change(tx, customer, flow, {"base_name": "singular-app"})
    assert app_of(tx, review(tx, customer, flow, "one", pr_number=7)).name == "singular-app-pr-7"
    assert app_of(tx, review(tx, customer, flow, "two")).name.startswith("singular-app-two-")


def test_it_is_where_the_config_says_and_of_the_pipelines_owner(tx: Transaction, customer: Actor) -> None:
    team = create_team(tx, customer, "crew")
    member = new_customer(tx, "member@example.com")
    add_member(tx, customer.account, team, member.account, "member")
    flow = create_pipeline(tx, customer, "crews", owner_named(tx, customer, team.id, "team"))
    review_app_config.enable(tx, customer, flow, {"deploy_target": {"type": "region", "id": "eu"}})
    row = review(tx, member, flow)
    app = app_of(tx, row)
    assert (app.region, team_of(tx, app), row.creator_id) == ("eu", team, member.account.id)
    begin_ending(tx, row, member.account)
    finish_ending(tx, row.id, member.account.id)
    assert tx.find(App, id=app.id) is None, "a member may delete no app, and the review app ends all the same"


def test_its_end_takes_the_app_along(tx: Transaction, customer: Actor, flow: Pipeline) -> None:
    new_service(tx)
    row = review(tx, customer, flow)
    addon = new_addon(tx, customer, app_of(tx, row))
    row = begin_ending(tx, row, customer.account)
    assert (status_of(tx, row), tx.find(App, id=row.app_id) is None) == ("deleting", False)
    [job] = tx.all(Job, kind=END_REVIEW_APP)
    assert begin_ending(tx, row, customer.account) == row
    assert tx.all(Job, kind=END_REVIEW_APP) == [job], "asked twice, done once"
    for _ in range(2):
        finish_ending(tx, row.id, customer.account.id)
        row = tx.get(ReviewApp, row.id)
        assert (status_of(tx, row), tx.find(App, id=row.app_id)) == ("deleted", None)
    assert tx.find(Job, kind="deprovision", subject_id=addon.id) is not None
    assert review_app_named(tx, customer, row.id) == row
    assert review_apps_of(tx, flow) == []


def test_its_last_command_runs_first_and_once(tx: Transaction, customer: Actor, flow: Pipeline) -> None:
    row = review(tx, customer, flow)
    setup = advance(tx, configure(tx, setup_of(tx, row), Manifest(predestroy="clean up")), lambda key: "")
    deploy(tx, customer, app_of(tx, row))
    tx.update(setup, status="succeeded")
    row = begin_ending(tx, row, customer.account)
    begun = finish_ending(tx, row.id, customer.account.id)
    dyno = tx.get(Dyno, begun or "")
    assert (dyno.command, dyno.type, dyno.kind) == ("clean up", "pr-predestroy", "run")
    [job] = tx.all(Job, kind=END_REVIEW_APP)
    try_again(tx, job, 1000)
    assert finish_ending(tx, row.id, customer.account.id, begun) == begun, "it runs"
    report_gone(tx, dyno, 1)
    assert tx.get(Job, job.id).run_at == tx.now()
    assert finish_ending(tx, row.id, customer.account.id, begun) is None
    assert status_of(tx, tx.get(ReviewApp, row.id)) == "deleted"


def test_an_app_that_is_deleted_by_hand_is_deleted(tx: Transaction, customer: Actor, flow: Pipeline) -> None:
    row = review(tx, customer, flow)
    delete_app(tx, customer, app_of(tx, row))
    assert status_of(tx, tx.get(ReviewApp, row.id)) == "deleted"


def test_a_pipeline_forgets_them_and_the_apps_stay(tx: Transaction, customer: Actor, flow: Pipeline) -> None:
    row = review(tx, customer, flow)
    delete_pipeline(tx, customer, flow)
    assert (tx.all(ReviewApp), tx.all(ReviewAppConfig)) == ([], [])
    assert app_of(tx, row)
    finish_ending(tx, row.id, None)
    assert end_if_stale(tx, row.id) is None
    assert app_of(tx, row)


def test_they_are_seen_with_the_pipeline(tx: Transaction, customer: Actor, flow: Pipeline, app: App) -> None:
    row = review(tx, customer, flow)
    assert review_app_of(tx, app_of(tx, row)) == row
    with pytest.raises(NotFound):
        review_app_of(tx, app)
    for actor, identity in ((new_customer(tx, "s@example.com"), row.id), (customer, app.id), (customer, "x")):
        with pytest.raises(NotFound):
            review_app_named(tx, actor, identity)


def due(tx: Transaction, row: ReviewApp) -> list[timedelta]:
    """When its open deadlines are, from now."""
    return [job.run_at - tx.now() for job in tx.all(Job, kind=REVIEW_APP_DEADLINE, subject_id=row.id, state="todo")]


def test_one_that_nobody_deploys_is_stale(tx: Transaction, customer: Actor, flow: Pipeline) -> None:
    review_app_config.change(tx, customer, flow, {"destroy_stale_apps": True, "stale_days": 3})
    row = review(tx, customer, flow)
    assert due(tx, row) == [timedelta(days=3)]
    tx.clock.advance(timedelta(days=2))
    deploy(tx, customer, app_of(tx, row))
    tx.clock.advance(timedelta(days=1))
    assert end_if_stale(tx, row.id) == tx.now() + timedelta(days=2), "so long since the last deployment"
    assert status_of(tx, row) == "pending"
    tx.clock.advance(timedelta(days=2))
    assert end_if_stale(tx, row.id) is None
    assert status_of(tx, tx.get(ReviewApp, row.id)) == "deleting"
    finish_ending(tx, row.id, None)
    assert tx.find(App, id=row.app_id) is None


def test_nobody_is_stale_where_that_is_not_asked_for(tx: Transaction, customer: Actor, flow: Pipeline) -> None:
    row = review(tx, customer, flow)
    assert due(tx, row) == []
    tx.clock.advance(timedelta(days=300))
    assert end_if_stale(tx, row.id) is None
    assert status_of(tx, row) == "pending"


def test_another_wish_counts_for_those_that_are_there(tx: Transaction, customer: Actor, flow: Pipeline) -> None:
    row, ends = review(tx, customer, flow), review(tx, customer, flow, "other")
    begin_ending(tx, ends, customer.account)
    watch_stale(tx, review_app_config.change(tx, customer, flow, {"destroy_stale_apps": True}))
    assert (due(tx, row), due(tx, ends)) == ([timedelta(days=5)], [])
    watch_stale(tx, review_app_config.change(tx, customer, flow, {"stale_days": 2}))
    assert due(tx, row) == [timedelta(days=2)], "moved, not written twice"


def test_a_config_is_kept_changed_and_ended(tx: Transaction, customer: Actor) -> None:
    pipeline = create_pipeline(tx, customer, "flow")
    with pytest.raises(NotFound):
        review_app_config.config_of(tx, pipeline)
    made = review_app_config.enable(tx, customer, pipeline, {"repo": "me/it", "wait_for_ci": True})
    assert (made.repo, made.wait_for_ci, made.automatic_review_apps, made.stale_days) == ("me/it", True, False, 5)
    again = review_app_config.enable(tx, customer, pipeline, {"automatic_review_apps": True})
    assert (again.id, again.automatic_review_apps, again.wait_for_ci) == (made.id, True, True)
    assert review_app_config.change(tx, customer, pipeline, {"wait_for_ci": True}) == again
    assert review_app_config.change(tx, customer, pipeline, {"base_name": "x"}).base_name == "x"
    assert review_app_config.change(tx, customer, pipeline, {"base_name": None}).base_name is None
    gone = review_app_config.disable(tx, customer, pipeline)
    assert gone.id == made.id
    with pytest.raises(NotFound):
        review_app_config.disable(tx, customer, pipeline)


@pytest.mark.parametrize(
    ("wish", "error"),
    [
        ({"stale_days": 0}, InvalidParams),
        ({"stale_days": 366}, InvalidParams),
        ({"base_name": "-x"}, InvalidParams),
        ({"base_name": "x" * 30}, InvalidParams),
        ({"repo": "no owner"}, InvalidParams),
        ({"deploy_target": {"type": "region", "id": "mars"}}, InvalidParams),
        ({"deploy_target": {"type": "planet", "id": "us"}}, InvalidParams),
        ({"deploy_target": {"type": "space", "id": "us"}}, NotSimulated),
    ],
)
def test_a_config_that_cannot_be_is_refused(
    tx: Transaction, customer: Actor, wish: dict[str, Any], error: type[Exception]
) -> None:
    pipeline = create_pipeline(tx, customer, "flow")
    with pytest.raises(error):
        review_app_config.enable(tx, customer, pipeline, wish)
    assert tx.all(ReviewAppConfig) == []
