"""What followed from what, the newest first: the same trees as `platform-sim timeline`, each exchange to be opened."""

from flask import Blueprint, Response, request

from platform_sim.core.actions.timeline import WINDOW, Wish, chosen, newest_steps, trees, wish_for
from platform_sim.core.model.steps import PARTIES, Tree
from platform_sim.web.dashboard.desk import Desk

SHOWN = 10
"""Actions on the page; the command and `/sim/timeline` have more."""
LOOKED_AT = 2_000
BODY = 600
"""Characters of a body on the page."""
STEPS = 120
"""Steps on the page."""


def timeline_pages(desk: Desk) -> Blueprint:
    """`/dashboard/operator/timeline`."""
    blueprint = Blueprint("timeline", __name__, url_prefix="/dashboard/operator/timeline")

    @blueprint.get("")
    def show() -> Response:
        asked = {name: request.args.get(name, "").strip() for name in ("app", "addon", "party")}
        with desk.doors.database.snapshot() as rows:
            actor = desk.actor(rows)
            wish = wish_for(rows, asked["app"], asked["addon"], asked["party"])
            steps = newest_steps(rows, LOOKED_AT if wish == Wish() else WINDOW)
        kept: list[Tree] = []
        count = 0
        for tree in reversed(chosen(trees(steps), wish, SHOWN)):
            count += len(tree.steps())
            if kept and count > STEPS:
                break
            kept.append(tree)
        shown = {"trees": kept, "asked": asked, "parties": PARTIES, "longest": BODY}
        return desk.page("timeline.html", actor, view="timeline", **shown)

    return blueprint
