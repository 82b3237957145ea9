"""`/sim/users`: what an operator does with customers."""

import json
from datetime import timedelta
from typing import Any

import pytest

from platform_sim.core.model.accounts import Account

from .world import Populated, World

ANN = {"email": "Ann@Example.com", "name": "Ann"}


def test_a_customer_is_made_with_a_token_that_works(world: World) -> None:
    made = world.call("POST", "/sim/users", ANN)
    assert made.status_code == 201
    token = made.json["token"]
    account = world.get("/account", token=token)
    assert (account["email"], account["name"], account["id"]) == ("ann@example.com", "Ann", made.json["id"])
    assert world.get("/apps", token=token) == []
    assert world.call("POST", "/apps", {"name": "anns"}, token=token).json["owner"]["email"] == "ann@example.com"
    assert world.call("GET", "/apps/anns").error == (404, "not_found")
    world.database.clock.advance(timedelta(days=4000))
    assert world.call("GET", "/account", token=token).status_code == 200


def test_the_list_has_customers_only_and_no_token(full: Populated) -> None:
    world = full.world
    token = world.call("POST", "/sim/users", ANN).json["token"]
    found = world.call("GET", "/sim/users")
    assert [each["email"] for each in found.json] == [
        "ann@example.com",
        "friend@example.com",
        "stranger@example.com",
        "user@example.com",
    ], "no partner and no team"
    assert token not in found.text
    assert set(found.json[0]) == {"id", "email", "name", "created_at", "suspended_at", "delinquent_at"}


def test_another_token_for_who_has_lost_it(world: World) -> None:
    first = world.call("POST", "/sim/users", ANN).json["token"]
    for identity in ("ann@example.com", "ANN%40example.com"):
        again = world.call("POST", f"/sim/users/{identity}/tokens").json
        assert again["email"] == "ann@example.com"
        assert again["token"] != first
        assert world.call("GET", "/account", token=again["token"]).status_code == 200
    assert world.call("GET", "/account", token=first).status_code == 200


def test_a_customer_is_suspended_and_let_in_again(world: World) -> None:
    path = "/sim/users/stranger@example.com"
    changed = world.call("PATCH", path, {"suspended": True})
    assert (changed.json["suspended_at"], changed.json["delinquent_at"]) == ("2026-03-01T12:00:00Z", None)
    assert world.call("GET", "/apps", token=world.strangers_token).error == (403, "suspended")
    assert world.call("PATCH", path, {"delinquent": True}).json["suspended_at"] is not None, "what is not named stays"
    world.call("PATCH", path, {"suspended": False})
    assert world.call("GET", "/apps", token=world.strangers_token).error == (402, "delinquent")
    assert world.call("PATCH", path, {"delinquent": False}).json["delinquent_at"] is None
    assert world.call("GET", "/apps", token=world.strangers_token).status_code == 200


def test_an_operator_who_has_suspended_itself_can_lift_it(world: World) -> None:
    world.call("PATCH", "/sim/users/user@example.com", {"suspended": True})
    assert world.call("GET", "/apps").error == (403, "suspended")
    world.call("PATCH", "/sim/users/user@example.com", {"suspended": False})
    assert world.get("/apps") == []


BAD: list[tuple[str, str, Any, tuple[int, str]]] = [
    ("POST", "/sim/users", {}, (422, "invalid_params")),
    ("POST", "/sim/users", {"email": 5}, (422, "invalid_params")),
    ("POST", "/sim/users", {"email": "ann"}, (422, "invalid_params")),
    ("POST", "/sim/users", {"email": "user@example.com"}, (422, "invalid_params")),
    ("POST", "/sim/users", {"email": "x@herokumanager.com"}, (422, "invalid_params")),
    ("POST", "/sim/users", {"email": "ann@example.com", "name": "x" * 300}, (422, "invalid_params")),
    ("POST", "/sim/users", [], (400, "bad_request")),
    ("PATCH", "/sim/users/user@example.com", {"suspended": "yes"}, (422, "invalid_params")),
    ("PATCH", "/sim/users/nobody@example.com", {"suspended": True}, (404, "not_found")),
    ("PATCH", "/sim/users/exceptions@addons.heroku.com", {"suspended": True}, (404, "not_found")),
    ("POST", "/sim/users/nobody@example.com/tokens", {}, (404, "not_found")),
    ("POST", "/sim/users/crew@herokumanager.com/tokens", {}, (404, "not_found")),
    ("POST", "/sim/users/exceptions@addons.heroku.com/links", {}, (404, "not_found")),
]


@pytest.mark.parametrize(("method", "path", "body", "error"), BAD, ids=str)
def test_bad_wishes_change_nothing(method: str, path: str, body: Any, error: tuple[int, str], full: Populated) -> None:
    with full.world.nothing_written():
        answer = full.world.call(method, path, data=json.dumps(body).encode())
    assert answer.error == error
    assert len(answer.text) < 600


def test_no_event_holds_a_token(world: World) -> None:
    token = world.call("POST", "/sim/users", ANN).json["token"]
    again = world.call("POST", "/sim/users/ann@example.com/tokens").json["token"]
    link = world.call("POST", "/sim/users/ann@example.com/links").json["url"].rpartition("/")[2]
    events = world.call("GET", "/sim/events").text
    assert [secret for secret in (token, again, link) if secret in events] == []
    with world.database.snapshot() as rows:
        assert rows.count(Account, email="ann@example.com") == 1
