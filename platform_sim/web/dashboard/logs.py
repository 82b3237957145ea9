"""An app's log: the last lines, and for a browser with scripts a log session, which the edge streams."""

from flask import Blueprint, Response

from platform_sim.core.actions.log_sessions import create_log_session
from platform_sim.core.public.apps import log_session
from platform_sim.web.answers import json_response
from platform_sim.web.dashboard.desk import Desk
from platform_sim.web.dashboard.links import READ_LOG

LINES = 100
LONGEST = 300
"""Characters of a line on the page; what is longer is in `heroku logs`."""


def log_pages(desk: Desk) -> Blueprint:
    """`/dashboard/apps/<name>/logs`."""
    blueprint = Blueprint("logs", __name__, url_prefix="/dashboard/apps/<name>/logs")
    database = desk.doors.database

    @blueprint.get("")
    def show(name: str) -> Response:
        with database.snapshot() as rows:
            actor = desk.actor(rows)
            app = desk.app(rows, actor, name, READ_LOG)
        lines = desk.doors.lines(app.id)[-LINES:]
        return desk.page("logs.html", actor, tab="logs", app=app, lines=lines, longest=LONGEST)

    @blueprint.post("/session")
    def session(name: str) -> Response:
        with database.transaction() as tx:
            actor = desk.actor(tx)
            made = create_log_session(tx, actor, desk.app(tx, actor, name, READ_LOG), lines=LINES, tail=True)
        address = str(log_session(made, desk.doors.addresses)["logplex_url"])
        # The page may be open under another of this machine's names: the path is what counts.
        return json_response({"path": address.removeprefix(desk.doors.addresses.base)}, 201)

    return blueprint
