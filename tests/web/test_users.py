"""`/sim/users`: what an operator does with customers."""

import base64
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
        "invited@example.com",
        "stranger@example.com",
        "user@example.com",
    ], "no partner and no team"
    assert token not in found.text
    assert set(found.json[0]) == {
        "id", "email", "name", "created_at", "suspended_at", "delinquent_at", "two_factor_authentication",
    }  # fmt: skip


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


def log_in(world: World, password: str, **headers: str) -> Any:
    given = base64.b64encode(f"ann@example.com:{password}".encode()).decode()
    return world.call(
        "POST", "/oauth/authorizations", {}, token=None, headers={"Authorization": f"Basic {given}"} | headers
    )


def test_a_password_is_given_and_taken_away(world: World) -> None:
    path = "/sim/users/ann@example.com/password"
    world.call("POST", "/sim/users", ANN)
    for body, error in (
        ({}, (422, "invalid_params")),
        ({"password": "short"}, (422, "invalid_params")),
        ({"password": 12345678}, (422, "invalid_params")),
    ):
        assert world.call("PUT", path, body).error == error
    given = world.call("PUT", path, {"password": "correct horse"})
    assert (given.status_code, given.json["email"], "correct" in given.text) == (200, "ann@example.com", False)
    assert log_in(world, "correct horse").status_code == 201
    assert world.call("DELETE", path).status_code == 200
    assert log_in(world, "correct horse").error == (401, "unauthorized")
    assert world.call("PUT", "/sim/users/nobody@example.com/password", {"password": "correct horse"}).status_code == 404


def test_a_second_factor_is_shown_once_and_its_code_always(world: World) -> None:
    path = "/sim/users/ann@example.com/second-factor"
    world.call("POST", "/sim/users", ANN)
    assert world.call("PUT", path, {}).error == (422, "invalid_params")
    assert world.call("GET", "/sim/users/ann@example.com/code").error == (422, "invalid_params")
    world.call("PUT", "/sim/users/ann@example.com/password", {"password": "correct horse"})
    made = world.call("PUT", path, {})
    assert made.status_code == 201
    assert made.json["url"].startswith("otpauth://totp/")
    assert made.json["secret"] in made.json["url"]
    now = world.get("/sim/users/ann@example.com/code")
    assert now == {"email": "ann@example.com", "code": now["code"], "expires_in": 30}
    assert made.json["secret"] not in world.call("GET", "/sim/users").text + world.call("GET", "/sim/events").text
    assert [u["two_factor_authentication"] for u in world.get("/sim/users")] == [True, False, False]
    assert log_in(world, "correct horse").error == (403, "two_factor")
    assert log_in(world, "correct horse", **{"Heroku-Two-Factor-Code": now["code"]}).status_code == 201
    world.database.clock.advance(timedelta(seconds=30))
    assert world.get("/sim/users/ann@example.com/code")["code"] != now["code"], "it goes by the platform's clock"
    assert world.call("DELETE", path).json["two_factor_authentication"] is False
    assert log_in(world, "correct horse").status_code == 201


@pytest.mark.parametrize(
    "line",
    ["PUT password", "DELETE password", "PUT second-factor", "DELETE second-factor", "GET code"],
)
def test_what_customers_log_in_with_is_for_operators(full: Populated, line: str) -> None:
    method, name = line.split()
    full.lets_in_customers_only(method, f"/sim/users/user@example.com/{name}")
