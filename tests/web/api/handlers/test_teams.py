"""Teams as the heroku CLI asks for them: invitations, locks, permissions, what else a team has (heroku-cli §15)."""

import pytest

from platform_sim.core.actions.accounts import customer_named, issue_token
from platform_sim.core.model.apps import App

from .... import support
from ...people import FRIEND, INVITED
from ...world import Populated


@pytest.fixture
def invited(full: Populated) -> str:
    """A token of who has been asked into the team."""
    with full.world.database.transaction() as tx:
        found = customer_named(tx, INVITED)
        return issue_token(tx, found, "test").token


def test_members_add_invites_and_accepting_makes_a_member(full: Populated, invited: str) -> None:
    world = full.world
    features = world.get("/teams/crew/features")
    assert [(each["name"], each["enabled"]) for each in features] == [("team-invite-acceptance", True)]
    assert world.get("/teams/crew/features/team-invite-acceptance") == features[0]
    (pending,) = world.get("/teams/crew/invitations")
    assert (pending["user"]["email"], pending["role"], pending["invited_by"]["email"]) == (
        INVITED,
        "member",
        "user@example.com",
    )
    path = full.path("/teams/invitations/{team-invitation.token}")
    assert world.get(path, token=invited) == pending
    accepted = world.call("POST", path + "/accept", token=invited)
    assert (accepted.status_code, accepted.json["email"], accepted.json["role"]) == (201, INVITED, "member")
    assert INVITED in [each["email"] for each in world.get("/teams/crew/members")]
    assert world.get("/teams/crew/invitations") == []


def test_members_remove_takes_an_invitation_back(full: Populated) -> None:
    world = full.world
    put = world.call("PUT", "/teams/crew/invitations", {"email": "stranger@example.com", "role": "admin"})
    assert (put.status_code, put.json["role"]) == (200, "admin")
    gone = world.call("DELETE", f"/teams/crew/invitations/{INVITED}")
    assert (gone.status_code, gone.json["user"]["email"]) == (200, INVITED)
    assert [each["user"]["email"] for each in world.get("/teams/crew/invitations")] == ["stranger@example.com"]


def test_apps_lock_join_and_unlock(full: Populated) -> None:
    world, token = full.world, full.world.strangers_token
    world.call("POST", "/teams/crew/members", {"email": "stranger@example.com", "role": "member"})
    assert world.call("PATCH", "/teams/apps/crew-app", {"locked": True}).json["locked"] is True
    refused = world.call("POST", "/teams/apps/crew-app/collaborators", {"user": "stranger@example.com"}, token=token)
    assert refused.error == (403, "forbidden")
    with world.nothing_written():
        for method, path, body in (
            ("PATCH", "/apps/crew-app/config-vars", {"A": "1"}),
            ("GET", "/apps/crew-app/config-vars", None),
            ("PATCH", "/apps/crew-app", {"maintenance": True}),
            ("PATCH", "/apps/crew-app/formation", {"updates": []}),
            ("GET", "/crew-app.git/info/refs?service=git-receive-pack", None),
        ):
            assert world.call(method, path, body, token=token).status_code == 403, path
    assert world.call("GET", "/apps/crew-app", token=token).status_code == 200
    assert world.call("PATCH", "/teams/apps/crew-app", {"locked": False}).json["locked"] is False
    joined = world.call("POST", "/teams/apps/crew-app/collaborators", {"user": "stranger@example.com"}, token=token)
    assert (joined.status_code, joined.json["role"]) == (201, "member")
    assert world.get("/teams/apps/crew-app", token=token)["joined"] is True
    left = world.call("DELETE", "/apps/crew-app/collaborators/stranger%40example.com", token=token)
    assert left.status_code == 200


def test_a_teams_app_can_be_made_locked(full: Populated) -> None:
    made = full.world.call("POST", "/teams/apps", {"name": "closed", "team": "crew", "locked": True})
    assert (made.status_code, made.json["locked"]) == (201, True)
    assert full.world.get("/teams/apps/closed")["locked"] is True


def test_access_update_gives_permissions_that_hold(full: Populated) -> None:
    world, token = full.world, full.world.strangers_token
    path = "/teams/apps/crew-app/collaborators"
    made = world.call("POST", path, {"user": "stranger@example.com", "permissions": ["deploy"]})
    assert [each["name"] for each in made.json["permissions"]] == ["view", "deploy"]
    assert world.call("PATCH", "/apps/crew-app/config-vars", {"A": "1"}, token=token).status_code == 200
    scale = ("PATCH", "/apps/crew-app/formation/web", {"quantity": 2})
    assert world.call(*scale, token=token).error == (403, "forbidden")
    assert world.call("DELETE", "/apps/crew-app", token=token).error == (403, "forbidden")
    body = {"permissions": ["manage", "operate"]}
    changed = world.call("PATCH", f"{path}/stranger@example.com", body)
    assert [each["name"] for each in changed.json["permissions"]] == ["view", "operate", "manage"]
    assert world.get(f"{path}/stranger@example.com") == changed.json
    assert world.call("PATCH", "/apps/crew-app/config-vars", {"A": "2"}, token=token).error == (403, "forbidden")
    shown = {each["user"]["email"]: each for each in world.get(path)}
    assert shown["stranger@example.com"] == changed.json
    assert world.call("DELETE", f"{path}/stranger@example.com").json == changed.json
    assert world.call("GET", "/apps/crew-app", token=token).error == (404, "not_found")


def test_permissions_of_a_team_say_who_may_do_what(full: Populated) -> None:
    (entity,) = full.world.get("/teams/crew/permissions")
    assert (entity["name"], entity["type"], entity["team_id"]) == (
        "crew-app",
        "app",
        full.world.get("/teams/crew")["id"],
    )
    assert {each["email"]: each["permissions"] for each in entity["users"]} == {
        "user@example.com": ["view", "deploy", "operate", "manage"],
        FRIEND: ["view", "deploy", "operate"],
    }


def test_apps_of_a_member_are_those_it_has_joined(full: Populated) -> None:
    world = full.world
    world.call("POST", "/teams/apps", {"name": "second", "team": "crew"})
    assert [each["name"] for each in world.get(f"/teams/crew/members/{FRIEND}/apps")] == ["crew-app"]
    mine = world.get("/teams/crew/members/user@example.com/apps")
    assert [(each["name"], each["joined"]) for each in mine] == [("crew-app", True), ("second", True)]


def test_add_ons_of_a_team_are_those_of_its_apps(full: Populated) -> None:
    world = full.world
    assert world.get("/teams/crew/addons") == []
    with world.database.transaction() as tx:
        (app,) = tx.all(App, name="crew-app")
        support.new_addon(tx, world.customer, app, name="crews-exceptions")
    (found,) = world.get("/teams/crew/addons")
    assert found == world.get("/addons/crews-exceptions")


def test_what_a_team_cannot_have(full: Populated) -> None:
    world = full.world
    for path in ("spaces", "invoices", "identity-providers"):
        assert world.get(f"/teams/crew/{path}") == []
        assert world.call("GET", f"/teams/crew/{path}", token=world.strangers_token).error == (404, "not_found")
    preferences = {"addons-controls": False, "default-permission": None}
    assert world.get("/teams/crew/preferences") == preferences
    assert world.call("PATCH", "/teams/crew/preferences", {"addons-controls": False}).json == preferences
    assert world.get("/teams/crew/delinquency") == {
        "scheduled_deletion_time": None,
        "scheduled_suspension_time": None,
    }


def test_pipelines_are_made_for_a_team_and_transferred_to_it(full: Populated) -> None:
    world, crew = full.world, full.world.get("/teams/crew")["id"]
    owner = {"id": crew, "type": "team"}
    made = world.call("POST", "/pipelines", {"name": "crews", "owner": owner, "generation": {"name": "cedar"}})
    assert (made.status_code, made.json["owner"]) == (201, owner)
    flow = full.paths["pipeline.id"]
    moved = world.call("POST", "/pipeline-transfers", {"pipeline": {"id": flow}, "new_owner": owner})
    assert (moved.status_code, moved.json["new_owner"]) == (201, owner)
    assert moved.json["previous_owner"]["type"] == "user"
