"""Buildpacks over the API, in the ways in which the CLI names them (heroku-cli §15)."""

from ...world import Populated

PATH = "/apps/acme/buildpack-installations"
REGISTRY = "https://buildpack-registry.s3.amazonaws.com/buildpacks/"


def test_they_are_set_added_and_cleared_as_the_cli_does_it(full: Populated) -> None:
    world = full.world
    first = world.call("PUT", PATH, {"updates": [{"buildpack": REGISTRY + "heroku/nodejs.tgz"}]}, headers={"Range": ""})
    assert first.status_code == 200
    assert first.json == [{"ordinal": 0, "buildpack": {"name": "heroku/nodejs", "url": "urn:buildpack:heroku/nodejs"}}]
    # The CLI takes the URN away before it sends back what it has read.
    again = [{"buildpack": "heroku/nodejs"}, {"buildpack": "https://user:token@example.com/pack"}]
    world.call("PUT", PATH, {"updates": again})
    assert [each["buildpack"]["url"] for each in world.get(PATH)] == [
        "urn:buildpack:heroku/nodejs",
        "https://user:token@example.com/pack",
    ]
    assert world.call("PUT", PATH, {"updates": []}).json == world.get(PATH) == []


def test_what_can_be_no_buildpack_changes_nothing(full: Populated) -> None:
    for updates in ([{"buildpack": "heroku/ruby"}], [{"buildpack": ""}], [{}], [{"buildpack": 1}]):
        with full.world.nothing_written():
            answer = full.world.call("PUT", PATH, {"updates": updates})
        assert answer.error == (422, "invalid_params"), updates


def test_a_build_can_name_its_own(full: Populated) -> None:
    world = full.world
    blob = {"url": "http://localhost/x.tgz"}
    named = [{"url": "https://user:token@example.com/pack"}, {"name": "heroku/python"}]
    made = world.call("POST", "/apps/acme/builds", {"source_blob": blob, "buildpacks": named})
    assert made.status_code == 201
    assert made.json["buildpacks"] == [
        {"name": "https://***@example.com/pack", "url": "https://***@example.com/pack"},
        {"name": "heroku/python", "url": "urn:buildpack:heroku/python"},
    ]
    with world.nothing_written():
        refused = world.call("POST", "/apps/acme/builds", {"source_blob": blob, "buildpacks": [{}]})
    assert refused.error == (422, "invalid_params")


def test_a_build_is_cancelled_once(full: Populated) -> None:
    world = full.world
    made = world.call("POST", "/apps/acme/builds", {"source_blob": {"url": "http://localhost/x.tgz"}}).json
    path = f"/apps/acme/builds/{made['id']}"
    assert world.call("DELETE", path).json["status"] == world.get(path)["status"] == "failed"
    with world.nothing_written():
        assert world.call("DELETE", path).error == (409, "conflict")


def test_the_build_cache_is_cleared_in_the_background(full: Populated) -> None:
    cleared = full.world.call("DELETE", "/apps/acme/build-cache")
    assert (cleared.status_code, cleared.json) == (202, {})
