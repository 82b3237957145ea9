"""An app's name, maintenance mode and end. Its config vars, on the same page, are in `config.py`."""

from flask import Blueprint, Response, url_for

from platform_sim.core.actions.apps import delete_app, update_app
from platform_sim.web.dashboard.desk import Desk, check_typed, field
from platform_sim.web.dashboard.links import DELETE_APP, UPDATE_APP


def settings_pages(desk: Desk) -> Blueprint:
    """`/dashboard/apps/<name>/settings/...`."""
    blueprint = Blueprint("settings", __name__, url_prefix="/dashboard/apps/<name>/settings")
    database = desk.doors.database

    @blueprint.post("/maintenance")
    def maintain(name: str) -> Response:
        wanted = field("maintenance") == "on"
        with database.transaction() as tx:
            actor = desk.actor(tx)
            update_app(tx, actor, desk.app(tx, actor, name, UPDATE_APP), maintenance=wanted)
        return desk.go(url_for("config.show", name=name), f"Maintenance mode is {'on' if wanted else 'off'}.")

    @blueprint.post("/rename")
    def rename(name: str) -> Response:
        with database.transaction() as tx:
            actor = desk.actor(tx)
            app = update_app(tx, actor, desk.app(tx, actor, name, UPDATE_APP), name=field("name"))
        said = f"The app is called {app.name} now: its URLs are others, git remotes have to be changed."
        return desk.go(url_for("config.show", name=app.name), said)

    @blueprint.post("/delete")
    def delete(name: str) -> Response:
        with database.transaction() as tx:
            actor = desk.actor(tx)
            app = desk.app(tx, actor, name, DELETE_APP)
            check_typed(app.name, "delete the app with everything in it")
            delete_app(tx, actor, app)
        return desk.go(url_for("apps.listing"), f"{app.name} is deleted; its add-ons are being destroyed.")

    return blueprint
