"""The lessons in a browser: a list, and one lesson a page. The same as `platform-sim learn` and `/sim/lessons`."""

from typing import Any

from flask import Blueprint, Response, request, url_for

from platform_sim.core import errors
from platform_sim.core.access import Actor
from platform_sim.core.actions.lessons import begin_learning, course
from platform_sim.core.model.lessons import LESSONS
from platform_sim.core.public import lessons as public
from platform_sim.web.dashboard.desk import Desk


def learn_pages(desk: Desk) -> Blueprint:
    """`/dashboard/learn`."""
    blueprint = Blueprint("learn", __name__, url_prefix="/dashboard/learn")

    def _found() -> tuple[Actor, dict[str, Any]]:
        wanted = request.args.get("app", "").strip()
        with desk.doors.database.snapshot() as rows:
            actor = desk.actor(rows)
            found = public.course(course(rows, actor, desk.doors.addresses, wanted or None))
        return actor, found | {"query": f"?app={found['app']}" if wanted else ""}

    @blueprint.get("")
    def listing() -> Response:
        actor, found = _found()
        return desk.page("learn.html", actor, course=found)

    @blueprint.get("/<number>")
    def show(number: str) -> Response:
        if number not in {str(each.number) for each in LESSONS}:
            raise errors.NotFound("lesson", f"There are lessons 1 to {len(LESSONS)}.")
        actor, found = _found()
        return desk.page("lesson.html", actor, course=found, lesson=found["lessons"][int(number) - 1])

    @blueprint.post("/restart")
    def restart() -> Response:
        with desk.doors.database.transaction() as tx:
            begin_learning(tx, desk.actor(tx))
        return desk.go(url_for("learn.listing"), "The lessons begin anew: only what happens from here on counts.")

    return blueprint
