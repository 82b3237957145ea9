"""What has happened to an app: builds, releases and events, newest first. While it is built the page looks again."""

from collections.abc import Sequence

from flask import Blueprint, Response

from platform_sim.core.model.accounts import Account
from platform_sim.core.model.apps import Build, Release
from platform_sim.core.store.queries import EVENTS_BEFORE
from platform_sim.web.dashboard.desk import Desk
from platform_sim.web.dashboard.held import by_id
from platform_sim.web.dashboard.links import LIST_BUILDS
from platform_sim.web.dashboard.paging import before

SIZE = 60
BUILDS = 20
RELEASES = 10
SAID = 4_000
"""Characters of the newest build's output on the page, its last ones."""


def activity_pages(desk: Desk) -> Blueprint:
    """`/dashboard/apps/<name>/activity`."""
    blueprint = Blueprint("activity", __name__, url_prefix="/dashboard/apps/<name>/activity")

    @blueprint.get("")
    def show(name: str) -> Response:
        with desk.doors.database.snapshot() as rows:
            actor = desk.actor(rows)
            app = desk.app(rows, actor, name, LIST_BUILDS)
            found = rows.ask(EVENTS_BEFORE, app=app.id, before=before(), limit=SIZE + 1)
            builds = rows.all(Build, app_id=app.id, desc=True, limit=BUILDS)
            latest = rows.all(Release, app_id=app.id, order_by="version", desc=True, limit=RELEASES)
            people = by_id(rows, Account, (each.actor_id for each in builds))
            releases = by_id(rows, Release, (each.release_id for each in builds if each.release_id))
        older = found[SIZE - 1].number if len(found) > SIZE else None
        shown: dict[str, object] = {
            "events": found[:SIZE],
            "older": older,
            "builds": builds,
            "people": people,
            "releases": releases,
        }
        shown |= {"latest": latest, "waits": _waits(builds, latest)}
        shown |= {"output": _output(desk, builds[0]) if builds else ""}
        return desk.page("activity.html", actor, tab="activity", app=app, **shown)

    return blueprint


def _waits(builds: Sequence[Build], releases: Sequence[Release]) -> bool:
    """Whether something will change by itself."""
    return "pending" in {*(each.status for each in builds), *(each.status for each in releases)}


def _output(desk: Desk, build: Build) -> str:
    """What a build has said so far, in whole lines if there are many."""
    try:
        said = desk.doors.output(build.output_secret)
    except LookupError:
        return ""
    return said if len(said) <= SAID else said[-SAID:].partition("\n")[2]
