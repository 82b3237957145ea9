"""Snapshots over HTTP, for programs and browsers: a file goes out, a file comes in."""

import tempfile
from typing import IO

from flask import Response, send_file

from platform_sim.core import errors
from platform_sim.core.model.snapshots import BadSnapshot, Restored, Snapshots, Wanted
from platform_sim.web.context import Doors
from platform_sim.web.received import received

MEDIA = "application/zip"


def download(doors: Doors, wanted: Wanted) -> Response:
    """A snapshot of now, packed into a file that lives as long as the answer."""
    packed = tempfile.TemporaryFile(dir=doors.layout.root)  # noqa: SIM115
    try:
        album(doors).take(packed, wanted)
        packed.seek(0)
        return send_file(packed, mimetype=MEDIA, as_attachment=True, download_name="platform.snapshot")
    except BadSnapshot as problem:
        packed.close()
        raise errors.InvalidParams(f"No snapshot was taken: {problem}.") from None
    except BaseException:
        packed.close()
        raise


def put_back(doors: Doors, stream: IO[bytes], announced: int | None) -> Restored:
    """What somebody sends, in place of all there is. InvalidParams, and nothing has changed, if it cannot be.

    `announced`: how many bytes it is said to have.
    """
    limit = doors.database.rules.snapshot_size_limit
    with received(stream, doors.layout.root, limit, announced) as upload:
        if not upload.size:
            raise errors.BadRequest("There is no snapshot in what was sent: send the file as it is.")
        with upload.part.open("rb") as file:
            try:
                return album(doors).restore(file)
            except BadSnapshot as problem:
                raise errors.InvalidParams(f"Nothing was restored: {problem}.") from None


def album(doors: Doors) -> Snapshots:
    """Of the platform that is asked."""
    if doors.snapshots is None:
        raise errors.NotSimulated("There are only doors and rows here, and no platform to take a snapshot of.")
    return doors.snapshots
