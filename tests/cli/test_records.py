"""`events`, `exchanges` and `reset`: the operator's own doors, `/sim/...`."""

import json

import pytest

from . import shapes
from .conftest import Run
from .fake_api import FakeApi

ALPHA = "3f2a9c1e-0000-4000-8000-00000000a1fa"
GONE = "3f2a9c1e-0000-4000-8000-00000000d0ad"
EVENTS = [
    {
        "kind": "release",
        "action": "create",
        "app_id": ALPHA,
        "actor_email": "dev@example.com",
        "data": {"version": 3},
        "created_at": "2026-01-02T03:04:05+00:00",
    },
    {"kind": "addon", "action": "update", "app_id": None, "actor_email": None, "data": {}, "created_at": "later"},
]
EXCHANGE = {
    "party": "exceptions",
    "method": "POST",
    "url": "http://localhost:5200/heroku/resources",
    "request_headers": {"Authorization": "***"},
    "request_body": '{\n"uuid": "u"}',
    "status": 201,
    "response_headers": {"Content-Type": "application/json"},
    "response_body": "",
    "problem": None,
    "milliseconds": 12,
    "created_at": "2026-01-02T03:04:05+00:00",
}


def test_events_for_people(api: FakeApi, run: Run) -> None:
    api.on("GET /sim/events", EVENTS)
    assert run("events").stdout.splitlines() == [
        '2026-01-02T03:04:05+00:00  release create  {"version": 3}  by dev@example.com',
        "later  addon update  {}",
    ]


def test_events_as_lines_of_json_in_the_order_they_came(api: FakeApi, run: Run) -> None:
    api.on("GET /sim/events", EVENTS)
    assert [json.loads(line) for line in run("events", "--json").stdout.splitlines()] == EVENTS


@pytest.mark.parametrize("app", ["alpha", ALPHA])
def test_events_of_an_app_by_name_or_of_a_gone_one_by_id(api: FakeApi, run: Run, app: str) -> None:
    api.on("GET /sim/events", EVENTS)
    api.on("GET /apps/alpha", shapes.app() | {"id": ALPHA})
    assert [json.loads(line) for line in run("events", "-a", app, "--json").stdout.splitlines()] == EVENTS[:1]


def test_an_unknown_name_is_told_not_answered_with_nothing(api: FakeApi, run: Run) -> None:
    api.on("GET /sim/events", EVENTS)
    api.on("GET /sim/exchanges?addon=nope", [])
    for words in (("events", "-a", "nope"), ("exchanges", "-a", "nope")):
        assert (run(*words).exit_code, run(*words).stdout) == (1, "")


def test_exchanges_for_people(api: FakeApi, run: Run) -> None:
    silent = {**EXCHANGE, "status": None, "problem": "timed out", "request_body": "", "request_headers": {}}
    api.on("GET /sim/exchanges", [EXCHANGE, {**silent, "response_headers": {}}])
    assert run("exchanges").stdout.splitlines() == [
        "2026-01-02T03:04:05+00:00  exceptions  POST http://localhost:5200/heroku/resources  201  12 ms",
        "  > Authorization: ***",
        "  > {",
        '  > "uuid": "u"}',
        "  < Content-Type: application/json",
        "2026-01-02T03:04:05+00:00  exceptions  POST http://localhost:5200/heroku/resources  "
        "no answer (timed out)  12 ms",
    ]


@pytest.mark.parametrize("addon", ["exceptions", GONE])
def test_exchanges_of_an_addon_by_name_or_of_a_gone_one_by_id(api: FakeApi, run: Run, addon: str) -> None:
    api.on("POST /actions/addons/resolve", [shapes.addon() | {"id": GONE}])
    api.on(f"GET /sim/exchanges?addon={GONE}", [EXCHANGE])
    assert [json.loads(line) for line in run("exchanges", "-a", addon, "--json").stdout.splitlines()] == [EXCHANGE]


def test_reset_asks_first(api: FakeApi, run: Run) -> None:
    for answer in ("n\n", "\n", "nonsense\n", ""):
        result = run("reset", input=answer)
        assert (result.exit_code, result.stdout) == (1, "")
        assert f"Destroy every app and add-on of {api.url}? [y/N]" in result.stderr
    assert api.asked == []


@pytest.mark.parametrize(("words", "answer"), [([], "y\n"), (["--yes"], "")])
def test_reset_destroys(api: FakeApi, run: Run, words: list[str], answer: str) -> None:
    api.on("POST /sim/reset", {"apps_destroyed": 2, "addons_left": 0})
    result = run("reset", *words, input=answer)
    assert (result.exit_code, result.stdout) == (0, "2 apps destroyed; services stay.\n")
    assert api.lines == ["POST /sim/reset"]


def test_reset_says_what_a_partner_has_not_acknowledged(api: FakeApi, run: Run) -> None:
    api.on("POST /sim/reset", {"apps_destroyed": 1, "addons_left": 1})
    assert "1 add-on not acknowledged by the partner yet" in run("reset", "-y").stdout
    assert json.loads(run("reset", "-y", "--json").stdout) == {"apps_destroyed": 1, "addons_left": 1}


def test_reset_with_a_seed(api: FakeApi, run: Run) -> None:
    api.on("POST /sim/reset", {"apps_destroyed": 2, "addons_left": 0, "seed": 7, "token": "HRKU-x"})
    told = run("reset", "--yes", "--seed", "7", "--at", "2026-03-01T12:00:00Z", "--force").stdout
    assert told == "2 apps destroyed; the platform begins anew with seed 7.\n"
    assert run("reset", "--seed", "7", input="y\n").exit_code == 0
    full = {"seed": 7, "at": "2026-03-01T12:00:00Z", "force": True}
    assert [call.body for call in api.asked] == [full, {"seed": 7}]
    for words in (["--at", "2026-03-01T12:00:00Z"], ["--force"], ["--seed", "seven"]):
        assert run("reset", "--yes", *words).exit_code == 2
