"""`PUT`/`GET` of source tarballs and slugs. A slug that was put is unpacked by a job; the door waits on it."""

import hashlib
import tarfile
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from flask import Blueprint, Response, request, send_file

from platform_sim.core import errors
from platform_sim.core.model.apps import Slug, Source
from platform_sim.core.model.records import Job
from platform_sim.web.answers import error_response, errors_as
from platform_sim.web.context import Doors

CHUNK = 256 * 1024


def uploads_blueprint(doors: Doors) -> Blueprint:
    """The storage's routes; who knows the secret may use them."""
    blueprint = Blueprint("uploads", __name__)
    errors_as(blueprint, error_response)

    @blueprint.put("/sources/<secret>")
    def put_source(secret: str) -> Response:
        source = _source(doors, secret)
        with _received(doors, doors.layout.source(source.id)) as upload:
            upload.keep()
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


@dataclass
class _Upload:
    """A whole body beside its target, which it replaces when it is kept."""

    part: Path
    target: Path
    size: int
    checksum: str
    """`SHA256:...`"""

    def keep(self) -> None:
        self.part.replace(self.target)


@contextmanager
def _received(doors: Doors, target: Path) -> Iterator[_Upload]:
    """The request's body as a file; it is gone after the block unless it was kept."""
    limit = doors.database.rules.source_size_limit
    if (request.content_length or 0) > limit:
        raise errors.TooLarge(f"The upload has {request.content_length} bytes; at most {limit} are taken.")
    target.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.NamedTemporaryFile(dir=target.parent, delete=False) as file:
        part = Path(file.name)
        try:
            digest, size = hashlib.sha256(), 0
            while chunk := request.stream.read(CHUNK):
                size += len(chunk)
                if size > limit:
                    raise errors.TooLarge(f"The upload is longer than {limit} bytes.")
                digest.update(chunk)
                file.write(chunk)
            file.flush()
            yield _Upload(part, target, size, f"SHA256:{digest.hexdigest()}")
        finally:
            part.unlink(missing_ok=True)


def _put_slug(doors: Doors, slug: Slug) -> Response:
    with _received(doors, doors.layout.slug_upload(slug.id)) as upload, doors.database.transaction() as tx:
        now = tx.find(Slug, id=slug.id)
        if now is None:
            raise errors.NotFound("slug")
        if now.folder is not None or tx.count(Job, subject_id=slug.id, state=("todo", "doing")):
            raise errors.Conflict("This slug has been uploaded already: create another slug for another tarball.")
        if now.checksum and now.checksum.lower() != upload.checksum.lower():
            raise errors.InvalidParams(
                f"The upload's checksum is {upload.checksum}, but the slug was announced with another one."
            )
        upload.keep()
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
