"""Pipelines, couplings and promotions in public."""

from platform_sim.core.actions.promotions import outcome, targets_of
from platform_sim.core.actions.releases import current_release, newest_deployment, newest_release
from platform_sim.core.model import places
from platform_sim.core.model.addresses import Addresses
from platform_sim.core.model.apps import App, Build
from platform_sim.core.model.pipelines import Pipeline, PipelineCoupling, Promotion, PromotionTarget
from platform_sim.core.model.values import iso
from platform_sim.core.public import apps
from platform_sim.core.store import Snapshot

Json = dict[str, object]


def pipeline(row: Pipeline) -> Json:
    """`Pipeline`."""
    return {
        "created_at": iso(row.created_at),
        "generation": {"id": places.CEDAR.id, "name": places.CEDAR.name},
        "id": row.id,
        "name": row.name,
        "owner": owner(row),
        "updated_at": iso(row.updated_at),
    }


def owner(row: Pipeline) -> Json:
    """Whose a pipeline is."""
    return {"id": row.owner_id, "type": row.owner_type}


def coupling(rows: Snapshot, row: PipelineCoupling) -> Json:
    """`Pipeline Coupling`; the CLI reads the pipeline's name here, too (heroku-cli §15)."""
    held = rows.get(Pipeline, row.pipeline_id)
    return {
        "app": {"id": row.app_id},
        "created_at": iso(row.created_at),
        "id": row.id,
        "pipeline": {"id": held.id, "name": held.name},
        "stage": row.stage,
        "updated_at": iso(row.updated_at),
    }


def promotion(rows: Snapshot, row: Promotion) -> Json:
    """`Pipeline Promotion`: completed once no target waits for its release command."""
    waits = any(outcome(rows, target)[0] == "pending" for target in targets_of(rows, row))
    return {
        "created_at": iso(row.created_at),
        "id": row.id,
        "pipeline": {"id": row.pipeline_id},
        "source": {"app": {"id": row.source_app_id}, "release": {"id": row.source_release_id}},
        "status": "pending" if waits else "completed",
        "updated_at": iso(row.updated_at),
    }


def target(rows: Snapshot, row: PromotionTarget) -> Json:
    """`Pipeline Promotion Target`."""
    status, problem = outcome(rows, row)
    return {
        "app": {"id": row.app_id},
        "error_message": problem,
        "id": row.id,
        "pipeline_promotion": {"id": row.promotion_id},
        "release": {"id": row.release_id},
        "status": status,
    }


def latest_build(rows: Snapshot, app: App, at: Addresses) -> Json | None:
    """`Pipeline Build`: an app's newest, None if it has none. It does not show its generation."""
    found = rows.all(Build, app_id=app.id)
    shown = apps.build(rows, found[-1], at) if found else None
    return {name: value for name, value in shown.items() if name != "generation"} if shown else None


def latest_release(rows: Snapshot, app: App, at: Addresses) -> Json:
    """`Pipeline Release`: an app's newest, whatever became of it."""
    return apps.one_release(rows, newest_release(rows, app), app, at)


def latest_deployment(rows: Snapshot, app: App, at: Addresses) -> Json | None:
    """`Pipeline Deployment`: the newest release of an app that brought another slug."""
    found = newest_deployment(rows, app.id)
    return apps.release(found, app, at, current_release(rows, app.id).id) if found else None


def stack(name: str) -> Json:
    """`Pipeline Stack`."""
    found = places.stack(name)
    assert found is not None, "an app's stack, or the default one"
    return {"stack": {"id": found.id, "name": found.name}}
