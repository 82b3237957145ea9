"""Promotions: asked for with the ids of apps, followed by their targets."""

from platform_sim.core.access import app_named, customers_only
from platform_sim.core.actions import promotions
from platform_sim.core.actions.pipelines import pipeline_named, visible_pipelines
from platform_sim.core.model.pipelines import Promotion
from platform_sim.core.public import pipelines as public
from platform_sim.core.store import Snapshot, Transaction
from platform_sim.web.api.bodies import identity, list_of, part
from platform_sim.web.api.call import Call, Json

CREATE = {
    "pipeline": identity,
    "source": part({"app": identity, "release": identity}, ("app",)),
    "targets": list_of(part({"app": identity}, ("app",))),
}


def create(call: Call, tx: Transaction) -> Json:
    """POST /pipeline-promotions: the releases are there at once, their release commands may still run."""
    customers_only(call.actor, "promote an app")
    wish = call.body
    source = wish["source"]
    made = promotions.promote(
        tx,
        call.actor,
        pipeline_named(tx, call.actor, wish["pipeline"]),
        app_named(tx, call.actor, source["app"]),
        [app_named(tx, call.actor, target["app"]) for target in wish["targets"]],
        source.get("release"),
    )
    return public.promotion(tx, made)


def _promotion(call: Call, rows: Snapshot, variable: str) -> Promotion:
    customers_only(call.actor, "see promotions")
    return promotions.promotion_named(rows, visible_pipelines(rows, call.actor), call.path[variable])


def info(call: Call, rows: Snapshot) -> Json:
    """GET /pipeline-promotions/:promotion."""
    return public.promotion(rows, _promotion(call, rows, "pipeline-promotion"))


def targets(call: Call, rows: Snapshot) -> Json:
    """GET /pipeline-promotions/:promotion/promotion-targets."""
    found = promotions.targets_of(rows, _promotion(call, rows, "pipeline-promotion.id"))
    return [public.target(rows, each) for each in found]
