"""`platform-sim fault`: what is sent, and what is shown."""

import json
from typing import Any

import pytest

from .conftest import Run
from .fake_api import FakeApi

LIST, ADD, PROFILE, CLEAR = "GET /sim/faults", "POST /sim/faults", "POST /sim/faults/profile", "DELETE /sim/faults"
LATE: dict[str, Any] = {
    "id": "0a1b2c3d-0000-4000-8000-000000000000",
    "kind": "partner-status",
    "match": {"service": "acme", "method": "POST"},
    "times": 2,
    "left": 1,
    "acted": 1,
    "amount": 502.0,
    "origin": "script",
    "chance": None,
    "seed": None,
}
ENDLESS = LATE | {"kind": "partner-html", "match": {}, "times": None, "left": None, "amount": None}
CHANCE = ENDLESS | {"origin": "rough", "chance": 0.1, "seed": 7}


def rows(stdout: str) -> list[list[str]]:
    return [line.split() for line in stdout.splitlines()]


def test_the_list(api: FakeApi, run: Run) -> None:
    api.on(LIST, [])
    api.on(LIST, [LATE, ENDLESS, CHANCE])
    assert run("fault", "list").stdout == "No faults.\n"
    assert rows(run("fault", "list").stdout)[2:] == [
        ["0a1b2c3d", "partner-status", "method=POST", "service=acme", "502", "1", "1"],
        ["0a1b2c3d", "partner-html", "any", "1", "forever"],
        ["0a1b2c3d", "partner-html", "any", "1", "rough,", "0.1"],
    ]
    assert json.loads(run("fault", "list", "--json").stdout) == [LATE, ENDLESS, CHANCE]


def test_one_is_added(api: FakeApi, run: Run) -> None:
    api.on(ADD, LATE, 201)
    api.on(ADD, ENDLESS, 201)
    api.on("GET /sim/services/acme", {})
    words = ("fault", "add", "partner-status", "service=acme", "path=/a=b", "--times", "2", "--amount", "502")
    assert run(*words).stdout == "0a1b2c3d: partner-status (502) of method=POST service=acme, 2 times\n"
    match = {"service": "acme", "path": "/a=b"}
    assert api.body_of(ADD) == {"kind": "partner-status", "match": match, "times": 2, "amount": 502.0}
    assert run("fault", "add", "partner-html", "--times", "forever").stdout == (
        "0a1b2c3d: partner-html, until it is removed\n"
    )
    assert api.body_of(ADD) == {"kind": "partner-html", "match": {}, "times": None}
    assert json.loads(run("fault", "add", "partner-html", "--json").stdout) == ENDLESS
    assert api.body_of(ADD)["times"] == 1


def test_a_name_that_nothing_has_yet_is_told(api: FakeApi, run: Run) -> None:
    api.on(ADD, LATE | {"match": {"app": "shop", "service": "acne"}}, 201)
    api.on(ADD, LATE | {"match": {"app": "sh*"}}, 201)
    api.on("GET /apps/shop", {})
    assert run("fault", "add", "partner-status").stdout.splitlines()[1:] == ["No service is named acne yet."]
    assert run("fault", "add", "partner-status").stdout.splitlines()[1:] == []


@pytest.mark.parametrize(
    ("words", "why"),
    [
        (("service",), "'service' is not KEY=VALUE"),
        (("=acme",), "'=acme' is not KEY=VALUE"),
        (("--times", "often"), "give a number, or forever"),
        (("--times", "0"), "or forever; 1 is the least"),
        (("--times", "-1"), "give a number, or forever"),
        (("--amount", "much"), "--amount"),
    ],
)
def test_what_cannot_be_meant_is_not_sent(api: FakeApi, run: Run, words: tuple[str, ...], why: str) -> None:
    result = run("fault", "add", "partner-html", *words)
    assert (result.exit_code, api.asked) == (2, [])
    assert why in result.stderr


def test_what_the_platform_refuses_is_told(api: FakeApi, run: Run) -> None:
    api.on(ADD, {"id": "invalid_params", "message": "There is no fault 'x'."}, 422)
    result = run("fault", "add", "x")
    assert result.exit_code == 1
    assert "There is no fault 'x'" in result.stderr


def test_they_are_removed(api: FakeApi, run: Run) -> None:
    api.on("DELETE /sim/faults/0a1b", LATE)
    assert run("fault", "remove", "0a1b").stdout == "Removed: partner-status, which has acted 1 time\n"
    assert json.loads(run("fault", "remove", "0a1b", "--json").stdout) == LATE
    api.on(CLEAR, {"removed": 2})
    assert run("fault", "clear").stdout == "Removed: 2 faults\n"
    assert json.loads(run("fault", "clear", "--json").stdout) == {"removed": 2}


def test_a_profile_shows_its_seed(api: FakeApi, run: Run) -> None:
    made = {"name": "rough", "seed": 7, "faults": [CHANCE]}
    api.on(PROFILE, made, 201)
    said = run("fault", "profile", "rough").stdout
    assert said.splitlines()[0] == "rough, --seed 7"
    assert rows(said)[-1] == ["partner-html", "0.1"]
    assert api.body_of(PROFILE) == {"name": "rough"}
    assert json.loads(run("fault", "profile", "rough", "--seed", "7", "--json").stdout) == made
    assert api.body_of(PROFILE) == {"name": "rough", "seed": 7}


def test_the_kinds(api: FakeApi, run: Run) -> None:
    amount = {"unit": "status", "usual": 503.0, "lowest": 400.0, "highest": 599.0}
    told = {"name": "partner-status", "side": "partner", "sentence": "An error.", "match": ["service"]}
    found = [told | {"amount": amount}, told | {"name": "bare", "amount": None, "match": []}]
    api.on("GET /sim/faults/kinds", found)
    assert run("fault", "kinds").stdout.splitlines() == [
        *("partner-status", "  An error.", "  service; --amount: status, usually 503"),
        *("bare", "  An error.", "  -"),
    ]
    assert json.loads(run("fault", "kinds", "--json").stdout) == found
