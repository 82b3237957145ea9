"""App setups: an app out of a tarball with an app.json."""

from platform_sim.core.access import customers_only
from platform_sim.core.actions import app_setups, apps, team_access, team_apps, teams
from platform_sim.core.actions.builds import SourceBlob
from platform_sim.core.errors import NotSimulated
from platform_sim.core.model.apps import App
from platform_sim.core.public import setups as public
from platform_sim.core.store import Snapshot, Transaction
from platform_sim.web.api.bodies import flag, identity, list_of, part, string_map, text
from platform_sim.web.api.call import Call, Json

APP = {
    "name": text,
    "organization": identity,
    "personal": flag,
    "region": identity,
    "stack": identity,
    "space": identity,
    "locked": flag,
}
SOURCE = part({"url": text, "checksum": text, "version": text}, ("url",))
CREATE = {
    "app": part(APP),
    "source_blob": SOURCE,
    "overrides": part({"env": string_map, "buildpacks": list_of(part({"url": text}, ("url",)))}),
}


def create(call: Call, tx: Transaction) -> Json:
    """POST /app-setups: the app is there at once, the rest follows."""
    customers_only(call.actor, "set up an app")
    wish, blob = call.body.get("app", {}), call.body["source_blob"]
    overrides = call.body.get("overrides", {})
    packs = overrides.get("buildpacks")
    made = app_setups.create_setup(
        tx,
        call.actor,
        _app(call, tx),
        SourceBlob(blob["url"], blob.get("checksum"), blob.get("version")),
        env=overrides.get("env"),
        buildpacks=None if packs is None else [pack["url"] for pack in packs],
        stack=wish.get("stack"),
    )
    return public.app_setup(tx, made, call.at)


def _app(call: Call, tx: Transaction) -> App:
    wish = call.body.get("app", {})
    if wish.get("space"):
        raise NotSimulated("app.space is not simulated: send it without.")
    chosen = {field: wish.get(field) for field in ("name", "region", "stack")}
    if wish.get("personal") or "organization" not in wish:
        return apps.create_app(tx, call.actor, **chosen)
    team = teams.team_named(tx, call.actor, wish["organization"])
    app = team_apps.create_team_app(tx, call.actor, team, **chosen)
    return team_access.set_lock(tx, call.actor, app, True) if wish.get("locked") else app


def info(call: Call, rows: Snapshot) -> Json:
    """GET /app-setups/:setup."""
    return public.app_setup(rows, app_setups.setup_named(rows, call.actor, call.path["app-setup"]), call.at)
