"""Pipelines and the apps in them. Customers and partners see those in which they see an app (partner-api §4.1)."""

from collections.abc import Mapping
from typing import Literal

from platform_sim.core.access import Actor, check_permitted, customers_only, visible_app_ids
from platform_sim.core.actions.config_vars import checked
from platform_sim.core.actions.releases import check_size
from platform_sim.core.actions.teams import check_role, team_named
from platform_sim.core.errors import Forbidden, InvalidParams, NotFound
from platform_sim.core.model.accounts import Account
from platform_sim.core.model.apps import App
from platform_sim.core.model.pipelines import (
    PIPELINE_NAME,
    STAGES,
    Pipeline,
    PipelineCoupling,
    Promotion,
    PromotionTarget,
    Stage,
    StageConfig,
)
from platform_sim.core.model.setups import AppSetup, ReviewApp, ReviewAppConfig
from platform_sim.core.model.teams import TeamMember
from platform_sim.core.model.values import is_uuid
from platform_sim.core.roles import team_name
from platform_sim.core.store import Snapshot, Transaction


def visible_pipelines(rows: Snapshot, actor: Actor) -> list[Pipeline]:
    """A customer's own and those of its teams, and those that hold an app which the actor sees."""
    seen = {coupling.pipeline_id for coupling in visible_couplings(rows, actor)}
    if not actor.is_partner:
        teams = [each.team_id for each in rows.all(TeamMember, account_id=actor.account.id)]
        seen |= {each.id for each in rows.all(Pipeline, owner_id=[actor.account.id, *teams])}
    return rows.all(Pipeline, id=sorted(seen), order_by="name")


def pipeline_named(rows: Snapshot, actor: Actor, identity: str) -> Pipeline:
    """By id or name; NotFound for one that the actor does not see."""
    key = "id" if is_uuid(identity) else "name"
    for pipeline in visible_pipelines(rows, actor):
        if getattr(pipeline, key) == identity:
            return pipeline
    raise NotFound("pipeline")


def own_pipeline(rows: Snapshot, actor: Actor, identity: str) -> Pipeline:
    """One that the actor may change as a whole; Forbidden for one that it only has an app in."""
    customers_only(actor, "change a pipeline")
    pipeline = pipeline_named(rows, actor, identity)
    mine = pipeline.owner_id == actor.account.id
    if not mine and rows.find(TeamMember, team_id=pipeline.owner_id, account_id=actor.account.id) is None:
        raise Forbidden(
            f"Only its owner can change the pipeline {pipeline.name}, or a member of the team that owns it."
        )
    return pipeline


def owner_named(rows: Snapshot, actor: Actor, identity: str | None, kind: str | None) -> Account:
    """Who a new pipeline shall belong to: the actor, unless a team of its is named; InvalidParams for others."""
    if kind == "team" and identity is not None:
        return _team(rows, actor, identity)
    if identity not in (None, actor.account.id):
        raise InvalidParams(
            "owner.id is not yours: a new pipeline belongs to whoever makes it, or to a team of theirs."
        )
    return actor.account


def _team(rows: Snapshot, actor: Actor, identity: str) -> Account:
    """The account of a team in which the actor is."""
    team = team_named(rows, actor, identity)
    check_role(rows, actor, team, "admin", "member")
    return rows.get(Account, team.id)


def create_pipeline(tx: Transaction, actor: Actor, name: str, owner: Account | None = None) -> Pipeline:
    """A pipeline without apps, of the actor's or of `owner`; InvalidParams for a bad or taken name."""
    customers_only(actor, "create a pipeline")
    _check_name(tx, name)
    whose, now = owner or actor.account, tx.now()
    row_id = tx.uuid("pipeline", whose.id)
    pipeline = tx.insert(Pipeline(row_id, name, whose.id, _kind(whose), now, now))
    tx.record("pipeline", "create", pipeline.id, actor.account, {"name": name})
    return pipeline


def _kind(owner: Account) -> Literal["user", "team"]:
    return "team" if team_name(owner) else "user"


def _check_name(tx: Transaction, name: str) -> None:
    if PIPELINE_NAME.fullmatch(name) is None:
        raise InvalidParams(
            f"{name[:64]!r} cannot be a pipeline's name: 3 to 30 lowercase letters, digits and dashes, a letter first."
        )
    if tx.find(Pipeline, name=name) is not None:
        raise InvalidParams("Name is already taken")


def rename_pipeline(tx: Transaction, actor: Actor, pipeline: Pipeline, name: str | None) -> Pipeline:
    """Another name, if one is given."""
    if name is None or name == pipeline.name:
        return pipeline
    _check_name(tx, name)
    before = {"name": pipeline.name}
    pipeline = tx.update(pipeline, name=name)
    tx.record("pipeline", "update", pipeline.id, actor.account, {"name": name}, previous=before)
    return pipeline


def transfer_pipeline(tx: Transaction, actor: Actor, pipeline: Pipeline, to: str, kind: str) -> Pipeline:
    """Give a pipeline to another user, named by id or e-mail, or to a team of the actor's; its apps stay whose they
    are."""
    if kind == "team":
        owner: Account | None = _team(tx, actor, to)
    else:
        owner = tx.find(Account, id=to) or tx.find(Account, email=to)
    if owner is None or _kind(owner) != kind:
        raise NotFound("user", "Couldn't find the user that the pipeline shall belong to.")
    before = {"owner_id": pipeline.owner_id}
    pipeline = tx.update(pipeline, owner_id=owner.id, owner_type=_kind(owner))
    tx.record("pipeline", "update", pipeline.id, actor.account, {"name": pipeline.name}, previous=before)
    return pipeline


def delete_pipeline(tx: Transaction, actor: Actor, pipeline: Pipeline) -> None:
    """End a pipeline; its apps stay as they are."""
    promotions = [each.id for each in tx.all(Promotion, pipeline_id=pipeline.id)]
    tx.delete_where(PromotionTarget, promotion_id=promotions)
    for noun in (Promotion, PipelineCoupling, StageConfig, ReviewApp, ReviewAppConfig):
        tx.delete_where(noun, pipeline_id=pipeline.id)
    tx.record("pipeline", "destroy", pipeline.id, actor.account, {"name": pipeline.name})
    tx.delete(pipeline)


def visible_couplings(rows: Snapshot, actor: Actor, pipeline: Pipeline | None = None) -> list[PipelineCoupling]:
    """Of the apps that the actor sees: all, or those of one pipeline."""
    apps = sorted(visible_app_ids(rows, actor))
    if pipeline is None:
        return rows.all(PipelineCoupling, app_id=apps)
    return rows.all(PipelineCoupling, app_id=apps, pipeline_id=pipeline.id)


def couplings_of_team(rows: Snapshot, actor: Actor, identity: str) -> list[PipelineCoupling]:
    """Of a team's apps, by the team's name or id."""
    team = team_named(rows, actor, identity)
    owned = {app.id for app in rows.all(App, owner_id=team.id)}
    return [coupling for coupling in visible_couplings(rows, actor) if coupling.app_id in owned]


def coupling_of(rows: Snapshot, app: App) -> PipelineCoupling:
    """An app's; NotFound if it is in no pipeline."""
    found = rows.find(PipelineCoupling, app_id=app.id)
    if found is None:
        raise _no_coupling()
    return found


def coupling_named(rows: Snapshot, actor: Actor, identity: str) -> PipelineCoupling:
    """By id, of an app that the actor sees."""
    for coupling in visible_couplings(rows, actor):
        if coupling.id == identity:
            return coupling
    raise _no_coupling()


def _no_coupling() -> NotFound:
    return NotFound("pipeline_coupling", "Couldn't find that pipeline coupling.")


def couple(tx: Transaction, actor: Actor, pipeline: Pipeline, app: App, stage: str) -> PipelineCoupling:
    """Put an app into a pipeline's stage; InvalidParams if it is in a pipeline already."""
    customers_only(actor, "put an app into a pipeline")
    check_permitted(tx, actor, app, "deploy")
    there = tx.find(PipelineCoupling, app_id=app.id)
    if there is not None:
        name = tx.get(Pipeline, there.pipeline_id).name
        raise InvalidParams(f"{app.name} is in the pipeline {name} already: take it out there first.")
    known, now = _stage(stage), tx.now()
    coupling = tx.insert(PipelineCoupling(tx.uuid("coupling", app.id), pipeline.id, app.id, known, now, now))
    tx.record("pipeline-coupling", "create", coupling.id, actor.account, {"stage": stage}, app_id=app.id)
    return coupling


def move(tx: Transaction, actor: Actor, coupling: PipelineCoupling, stage: str | None) -> PipelineCoupling:
    """Another stage, if one is given."""
    customers_only(actor, "move an app in its pipeline")
    check_permitted(tx, actor, tx.get(App, coupling.app_id), "deploy")
    if stage is None or stage == coupling.stage:
        return coupling
    before = {"stage": coupling.stage}
    coupling = tx.update(coupling, stage=_stage(stage))
    told = {"stage": stage}
    tx.record("pipeline-coupling", "update", coupling.id, actor.account, told, app_id=coupling.app_id, previous=before)
    return coupling


def uncouple(tx: Transaction, actor: Actor, coupling: PipelineCoupling) -> None:
    """Take an app out of its pipeline."""
    customers_only(actor, "take an app out of a pipeline")
    check_permitted(tx, actor, tx.get(App, coupling.app_id), "deploy")
    told = {"stage": coupling.stage}
    tx.record("pipeline-coupling", "destroy", coupling.id, actor.account, told, app_id=coupling.app_id)
    tx.delete(coupling)


def forget_app(tx: Transaction, app: App) -> None:
    """What pipelines know of an app that is deleted."""
    promotions = [each.id for each in tx.all(Promotion, source_app_id=app.id)]
    tx.delete_where(PromotionTarget, promotion_id=promotions)
    tx.delete_where(Promotion, source_app_id=app.id)
    for noun in (PromotionTarget, PipelineCoupling):
        tx.delete_where(noun, app_id=app.id)
    for shown in tx.all(ReviewApp, app_id=app.id):
        # One whose setup has failed is errored, and has lost its app by that.
        if shown.ending or tx.get(AppSetup, shown.setup_id).status != "failed":
            tx.update(shown, ending="deleted")


def _stage(name: str) -> Stage:
    found = stage_named(name)
    if found is None:
        raise InvalidParams(f"{name[:64]!r} is no stage: choose one of {', '.join(STAGES)}.")
    return found


def stage_named(name: str) -> Stage | None:
    """A stage by its name, or None."""
    return next((stage for stage in STAGES if stage == name), None)


def stage_vars(rows: Snapshot, pipeline: Pipeline, stage: str) -> dict[str, str]:
    """Config vars of a stage; NotFound if there is no such stage."""
    found = rows.find(StageConfig, pipeline_id=pipeline.id, stage=_in_path(stage))
    return found.vars if found else {}


def change_stage_vars(
    tx: Transaction, actor: Actor, pipeline: Pipeline, stage: str, changes: Mapping[str, str | None]
) -> dict[str, str]:
    """Merge `changes` (None removes) and return the whole set. No app that is there feels it."""
    before = stage_vars(tx, pipeline, stage)
    after = checked(before, changes)
    check_size(tx, f"stage {stage} of {pipeline.name}", before, after)
    now = tx.now()
    found = tx.find(StageConfig, pipeline_id=pipeline.id, stage=stage)
    if found is not None:
        tx.update(found, vars=after)
    else:
        row_id = tx.uuid("stage-config", pipeline.id)
        tx.insert(StageConfig(row_id, pipeline.id, _in_path(stage), after, now, now))
    told = {"stage": stage, "names": sorted(changes)}
    tx.record("pipeline-config-vars", "update", pipeline.id, actor.account, told)
    return after


def _in_path(name: str) -> Stage:
    found = stage_named(name)
    if found is None:
        raise NotFound("pipeline_stage", f"Couldn't find that stage. There are {', '.join(STAGES)}.")
    return found
