"""What there is at Heroku and cannot be here: empty lists, things that are not found, refusals."""

from platform_sim.core.access import app_named
from platform_sim.core.actions.teams import team_named
from platform_sim.core.errors import InvalidParams, NotFound
from platform_sim.core.model import places
from platform_sim.core.public import addons as public
from platform_sim.core.store import Snapshot, Transaction
from platform_sim.web.api.bodies import check, part, text
from platform_sim.web.api.call import Call, Json

DRAIN = {"owner": part({"id": text, "type": text}, ("id", "type"))}


def nobodys(call: Call, rows: Snapshot) -> Json:
    """Lists of what nobody can have: enterprise accounts, credits and invoices, since nothing is charged."""
    return []


def space_info(call: Call, rows: Snapshot) -> Json:
    """GET /spaces/:space: private spaces cannot be made here."""
    raise NotFound("space")


def list_telemetry_drains(call: Call, rows: Snapshot) -> Json:
    """GET /apps/:app/telemetry-drains: for Fir alone, and every app here is of the generation cedar."""
    app_named(rows, call.actor, call.path["app"])
    return []


def add_telemetry_drain(call: Call, tx: Transaction) -> Json:
    """POST /telemetry-drains (heroku-cli §15: telemetry:add)."""
    owner = check(call.body, DRAIN, ("owner",))["owner"]
    if owner["type"] != "app":
        raise NotFound("space")
    app = app_named(tx, call.actor, owner["id"])
    raise InvalidParams(
        f"Telemetry drains are for apps of the Fir generation: {app.name} is of Cedar. Use heroku drains:add."
    )


def no_telemetry_drain(call: Call, rows: Snapshot) -> Json:
    """GET, PATCH and DELETE /telemetry-drains/:id."""
    raise NotFound("telemetry_drain", "Couldn't find that telemetry drain.")


def list_generations(call: Call, rows: Snapshot) -> Json:
    """GET /generations."""
    return [public.generation(places.CEDAR)]


def list_team_generations(call: Call, rows: Snapshot) -> Json:
    """GET /teams/:team/available-generations."""
    team_named(rows, call.actor, call.path["team"])
    return list_generations(call, rows)


def generation_info(call: Call, rows: Snapshot) -> Json:
    """GET /generations/:stack: the schema names a stack where a generation is meant, so both are taken."""
    identity = call.path["stack"]
    if identity not in (places.CEDAR.id, places.CEDAR.name) and places.stack(identity) is None:
        raise NotFound("generation")
    return public.generation(places.CEDAR)


def app_usage(call: Call, rows: Snapshot) -> Json:
    """GET /apps/:app/usage: of metered add-ons alone, and no plan here has a meter (heroku-cli §15: usage:addons)."""
    app_named(rows, call.actor, call.path["app"])
    return {"addons": []}


def team_app_usage(call: Call, rows: Snapshot) -> Json:
    """GET /teams/:team/apps/:app/usage."""
    app = app_named(rows, call.actor, call.path["app"])
    if app.owner_id != team_named(rows, call.actor, call.path["team"]).id:
        raise NotFound("app")
    return app_usage(call, rows)


def team_usage(call: Call, rows: Snapshot) -> Json:
    """GET /teams/:team/usage: the apps that have metered add-ons."""
    team_named(rows, call.actor, call.path["team"])
    return {"apps": []}
