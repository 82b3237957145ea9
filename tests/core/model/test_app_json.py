"""app.json: what is read of it, what an environment says otherwise, and every mistake in a sentence."""

import json
from typing import Any

import pytest

from platform_sim.core.model.app_json import (
    Manifest,
    ManifestProblem,
    WantedAddon,
    WantedDynos,
    WantedVar,
    read_manifest,
)


def read(said: Any, environment: str = "") -> Manifest:
    return read_manifest(json.dumps(said).encode(), environment)


FULL = {
    "name": "Small Sharp Tool",
    "keywords": ["productivity"],
    "logo": 5,
    "success_url": "/welcome",
    "scripts": {"postdeploy": "bin/setup", "pr-predestroy": "bin/clean", "test": "bin/test"},
    "env": {
        "PLAIN": "5",
        "NUMBER": 5,
        "GIVEN": {"description": "d", "value": "x"},
        "SECRET": {"generator": "secret"},
        "ASKED": {"description": "d"},
        "MAYBE": {"required": False},
    },
    "formation": {"web": {"quantity": 2, "size": "standard-1x"}, "worker": {"quantity": 0}},
    "addons": ["one", {"plan": "two:small", "as": "SECOND", "options": {"version": "9.5", "fork": True}}],
    "buildpacks": [{"url": "heroku/python"}, {"url": "https://example.com/pack"}],
    "stack": "heroku-22",
}


def test_all_that_does_something_is_read() -> None:
    assert read(FULL) == Manifest(
        env=(
            WantedVar("PLAIN", "5"),
            WantedVar("NUMBER", "5"),
            WantedVar("GIVEN", "x"),
            WantedVar("SECRET", generated=True),
            WantedVar("ASKED"),
            WantedVar("MAYBE", required=False),
        ),
        addons=(WantedAddon("one"), WantedAddon("two:small", "SECOND", {"version": "9.5", "fork": "true"})),
        buildpacks=("heroku/python", "https://example.com/pack"),
        formation={"web": WantedDynos(2, "standard-1x"), "worker": WantedDynos(0)},
        postdeploy="bin/setup",
        predestroy="bin/clean",
        success_url="/welcome",
        stack="heroku-22",
    )


def test_an_empty_one_is_fine() -> None:
    assert read({}) == Manifest()
    assert read({"scripts": {"postdeploy": " ", "pr-predestroy": ""}, "env": None}) == Manifest()


def test_an_environment_changes_some_keys_and_replaces_lists() -> None:
    review = {
        "env": {"PLAIN": "6", "NEW": "1"},
        "addons": ["three"],
        "formation": {"web": {"quantity": 1}},
        "scripts": {"postdeploy": "bin/seed"},
        "name": "not looked at",
    }
    said = FULL | {"environments": {"review": review, "test": {"env": {"PLAIN": "7"}}}}
    made = read(said, "review")
    assert [var.name for var in made.env] == ["PLAIN", "NUMBER", "GIVEN", "SECRET", "ASKED", "MAYBE", "NEW"]
    assert made.env[0].value == "6"
    assert made.addons == (WantedAddon("three"),)
    assert made.formation == {"web": WantedDynos(1), "worker": WantedDynos(0)}
    assert (made.postdeploy, made.buildpacks) == ("bin/seed", ("heroku/python", "https://example.com/pack"))
    assert read(said) == read(FULL), "nobody has asked for an environment"


@pytest.mark.parametrize(
    ("said", "error"),
    [
        ({"env": []}, "env must be an object, not a list"),
        ({"env": {"a-b": "x"}}, "env: 'a-b' is not a config var name"),
        ({"env": {"A": {"generator": "dice"}}}, "env.A.generator: there is only `secret`"),
        ({"env": {"A": {"value": []}}}, "env.A.value must be a string, not a list"),
        ({"addons": {}}, "addons must be a list, not an object"),
        ({"addons": [{"as": "X"}]}, "addons: each is `service:plan`, or an object with a `plan`"),
        ({"addons": [{"plan": "x", "options": []}]}, None),
        ({"addons": [{"plan": "x", "options": "y"}]}, "addons: the options of x must be an object, not a string"),
        ({"buildpacks": [{}]}, "buildpacks: each is an object with a `url`"),
        ({"formation": {"web": 2}}, "formation.web must be an object, not a number"),
        ({"formation": {"web": {"quantity": "2"}}}, "formation.web.quantity must be a whole number"),
        ({"formation": {"web": {"quantity": True}}}, "formation.web.quantity must be a whole number"),
        ({"formation": {"web": {"size": "huge"}}}, "formation.web.size: there is no dyno size 'huge'"),
        ({"formation": {"a b": {}}}, "formation: 'a b' is not a process type"),
        ({"scripts": {"postdeploy": ["x"]}}, "scripts.postdeploy must be a string, not a list"),
        ({"success_url": 5}, "success_url must be a string, not a number"),
        ({"stack": "cedar"}, "stack: there is no 'cedar' here"),
        ([], "app.json must be an object, not a list"),
    ],
)
def test_a_mistake_is_told(said: Any, error: str | None) -> None:
    if error is None:
        assert read(said)
        return
    with pytest.raises(ManifestProblem) as problem:
        read(said)
    assert problem.value.errors == [error]


def test_all_mistakes_are_told_at_once() -> None:
    with pytest.raises(ManifestProblem) as problem:
        read({"env": [], "addons": {}, "stack": "cedar"})
    assert len(problem.value.errors) == 3


@pytest.mark.parametrize("raw", [b"{", b"\xff\xfe", b"[" * 100_000])
def test_what_is_no_json_is_told(raw: bytes) -> None:
    with pytest.raises(ManifestProblem) as problem:
        read_manifest(raw)
    assert problem.value.errors == ["app.json is not valid JSON"]
