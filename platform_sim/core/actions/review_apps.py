"""Review apps: an app setup in the stage `review` of a pipeline. How far one is, its setup says."""

import re
from collections.abc import Mapping
from datetime import datetime, timedelta

from platform_sim.core.access import Actor, customers_only, manages
from platform_sim.core.actions.app_setups import create_setup
from platform_sim.core.actions.apps import create_app, end_app
from platform_sim.core.actions.builds import SourceBlob
from platform_sim.core.actions.dynos import run_dyno
from platform_sim.core.actions.pipelines import couple, stage_vars, visible_pipelines
from platform_sim.core.actions.releases import make_release, newest_deployment
from platform_sim.core.actions.team_apps import create_team_app
from platform_sim.core.errors import InvalidParams, NotFound, NotSimulated
from platform_sim.core.model.accounts import Account
from platform_sim.core.model.apps import App, Dyno
from platform_sim.core.model.pipelines import Pipeline
from platform_sim.core.model.records import Job
from platform_sim.core.model.setups import (
    END_REVIEW_APP,
    PREDESTROY,
    REVIEW_APP_DEADLINE,
    AppSetup,
    ReviewApp,
    ReviewAppConfig,
    ReviewAppStatus,
)
from platform_sim.core.model.teams import Team
from platform_sim.core.model.values import is_uuid
from platform_sim.core.store import Snapshot, Transaction

STAGE = "review"
"""The stage of the pipeline, and the section of `environments` in app.json."""
RESOLVE = "resolve"
"""What the CLI gives as the source's URL: Heroku is to get the branch from GitHub."""
_LETTERS = "abcdefghijklmnopqrstuvwxyz"


def create_review_app(
    tx: Transaction,
    actor: Actor,
    pipeline: Pipeline,
    branch: str,
    source: SourceBlob,
    *,
    environment: Mapping[str, str | None] | None = None,
    pr_number: int | None = None,
    fork_repo_id: int | None = None,
) -> ReviewApp:
    """An app of the pipeline's owner in its stage `review`, and the setup that makes it of the source.

    Its config vars: those of app.json, then of the stage, then of `environment`.
    """
    config = tx.find(ReviewAppConfig, pipeline_id=pipeline.id)
    if config is None:
        raise InvalidParams(f"Review apps are not enabled for the pipeline {pipeline.name}: enable them first.")
    _check(tx, pipeline, branch, source)
    if pr_number is not None and pr_number < 1:
        raise InvalidParams("pr_number must be the number of a pull request, from 1.")
    name = _name(tx, config, pipeline, branch, pr_number)
    app = _app(tx, actor, pipeline, name, config.deploy_target["id"] if config.deploy_target else None)
    couple(tx, actor, pipeline, app, STAGE)
    about = {"HEROKU_APP_NAME": app.name, "HEROKU_BRANCH": branch}
    if pr_number is not None:
        about["HEROKU_PR_NUMBER"] = str(pr_number)
    make_release(tx, app, actor.account, f"Set {', '.join(about)} config vars", config=about)
    vars_here = {**stage_vars(tx, pipeline, STAGE), **(environment or {})}
    given = {key: value for key, value in vars_here.items() if value is not None}
    setup = create_setup(tx, actor, app, source, environment=STAGE, env=given)
    now = tx.now()
    made = tx.insert(
        ReviewApp(
            id=tx.uuid("review-app", pipeline.id),
            pipeline_id=pipeline.id,
            app_id=app.id,
            setup_id=setup.id,
            creator_id=actor.account.id,
            branch=branch,
            pr_number=pr_number,
            fork_repo_id=fork_repo_id,
            ending="",
            created_at=now,
            updated_at=now,
        )
    )
    tx.record("review-app", "create", made.id, actor.account, {"branch": branch}, app_id=app.id)
    watch_stale(tx, config)
    return made


def _check(tx: Transaction, pipeline: Pipeline, branch: str, source: SourceBlob) -> None:
    if source.url == RESOLVE:
        raise NotSimulated(
            "There is no GitHub here that a branch could be got from: give the URL of a tarball as source_blob.url."
        )
    if not branch.strip():
        raise InvalidParams("branch is empty: say what the review app shows.")
    for there in tx.all(ReviewApp, pipeline_id=pipeline.id, branch=branch, ending=""):
        if status_of(tx, there) != "errored":
            raise InvalidParams(
                f"The pipeline {pipeline.name} has a review app of {branch[:64]} already: delete it first."
            )


def _app(tx: Transaction, actor: Actor, pipeline: Pipeline, name: str, region: str | None) -> App:
    if pipeline.owner_type == "team":
        return create_team_app(tx, actor, tx.get(Team, pipeline.owner_id), name=name, region=region)
    return create_app(tx, actor, name=name, region=region, owner=tx.get(Account, pipeline.owner_id))


def _name(tx: Transaction, config: ReviewAppConfig, pipeline: Pipeline, branch: str, pr_number: int | None) -> str:
    """`BASE-pr-5` where a base name makes that predictable, else the branch with something random behind it."""
    base, longest = config.base_name or pipeline.name, tx.rules.app_name_limit
    if config.base_name is not None and pr_number is not None:
        tail = f"-pr-{pr_number}"
    else:
        dice = tx.dice("review-app-name", pipeline.id)
        tail = "-" + "".join(dice.choice(_LETTERS) for _ in range(6))
        base = re.sub(r"[^a-z0-9]+", "-", f"{base}-{branch}".lower())
    return base[: longest - len(tail)].rstrip("-") + tail


def status_of(rows: Snapshot, row: ReviewApp) -> ReviewAppStatus:
    """How it stands."""
    if row.ending:
        return row.ending
    setup = rows.get(AppSetup, row.setup_id)
    if setup.status == "pending":
        return "pending" if setup.step == "source" else "creating"
    return "created" if setup.status == "succeeded" else "errored"


def review_apps_of(rows: Snapshot, pipeline: Pipeline) -> list[ReviewApp]:
    """All of a pipeline that have not been deleted."""
    return rows.all(ReviewApp, pipeline_id=pipeline.id, ending=("", "deleting"))


def review_app_named(rows: Snapshot, actor: Actor, identity: str) -> ReviewApp:
    """By id, of a pipeline that the actor sees; also one that has been deleted."""
    customers_only(actor, "see review apps")
    found = rows.find(ReviewApp, id=identity) if is_uuid(identity) else None
    if found is None or found.pipeline_id not in {each.id for each in visible_pipelines(rows, actor)}:
        raise _none()
    return found


def review_app_of(rows: Snapshot, app: App) -> ReviewApp:
    """The one that an app is; NotFound if it is none."""
    found = rows.find(ReviewApp, app_id=app.id)
    if found is None:
        raise _none()
    return found


def _none() -> NotFound:
    return NotFound("review_app", "Couldn't find that review app.")


def begin_ending(tx: Transaction, row: ReviewApp, actor: Account | None) -> ReviewApp:
    """`deleting`, and the job that ends its app; nobody (None) if it is stale. What ends already is left alone."""
    if row.ending:
        return row
    row = tx.update(row, ending="deleting")
    tx.record("review-app", "update", row.id, actor, {"branch": row.branch}, app_id=row.app_id)
    tx.add_job(END_REVIEW_APP, row.id, {"actor_id": actor.id if actor else None})
    return row


def finish_ending(tx: Transaction, row_id: str, actor_id: str | None, begun: str | None = None) -> str | None:
    """The app goes, with its add-ons and dynos; a setup that is not through finds that out.

    -> the id of the dyno that runs `scripts.pr-predestroy` before that; call again with it when it has ended.
    """
    row = tx.find(ReviewApp, id=row_id)
    if row is None:
        return None
    app = tx.find(App, id=row.app_id)
    asked = tx.find(Account, id=actor_id) if actor_id else None
    if app is not None:
        actor = Actor(asked, END_REVIEW_APP) if asked else None
        if actor is None or not manages(tx, actor, app):
            actor = Actor(tx.get(Account, app.owner_id), END_REVIEW_APP)
        dyno = _before_the_end(tx, actor, row, app, begun)
        if dyno is not None:
            return dyno.id
        end_app(tx, actor, app)
    if row.ending != "deleted":
        tx.record("review-app", "destroy", row.id, asked, {"branch": row.branch}, app_id=row.app_id)
        tx.update(tx.get(ReviewApp, row.id), ending="deleted")
    return None


def _before_the_end(tx: Transaction, actor: Actor, row: ReviewApp, app: App, begun: str | None) -> Dyno | None:
    """The command that app.json has for this moment, while it runs. It runs once, however it ends."""
    if begun is not None:
        return tx.find(Dyno, id=begun)
    setup = tx.get(AppSetup, row.setup_id)
    command = setup.manifest.get("predestroy") if setup.status == "succeeded" else None
    return run_dyno(tx, actor, app, command, kind=PREDESTROY) if command else None


def watch_stale(tx: Transaction, config: ReviewAppConfig) -> None:
    """See to it that each review app has a job for the moment at which it is stale."""
    if not config.destroy_stale_apps:
        return
    for row in tx.all(ReviewApp, pipeline_id=config.pipeline_id, ending=""):
        due = _stale_at(tx, row, config)
        job = tx.find(Job, kind=REVIEW_APP_DEADLINE, subject_id=row.id, state=("todo", "doing"))
        if job is None:
            tx.add_job(REVIEW_APP_DEADLINE, row.id, {}, run_at=due)
        elif job.state == "todo":
            tx.update(job, run_at=due)


def end_if_stale(tx: Transaction, row_id: str) -> datetime | None:
    """When to look again; None if there is nothing more to look for, perhaps since it ends now."""
    row = tx.find(ReviewApp, id=row_id, ending="")
    config = tx.find(ReviewAppConfig, pipeline_id=row.pipeline_id, destroy_stale_apps=True) if row else None
    if row is None or config is None:
        return None
    due = _stale_at(tx, row, config)
    if due > tx.now():
        return due
    begin_ending(tx, row, None)
    return None


def _stale_at(rows: Snapshot, row: ReviewApp, config: ReviewAppConfig) -> datetime:
    """So many days after its last deployment, or after it was asked for."""
    deployed = newest_deployment(rows, row.app_id)
    return (deployed.created_at if deployed else row.created_at) + timedelta(days=config.stale_days)
