"""The hosts telex and particleboard, as `heroku notifications` and `apps:favorites` ask (heroku-cli §15, §16)."""

from ...world import Populated, World

TELEX = {"Host": "telex.heroku.com:5100"}
BOARD = {"Host": "particleboard.heroku.com:5100"}


def test_notifications_are_read(full: Populated) -> None:
    world, app = full.world, full.app
    world.call("POST", "/apps/acme/collaborators", {"user": "stranger@example.com"})
    (told,) = world.get("/user/notifications", token=world.strangers_token, headers=TELEX)
    assert (told["title"], told["read"], told["followup"]) == ("You are a collaborator on acme", False, [])
    assert told["target"] == {"id": app.id, "type": "app"}
    path = f"/user/notifications/{told['id']}"
    read = world.call("PATCH", path, {"read": True}, token=world.strangers_token, headers=TELEX)
    assert (read.status_code, read.json["read"]) == (200, True)
    assert world.get("/user/notifications", token=world.strangers_token)[0]["read"] is True
    assert world.call("PATCH", path, {"read": True}).error == (404, "not_found")


def test_favorites_are_added_listed_and_removed(world: World) -> None:
    for name in ("alpha", "beta"):
        world.call("POST", "/apps", {"name": name})
    added = world.call("POST", "/favorites", {"type": "app", "resource_id": "beta"}, headers=BOARD)
    assert (added.status_code, added.json["resource_name"], added.json["type"]) == (201, "beta", "app")
    assert world.get("/favorites?type=app", headers=BOARD) == [added.json]
    assert world.get("/favorites?type=space", headers=BOARD) == []
    assert world.call("POST", "/favorites", {"type": "space", "resource_id": "x"}).error == (501, "not_simulated")
    world.call("PATCH", "/apps/beta", {"name": "gamma"})
    assert world.get("/favorites?type=app")[0]["resource_name"] == "gamma"
    assert world.call("DELETE", f"/favorites/{added.json['id']}", headers=BOARD).status_code == 200
    assert world.get("/favorites?type=app") == []


def test_the_account_and_teams_are_asked_of_particleboard_too(full: Populated) -> None:
    """`PB` in heroku-cli §15: the same requests go there for notices of delinquency."""
    for path in ("/account", "/teams/crew"):
        assert full.world.get(path, headers=BOARD) == full.world.get(path)
