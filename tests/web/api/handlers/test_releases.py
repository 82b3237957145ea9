"""Releases, slugs, builds and sources (platform-api §5, §6)."""

from typing import Any

import pytest

from platform_sim.core.model.apps import Slug
from platform_sim.core.model.records import Job

from ...world import NOWHERE, Populated, World


def test_one_release_by_id_number_or_v(full: Populated) -> None:
    releases = full.world.get("/apps/acme/releases")
    for release in releases:
        for name in (release["id"], release["version"], f"v{release['version']}"):
            assert full.world.get(f"/apps/acme/releases/{name}") == release
    assert [release["current"] for release in releases] == [False] * (len(releases) - 1) + [True]
    for name in ("v", "vv1", "0", "-1", "1.0", "²", "٣", "9" * 30, "latest", " 1", "%201"):
        assert full.world.call("GET", f"/apps/acme/releases/{name}").error == (404, "not_found"), name


def test_a_rollback_is_a_new_release_with_the_old_slug_and_config(full: Populated) -> None:
    world = full.world
    old = next(r for r in world.get("/apps/acme/releases") if r["slug"])
    world.call("PATCH", "/apps/acme/config-vars", {"NEW": "1"})
    for name in (old["id"], f"v{old['version']}", str(old["version"])):
        answer = world.call("POST", "/apps/acme/releases", {"release": name, "description": "ignored"})
        assert answer.status_code == 201
        made = answer.json
        assert (made["description"], made["slug"], made["current"]) == (
            f"Rollback to v{old['version']}",
            old["slug"],
            True,
        )
    assert "NEW" not in world.get("/apps/acme/config-vars")


@pytest.mark.parametrize("release", ["v1", "2"])
def test_no_rollback_to_what_was_never_deployed(release: str, full: Populated) -> None:
    with full.world.nothing_written():
        answer = full.world.call("POST", "/apps/acme/releases", {"release": release})
    assert answer.error == (422, "invalid_params")
    assert "Cannot roll back to v" in answer.json["message"]


@pytest.mark.parametrize("body", [{}, {"description": "x"}, {"slug": None, "release": None}])
def test_a_release_of_nothing(body: dict[str, Any], full: Populated) -> None:
    with full.world.nothing_written():
        assert full.world.call("POST", "/apps/acme/releases", body).error == (422, "invalid_params")


def test_a_slug_is_announced_uploaded_and_released(world: World) -> None:
    world.call("POST", "/apps", {"name": "acme"})
    body = {"process_types": {"web": "serve", "worker": "work"}, "commit": "60883d9e8947a57e04dc9124f25df004866a2051"}
    made = world.call("POST", "/apps/acme/slugs", body)
    assert made.status_code == 201
    slug = made.json
    assert slug["blob"]["method"] == "put"
    assert world.get(f"/apps/acme/slugs/{slug['id']}")["blob"]["method"] == "get"
    early = world.call("POST", "/apps/acme/releases", {"slug": slug["id"]})
    assert early.error == (422, "invalid_params")
    assert "blob.url" in early.json["message"]
    with world.database.transaction() as tx:
        tx.update(tx.get(Slug, slug["id"]), folder="x", size=5)
    release = world.call("POST", "/apps/acme/releases", {"slug": {"id": slug["id"]}}).json
    assert (release["description"], release["slug"]["id"]) == ("Deploy 60883d9e", slug["id"])
    named = world.call("POST", "/apps/acme/releases", {"slug": slug["id"], "description": "by hand"}).json
    assert named["description"] == "by hand"
    assert [f["type"] for f in world.get("/apps/acme/formation")] == ["web", "worker"]


@pytest.mark.parametrize("kind", ["", "a b", "é", "x" * 129, "web\n"])
def test_bad_process_types(kind: str, full: Populated) -> None:
    with full.world.nothing_written():
        answer = full.world.call("POST", "/apps/acme/slugs", {"process_types": {kind: "x"}})
    assert answer.error == (422, "invalid_params")


def test_a_slug_or_build_of_another_app_is_not_found(full: Populated) -> None:
    world = full.world
    for path in ("slugs/{slug}", "builds/{build}"):
        assert world.call("GET", full.path("/apps/other/" + path)).error == (404, "not_found")
    assert world.call("POST", "/apps/other/releases", {"slug": full.paths["slug"]}).error == (404, "not_found")
    release = world.get("/apps/acme/releases")[-1]["id"]
    assert world.call("GET", f"/apps/other/releases/{release}").error == (404, "not_found")
    assert world.call("POST", "/apps/other/releases", {"release": release}).error == (404, "not_found")


def test_a_build_is_pending_with_its_job_and_its_output(world: World) -> None:
    world.call("POST", "/apps", {"name": "acme"})
    source = world.call("POST", "/sources").json["source_blob"]
    blob = {"url": source["get_url"], "version": "abc123", "checksum": None}
    made = world.call("POST", "/apps/acme/builds", {"source_blob": blob, "buildpacks": []})
    assert made.status_code == 201
    build = made.json
    assert (build["status"], build["release"], build["slug"]) == ("pending", None, None)
    assert build["source_blob"]["version"] == "abc123"
    assert build["output_stream_url"].startswith("http://localhost:5100/streams/")
    assert world.get(f"/apps/acme/builds/{build['id']}") == build
    assert world.get("/apps/acme/builds") == [build]
    with world.database.snapshot() as rows:
        (job,) = rows.all(Job, kind="build")
    assert job.payload["build_id"] == build["id"]


BAD_BLOBS: list[Any] = [{}, {"url": None}, {"version": "x"}, {"url": 5}, {"url": []}, [], "x", 5]


@pytest.mark.parametrize("blob", BAD_BLOBS, ids=str)
def test_a_build_of_nothing(blob: Any, full: Populated) -> None:
    with full.world.nothing_written():
        answer = full.world.call("POST", "/apps/acme/builds", {"source_blob": blob})
    assert answer.error == (422, "invalid_params")


def test_sources_have_secrets_of_their_own(world: World) -> None:
    world.call("POST", "/apps", {"name": "acme"})
    made = [world.call("POST", path) for path in ("/sources", "/sources", "/apps/acme/sources")]
    assert [answer.status_code for answer in made] == [201] * 3
    urls = {answer.json["source_blob"]["put_url"] for answer in made}
    assert len(urls) == 3
    with world.nothing_written():
        assert world.call("POST", "/apps/nothing/sources").error == (404, "not_found")


def test_a_partner_builds_and_releases_nothing(full: Populated) -> None:
    for method, path in (
        ("GET", "/apps/acme/releases"),
        ("POST", "/apps/acme/releases"),
        ("GET", "/apps/acme/builds"),
        ("POST", "/apps/acme/builds"),
        ("POST", "/sources"),
        ("POST", "/apps/acme/slugs"),
        ("GET", f"/apps/acme/slugs/{NOWHERE}"),
    ):
        assert full.world.call(method, path, token=full.partner).error == (403, "forbidden"), path
