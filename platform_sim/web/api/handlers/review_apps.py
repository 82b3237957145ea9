"""Review apps, and whether a pipeline has them."""

from platform_sim.core.access import app_named, customers_only
from platform_sim.core.actions import pipelines, review_app_config, review_apps
from platform_sim.core.actions.builds import SourceBlob
from platform_sim.core.model.pipelines import Pipeline
from platform_sim.core.public import setups as public
from platform_sim.core.store import Snapshot, Transaction
from platform_sim.web.api.bodies import OrNull, flag, map_of, part, text, whole
from platform_sim.web.api.call import Call, Json

UPDATE = {
    "automatic_review_apps": flag,
    "destroy_stale_apps": flag,
    "stale_days": whole,
    "deploy_target": OrNull(part({"id": text, "type": text}, ("id", "type"))),
    "wait_for_ci": flag,
    "base_name": OrNull(text),
}
ENABLE = {"repo": text, **UPDATE}
CREATE = {
    "branch": text,
    "pr_number": whole,
    "pipeline": text,
    "source_blob": part({"url": text, "version": text}, ("url",)),
    "environment": map_of(OrNull(text)),
    "fork_repo_id": whole,
}


def _own(call: Call, tx: Transaction) -> Pipeline:
    return pipelines.own_pipeline(tx, call.actor, call.path["pipeline.id"])


def _seen(call: Call, rows: Snapshot) -> Pipeline:
    customers_only(call.actor, "see review apps")
    return pipelines.pipeline_named(rows, call.actor, call.path["pipeline.id"])


def config(call: Call, rows: Snapshot) -> Json:
    """GET /pipelines/:pipeline/review-app-config."""
    return public.review_app_config(review_app_config.config_of(rows, _seen(call, rows)))


def enable(call: Call, tx: Transaction) -> Json:
    """POST /pipelines/:pipeline/review-app-config. The CLI sends no `repo` (heroku-cli §15)."""
    return public.review_app_config(review_app_config.enable(tx, call.actor, _own(call, tx), call.body))


def update(call: Call, tx: Transaction) -> Json:
    """PATCH /pipelines/:pipeline/review-app-config."""
    changed = review_app_config.change(tx, call.actor, _own(call, tx), call.body)
    review_apps.watch_stale(tx, changed)
    return public.review_app_config(changed)


def disable(call: Call, tx: Transaction) -> Json:
    """DELETE /pipelines/:pipeline/review-app-config: as it was."""
    return public.review_app_config(review_app_config.disable(tx, call.actor, _own(call, tx)))


def listing(call: Call, rows: Snapshot) -> Json:
    """GET /pipelines/:pipeline/review-apps."""
    return [public.review_app(rows, each) for each in review_apps.review_apps_of(rows, _seen(call, rows))]


def create(call: Call, tx: Transaction) -> Json:
    """POST /review-apps."""
    wish, blob = call.body, call.body["source_blob"]
    made = review_apps.create_review_app(
        tx,
        call.actor,
        pipelines.own_pipeline(tx, call.actor, wish["pipeline"]),
        wish["branch"],
        SourceBlob(blob["url"], version=blob.get("version")),
        environment=wish.get("environment"),
        pr_number=wish.get("pr_number"),
        fork_repo_id=wish.get("fork_repo_id"),
    )
    return public.review_app(tx, made)


def info(call: Call, rows: Snapshot) -> Json:
    """GET /review-apps/:review-app."""
    return public.review_app(rows, review_apps.review_app_named(rows, call.actor, call.path["review-app.id"]))


def info_by_app(call: Call, rows: Snapshot) -> Json:
    """GET /apps/:app/review-app."""
    customers_only(call.actor, "see review apps")
    app = app_named(rows, call.actor, call.path["app"])
    return public.review_app(rows, review_apps.review_app_of(rows, app))


def delete(call: Call, tx: Transaction) -> Json:
    """DELETE /review-apps/:review-app: its app goes."""
    found = review_apps.review_app_named(tx, call.actor, call.path["review-app.id"])
    pipelines.own_pipeline(tx, call.actor, found.pipeline_id)
    return public.review_app(tx, review_apps.begin_ending(tx, found, call.actor.account))
