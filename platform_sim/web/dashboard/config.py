"""Config vars: names, and a value only when one asks for it. What an add-on has set is protected from slips."""

from flask import Blueprint, Response, url_for

from platform_sim.core import errors
from platform_sim.core.access import Actor
from platform_sim.core.actions.config_vars import change_config_vars
from platform_sim.core.actions.releases import app_config
from platform_sim.core.model.apps import App
from platform_sim.core.store import Snapshot
from platform_sim.web.dashboard.desk import Desk, field, whole_field
from platform_sim.web.dashboard.held import held_by, owners_of_vars, values_of_addons
from platform_sim.web.dashboard.links import CHANGE_CONFIG, SEE_APP, SEE_CONFIG
from platform_sim.web.dashboard.paging import part_of


def config_pages(desk: Desk) -> Blueprint:
    """`/dashboard/apps/<name>/settings`."""
    blueprint = Blueprint("config", __name__, url_prefix="/dashboard/apps/<name>/settings")
    database = desk.doors.database

    @blueprint.get("")
    def show(name: str) -> Response:
        with database.snapshot() as rows:
            actor = desk.actor(rows)
            shown = _shown(desk, rows, actor, desk.app(rows, actor, name, SEE_APP))
        return desk.page("settings.html", actor, tab="settings", **shown)

    @blueprint.post("/reveal")
    def reveal(name: str) -> Response:
        with database.snapshot() as rows:
            actor = desk.actor(rows)
            app = desk.app(rows, actor, name, SEE_CONFIG)
            config, var = app_config(rows, app), field("var")
            if var not in config:
                raise errors.NotFound("config var", f"{app.name} has no config var of that name any more.")
            shown = _shown(desk, rows, actor, app)
        return desk.page("settings.html", actor, tab="settings", **shown, revealed=var, value=config[var])

    @blueprint.post("/set")
    def change(name: str) -> Response:
        return _change(desk, name, whole_field("value"), "set")

    @blueprint.post("/unset")
    def remove(name: str) -> Response:
        return _change(desk, name, None, "removed")

    return blueprint


def _change(desk: Desk, name: str, value: str | None, done: str) -> Response:
    var = field("var")
    with desk.doors.database.transaction() as tx:
        actor = desk.actor(tx)
        app = desk.app(tx, actor, name, CHANGE_CONFIG)
        owner = owners_of_vars(held_by(tx, app)).get(var)
        if owner is not None and field("override") != "yes":
            raise errors.InvalidParams(
                f"Nothing was done: {var} belongs to the add-on {owner.addon.name}, and the app may stop working "
                "without its value. Tick the box that says so if you mean it; the add-on's next change sets it again."
            )
        change_config_vars(tx, actor, app, {var: value})
    return desk.go(url_for("config.show", name=name), f"{var} is {done}.")


def _shown(desk: Desk, rows: Snapshot, actor: Actor, app: App) -> dict[str, object]:
    may = desk.may(rows, actor, app)
    config = app_config(rows, app) if "deploy" in may else {}
    held = held_by(rows, app) if config else []
    owners, theirs = owners_of_vars(held), values_of_addons(held)
    overridden = {name for name, value in config.items() if value != theirs.get(name, value)}
    return {"app": app, "may": may, "part": part_of(sorted(config), 50), "owners": owners, "overridden": overridden}
