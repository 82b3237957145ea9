"""Which part an account has in an app or a team."""

import pytest

from platform_sim.core.access import Actor
from platform_sim.core.actions.collaborators import add_collaborator
from platform_sim.core.actions.team_apps import create_team_app
from platform_sim.core.actions.team_members import invite
from platform_sim.core.actions.teams import create_team
from platform_sim.core.model.apps import App
from platform_sim.core.model.teams import BY_ROLE, PERMISSIONS, Team
from platform_sim.core.roles import apps_of, joined_apps, members_of, role_in_app, role_in_team, team_name, team_of
from platform_sim.core.store import Transaction

from ..support import new_app, new_customer


@pytest.fixture
def friend(tx: Transaction) -> Actor:
    return new_customer(tx, "friend@example.com")


@pytest.fixture
def team(tx: Transaction, customer: Actor) -> Team:
    return create_team(tx, customer, "crew")


def names(apps: list[App]) -> list[str]:
    return [app.name for app in apps]


def test_the_owner_and_the_collaborator_of_a_personal_app(
    tx: Transaction, customer: Actor, friend: Actor, app: App
) -> None:
    assert role_in_app(tx, customer.account, app) == "owner"
    assert role_in_app(tx, friend.account, app) is None
    add_collaborator(tx, customer, app, "friend@example.com")
    assert role_in_app(tx, friend.account, app) == "collaborator"
    assert team_of(tx, app) is None
    assert team_name(customer.account) is None


def test_admins_members_and_collaborators_of_a_teams_app(
    tx: Transaction, customer: Actor, friend: Actor, team: Team
) -> None:
    app = create_team_app(tx, customer, team, name="crew-app")
    outside = new_customer(tx, "outside@example.com")
    add_collaborator(tx, customer, app, "outside@example.com")
    invite(tx, customer, team, "friend@example.com", "member")
    assert role_in_app(tx, customer.account, app) == "admin", "also as the one who made it"
    assert role_in_app(tx, friend.account, app) == "member"
    assert role_in_app(tx, outside.account, app) == "collaborator"
    assert team_of(tx, app) == team
    assert [(each.account_id, each.role) for each in members_of(tx, team)] == [
        (customer.account.id, "admin"),
        (friend.account.id, "member"),
        (outside.account.id, "collaborator"),
    ]
    assert role_in_team(tx, outside.account, team) == "collaborator"
    assert role_in_team(tx, new_customer(tx, "x@example.com").account, team) is None


def test_who_is_on_two_apps_of_a_team_is_listed_once(tx: Transaction, customer: Actor, team: Team) -> None:
    new_customer(tx, "outside@example.com")
    for name in ("one-app", "two-app"):
        add_collaborator(tx, customer, create_team_app(tx, customer, team, name=name), "outside@example.com")
    assert [each.role for each in members_of(tx, team)] == ["admin", "collaborator"]


def test_apps_of_somebody_and_those_it_has_joined(
    tx: Transaction, customer: Actor, friend: Actor, app: App, team: Team
) -> None:
    new_app(tx, friend, "zebra")
    add_collaborator(tx, customer, app, "friend@example.com")
    invite(tx, customer, team, "friend@example.com", "member")
    create_team_app(tx, customer, team, name="crew-app")
    assert names(apps_of(tx, friend.account)) == ["acme", "crew-app", "zebra"]
    assert names(joined_apps(tx, friend.account)) == ["acme", "zebra"]
    assert names(joined_apps(tx, customer.account)) == ["acme", "crew-app"], "who makes a team's app has joined it"


def test_roles_give_permissions_that_there_are() -> None:
    assert set(BY_ROLE["owner"]) == set(BY_ROLE["admin"]) == set(PERMISSIONS)
    assert "manage" not in BY_ROLE["member"] + BY_ROLE["collaborator"]
    assert all(set(names) <= set(PERMISSIONS) for names in BY_ROLE.values())
