"""Pipelines, their couplings, and what their apps did last."""

from collections.abc import Callable

from platform_sim.core.access import app_named, customers_only
from platform_sim.core.actions import pipelines
from platform_sim.core.model.addresses import Addresses
from platform_sim.core.model.apps import App
from platform_sim.core.model.pipelines import STAGES, Pipeline
from platform_sim.core.model.values import CONFIG_VAR
from platform_sim.core.public import pipelines as public
from platform_sim.core.store import Snapshot, Transaction
from platform_sim.web.api.bodies import identity, part, read_changes, text
from platform_sim.web.api.call import Call, Json

_OWNER = {"id": text, "type": text}
CREATE = {"name": text, "owner": part(_OWNER)}
RENAME = {"name": text}
TRANSFER = {"pipeline": identity, "new_owner": part(_OWNER, tuple(_OWNER))}
COUPLE = {"app": identity, "pipeline": identity, "stage": text}
MOVE = {"stage": text}

NAME_WANTED = "eq[name]"
"""`GET /pipelines?eq[name]=NAME`, as the CLI looks one up (heroku-cli §2)."""


def _pipeline(call: Call, rows: Snapshot, variable: str = "pipeline.id") -> Pipeline:
    return pipelines.pipeline_named(rows, call.actor, call.path[variable])


def listing(call: Call, rows: Snapshot) -> Json:
    """GET /pipelines."""
    wanted = call.query.get(NAME_WANTED)
    found = pipelines.visible_pipelines(rows, call.actor)
    return [public.pipeline(each) for each in found if wanted in (None, each.name)]


def info(call: Call, rows: Snapshot) -> Json:
    """GET /pipelines/:pipeline (id or name)."""
    return public.pipeline(_pipeline(call, rows, "pipeline"))


def create(call: Call, tx: Transaction) -> Json:
    """POST /pipelines."""
    wish = call.body.get("owner", {})
    owner = pipelines.owner_named(tx, call.actor, wish.get("id"), wish.get("type"))
    return public.pipeline(pipelines.create_pipeline(tx, call.actor, call.body["name"], owner))


def update(call: Call, tx: Transaction) -> Json:
    """PATCH /pipelines/:pipeline."""
    found = pipelines.own_pipeline(tx, call.actor, call.path["pipeline.id"])
    return public.pipeline(pipelines.rename_pipeline(tx, call.actor, found, call.body.get("name")))


def delete(call: Call, tx: Transaction) -> Json:
    """DELETE /pipelines/:pipeline: the pipeline as it was."""
    found = pipelines.own_pipeline(tx, call.actor, call.path["pipeline.id"])
    pipelines.delete_pipeline(tx, call.actor, found)
    return public.pipeline(found)


def transfer(call: Call, tx: Transaction) -> Json:
    """POST /pipeline-transfers."""
    found = pipelines.own_pipeline(tx, call.actor, call.body["pipeline"])
    to = call.body["new_owner"]
    moved = pipelines.transfer_pipeline(tx, call.actor, found, to["id"], to["type"])
    return {"new_owner": public.owner(moved), "pipeline": {"id": found.id}, "previous_owner": public.owner(found)}


def list_couplings(call: Call, rows: Snapshot) -> Json:
    """GET /pipeline-couplings and /users/~/pipeline-couplings."""
    return [public.coupling(rows, each) for each in pipelines.visible_couplings(rows, call.actor)]


def list_couplings_by_pipeline(call: Call, rows: Snapshot) -> Json:
    """GET /pipelines/:pipeline/pipeline-couplings."""
    found = pipelines.visible_couplings(rows, call.actor, _pipeline(call, rows))
    return [public.coupling(rows, each) for each in found]


def list_couplings_by_team(call: Call, rows: Snapshot) -> Json:
    """GET /teams/:team/pipeline-couplings: of the team's apps."""
    customers_only(call.actor, "see what a team's pipelines hold")
    found = pipelines.couplings_of_team(rows, call.actor, call.path["team"])
    return [public.coupling(rows, each) for each in found]


def coupling_by_app(call: Call, rows: Snapshot) -> Json:
    """GET /apps/:app/pipeline-couplings: one, not a list."""
    app = app_named(rows, call.actor, call.path["app"])
    return public.coupling(rows, pipelines.coupling_of(rows, app))


def coupling_info(call: Call, rows: Snapshot) -> Json:
    """GET /pipeline-couplings/:coupling."""
    return public.coupling(rows, pipelines.coupling_named(rows, call.actor, call.path["pipeline-coupling"]))


def couple(call: Call, tx: Transaction) -> Json:
    """POST /pipeline-couplings."""
    wish = call.body
    pipeline = pipelines.pipeline_named(tx, call.actor, wish["pipeline"])
    app = app_named(tx, call.actor, wish["app"])
    return public.coupling(tx, pipelines.couple(tx, call.actor, pipeline, app, wish["stage"]))


def move(call: Call, tx: Transaction) -> Json:
    """PATCH /pipeline-couplings/:coupling."""
    found = pipelines.coupling_named(tx, call.actor, call.path["pipeline-coupling"])
    return public.coupling(tx, pipelines.move(tx, call.actor, found, call.body.get("stage")))


def uncouple(call: Call, tx: Transaction) -> Json:
    """DELETE /pipeline-couplings/:coupling: the coupling as it was."""
    found = pipelines.coupling_named(tx, call.actor, call.path["pipeline-coupling"])
    pipelines.uncouple(tx, call.actor, found)
    return public.coupling(tx, found)


STAGE = "pipeline-coupling.stage"


def config(call: Call, rows: Snapshot) -> Json:
    """GET /pipelines/:pipeline/stage/:stage/config-vars."""
    customers_only(call.actor, "read config vars of a pipeline")
    return pipelines.stage_vars(rows, _pipeline(call, rows), call.path[STAGE])


def update_config(call: Call, tx: Transaction) -> Json:
    """PATCH /pipelines/:pipeline/stage/:stage/config-vars: merge, null removes, answer is the whole set."""
    customers_only(call.actor, "change config vars of a pipeline")
    changes = read_changes(call.body, CONFIG_VAR)
    return pipelines.change_stage_vars(tx, call.actor, _pipeline(call, tx), call.path[STAGE], changes)


def _of_each_app(call: Call, rows: Snapshot, show: Callable[[Snapshot, App, Addresses], Json]) -> Json:
    customers_only(call.actor, "see what apps of a pipeline do")
    couplings = pipelines.visible_couplings(rows, call.actor, _pipeline(call, rows))
    shown = [show(rows, rows.get(App, each.app_id), call.at) for each in couplings]
    return [each for each in shown if each is not None]


def latest_builds(call: Call, rows: Snapshot) -> Json:
    """GET /pipelines/:pipeline/latest-builds."""
    return _of_each_app(call, rows, public.latest_build)


def latest_releases(call: Call, rows: Snapshot) -> Json:
    """GET /pipelines/:pipeline/latest-releases."""
    return _of_each_app(call, rows, public.latest_release)


def latest_deployments(call: Call, rows: Snapshot) -> Json:
    """GET /pipelines/:pipeline/latest-deployments."""
    return _of_each_app(call, rows, public.latest_deployment)


def stack(call: Call, rows: Snapshot) -> Json:
    """GET /pipelines/:pipeline/pipeline-stack: that of the app furthest downstream, else the default."""
    customers_only(call.actor, "read the stack of a pipeline")
    couplings = pipelines.visible_couplings(rows, call.actor, _pipeline(call, rows))
    last = max(couplings, key=lambda each: STAGES.index(each.stage), default=None)
    return public.stack(rows.get(App, last.app_id).stack if last else call.doors.database.rules.default_stack)
