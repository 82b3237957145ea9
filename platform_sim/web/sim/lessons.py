"""`/sim/lessons`: the lessons of `platform-sim learn`, with what has happened of them for whose token it is."""

from flask import Blueprint, Response, request

from platform_sim.core.actions.lessons import begin_learning, course
from platform_sim.core.public import lessons as public
from platform_sim.web.answers import asking_customer, json_response
from platform_sim.web.context import Doors

WHAT = "operate the simulator"


def add_lesson_routes(blueprint: Blueprint, doors: Doors) -> None:
    """The routes, on the blueprint of `/sim`."""

    @blueprint.get("/lessons")
    def lessons() -> Response:
        actor = asking_customer(doors, WHAT)
        with doors.database.snapshot() as rows:
            found = course(rows, actor, doors.addresses, request.args.get("app"))
        return json_response(public.course(found))

    @blueprint.post("/lessons")
    def begin() -> Response:
        actor = asking_customer(doors, WHAT)
        with doors.database.transaction() as tx:
            begin_learning(tx, actor)
            found = course(tx, actor, doors.addresses, request.args.get("app"))
        return json_response(public.course(found), 201)
