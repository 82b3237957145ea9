"""Snapshots on the operator's pages: the whole platform goes into a file, and a file takes its place."""

from flask import Blueprint, Response, request

from platform_sim.core import errors
from platform_sim.core.model.snapshots import Wanted
from platform_sim.web.dashboard.desk import Desk, field
from platform_sim.web.keeping import download, put_back

HERE = "/dashboard/operator/snapshots"
PARTS = ("secrets", "files", "logs")


def snapshot_pages(desk: Desk) -> Blueprint:
    """`/dashboard/operator/snapshots`."""
    blueprint = Blueprint("snapshots", __name__, url_prefix=HERE)
    doors = desk.doors

    @blueprint.get("")
    def show() -> Response:
        with doors.database.snapshot() as rows:
            actor = desk.actor(rows)
        return desk.page("snapshots.html", actor, view="snapshots", limit=doors.database.rules.snapshot_size_limit)

    @blueprint.post("/take")
    def take() -> Response:
        return download(doors, Wanted(**{name: field(name) == "yes" for name in PARTS}))

    @blueprint.post("/restore")
    def restore() -> Response:
        given = request.files.get("file")
        if given is None or not given.filename:
            raise errors.InvalidParams("Nothing was done: choose the file of a snapshot, then press Restore.")
        if field("sure") != "yes":
            raise errors.InvalidParams("Nothing was done: say that everything is to be replaced, then press Restore.")
        told = put_back(doors, given.stream, None)
        made = f" Secrets made anew: {told.new_secrets}." if told.new_secrets else ""
        return desk.go(HERE, f"Restored: {told.apps} apps, {told.addons} add-ons.{made}")

    return blueprint
