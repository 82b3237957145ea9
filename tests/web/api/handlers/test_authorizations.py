"""What the heroku CLI's `authorizations:*`, `clients:*` and `login -i` do, over HTTP; scopes and standing."""

from typing import Any

import pytest

from platform_sim.core.actions.accounts import set_standing

from ...world import VERSION, Populated, World

AUTHORIZATIONS = "/oauth/authorizations"


def me(world: World, token: str) -> Any:
    return world.call("GET", "/account", token=token)


def test_create_use_rotate_and_revoke(world: World) -> None:
    made = world.call("POST", AUTHORIZATIONS, {"description": "hello"})
    assert made.status_code == 201
    body = made.json
    assert (body["description"], body["scope"], body["client"]) == ("hello", ["global"], None)
    assert body["user"] == {"id": world.customer.account.id, "email": "user@example.com", "full_name": None}
    token, path = body["access_token"]["token"], f"{AUTHORIZATIONS}/{body['id']}"
    assert me(world, token).json["email"] == "user@example.com"
    assert world.get(path) == body
    assert body in world.get(AUTHORIZATIONS)
    assert world.call("PATCH", path, {"description": "new"}).json["description"] == "new"
    rotated = world.call("POST", f"{path}/actions/regenerate-tokens").json["access_token"]["token"]
    assert (me(world, token).status_code, me(world, rotated).status_code) == (401, 200)
    assert world.call("DELETE", path).json["description"] == "new"
    assert me(world, rotated).error == (401, "unauthorized")
    gone = world.call("GET", path)
    assert (gone.error, gone.json["resource"]) == ((404, "not_found"), "authorization")


def test_log_in_with_a_token_as_the_password(world: World) -> None:
    """`heroku login -i`: Basic e-mail and password (heroku-cli §3)."""
    body = {"scope": ["global"], "description": "Heroku CLI login from here", "expires_in": 2_592_000}
    answer = world.client.post(
        AUTHORIZATIONS, json=body, headers={"Accept": VERSION}, auth=("user@example.com", world.token)
    )
    assert answer.status_code == 201
    found: Any = answer.get_json()
    assert (found["user"]["email"], found["access_token"]["expires_in"]) == ("user@example.com", 2_592_000)
    assert me(world, found["access_token"]["token"]).status_code == 200


def test_logging_out_revokes_the_token_that_asks(world: World) -> None:
    """`heroku logout`: `~` is another token than the own, so the authorization of that goes (heroku-cli §3)."""
    made = world.call("POST", AUTHORIZATIONS, {}).json
    token = made["access_token"]["token"]
    assert world.get(f"{AUTHORIZATIONS}/~", token=token)["access_token"]["token"] == world.token
    assert world.call("DELETE", f"{AUTHORIZATIONS}/{made['id']}", token=token).status_code == 200
    assert me(world, token).status_code == 401


def test_a_token_is_ended_by_its_id(world: World) -> None:
    made = world.call("POST", AUTHORIZATIONS, {}).json
    path = f"/oauth/tokens/{made['access_token']['id']}"
    assert world.call("DELETE", path, token=world.strangers_token).error == (404, "not_found")
    ended = world.call("DELETE", path)
    assert ended.json["access_token"] == made["access_token"]
    assert ended.json["authorization"] == {"id": made["id"]}
    assert me(world, made["access_token"]["token"]).status_code == 401
    assert world.get(f"{AUTHORIZATIONS}/{made['id']}")["access_token"] is None


def test_clients_and_what_they_are_allowed(world: World) -> None:
    made = world.call("POST", "/oauth/clients", {"name": "n", "redirect_uri": "https://x.example.com"})
    assert made.status_code == 201
    client, path = made.json, f"/oauth/clients/{made.json['id']}"
    assert world.get(path) == client
    assert world.get("/oauth/clients") == [client]
    assert world.call("PATCH", path, {"name": "z"}).json["name"] == "z"
    secret = world.call("POST", f"{path}/actions/rotate-credentials").json["secret"]
    assert secret != client["secret"]
    allowed = world.call("POST", AUTHORIZATIONS, {"client": client["id"], "scope": ["identity"]}).json
    assert allowed["client"]["name"] == "z"
    form = {"code": allowed["grant"]["code"], "client_secret": secret}
    exchanged: Any = world.client.post("/oauth/token", data=form).get_json()
    assert exchanged["user_id"] == world.customer.account.id
    assert me(world, exchanged["access_token"]).status_code == 200
    assert world.call("GET", "/apps", token=exchanged["access_token"]).error == (403, "forbidden")
    assert world.call("DELETE", path).json["id"] == client["id"]
    assert me(world, exchanged["access_token"]).status_code == 401


def test_a_narrow_token_does_no_more_than_its_scope(full: Populated) -> None:
    world = full.world
    token = world.call("POST", AUTHORIZATIONS, {"scope": ["read"]}).json["access_token"]["token"]
    read = world.call("GET", "/apps/acme", token=token)
    assert (read.status_code, read.headers["Oauth-Scope"]) == (200, "read")
    assert read.headers["Oauth-Scope-Accepted"] == "global write-protected read-protected write read"
    assert "Oauth-Scope" not in world.call("GET", "/apps/acme", token=full.partner).headers, "nobody knows theirs"
    with world.nothing_written():
        for method, path in (
            ("PATCH", "/apps/acme"),
            ("GET", "/apps/acme/config-vars"),
            ("POST", AUTHORIZATIONS),
            ("GET", AUTHORIZATIONS),
            ("GET", "/sim/status"),
            ("GET", "/api/v3/addons/exceptions/current_manifest"),
        ):
            answer = world.call(method, path, token=token)
            assert answer.status_code == 403, path
            assert "scope (read)" in answer.text
        pushed = world.client.get("/acme.git/info/refs?service=git-upload-pack", auth=("", token))
        assert (pushed.status_code, "write-protected" in pushed.text) == (403, True)


@pytest.mark.parametrize(
    ("standing", "error"), [("suspended", (403, "suspended")), ("delinquent", (402, "delinquent"))]
)
def test_who_is_out_of_favour_sees_that_and_nothing_else(
    standing: str, error: tuple[int, str], full: Populated
) -> None:
    world, account = full.world, full.world.customer.account
    with world.database.transaction() as tx:
        set_standing(tx, account, account, **{standing: True})
    assert world.get("/account")[f"{standing}_at"] == "2026-03-01T12:00:00Z"
    with world.nothing_written():
        for method, path in (("GET", "/apps"), ("POST", "/apps"), ("GET", "/addons"), ("DELETE", "/apps/acme")):
            assert world.call(method, path).error == error
        git = world.client.get("/acme.git/info/refs?service=git-upload-pack", auth=("", world.token))
        assert git.status_code == error[0]
    assert world.call("GET", "/apps", token=world.strangers_token).status_code == 200
    assert world.call("GET", "/addons", token=full.partner).status_code == 200, "its partners go on"
    assert world.get("/sim/status"), "the operator goes on, too"
