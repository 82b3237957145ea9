"""`PUT`/`GET` of source tarballs and slugs. A slug that was put is unpacked by a job; the door waits on it."""

import hashlib
import tarfile
import tempfile
from collections.abc import Callable
from pathlib import Path

from flask import Blueprint, Response, request, send_file

from platform_sim.core import errors
from platform_sim.core.model.apps import Slug, Source
from platform_sim.web.answers import error_response
from platform_sim.web.context import Doors

CHUNK = 256 * 1024


def uploads_blueprint(doors: Doors) -> Blueprint:
    """The storage's routes; who knows the secret may use them."""
    blueprint = Blueprint("uploads", __name__)

    def guarded(act: Callable[[], Response]) -> Response:
        try:
            return act()
        except errors.PlatformError as problem:
            return error_response(problem)

    @blueprint.put("/sources/<secret>")
    def put_source(secret: str) -> Response:
        return guarded(lambda: _put_source(doors, secret))

    @blueprint.get("/sources/<secret>")
    def get_source(secret: str) -> Response:
        return guarded(lambda: _get_source(doors, secret))

    @blueprint.put("/slugs/<secret>")
    def put_slug(secret: str) -> Response:
        return guarded(lambda: _put_slug(doors, secret))

    @blueprint.get("/slugs/<secret>")
    def get_slug(secret: str) -> Response:
        return guarded(lambda: _get_slug(doors, secret))

    return blueprint


def _receive(doors: Doors, target: Path) -> tuple[int, str]:
    """Write the request's body to `target`, whole or not at all; -> size, `SHA256:...`."""
    limit = doors.database.rules.source_size_limit
    if (request.content_length or 0) > limit:
        raise errors.TooLarge(f"The upload has {request.content_length} bytes; at most {limit} are taken.")
    target.parent.mkdir(parents=True, exist_ok=True)
    digest, size = hashlib.sha256(), 0
    with tempfile.NamedTemporaryFile(dir=target.parent, delete=False) as part:
        try:
            while chunk := request.stream.read(CHUNK):
                size += len(chunk)
                if size > limit:
                    raise errors.TooLarge(f"The upload is longer than {limit} bytes.")
                digest.update(chunk)
                part.write(chunk)
            part.flush()
            Path(part.name).replace(target)
        except BaseException:
            Path(part.name).unlink(missing_ok=True)
            raise
    return size, f"SHA256:{digest.hexdigest()}"


def _source(doors: Doors, secret: str) -> Source:
    with doors.database.snapshot() as rows:
        found = rows.find(Source, secret=secret)
    if found is None:
        raise errors.NotFound("source")
    return found


def _put_source(doors: Doors, secret: str) -> Response:
    _receive(doors, doors.layout.source(_source(doors, secret).id))
    return Response(status=200)


def _get_source(doors: Doors, secret: str) -> Response:
    path = doors.layout.source(_source(doors, secret).id)
    if not path.exists():
        raise errors.NotFound("source", "This source has not been uploaded yet: PUT the tarball first.")
    return send_file(path, mimetype="application/gzip")


def _slug(doors: Doors, secret: str) -> Slug:
    with doors.database.snapshot() as rows:
        found = rows.find(Slug, upload_secret=secret)
    if found is None:
        raise errors.NotFound("slug")
    return found


def _put_slug(doors: Doors, secret: str) -> Response:
    slug = _slug(doors, secret)
    if slug.folder is not None:
        raise errors.Conflict("This slug has been uploaded already: create another slug for another tarball.")
    size, checksum = _receive(doors, doors.layout.slug_upload(slug.id))
    if slug.checksum and slug.checksum.lower() != checksum.lower():
        raise errors.InvalidParams(f"The upload's checksum is {checksum}, but the slug was announced with another one.")
    with doors.database.transaction() as tx:
        job = tx.add_job("unpack_slug", slug.id, {"size": size, "checksum": checksum})
    job = doors.job_settled(job.id)
    if job.state == "failed":
        raise errors.InvalidParams(str(job.outcome.get("message") or "The slug cannot be unpacked."))
    return Response(status=200)


def _get_slug(doors: Doors, secret: str) -> Response:
    """The slug as a tarball, packed when asked for: dynos run from the folder."""
    slug = _slug(doors, secret)
    if slug.folder is None:
        raise errors.NotFound("slug", "This slug has not been uploaded yet.")
    # The file lives as long as the answer: send_file closes it.
    packed = tempfile.TemporaryFile(dir=doors.layout.root)  # noqa: SIM115
    with tarfile.open(fileobj=packed, mode="w:gz") as archive:
        archive.add(doors.layout.slugs / slug.folder, arcname="app")
    packed.seek(0)
    return send_file(packed, mimetype="application/gzip", download_name=f"{slug.id}.tgz")
