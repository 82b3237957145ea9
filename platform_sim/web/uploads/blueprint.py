"""`PUT`/`GET` of source tarballs and slugs. A slug that was put is unpacked by a job; the door waits on it."""

import tarfile
import tempfile
from contextlib import AbstractContextManager
from pathlib import Path

from flask import Blueprint, Response, request, send_file

from platform_sim.core import errors
from platform_sim.core.model.apps import Slug, Source
from platform_sim.core.model.records import Job
from platform_sim.web.answers import error_response, errors_as
from platform_sim.web.context import Doors
from platform_sim.web.received import Upload, received


def uploads_blueprint(doors: Doors) -> Blueprint:
    """The storage's routes; who knows the secret may use them."""
    blueprint = Blueprint("uploads", __name__)
    errors_as(blueprint, error_response)

    @blueprint.put("/sources/<secret>")
    def put_source(secret: str) -> Response:
        target = doors.layout.source(_source(doors, secret).id)
        with _received(doors, target.parent) as upload:
            upload.keep(target)
        return Response(status=200)

    @blueprint.get("/sources/<secret>")
    def get_source(secret: str) -> Response:
        path = doors.layout.source(_source(doors, secret).id)
        if not path.exists():
            raise errors.NotFound("source", "This source has not been uploaded yet: PUT the tarball first.")
        return send_file(path, mimetype="application/gzip")

    @blueprint.put("/slugs/<secret>")
    def put_slug(secret: str) -> Response:
        return _put_slug(doors, _slug(doors, secret))

    @blueprint.get("/slugs/<secret>")
    def get_slug(secret: str) -> Response:
        return _get_slug(doors, _slug(doors, secret))

    return blueprint


def _source(doors: Doors, secret: str) -> Source:
    with doors.database.snapshot() as rows:
        found = rows.find(Source, secret=secret)
    if found is None:
        raise errors.NotFound("source")
    return found


def _slug(doors: Doors, secret: str) -> Slug:
    with doors.database.snapshot() as rows:
        found = rows.find(Slug, upload_secret=secret)
    if found is None:
        raise errors.NotFound("slug")
    return found


def _received(doors: Doors, folder: Path) -> AbstractContextManager[Upload]:
    """The request's body."""
    limit = doors.database.rules.source_size_limit
    return received(request.stream, folder, limit, request.content_length)


def _put_slug(doors: Doors, slug: Slug) -> Response:
    target = doors.layout.slug_upload(slug.id)
    with _received(doors, target.parent) as upload, doors.database.transaction() as tx:
        now = tx.find(Slug, id=slug.id)
        if now is None:
            raise errors.NotFound("slug")
        if now.folder is not None or tx.count(Job, subject_id=slug.id, state=("todo", "doing")):
            raise errors.Conflict("This slug has been uploaded already: create another slug for another tarball.")
        if now.checksum and now.checksum.lower() != upload.checksum.lower():
            raise errors.InvalidParams(
                f"The upload's checksum is {upload.checksum}, but the slug was announced with another one."
            )
        upload.keep(target)
        job = tx.add_job("unpack_slug", slug.id, {"size": upload.size, "checksum": upload.checksum})
    job = doors.job_settled(job.id)
    if job.state == "failed":
        raise errors.InvalidParams(str(job.outcome.get("message") or "The slug cannot be unpacked."))
    return Response(status=200 if job.state == "done" else 202)


def _get_slug(doors: Doors, slug: Slug) -> Response:
    """The slug as a tarball, packed when asked for: dynos run from the folder."""
    if slug.folder is None:
        raise errors.NotFound("slug", "This slug has not been uploaded yet.")
    # The file lives as long as the answer, which closes it.
    packed = tempfile.TemporaryFile(dir=doors.layout.root)  # noqa: SIM115
    try:
        with tarfile.open(fileobj=packed, mode="w:gz") as archive:
            archive.add(doors.layout.slugs / slug.folder, arcname="app")
        packed.seek(0)
        return send_file(packed, mimetype="application/gzip", download_name=f"{slug.id}.tgz")
    except BaseException:
        packed.close()
        raise
