"""How buildpacks are named, and what can be none."""

import pytest

from platform_sim.core.model.buildpacks import REGISTRY, as_shown, buildpack_problem, hidden, short


@pytest.mark.parametrize(
    "name",
    [
        "heroku/python",
        "urn:buildpack:heroku/python",
        REGISTRY + "heroku/python.tgz",
        "https://github.com/x/y",
        "https://github.com/x/y.git#v2",
        "https://user:token@git.example.com/y",
        "git@github.com:x/y.git",
        "file:///opt/pack",
        "/opt/pack",
    ],
)
def test_good_names(name: str) -> None:
    assert buildpack_problem(name) is None


@pytest.mark.parametrize(
    ("name", "says"),
    [
        ("", "is not in the registry. Use one of heroku/python"),
        (" ", "visible ASCII"),
        ("https://example.com/x\n", "visible ASCII"),
        ("x" * 2001, "visible ASCII"),
        ("héroku/python", "visible ASCII"),
        ("heroku/ruby", "is not built in. Use one of heroku/python, heroku/nodejs, heroku/procfile"),
        ("urn:buildpack:heroku/ruby", "is not built in"),
        (REGISTRY + "heroku/ruby.tgz", "is not built in"),
        ("https://example.com/pack.tgz", "is an archive"),
        ("https://example.com/pack.zip#x", "is an archive"),
        ("python", "is no name or address"),
        ("a/b/pack", "is no name or address"),
        ("ftp://example.com/pack", "is no name or address"),
    ],
)
def test_bad_names_say_what_would_be_good(name: str, says: str) -> None:
    problem = buildpack_problem(name)
    assert problem is not None
    assert says in problem


def test_short_names_have_an_address_of_their_own() -> None:
    for name in ("heroku/python", "urn:buildpack:heroku/python", REGISTRY + "heroku/python.tgz"):
        assert short(name) == "heroku/python"
    assert as_shown("heroku/python") == {"name": "heroku/python", "url": "urn:buildpack:heroku/python"}
    assert as_shown("/opt/pack") == {"name": "/opt/pack", "url": "/opt/pack"}


def test_users_and_passwords_are_hidden_from_others() -> None:
    secret = "https://user:token@git.example.com/y"
    assert hidden(as_shown(secret)) == dict.fromkeys(("name", "url"), "https://***@git.example.com/y")
    for open_one in ("https://git.example.com/y", "heroku/python", "git@github.com:x/y.git", "/opt/a@b"):
        assert hidden(as_shown(open_one)) == as_shown(open_one)
