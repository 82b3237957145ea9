"""Sources and slugs at their secret URLs: whole or not at all, limited, for those who know the secret."""

import hashlib
import io
import logging
import tarfile
import threading
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from platform_sim.core.actions import jobs
from platform_sim.core.actions.apps import delete_app
from platform_sim.core.actions.builds import create_slug, create_source, slug_uploaded
from platform_sim.core.model.apps import App, Slug, Source
from platform_sim.core.model.records import Job
from platform_sim.core.store import Transaction

from .. import support
from .world import Act, World, new_world, playing

DATA = b"\x1f\x8b not really a tarball" * 1000


@pytest.fixture
def source(world: World) -> Source:
    with world.database.transaction() as tx:
        return create_source(tx)


@pytest.fixture
def slug(world: World) -> Slug:
    return make_slug(world)


def make_slug(world: World, checksum: str | None = None, app: str = "acme") -> Slug:
    with world.database.transaction() as tx:
        owner = tx.find(App, name=app) or support.new_app(tx, world.customer, app)
        return create_slug(tx, world.customer, owner, {"web": "serve"}, checksum=checksum)


def files(world: World) -> list[str]:
    root = world.doors.layout.root
    return sorted(str(path.relative_to(root)) for path in root.rglob("*") if path.is_file())


def put(world: World, url: str, data: bytes = DATA, **more: Any) -> Any:
    return world.client.put(url, data=data, headers={"Content-Type": "application/gzip"}, **more)


def test_a_source_comes_back_as_it_went(world: World) -> None:
    """By the URLs that the API gives, without a token: the real storage knows none either (platform-api §6)."""
    blob = world.call("POST", "/sources").json["source_blob"]
    base = world.doors.addresses.base
    assert put(world, blob["put_url"].removeprefix(base)).status_code == 200
    answer = world.client.get(blob["get_url"].removeprefix(base))
    assert (answer.status_code, answer.data, answer.content_type) == (200, DATA, "application/gzip")
    assert "Access-Control-Allow-Origin" not in answer.headers
    answer.close()


def test_a_second_upload_replaces_the_first(world: World, source: Source) -> None:
    for data in (DATA, b"other", b""):
        assert put(world, f"/sources/{source.secret}", data).status_code == 200
        assert world.doors.layout.source(source.id).read_bytes() == data
    assert len(files(world)) == 1


def test_a_source_before_its_upload_is_not_found(world: World, source: Source) -> None:
    assert world.call("GET", f"/sources/{source.secret}").error == (404, "not_found")


def test_secrets_cannot_be_guessed(tmp_path: Path) -> None:
    """Without a seed they are 128 random bits; ids, prefixes and tricks lead nowhere."""
    world = new_world(tmp_path)
    world.database.chance.seed = None
    with world.database.transaction() as tx:
        made = [create_source(tx) for _ in range(50)]
    assert len({source.secret for source in made}) == 50
    assert all(len(source.secret) == 32 and int(source.secret, 16) for source in made)
    source = made[0]
    put(world, f"/sources/{source.secret}")
    before = files(world)
    tricks = [source.id, source.secret[:-1], source.secret.upper(), source.secret + "%00", "%25", "_", "x" * 5000]
    tricks += ["..%2f..%2fplatform.db", "%2e%2e", f"..%2fsources%2f{source.id}.tgz", f"{source.id}.tgz", "'", "%"]
    for trick in tricks:
        if trick == source.secret:
            continue
        for kind in ("sources", "slugs"):
            for answer in (world.client.get(f"/{kind}/{trick}"), put(world, f"/{kind}/{trick}")):
                assert answer.status_code == 404, trick
                assert answer.get_json()["id"] == "not_found"
    assert files(world) == before
    world.database.close()


@pytest.mark.parametrize("kind", ["source", "slug"])
def test_what_is_too_large_is_refused_and_leaves_nothing(kind: str, tmp_path: Path) -> None:
    world = new_world(tmp_path, source_size_limit=1000)
    with world.database.transaction() as tx:
        source = create_source(tx)
    slug = make_slug(world)
    url = f"/sources/{source.secret}" if kind == "source" else f"/slugs/{slug.upload_secret}"
    said = put(world, url, b"x" * 1001)
    unsaid = world.client.put(
        url,
        environ_overrides={
            "CONTENT_LENGTH": "",
            "wsgi.input_terminated": True,
            "wsgi.input": io.BytesIO(b"x" * 1001),
        },
    )
    for answer in (said, unsaid):
        assert (answer.status_code, answer.get_json()["id"]) == (413, "request_entity_too_large")
    assert files(world) == []
    assert put(world, url, b"x" * 1000).status_code == (200 if kind == "source" else 202)
    world.database.close()


@pytest.mark.parametrize("kind", ["source", "slug"])
def test_half_an_upload_leaves_what_was_there(kind: str, world: World, source: Source, slug: Slug) -> None:
    url = f"/sources/{source.secret}" if kind == "source" else f"/slugs/{slug.upload_secret}"
    if kind == "source":
        put(world, url, b"before")
    before, image = files(world), world.image()
    answer = world.client.put(url, environ_overrides={"CONTENT_LENGTH": "500", "wsgi.input": io.BytesIO(DATA[:100])})
    assert (answer.status_code, answer.get_json()["id"]) == (400, "bad_request")
    assert (files(world), world.image()) == (before, image)


def test_a_disk_that_is_full_is_a_500_without_the_secret(
    world: World, source: Source, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(self: Path, target: Path) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(Path, "replace", full)
    with caplog.at_level(logging.DEBUG):
        answer = put(world, f"/sources/{source.secret}")
    assert (answer.status_code, answer.get_json()["id"]) == (500, "internal_server_error")
    assert source.secret not in caplog.text
    assert files(world) == []


def unpacks(tx: Transaction, job: Job) -> None:
    """What the build engine does, without its files."""
    slug_uploaded(tx, tx.get(Slug, job.subject_id), job.subject_id, job.payload["size"], job.payload["checksum"])
    jobs.finish(tx, job, {"ok": True})


def refuses(tx: Transaction, job: Job) -> None:
    jobs.finish(tx, job, {"ok": False, "message": "This is no tarball."}, failed=True)


def put_with(world: World, slug: Slug, act: Act, data: bytes = DATA) -> Any:
    world.database.rules = replace(world.database.rules, customer_patience=30.0)
    with playing(world, unpack_slug=act):
        return put(world, f"/slugs/{slug.upload_secret}", data)


def test_a_slug_is_there_when_its_upload_is_answered(world: World, slug: Slug) -> None:
    assert put_with(world, slug, unpacks).status_code == 200
    with world.database.snapshot() as rows:
        now = rows.get(Slug, slug.id)
    checksum = "SHA256:" + hashlib.sha256(DATA).hexdigest()
    assert (now.folder, now.size, now.checksum) == (slug.id, len(DATA), checksum)
    released = world.call("POST", "/apps/acme/releases", {"slug": slug.id})
    assert (released.status_code, released.json["version"]) == (201, 3)


def test_a_slug_that_cannot_be_unpacked_says_why_and_can_be_put_again(world: World, slug: Slug) -> None:
    answer = put_with(world, slug, refuses)
    assert (answer.status_code, answer.get_json()) == (422, {"id": "invalid_params", "message": "This is no tarball."})
    assert world.call("POST", "/apps/acme/releases", {"slug": slug.id}).error == (422, "invalid_params")
    assert put_with(world, slug, unpacks).status_code == 200


def test_a_slug_is_put_once(world: World, slug: Slug) -> None:
    assert put_with(world, slug, unpacks).status_code == 200
    before = files(world)
    with world.nothing_written():
        again = put(world, f"/slugs/{slug.upload_secret}", b"other")
    assert (again.status_code, again.get_json()["id"]) == (409, "conflict")
    assert files(world) == before


def test_of_many_uploads_at_once_one_is_taken(world: World, slug: Slug) -> None:
    start, codes = threading.Barrier(6), []

    def act(n: int) -> None:
        client = world.client.application.test_client()
        start.wait()
        codes.append(client.put(f"/slugs/{slug.upload_secret}", data=b"%d" % n * 5000).status_code)

    threads = [threading.Thread(target=act, args=(n,)) for n in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(codes) == [202] + [409] * 5
    (upload,) = files(world)
    with world.database.snapshot() as rows:
        job = rows.find(Job, subject_id=slug.id)
    assert job is not None
    data = (world.doors.layout.root / upload).read_bytes()
    assert job.payload["checksum"] == "SHA256:" + hashlib.sha256(data).hexdigest()


def test_a_checksum_that_was_announced_must_be_right(world: World) -> None:
    right = "SHA256:" + hashlib.sha256(DATA).hexdigest()
    slug = make_slug(world, right.upper())
    with world.nothing_written():
        answer = put(world, f"/slugs/{slug.upload_secret}", b"other")
    assert (answer.status_code, answer.get_json()["id"]) == (422, "invalid_params")
    assert files(world) == []
    assert put_with(world, slug, unpacks).status_code == 200


def test_a_slug_whose_app_is_deleted_during_the_upload_is_gone(world: World, slug: Slug) -> None:
    class Ends(io.BytesIO):
        """The app goes while the bytes come."""

        def readinto(self, buffer: Any) -> int:
            with world.database.transaction() as tx:
                app = tx.find(App, id=slug.app_id)
                if app is not None:
                    delete_app(tx, world.customer, app)
            return super().readinto(buffer)

    overrides = {"CONTENT_LENGTH": str(len(DATA)), "wsgi.input": Ends(DATA)}
    answer = world.client.put(f"/slugs/{slug.upload_secret}", environ_overrides=overrides)
    assert (answer.status_code, answer.get_json()["id"]) == (404, "not_found")
    assert files(world) == []


def test_a_slug_can_be_fetched_as_a_tarball(world: World, slug: Slug) -> None:
    assert world.call("GET", f"/slugs/{slug.upload_secret}").error == (404, "not_found")
    folder = world.doors.layout.slugs / slug.id
    folder.mkdir(parents=True)
    (folder / "Procfile").write_text("web: serve\n")
    with world.database.transaction() as tx:
        slug_uploaded(tx, slug, slug.id, 5, "SHA256:00")
    url = world.get(f"/apps/acme/slugs/{slug.id}")["blob"]["url"].removeprefix(world.doors.addresses.base)
    answer = world.client.get(url)
    with tarfile.open(fileobj=io.BytesIO(answer.data), mode="r:gz") as archive:
        assert archive.getnames() == ["app", "app/Procfile"]
    answer.close()
    assert files(world) == [f"slugs/{slug.id}/Procfile"]


def test_a_slug_whose_folder_is_lost_is_a_500_that_leaves_no_file_open(world: World, slug: Slug) -> None:
    with world.database.transaction() as tx:
        slug_uploaded(tx, slug, "gone", 5, "SHA256:00")
    assert world.call("GET", f"/slugs/{slug.upload_secret}").error == (500, "internal_server_error")


def test_the_url_of_a_slug_is_shown_to_its_owner_only(world: World, slug: Slug) -> None:
    path = f"/apps/acme/slugs/{slug.id}"
    assert slug.upload_secret in world.call("GET", path).text
    answer = world.call("GET", path, token=world.strangers_token)
    assert (answer.status_code, slug.upload_secret in answer.text) == (404, False)
