"""`heroku apps...`: requests and words as recorded from the real CLI (heroku-cli §15, Apps)."""

import json
from pathlib import Path

import pytest

from .. import shapes
from ..conftest import Run
from ..fake_api import FakeApi


def test_the_list(api: FakeApi, heroku: Run) -> None:
    other = shapes.app("teamy", owner={"email": "acme@herokumanager.com", "id": "x"})
    api.on("GET /users/~/apps", [shapes.app("beta"), shapes.app("alpha"), other])
    api.on("GET /account", {"email": "dev@example.com"})
    assert heroku("apps").stdout.splitlines() == [
        "=== dev@example.com Apps",
        "",
        "alpha",
        "beta",
        "",
        "Collaborated Apps",
        "  Name    Email",
        " ────────────────────────────────",
        "  teamy   acme@herokumanager.com",
    ]
    assert [row["name"] for row in json.loads(heroku("apps", "--json").stdout)] == ["alpha", "beta", "teamy"]


def test_no_apps_and_all_apps(api: FakeApi, heroku: Run) -> None:
    api.on("GET /apps", [])
    api.on("GET /account", {"email": "dev@example.com"})
    assert heroku("apps", "--all").stdout == "You have no apps.\n"


@pytest.mark.parametrize(
    ("words", "body", "said"),
    [
        (["newone"], {"name": "newone"}, "Creating newone... done\n"),
        ([], {}, "Creating app... done, newone\n"),
        (
            ["newone", "--region", "eu", "--stack", "heroku-22"],
            {"name": "newone", "region": "eu", "stack": "heroku-22"},
            "Creating newone... done, region is us, stack is heroku-24\n",
        ),
    ],
)
def test_create(api: FakeApi, heroku: Run, words: list[str], body: object, said: str) -> None:
    api.on("POST /apps", shapes.app("newone"), 201)
    result = heroku("apps:create", *words)
    assert (result.exit_code, result.stderr) == (0, said)
    assert result.stdout == "http://newone.localhost:5100/ | http://localhost:5100/newone.git\n"
    assert api.body_of("POST /apps") == body


def test_in_a_checkout_create_says_how_to_add_the_remote(api: FakeApi, heroku: Run, alone: Path) -> None:
    (alone / ".git").mkdir()
    api.on("POST /apps", shapes.app("newone"), 201)
    result = heroku("apps:create", "newone", "--json")
    assert json.loads(result.stdout)["name"] == "newone"
    assert "git remote add heroku http://localhost:5100/newone.git\n" in result.stderr


def test_a_taken_name(api: FakeApi, heroku: Run) -> None:
    api.fails("POST /apps", 422, "invalid_params", "Name is already taken")
    result = heroku("apps:create", "alpha")
    assert (result.exit_code, result.stdout) == (1, "")
    assert result.stderr.splitlines() == [
        "Creating alpha... !",
        " ›   Error: Name is already taken",
        " ›",
        " ›   Error ID: invalid_params",
    ]


def test_an_app_that_is_not_there(api: FakeApi, heroku: Run) -> None:
    api.fails("GET /apps/nope", 404, "not_found", "Couldn't find that app.", resource="app", url="http://help")
    assert heroku("maintenance", "-a", "nope").stderr.splitlines() == [
        " ›   Error: Couldn't find that app.",
        " ›",
        " ›   Error ID: not_found",
        " ›",
        " ›   See http://help for more information.",
    ]


@pytest.fixture
def alpha(api: FakeApi) -> FakeApi:
    """An app with an add-on and dynos; the rest is not simulated."""
    api.on("GET /apps/alpha", shapes.app())
    api.on("GET /apps/alpha/addons", [shapes.addon(), shapes.addon("b", plan=shapes.plan("redis:premium-0"))])
    api.on("GET /apps/alpha/dynos", [shapes.dyno(), shapes.dyno("worker.1"), shapes.dyno("web.2")])
    for more in ("collaborators", "pipeline-couplings"):
        api.fails(f"GET /apps/alpha/{more}", 501, "not_simulated", "Not simulated.")
    return api


def test_info(alpha: FakeApi, heroku: Run) -> None:
    assert heroku("apps:info", "-a", "alpha").stdout.splitlines() == [
        "=== alpha",
        "",
        "Addons:         fakedb:standard-0",
        "                redis:premium-0",
        "Auto Cert Mgmt: false",
        "Git URL:        http://localhost:5100/alpha.git",
        "Web URL:        http://alpha.localhost:5100/",
        "Repo Size:      1 KB",
        "Slug Size:      6 KB",
        "Owner:          dev@example.com",
        "Region:         us",
        "Dynos:          web: 2, worker: 1",
        "Stack:          heroku-24",
    ]


def test_info_of_an_app_with_collaborators_and_a_pipeline(api: FakeApi, heroku: Run) -> None:
    api.on("GET /apps/alpha", shapes.app(repo_size=None))
    api.on("GET /apps/alpha/addons", [])
    api.on("GET /apps/alpha/dynos", [])
    people = [{"user": {"email": "dev@example.com"}}, {"user": {"email": "other@example.com"}}]
    api.on("GET /apps/alpha/collaborators", people)
    api.on("GET /apps/alpha/pipeline-couplings", {"pipeline": {"name": "mypipe"}, "stage": "staging"})
    lines = heroku("apps:info", "alpha").stdout.splitlines()
    assert lines[2:4] == ["Collaborators:  other@example.com", "Pipeline:       mypipe - staging"]
    assert "Repo Size:      0 B" in lines
    assert "pipeline=mypipe:staging" in heroku("apps:info", "alpha", "--shell").stdout.splitlines()


def test_info_for_a_shell_and_as_json(alpha: FakeApi, heroku: Run) -> None:
    lines = heroku("apps:info", "alpha", "--shell").stdout.splitlines()
    assert lines[:2] == ["auto_cert_mgmt=false", "addons=fakedb:standard-0,redis:premium-0"]
    assert "dynos={ web: 2, worker: 1 }" in lines
    assert json.loads(heroku("apps:info", "alpha", "--json").stdout)["app"]["name"] == "alpha"


def test_an_error_in_the_details_is_not_hidden(api: FakeApi, heroku: Run) -> None:
    api.on("GET /apps/alpha", shapes.app())
    api.on("GET /apps/alpha/addons", [])
    api.fails("GET /apps/alpha/collaborators", 500, "internal_server_error", "Broken.")
    result = heroku("apps:info", "alpha")
    assert (result.exit_code, result.stdout) == (1, "")


@pytest.mark.parametrize("words", [["-a", "alpha"], ["alpha"]])
def test_destroy_with_its_confirmation(api: FakeApi, heroku: Run, words: list[str]) -> None:
    api.on("GET /apps/alpha", shapes.app())
    api.on("DELETE /apps/id-of-alpha", shapes.app())
    result = heroku("apps:destroy", *words, "--confirm", "alpha")
    assert (result.exit_code, result.stdout) == (0, "")
    assert result.stderr == "Destroying alpha (including all add-ons)... done\n"
    assert api.asked[-1].body is None


def test_destroy_asks_for_the_name(api: FakeApi, heroku: Run) -> None:
    api.on("GET /apps/alpha", shapes.app())
    api.on("DELETE /apps/id-of-alpha", shapes.app())
    assert heroku("apps:destroy", "alpha", input="alpha\n").exit_code == 0
    assert api.lines[-1] == "DELETE /apps/id-of-alpha"


@pytest.mark.parametrize(
    ("words", "typed", "said"),
    [
        (["--confirm", "beta"], "", "Confirmation beta did not match alpha. Aborted."),
        ([], "beta\n", "Confirmation did not match alpha. Aborted."),
        ([], "", "nobody answered: nothing was done"),
    ],
)
def test_without_the_right_name_nothing_is_destroyed(
    api: FakeApi, heroku: Run, words: list[str], typed: str, said: str
) -> None:
    api.on("GET /apps/alpha", shapes.app())
    result = heroku("apps:destroy", "alpha", *words, input=typed)
    assert result.exit_code == 1
    assert said in result.stderr
    assert api.lines == ["GET /apps/alpha"]


@pytest.mark.parametrize("name", ["apps:destroy", "apps:info"])
def test_no_app_is_a_usage_error(api: FakeApi, heroku: Run, name: str) -> None:
    result = heroku(name)
    assert (result.exit_code, api.asked) == (2, [])
    assert "No app specified." in result.stderr
