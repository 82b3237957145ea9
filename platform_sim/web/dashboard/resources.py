"""What an app consists of: dynos, how many and how large, and its add-ons."""

from flask import Blueprint, Response, url_for

from platform_sim.core.actions.dynos import restart_dynos
from platform_sim.core.actions.formation import Scaling, scale
from platform_sim.core.model.apps import Formation
from platform_sim.core.model.places import DYNO_SIZES
from platform_sim.web.dashboard.desk import Desk, field
from platform_sim.web.dashboard.held import dynos_of, held_by
from platform_sim.web.dashboard.links import LIST_ADDONS, RESTART, SCALE
from platform_sim.web.dashboard.paging import part_of


def resource_pages(desk: Desk) -> Blueprint:
    """`/dashboard/apps/<name>/resources`."""
    blueprint = Blueprint("resources", __name__, url_prefix="/dashboard/apps/<name>/resources")
    database = desk.doors.database

    @blueprint.get("")
    def show(name: str) -> Response:
        with database.snapshot() as rows:
            actor = desk.actor(rows)
            app = desk.app(rows, actor, name, LIST_ADDONS)
            shown = {
                "app": app,
                "may": desk.may(rows, actor, app),
                "formation": rows.all(Formation, app_id=app.id, order_by="type"),
                **dynos_of(rows, app),
                "part": part_of(held_by(rows, app), 50),
            }
        return desk.page("resources.html", actor, tab="resources", sizes=DYNO_SIZES, **shown)

    @blueprint.post("/scale")
    def rescale(name: str) -> Response:
        wish = Scaling(field("type"), field("quantity") or None, field("size") or None)
        with database.transaction() as tx:
            actor = desk.actor(tx)
            (row,) = scale(tx, actor, desk.app(tx, actor, name, SCALE), [wish])
        said = f"{row.type} is {row.quantity} x {row.size} now."
        return desk.go(url_for("resources.show", name=name), said)

    @blueprint.post("/restart")
    def restart(name: str) -> Response:
        with database.transaction() as tx:
            actor = desk.actor(tx)
            restart_dynos(tx, actor, desk.app(tx, actor, name, RESTART))
        return desk.go(url_for("resources.show", name=name), "All dynos restart.")

    return blueprint
