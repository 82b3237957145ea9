"""The registry of buildpacks, as the CLI asks it: no token, no version (heroku-cli §14)."""

from typing import Any

import pytest

from platform_sim.core.model.buildpacks import NAMES, buildpack_problem

from .world import World


def ask(world: World, path: str) -> Any:
    answer = world.call("GET", path, token=None, headers={"Accept": "*/*"})
    assert answer.status_code == 200, (path, answer.text)
    return answer.json


@pytest.mark.parametrize("name", NAMES)
def test_a_short_name_is_found_and_its_address_can_be_set(world: World, name: str) -> None:
    found = ask(world, f"/buildpacks/{name.replace('/', '%2F')}")
    assert f"{found['namespace']}/{found['name']}" == name
    assert buildpack_problem(found["blob_url"]) is None
    assert found["support"] == {"method": "unsupported"}


def test_others_are_not_there(world: World) -> None:
    for path in ("/buildpacks/heroku%2Fruby", "/buildpacks/heroku%2Fruby/revisions", "/buildpacks/x%2Fpython/readme"):
        answer = world.call("GET", path, token=None, headers={"Accept": "*/*"})
        assert answer.error == (404, "not_found")


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("", list(NAMES)),
        ("?in[namespace][]=heroku", list(NAMES)),
        ("?in[name][]=python&in[name][]=nodejs", ["heroku/python", "heroku/nodejs"]),
        ("?in[namespace][]=other", []),
        ("?like[description]=NPM", ["heroku/nodejs"]),
        ("?in[name][]=python&like[description]=npm", []),
    ],
)
def test_a_search(world: World, query: str, found: list[str]) -> None:
    assert [f"{each['namespace']}/{each['name']}" for each in ask(world, "/buildpacks" + query)] == found


def test_versions_and_the_text_about_it(world: World) -> None:
    [revision] = ask(world, "/buildpacks/heroku%2Fpython/revisions")
    assert (revision["release"], revision["status"]) == (1, "published")
    assert "not Heroku's" in ask(world, "/buildpacks/heroku%2Fpython/readme")["content"]
