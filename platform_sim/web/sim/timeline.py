"""`/sim/timeline`: what followed from what, as JSON and as HAR. What is live of it is served by the edge."""

from flask import Blueprint, Response, request

from platform_sim.core.actions.timeline import WINDOW, Wish, chosen, cursor_of, newest_steps, trees, wish_for
from platform_sim.core.errors import InvalidParams
from platform_sim.core.model.steps import Step, Tree
from platform_sim.core.public import timeline as public
from platform_sim.web.answers import json_response
from platform_sim.web.api.bodies import whole
from platform_sim.web.context import Doors

USUAL, MOST = 50, 1000
"""How many trees there are in an answer."""


def add_timeline_routes(blueprint: Blueprint, doors: Doors) -> None:
    """The routes, on the blueprint of `/sim`."""

    @blueprint.get("/timeline")
    def timeline() -> Response:
        steps, found = _asked(doors)
        seen = public.cursor(cursor_of(steps))
        return json_response({"cursor": seen, "trees": [public.tree(each) for each in found]})

    @blueprint.get("/timeline.har")
    def har() -> Response:
        _, found = _asked(doors)
        headers = {"Content-Disposition": 'attachment; filename="timeline.har"'}
        return json_response(public.har(found, doors.version), headers=headers)


def _asked(doors: Doors) -> tuple[list[Step], list[Tree]]:
    wish = request.args
    limit = whole("limit", wish.get("limit", str(USUAL)))
    if not 1 <= limit <= MOST:
        raise InvalidParams(f"limit is {limit}: use 1 to {MOST}.")
    with doors.database.snapshot() as rows:
        of = wish_for(rows, wish.get("app"), wish.get("addon"), wish.get("party"))
        steps = newest_steps(rows, WINDOW if of != Wish() else min(WINDOW, 1000 + 100 * limit))
    return steps, chosen(trees(steps), of, limit)
