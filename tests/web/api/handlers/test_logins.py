"""Logging in with a password, sessions, second factors, and the end of an account, as clients ask."""

import base64
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from platform_sim.core.actions import logins
from platform_sim.core.model.accounts import Account
from platform_sim.core.model.one_time import code_at

from ...world import NOWHERE, Populated, Reply, World, new_world, populate

AUTHORIZATIONS, SESSIONS = "/oauth/authorizations", "/oauth/sessions"
PASSWORD = "correct: hörse"
CLI = {"scope": ["global"], "description": "Heroku CLI login from here", "expires_in": 2592000}
"""What `heroku login -i` sends (heroku-cli §3)."""


def give_password(world: World) -> None:
    with world.database.transaction() as tx:
        logins.set_password(tx, world.customer.account, world.customer.account, PASSWORD)


def give_factor(world: World) -> str:
    give_password(world)
    with world.database.transaction() as tx:
        return logins.set_second_factor(tx, world.customer.account, world.customer.account)


def basic(user: str, password: str) -> str:
    return "Basic " + base64.b64encode(f"{user}:{password}".encode()).decode()


def log_in(
    world: World, password: str = PASSWORD, user: str = "user@example.com", code: str = "", **body: Any
) -> Reply:
    headers = {"Authorization": basic(user, password)} | ({"Heroku-Two-Factor-Code": code} if code else {})
    return world.call("POST", AUTHORIZATIONS, CLI | body, token=None, headers=headers)


def code(world: World, secret: str) -> str:
    return code_at(secret, world.database.clock.now())


def test_heroku_login_i(world: World) -> None:
    give_password(world)
    made = log_in(world)
    assert made.status_code == 201
    token = made.json["access_token"]["token"]
    assert made.json["access_token"]["expires_in"] == CLI["expires_in"]
    assert made.json["user"]["email"] == "user@example.com"
    assert (made.json["description"], made.json["scope"]) == (CLI["description"], ["global"])
    assert world.get("/account", token=token)["email"] == "user@example.com"
    (session,) = world.get(SESSIONS, token=token)
    assert made.json["session"] == {"id": session["id"]}
    assert session == {
        "created_at": "2026-03-01T12:00:00Z",
        "description": CLI["description"],
        "expires_in": CLI["expires_in"],
        "id": session["id"],
        "updated_at": "2026-03-01T12:00:00Z",
    }
    world.database.clock.advance(timedelta(seconds=2592000))
    assert world.call("GET", "/account", token=token).error == (401, "unauthorized")
    assert world.get(SESSIONS) == []


@pytest.mark.parametrize(
    ("user", "password"),
    [("user@example.com", "wrong horse"), ("nobody@example.com", PASSWORD), ("", PASSWORD), ("user@example.com", "")],
)
def test_invariant_17_wrong_ones_leave_nothing(world: World, user: str, password: str) -> None:
    give_password(world)
    with world.nothing_written():
        answer = log_in(world, password, user)
    assert answer.error == (401, "unauthorized")
    if password:
        assert answer.json["message"] == "Invalid credentials provided."


def test_only_an_authorization_is_made_with_a_password(world: World) -> None:
    give_password(world)
    headers = {"Authorization": basic("user@example.com", PASSWORD)}
    for method, path in (("GET", "/account"), ("GET", AUTHORIZATIONS), ("POST", "/apps"), ("GET", SESSIONS)):
        assert world.call(method, path, token=None, headers=headers).error == (401, "unauthorized")


def test_a_token_is_as_good_as_ever_as_the_password_of_basic(world: World) -> None:
    give_factor(world)
    for user in ("", "user@example.com", "anybody"):
        made = log_in(world, world.token, user)
        assert (made.status_code, made.json["session"]) == (201, None), "who has a token already begins no session"
        headers = {"Authorization": basic(user, world.token)}
        assert world.call("GET", "/account", token=None, headers=headers).status_code == 200


@pytest.mark.parametrize("origin", ["https://evil.example.com", "http://localhost:5100", "null", ""])
def test_a_page_cannot_log_in_with_a_password(world: World, origin: str) -> None:
    """The API may be called from any page (platform-api §4.4), which could guess: browsers always say so on a POST."""
    give_password(world)
    for password in (PASSWORD, "wrong horse"):
        headers = {"Authorization": basic("user@example.com", password), "Origin": origin}
        with world.nothing_written():
            assert world.call("POST", AUTHORIZATIONS, CLI, token=None, headers=headers).error == (403, "forbidden")
    headers["Authorization"] = basic("", world.token)
    assert world.call("POST", AUTHORIZATIONS, CLI, token=None, headers=headers).status_code == 201


def test_a_bad_wish_with_a_good_password_leaves_nothing(world: World) -> None:
    give_password(world)
    with world.nothing_written():
        assert log_in(world, expires_in=-1).error == (422, "invalid_params")
        assert log_in(world, scope=["everything"]).error == (422, "invalid_params")


def test_who_is_suspended_does_not_get_in(world: World) -> None:
    give_password(world)
    world.call("PATCH", "/sim/users/user@example.com", {"suspended": True})
    with world.nothing_written():
        assert log_in(world).error == (403, "suspended")


def test_a_grant_for_a_client_begins_no_session(full: Populated) -> None:
    world = full.world
    give_password(world)
    made = log_in(world, client=full.paths["oauth-client"])
    assert (made.json["session"], made.json["access_token"]) == (None, None)


def test_logging_out(world: World) -> None:
    """What `heroku logout` asks for, one after the other: the session is enough (heroku-cli §3)."""
    give_password(world)
    first, second = (log_in(world).json["access_token"]["token"] for _ in range(2))
    assert len(world.get(SESSIONS)) == 2
    ended = world.call("DELETE", f"{SESSIONS}/~", token=first)
    assert ended.status_code == 200
    assert ended.json["id"] not in [each["id"] for each in world.get(SESSIONS)]
    for method, path in (("DELETE", f"{SESSIONS}/~"), ("GET", AUTHORIZATIONS), ("GET", f"{AUTHORIZATIONS}/~")):
        assert world.call(method, path, token=first).error == (401, "unauthorized")
    assert world.call("GET", "/account", token=second).status_code == 200


def test_logging_out_with_the_own_key_keeps_it(world: World) -> None:
    missing = world.call("DELETE", f"{SESSIONS}/~")
    assert (missing.error, missing.json["resource"]) == ((404, "not_found"), "session")
    assert world.get(f"{AUTHORIZATIONS}/~")["access_token"]["token"] == world.token


def test_a_session_is_ended_from_another(world: World) -> None:
    give_password(world)
    token = log_in(world).json["access_token"]["token"]
    (session,) = world.get(SESSIONS)
    for identity, owner in ((NOWHERE, ""), (session["id"], world.strangers_token)):
        assert world.call("DELETE", f"{SESSIONS}/{identity}", token=owner).error == (404, "not_found")
    assert world.call("DELETE", f"{SESSIONS}/{session['id']}").json == session
    assert world.call("GET", "/account", token=token).error == (401, "unauthorized")


def test_the_own_key_can_be_revoked_as_well(world: World) -> None:
    assert world.call("DELETE", f"{AUTHORIZATIONS}/~").json["access_token"]["token"] == world.token
    assert world.call("GET", "/account").error == (401, "unauthorized")


def test_a_second_factor_is_asked_for_and_shown(world: World) -> None:
    secret = give_factor(world)
    assert world.get("/account")["two_factor_authentication"] is True
    with world.nothing_written():
        missing, wrong = log_in(world), log_in(world, code="000000")
        assert log_in(world, "wrong horse", code=code(world, secret)).error == (401, "unauthorized")
    for refused in (missing, wrong):
        assert refused.error == (403, "two_factor")
        assert "app" not in refused.json
    assert log_in(world, code=code(world, secret)).status_code == 201


def test_with_the_setting_an_app_takes_it_too(tmp_path: Path) -> None:
    """403 with the app's name, then the pre-authorization, then the same again (heroku-cli §2)."""
    full = populate(new_world(tmp_path, two_factor_for_apps=True))
    world = full.world
    path, change = "/apps/acme/config-vars", {"A": "1"}
    assert world.call("PATCH", path, change).status_code == 200, "nobody without a second factor is asked"
    secret = give_factor(world)
    with world.nothing_written():
        refused = world.call("PATCH", path, {"A": "2"})
        assert world.call("PUT", "/apps/acme/pre-authorizations").error == (403, "two_factor")
        assert world.call("POST", "/apps/acme/addons", {"plan": "exceptions"}).error == (403, "two_factor")
    assert (refused.error, refused.json["app"]) == ((403, "two_factor"), {"name": "acme"})
    assert world.get(path)["A"] == "1", "reading takes none"
    header = {"Heroku-Two-Factor-Code": code(world, secret)}
    assert world.call("PATCH", path, {"A": "2"}, headers=header).status_code == 200
    assert world.call("PATCH", path, {"A": "3"}).error == (403, "two_factor"), "a code is for one request"
    made = world.call("PUT", "/apps/acme/pre-authorizations", headers=header)
    assert (made.status_code, made.json["app"]["name"]) == (200, "acme")
    assert world.call("PATCH", path, {"A": "3"}).status_code == 200
    assert world.call("PATCH", "/apps/other/config-vars", {"A": "3"}).error == (403, "two_factor")
    world.database.clock.advance(timedelta(seconds=world.database.rules.pre_authorization_life))
    assert world.call("PATCH", path, {"A": "4"}).error == (403, "two_factor")
    world.database.close()


def test_without_the_setting_tokens_change_apps_alone(full: Populated) -> None:
    give_factor(full.world)
    assert full.world.call("PATCH", "/apps/acme/config-vars", {"A": "1"}).status_code == 200
    for app, error in (("nothing", (404, "not_found")), ("acme", (403, "two_factor"))):
        assert full.world.call("PUT", f"/apps/{app}/pre-authorizations").error == error


def test_an_account_is_deleted_with_its_password(world: World) -> None:
    with world.database.transaction() as tx:
        logins.set_password(tx, world.stranger.account, world.stranger.account, PASSWORD)
    coded = base64.b64encode(PASSWORD.encode()).decode()
    with world.nothing_written():
        for headers, error in (
            ({}, (401, "unauthorized")),
            ({"Heroku-Password": "wrong horse"}, (401, "unauthorized")),
            ({"Heroku-Password-Base64": base64.b64encode(b"wrong").decode()}, (401, "unauthorized")),
            ({"Heroku-Password-Base64": "ä"}, (400, "bad_request")),
            ({"Heroku-Password-Base64": "/w=="}, (400, "bad_request")),
        ):
            assert world.call("DELETE", "/account", token=world.strangers_token, headers=headers).error == error
    before = world.get("/account", token=world.strangers_token)
    gone = world.call("DELETE", "/users/~", token=world.strangers_token, headers={"Heroku-Password-Base64": coded})
    assert (gone.status_code, gone.json) == (200, before)
    assert world.call("GET", "/account", token=world.strangers_token).error == (401, "unauthorized")
    assert [each["email"] for each in world.get("/sim/users")] == ["user@example.com"]


def test_only_ones_own_account_and_not_the_platforms(full: Populated) -> None:
    world = full.world
    headers = {"Heroku-Password": world.token}
    with world.nothing_written():
        assert world.call("DELETE", "/users/stranger@example.com", headers=headers).error == (404, "not_found")
        for path in ("/account", "/users/user@example.com"):
            kept = world.call("DELETE", path, headers=headers)
            assert (kept.error, "it stays" in kept.json["message"]) == ((422, "invalid_params"), True)


def test_an_owner_of_apps_stays(world: World) -> None:
    world.call("POST", "/apps", {"name": "theirs"}, token=world.strangers_token)
    headers = {"Heroku-Password": world.strangers_token}
    with world.nothing_written():
        kept = world.call("DELETE", "/account", token=world.strangers_token, headers=headers)
    assert (kept.error, "the app theirs" in kept.json["message"]) == ((422, "invalid_params"), True)
    world.call("DELETE", "/apps/theirs", token=world.strangers_token)
    assert world.call("DELETE", "/account", token=world.strangers_token, headers=headers).status_code == 200
    with world.database.snapshot() as rows:
        assert rows.find(Account, email="stranger@example.com") is None
