"""`wait`: it goes on as long as anything is missing, and says what."""

import json

import pytest

from platform_sim.cli import wait

from . import shapes
from .conftest import Run
from .fake_api import FakeApi


@pytest.fixture
def ready(api: FakeApi, monkeypatch: pytest.MonkeyPatch) -> FakeApi:
    """A platform at rest; tests put answers before these."""
    monkeypatch.setattr(wait, "PAUSE", 0.0)
    return api


def at_rest(api: FakeApi) -> None:
    api.on("GET /sim/status", shapes.status())
    api.on("GET /apps", [shapes.app()])
    api.on("GET /apps/alpha", shapes.app())
    api.on("GET /addons", [shapes.addon(), shapes.addon("gone", state="deprovisioned")])
    api.on("GET /apps/alpha/addons", [shapes.addon()])
    api.on("GET /apps/id-of-alpha/releases", [shapes.release(3, current=True), shapes.release(2)])
    api.on("GET /apps/id-of-alpha/formation", [shapes.formation(), shapes.formation("worker", 0)])
    api.on("GET /apps/id-of-alpha/dynos", [shapes.dyno()])


@pytest.mark.parametrize("words", [[], ["--app", "alpha"]])
def test_at_rest_it_returns_at_once(ready: FakeApi, run: Run, words: list[str]) -> None:
    at_rest(ready)
    result = run("wait", *words)
    assert (result.exit_code, result.stdout) == (0, "Nothing is left to do.\n")
    assert ready.lines.count("GET /sim/status") == 1


def test_it_goes_on_until_all_is_done(ready: FakeApi, run: Run) -> None:
    ready.on("GET /sim/status", shapes.status(1, 0))
    ready.on("GET /sim/status", shapes.status(0, 1))
    ready.on("GET /apps/id-of-alpha/dynos", [shapes.dyno(state="starting")])
    at_rest(ready)
    assert run("wait").exit_code == 0
    assert ready.lines.count("GET /sim/status") == 3


@pytest.mark.parametrize(
    ("line", "body", "words"),
    [
        ("GET /sim/status", shapes.status(1, 1), "2 jobs open (provision)"),
        (
            "GET /sim/status",
            shapes.status(1, 0, waiting=[{"kind": "build"}, {"kind": "x_deadline"}]),
            "1 job open (build)",
        ),
        ("GET /addons", [shapes.addon(state="provisioning")], "fakedb-round-123 is provisioning"),
        ("GET /apps/id-of-alpha/dynos", [], "alpha: 0 of 1 web dynos up with v3 (none runs)"),
        (
            "GET /apps/id-of-alpha/dynos",
            [shapes.dyno(state="crashed")],
            "alpha: 0 of 1 web dynos up with v3 (web.1 crashed with v3)",
        ),
        (
            "GET /apps/id-of-alpha/dynos",
            [shapes.dyno(release={"version": 2})],
            "alpha: 0 of 1 web dynos up with v3 (web.1 up with v2)",
        ),
        (
            "GET /apps/id-of-alpha/releases",
            [shapes.release(4, status="pending"), shapes.release(3, current=True)],
            "release v4 of alpha is pending",
        ),
    ],
)
def test_at_the_end_of_its_time_it_says_what_is_missing(
    ready: FakeApi, run: Run, line: str, body: object, words: str
) -> None:
    ready.on(line, body)
    ready.on(line, body)
    at_rest(ready)
    result = run("wait", "--timeout", "0")
    assert (result.exit_code, result.stdout) == (1, "")
    assert result.stderr == f"Error: still missing after 0 s:\n  {words}\n"
    again = run("wait", "--timeout", "0", "--json")
    assert (again.exit_code, json.loads(again.stdout)) == (1, {"ready": False, "missing": [words]})


def test_json_when_all_is_done(ready: FakeApi, run: Run) -> None:
    at_rest(ready)
    assert json.loads(run("wait", "--json").stdout) == {"ready": True, "missing": []}


def test_an_unknown_app_is_the_apis_error(ready: FakeApi, run: Run) -> None:
    ready.on("GET /sim/status", shapes.status())
    ready.fails("GET /apps/nope", 404, "not_found", "Couldn't find that app.")
    result = run("wait", "--app", "nope")
    assert (result.exit_code, result.stderr) == (1, "Error: Couldn't find that app.\n")
