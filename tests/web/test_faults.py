"""`/sim/faults`: asked for, shown, removed; what it refuses; a reset ends them."""

from typing import Any

import pytest

from platform_sim.core.model.fault_kinds import KINDS

from .world import NOWHERE, Populated, World

PATHS = [
    *(("GET", "/sim/faults"), ("POST", "/sim/faults"), ("DELETE", "/sim/faults"), ("GET", "/sim/faults/kinds")),
    *(("GET", f"/sim/faults/{NOWHERE}"), ("DELETE", f"/sim/faults/{NOWHERE}"), ("POST", "/sim/faults/profile")),
]


@pytest.mark.parametrize(("method", "path"), PATHS)
def test_only_customers_operate(method: str, path: str, full: Populated) -> None:
    full.lets_in_customers_only(method, path)


def test_one_is_made_shown_and_removed(world: World) -> None:
    wish = {"kind": "partner-status", "match": {"service": "acme"}, "times": 3, "amount": 502}
    made = world.call("POST", "/sim/faults", wish)
    assert made.status_code == 201
    assert {name: made.json[name] for name in wish} == wish
    assert (made.json["left"], made.json["acted"], made.json["origin"]) == (3, 0, "script")
    assert world.get("/sim/faults") == [made.json]
    assert world.get(f"/sim/faults/{made.json['id'][:8]}") == made.json
    assert world.call("DELETE", f"/sim/faults/{made.json['id']}").json == made.json
    assert world.get("/sim/faults") == []
    assert world.call("DELETE", f"/sim/faults/{made.json['id']}").error == (404, "not_found")


def test_once_if_nothing_is_said_and_null_is_without_end(world: World) -> None:
    assert world.call("POST", "/sim/faults", {"kind": "partner-html"}).json["times"] == 1
    assert world.call("POST", "/sim/faults", {"kind": "partner-html", "times": None}).json["times"] is None
    assert world.call("DELETE", "/sim/faults").json == {"removed": 2}


def test_a_profile_tells_its_seed(world: World) -> None:
    given = world.call("POST", "/sim/faults/profile", {"name": "rough", "seed": 7}).json
    assert (given["name"], given["seed"]) == ("rough", 7)
    assert given["faults"] == world.get("/sim/faults")
    drawn = world.call("POST", "/sim/faults/profile", {"name": "gentle"}).json
    assert {each["seed"] for each in drawn["faults"]} == {drawn["seed"]}


def test_the_kinds_are_listed(world: World) -> None:
    listed = world.get("/sim/faults/kinds")
    assert [each["name"] for each in listed] == list(KINDS)
    status = next(each for each in listed if each["name"] == "partner-status")
    assert status["amount"] == {"unit": "status", "usual": 502, "lowest": 500, "highest": 599}


@pytest.mark.parametrize(
    ("path", "body", "why"),
    [
        ("", {}, "kind"),
        ("", {"kind": "partner-nothing"}, "There is no fault 'partner-nothing'"),
        ("", {"kind": "partner-html", "count": 3}, "'count' is not known here"),
        ("", {"kind": "partner-html", "match": {"color": "red"}}, "cannot be narrowed to 'color'"),
        ("", {"kind": "partner-html", "match": {"app": 7}}, "match.app must be a string"),
        ("", {"kind": "partner-html", "times": 0}, "times must be"),
        ("", {"kind": "partner-status", "amount": "503"}, "amount must be a number"),
        ("", {"kind": "partner-status", "amount": True}, "amount must be a number"),
        ("/profile", {"name": "mild"}, "There is no profile 'mild'"),
        ("/profile", {"name": "rough", "chance": 1}, "'chance' is not known here"),
        ("/profile", {"seed": 1}, "name"),
    ],
)
def test_what_it_refuses(world: World, path: str, body: dict[str, Any], why: str) -> None:
    with world.nothing_written():
        answer = world.call("POST", f"/sim/faults{path}", body)
    assert answer.error == (422, "invalid_params")
    assert why in answer.json["message"]


def test_a_reset_ends_them_before_it_asks_partners(world: World) -> None:
    world.call("POST", "/sim/faults", {"kind": "partner-html", "times": None})
    world.call("POST", "/sim/reset")
    assert world.get("/sim/faults") == []
