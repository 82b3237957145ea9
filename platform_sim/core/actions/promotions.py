"""Promotions: the slug that one app runs becomes a release of others, each with its own config and release phase."""

from collections.abc import Sequence

from platform_sim.core.access import Actor, check_permitted, customers_only
from platform_sim.core.actions.builds import copy_slug
from platform_sim.core.actions.releases import current_release, make_release, release_named
from platform_sim.core.errors import InvalidParams, NotFound
from platform_sim.core.model.apps import App, Release, Slug
from platform_sim.core.model.pipelines import (
    Pipeline,
    PipelineCoupling,
    Promotion,
    PromotionTarget,
    TargetStatus,
)
from platform_sim.core.model.values import is_uuid
from platform_sim.core.store import Snapshot, Transaction


def promote(
    tx: Transaction,
    actor: Actor,
    pipeline: Pipeline,
    source: App,
    targets: Sequence[App],
    release: str | None = None,
) -> Promotion:
    """Release the slug of `source` (of its current release, or of `release`) on each target, all in `pipeline`.

    InvalidParams, and nothing done, if one of them is not there, or there is no slug to give.
    """
    customers_only(actor, "promote an app")
    _check_apps(tx, pipeline, source, targets)
    for app in targets:
        check_permitted(tx, actor, app, "deploy")
    given = release_named(tx, source, release) if release else current_release(tx, source.id)
    if given.slug_id is None or given.status != "succeeded":
        raise InvalidParams(
            f"Cannot promote v{given.version} of {source.name}: it has no slug that runs. Deploy first."
        )
    slug = tx.get(Slug, given.slug_id)
    now = tx.now()
    promotion = tx.insert(Promotion(tx.uuid("promotion", pipeline.id), pipeline.id, source.id, given.id, now, now))
    description = f"Promote {source.name} v{given.version} {(slug.commit_id or slug.id)[:8]}"
    for app in targets:
        made = make_release(tx, app, actor.account, description, slug=copy_slug(tx, slug, app))
        target_id = tx.uuid("promotion-target", promotion.id)
        tx.insert(PromotionTarget(target_id, promotion.id, app.id, made.id, now))
    told = {"pipeline": pipeline.name, "version": given.version, "targets": [app.name for app in targets]}
    tx.record("pipeline-promotion", "create", promotion.id, actor.account, told, app_id=source.id)
    return promotion


def _check_apps(tx: Transaction, pipeline: Pipeline, source: App, targets: Sequence[App]) -> None:
    if not targets:
        raise InvalidParams("targets is empty: name at least one app of the pipeline to promote to.")
    inside = {each.app_id for each in tx.all(PipelineCoupling, pipeline_id=pipeline.id)}
    for app in (source, *targets):
        if app.id not in inside:
            raise InvalidParams(f"{app.name} is not in the pipeline {pipeline.name}: add it there first.")
    names = [app.name for app in targets]
    if source in targets or len(set(names)) < len(names):
        raise InvalidParams("targets must be apps other than the source, each once.")


def promotion_named(rows: Snapshot, pipelines: Sequence[Pipeline], identity: str) -> Promotion:
    """By id, of one of the pipelines."""
    known = [each.id for each in pipelines]
    found = rows.find(Promotion, id=identity, pipeline_id=known) if is_uuid(identity) else None
    if found is None:
        raise NotFound("pipeline_promotion", "Couldn't find that pipeline promotion.")
    return found


def targets_of(rows: Snapshot, promotion: Promotion) -> list[PromotionTarget]:
    """In the order in which they were named; those of apps that are gone have gone with them."""
    return rows.all(PromotionTarget, promotion_id=promotion.id)


def outcome(rows: Snapshot, target: PromotionTarget) -> tuple[TargetStatus, str | None]:
    """How a target fares, and what went wrong: its release tells."""
    release = rows.get(Release, target.release_id)
    if release.status == "pending":
        return "pending", None
    if release.status == "succeeded":
        return "succeeded", None
    return "failed", f"The release command of v{release.version} failed: the release before it stays."
