"""Accounts, collaborators, transfers and teams over HTTP, as the heroku CLI's commands ask."""

from typing import Any

from ...people import FRIEND
from ...world import Populated, World


def emails(found: Any) -> list[tuple[str, str]]:
    return [(each["user"]["email"], each["role"]) for each in found]


def test_ones_account_is_changed(world: World) -> None:
    changed = world.call("PATCH", "/account", {"name": "Ann", "beta": True, "allow_tracking": True, "email": "x@y.z"})
    assert changed.json == world.get("/account")
    assert (changed.json["name"], changed.json["beta"], changed.json["email"]) == ("Ann", True, "user@example.com")
    assert world.call("PATCH", "/users/~", {"name": None}).json["name"] is None
    assert world.call("PATCH", "/users/stranger@example.com", {"name": "x"}).error == (404, "not_found")


def test_access_add_and_remove(full: Populated) -> None:
    world = full.world
    assert emails(world.get("/apps/acme/collaborators")) == [("user@example.com", "owner"), (FRIEND, "collaborator")]
    added = world.call("POST", "/apps/acme/collaborators", {"user": "stranger@example.com", "silent": True})
    assert (added.status_code, added.json["permissions"]) == (201, [])
    for path in ("/apps/acme", full.path("/apps/acme/addons/{add-on}"), "/apps/acme/config-vars"):
        assert world.call("GET", path, token=world.strangers_token).status_code == 200
    removed = world.call("DELETE", "/apps/acme/collaborators/stranger%40example.com")
    assert removed.json == added.json
    assert world.call("GET", "/apps/acme", token=world.strangers_token).error == (404, "not_found")
    assert world.call("POST", "/apps/acme/collaborators", {"user": "x@y.z"}).json["resource"] == "user"


def test_a_user_is_named_in_every_form(world: World) -> None:
    for number, form in enumerate(
        ("stranger@example.com", {"email": "Stranger@example.com"}, {"id": world.stranger.account.id})
    ):
        world.call("POST", "/apps", {"name": f"app-{number}"})
        assert world.call("POST", f"/apps/app-{number}/collaborators", {"user": form}).status_code == 201


def test_a_collaborator_leaves(full: Populated) -> None:
    world = full.world
    world.call("POST", "/apps/acme/collaborators", {"user": "stranger@example.com"})
    left = world.call("DELETE", "/apps/acme/collaborators/stranger@example.com", token=world.strangers_token)
    assert left.status_code == 200
    assert world.get("/apps", token=world.strangers_token) == []


def test_a_collaborator_works_but_does_not_own(full: Populated) -> None:
    world, token = full.world, full.world.strangers_token
    world.call("POST", "/apps/acme/collaborators", {"user": "stranger@example.com"})
    assert [app["name"] for app in world.get("/users/~/apps", token=token)] == ["acme"]
    assert world.call("PATCH", "/apps/acme/config-vars", {"A": "1"}, token=token).status_code == 200
    assert world.call("PATCH", "/apps/acme/formation/web", {"quantity": 2}, token=token).status_code == 200
    sso = world.get(full.path("/addons/{add-on}/sso"), token=token)
    assert (sso["params"]["email"], sso["params"]["app"]) == ("stranger@example.com", "acme")
    with world.nothing_written():
        for method, path, body in (
            ("DELETE", "/apps/acme", None),
            ("PATCH", "/apps/acme", {"name": "renamed"}),
            ("POST", "/account/app-transfers", {"app": "acme", "recipient": "stranger@example.com"}),
            ("PATCH", "/teams/apps/acme", {"owner": "stranger@example.com"}),
        ):
            assert world.call(method, path, body, token=token).error == (403, "forbidden"), path


def test_a_transfer_is_offered_and_accepted(full: Populated) -> None:
    world, token = full.world, full.world.strangers_token
    offered = world.call("POST", "/account/app-transfers", {"app": "acme", "recipient": "stranger@example.com"})
    assert (offered.status_code, offered.json["state"]) == (201, "pending")
    assert offered.json["app"]["name"] == "acme"
    assert world.get("/account/app-transfers", token=token) == [offered.json]
    accepted = world.call("PATCH", "/account/app-transfers/acme", {"state": "accepted"}, token=token)
    assert accepted.json["state"] == "accepted"
    assert world.get("/apps/acme")["owner"]["email"] == "stranger@example.com"
    assert world.get(full.path("/addons/{add-on}"), token=token)["app"]["name"] == "acme"
    path = f"/account/app-transfers/{offered.json['id']}"
    assert world.call("DELETE", path).json == accepted.json
    assert world.call("GET", path).json["resource"] == "app_transfer"


def test_declined_it_stays(full: Populated) -> None:
    """The friend's offer of `gift`."""
    path = full.path("/account/app-transfers/{app-transfer}")
    assert full.world.call("PATCH", path, {"state": "declined"}).json["state"] == "declined"
    assert full.world.call("GET", "/apps/gift").error == (404, "not_found")


def test_who_is_in_no_team_has_an_empty_list(world: World) -> None:
    assert world.get("/teams") == []
    assert world.get("/spaces") == []


def test_a_team_lives(world: World) -> None:
    made = world.call("POST", "/teams", {"name": "crew", "address_1": "1 Road", "card_number": "x"})
    assert (made.status_code, made.json["role"], made.json["type"]) == (201, "admin", "team")
    for method, status in (("POST", 201), ("PUT", 200), ("PATCH", 200)):
        body = {"email": "stranger@example.com", "role": "admin" if method == "PATCH" else "member"}
        answer = world.call(method, "/teams/crew/members", body)
        assert (answer.status_code, answer.json["role"]) == (status, body["role"])
    seen = world.get("/teams", token=world.strangers_token)
    assert [(team["name"], team["role"]) for team in seen] == [("crew", "admin")]
    assert world.call("PATCH", "/teams/crew", {"name": "gang"}, token=world.strangers_token).json["name"] == "gang"
    gone = world.call("DELETE", "/teams/gang/members/stranger%40example.com")
    assert gone.json["email"] == "stranger@example.com"
    assert world.call("GET", "/teams/gang", token=world.strangers_token).error == (404, "not_found")
    assert world.call("DELETE", "/teams/gang").json["name"] == "gang"
    assert world.get("/teams") == []


def test_a_teams_apps(full: Populated) -> None:
    world = full.world
    made = world.call("POST", "/teams/apps", {"name": "second-app", "team": "crew"})
    assert (made.status_code, made.json["joined"], made.json["locked"]) == (201, True, False)
    assert made.json["owner"]["email"] == "crew@herokumanager.com"
    assert world.get("/apps/second-app")["team"]["name"] == "crew"
    assert [each["name"] for each in world.get("/teams/crew/apps")] == ["crew-app", "second-app"]
    assert world.get("/teams/apps/second-app") == made.json
    personal = world.call("POST", "/teams/apps", {"name": "mine", "team": "crew", "personal": True})
    assert (personal.json["team"], personal.json["owner"]["email"]) == (None, "user@example.com")
    assert world.call("POST", "/teams/apps", {}).json["team"] is None


def test_apps_transfer_to_a_team_and_back(full: Populated) -> None:
    world = full.world
    given = world.call("PATCH", "/teams/apps/acme", {"owner": "crew"})
    assert (given.status_code, given.json["team"]) == (200, {"id": world.get("/teams/crew")["id"], "name": "crew"})
    assert world.get(full.path("/addons/{add-on}"))["billing_entity"]["type"] == "team"
    back = world.call("PATCH", "/teams/apps/acme", {"owner": "user@example.com"})
    assert back.json["owner"]["email"] == "user@example.com"
    assert world.call("PATCH", "/teams/apps/acme", {}).error == (422, "invalid_params")


def test_what_teams_cannot_do_here_says_so(full: Populated) -> None:
    world = full.world
    with world.nothing_written():
        for method, path, body in (
            ("PATCH", "/teams/crew", {"default": True}),
            ("PATCH", "/teams/crew/preferences", {"addons-controls": True}),
            ("POST", "/teams/apps", {"team": "crew", "internal_routing": True}),
            ("POST", "/teams/apps", {"team": "crew", "space": "x"}),
        ):
            assert world.call(method, path, body).error == (501, "not_simulated"), body


def test_access_of_a_teams_app(full: Populated) -> None:
    """`heroku access` asks for collaborators, members and permissions, and leaves the team's account out."""
    world = full.world
    world.call("POST", "/apps/crew-app/collaborators", {"user": "stranger@example.com"})
    shown = world.get("/apps/crew-app/collaborators")
    assert emails(shown) == [
        ("crew@herokumanager.com", "owner"),
        ("user@example.com", "admin"),
        (FRIEND, "member"),
        ("stranger@example.com", "collaborator"),
    ]
    assert [each["name"] for each in shown[3]["permissions"]] == ["view", "deploy", "operate"]
    assert [each["name"] for each in world.get("/teams/permissions")] == ["deploy", "manage", "operate", "view"]
    members = [(each["email"], each["role"]) for each in world.get("/teams/crew/members")]
    assert sorted(members) == [
        (FRIEND, "member"),
        ("stranger@example.com", "collaborator"),
        ("user@example.com", "admin"),
    ]
    assert world.get("/teams", token=world.strangers_token)[0]["role"] == "collaborator"
    assert world.call("GET", "/teams/crew/members", token=world.strangers_token).error == (403, "forbidden")


def test_filters_say_of_each_app_whether_one_has_joined_it(full: Populated) -> None:
    answer = full.world.call("POST", "/filters/apps", headers={"Range": "id ..; max=1000;"})
    found = {each["name"]: each["joined"] for each in answer.json}
    assert found == dict.fromkeys(("acme", "other", "live", "crew-app"), True)
