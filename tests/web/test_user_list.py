"""The recipe by which a partner finds everybody who may use its instance (partner-api §4.1, §12)."""

from platform_sim.core.actions.collaborators import add_collaborator
from platform_sim.core.actions.team_apps import create_team_app
from platform_sim.core.actions.team_members import invite
from platform_sim.core.actions.teams import create_team

from .. import support
from .world import World

TEAM = "@herokumanager.com"


def users(world: World, addon: str, token: str) -> dict[str, str]:
    """Add-on -> app and owner -> collaborators -> members of the owning team, merged: role by e-mail."""

    def get(path: str) -> list[dict[str, str]]:
        found: list[dict[str, str]] = world.get(path, token=token)
        return found

    app = world.get(f"/addons/{addon}", token=token)["app"]["id"]
    owner = world.get(f"/apps/{app}", token=token)["owner"]["email"]
    found = {each["user"]["email"]: each["role"] for each in world.get(f"/apps/{app}/collaborators", token=token)}
    if owner.endswith(TEAM):
        del found[owner]
        found |= {each["email"]: each["role"] for each in get(f"/teams/{owner.removesuffix(TEAM)}/members")}
    return found


def test_of_a_personal_app(world: World) -> None:
    with world.database.transaction() as tx:
        support.new_service(tx)
        app = support.new_app(tx, world.customer, "acme")
        addon = support.new_addon(tx, world.customer, app)
        add_collaborator(tx, world.customer, app, "stranger@example.com")
    assert users(world, addon.id, world.partner_token(addon)) == {
        "user@example.com": "owner",
        "stranger@example.com": "collaborator",
    }


def test_of_a_teams_app(world: World) -> None:
    with world.database.transaction() as tx:
        support.new_service(tx)
        for name in ("member", "outside", "elsewhere"):
            support.new_customer(tx, f"{name}@example.com")
        team = create_team(tx, world.customer, "crew")
        invite(tx, world.customer, team, "member@example.com", "member")
        app = create_team_app(tx, world.customer, team, name="crew-app")
        addon = support.new_addon(tx, world.customer, app)
        add_collaborator(tx, world.customer, app, "outside@example.com")
        create_team(tx, world.stranger, "others")
    token = world.partner_token(addon)
    assert users(world, addon.name, token) == {
        "user@example.com": "admin",
        "member@example.com": "member",
        "outside@example.com": "collaborator",
    }
    assert world.call("GET", "/teams/others/members", token=token).error == (404, "not_found")
    assert world.call("GET", "/teams/crew", token=token).error == (403, "forbidden")


def test_the_list_follows_what_customers_do(world: World) -> None:
    with world.database.transaction() as tx:
        support.new_service(tx)
        app = support.new_app(tx, world.customer, "acme")
        addon = support.new_addon(tx, world.customer, app)
    token = world.partner_token(addon)
    assert users(world, addon.id, token) == {"user@example.com": "owner"}
    offered = world.call("POST", "/account/app-transfers", {"app": "acme", "recipient": "stranger@example.com"})
    path = f"/account/app-transfers/{offered.json['id']}"
    world.call("PATCH", path, {"state": "accepted"}, token=world.strangers_token)
    assert users(world, addon.id, token) == {"stranger@example.com": "owner", "user@example.com": "collaborator"}
    world.call("DELETE", "/apps/acme/collaborators/user@example.com", token=world.strangers_token)
    assert users(world, addon.id, token) == {"stranger@example.com": "owner"}
