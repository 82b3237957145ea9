"""How code gets to an app, as an archive from here too, and its releases, to one of which it can be rolled back."""

from flask import Blueprint, Response, request, url_for

from platform_sim.core import errors
from platform_sim.core.actions.builds import SourceBlob, create_build, create_source
from platform_sim.core.actions.releases import current_release, rollback
from platform_sim.core.model.apps import Release
from platform_sim.core.store.queries import RELEASES_BEFORE
from platform_sim.web.dashboard.desk import Desk, field
from platform_sim.web.dashboard.links import BUILD, LIST_RELEASES, ROLL_BACK
from platform_sim.web.dashboard.paging import before
from platform_sim.web.received import received

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
        shown |= {"limit": database.rules.source_size_limit, "waits": any(each.status == "pending" for each in found)}
        return desk.page("deploy.html", actor, tab="deploy", app=app, **shown)

    @blueprint.post("/rollback")
    def back(name: str) -> Response:
        with database.transaction() as tx:
            actor = desk.actor(tx)
            made = rollback(tx, desk.app(tx, actor, name, ROLL_BACK), actor.account, field("release"))
        return desk.go(url_for("deploy.show", name=name), f"{made.description}: it is release v{made.version}.")

    @blueprint.post("/archive")
    def archive(name: str) -> Response:
        return _deploy(desk, name)

    return blueprint


def _deploy(desk: Desk, name: str) -> Response:
    """As `POST /sources`, `PUT` and `POST /apps/:app/builds` of the API do it."""
    given = request.files.get("archive")
    if given is None or not given.filename:
        raise errors.InvalidParams("Nothing was done: choose a .tar.gz file of the app's folder, then press Deploy.")
    database, layout, at = desk.doors.database, desk.doors.layout, desk.doors.addresses
    folder = layout.source("any").parent
    with received(given.stream, folder, database.rules.source_size_limit) as upload, database.transaction() as tx:
        actor = desk.actor(tx)
        app = desk.app(tx, actor, name, BUILD)
        source = create_source(tx)
        create_build(tx, actor, app, SourceBlob(at.source(source.secret), version=field("version") or None))
        upload.keep(layout.source(source.id))
    return desk.go(url_for("activity.show", name=name), f"{app.name} is being built.")
