"""`/sim/snapshot`: the whole platform as a file, and a file in place of the whole platform."""

import tempfile
from typing import Any

from flask import Blueprint, Response, request, send_file

from platform_sim.core import errors
from platform_sim.core.model.snapshots import BadSnapshot, Restored, Snapshots, Wanted
from platform_sim.web.answers import json_response
from platform_sim.web.context import Doors
from platform_sim.web.received import received

MEDIA = "application/zip"
FLAGS = {"true": True, "1": True, "yes": True, "false": False, "0": False, "no": False}
PARTS = ("secrets", "files", "logs")


def add_snapshot_routes(blueprint: Blueprint, doors: Doors) -> None:
    """The routes, on the blueprint of `/sim`."""

    @blueprint.get("/snapshot")
    def take() -> Response:
        return download(doors, Wanted(**{name: _flag(name) for name in PARTS}))

    @blueprint.post("/snapshot")
    def restore() -> Response:
        limit = doors.database.rules.snapshot_size_limit
        with received(request.stream, doors.layout.root, limit, request.content_length) as upload:
            if not upload.size:
                raise errors.BadRequest("There is no snapshot in the body: send the file as it is.")
            with upload.part.open("rb") as file:
                return json_response(shown(put_back(doors, file)))


def download(doors: Doors, wanted: Wanted) -> Response:
    """A snapshot of now, packed into a file that lives as long as the answer."""
    packed = tempfile.TemporaryFile(dir=doors.layout.root)  # noqa: SIM115
    try:
        album(doors).take(packed, wanted)
        packed.seek(0)
        return send_file(packed, mimetype=MEDIA, download_name="platform.snapshot")
    except BadSnapshot as problem:
        packed.close()
        raise errors.InvalidParams(f"No snapshot was taken: {problem}.") from None
    except BaseException:
        packed.close()
        raise


def put_back(doors: Doors, file: Any) -> Restored:
    """In place of all there is; InvalidParams, and nothing has changed, if it cannot be."""
    try:
        return album(doors).restore(file)
    except BadSnapshot as problem:
        raise errors.InvalidParams(f"Nothing was restored: {problem}.") from None


def album(doors: Doors) -> Snapshots:
    """Of the platform that is asked."""
    if doors.snapshots is None:
        raise errors.NotSimulated("There are only doors and rows here, and no platform to take a snapshot of.")
    return doors.snapshots


def shown(told: Restored) -> dict[str, Any]:
    """What an operator has to know: with which token it now asks, and what is not as it was."""
    return {
        "now": told.now.isoformat(),
        "apps": told.apps,
        "addons": told.addons,
        "new_secrets": told.new_secrets,
        "token": told.token,
    }


def _flag(name: str) -> bool:
    given = request.args.get(name, "false").lower()
    if given not in FLAGS:
        raise errors.InvalidParams(f"{name} is {given[:40]!r}: say true or false.")
    return FLAGS[given]
