"""How code gets to an app, and its releases, to one of which it can be rolled back."""

from flask import Blueprint, Response, url_for

from platform_sim.core.actions.releases import current_release, rollback
from platform_sim.core.model.apps import Release
from platform_sim.core.store.queries import RELEASES_BEFORE
from platform_sim.web.dashboard.desk import Desk, field
from platform_sim.web.dashboard.links import LIST_RELEASES, ROLL_BACK
from platform_sim.web.dashboard.paging import before

SIZE = 50


def deploy_pages(desk: Desk) -> Blueprint:
    """`/dashboard/apps/<name>/deploy`."""
    blueprint = Blueprint("deploy", __name__, url_prefix="/dashboard/apps/<name>/deploy")
    database = desk.doors.database

    @blueprint.get("")
    def show(name: str) -> Response:
        with database.snapshot() as rows:
            actor = desk.actor(rows)
            app = desk.app(rows, actor, name, LIST_RELEASES)
            found: list[Release] = rows.ask(RELEASES_BEFORE, app=app.id, before=before(), limit=SIZE + 1)
            current = current_release(rows, app.id)
            may = desk.may(rows, actor, app)
        older = found[SIZE - 1].version if len(found) > SIZE else None
        shown = {"releases": found[:SIZE], "older": older, "current": current, "may": may}
        return desk.page("deploy.html", actor, tab="deploy", app=app, **shown)

    @blueprint.post("/rollback")
    def back(name: str) -> Response:
        with database.transaction() as tx:
            actor = desk.actor(tx)
            made = rollback(tx, desk.app(tx, actor, name, ROLL_BACK), actor.account, field("release"))
        return desk.go(url_for("deploy.show", name=name), f"{made.description}: v{made.version}.")

    return blueprint
