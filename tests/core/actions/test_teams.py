"""Teams and their members: names, roles, the last admin, what an end leaves."""

from collections.abc import Callable

import pytest

from platform_sim.core.access import Actor
from platform_sim.core.actions.accounts import create_account
from platform_sim.core.actions.collaborators import add_collaborator
from platform_sim.core.actions.team_apps import create_team_app
from platform_sim.core.actions.team_members import change_role, invite, invite_or_change, remove
from platform_sim.core.actions.teams import check_role, create_team, delete_team, rename_team, team_named, teams_of
from platform_sim.core.errors import Forbidden, InvalidParams, NotFound
from platform_sim.core.model.accounts import Account
from platform_sim.core.model.records import Event
from platform_sim.core.model.teams import MOST_MEMBERS, Collaborator, Team, TeamMember
from platform_sim.core.roles import members_of, role_in_team
from platform_sim.core.store import Transaction

from ...support import attach, new_addon, new_app, new_customer, new_service, partner_of_addon

FRIEND = "friend@example.com"


@pytest.fixture
def friend(tx: Transaction) -> Actor:
    return new_customer(tx, FRIEND)


@pytest.fixture
def team(tx: Transaction, customer: Actor) -> Team:
    return create_team(tx, customer, "crew")


def test_who_makes_a_team_is_its_admin(tx: Transaction, customer: Actor, friend: Actor, team: Team) -> None:
    assert teams_of(tx, customer) == [team]
    assert role_in_team(tx, customer.account, team) == "admin"
    assert teams_of(tx, friend) == []
    assert team_named(tx, customer, "crew") == team_named(tx, customer, team.id) == team
    with pytest.raises(NotFound) as raised:
        team_named(tx, friend, "crew")
    assert raised.value.body()["resource"] == "team"


def test_its_apps_are_owned_by_an_account_of_the_same_id(tx: Transaction, customer: Actor, team: Team) -> None:
    app = create_team_app(tx, customer, team, name="crew-app")
    owner = tx.get(Account, app.owner_id)
    assert (owner.id, owner.email, owner.is_customer) == (team.id, "crew@herokumanager.com", False)


@pytest.mark.parametrize("name", ["", "ab", "Crew", "1crew", "crew-", "crew_x", "c" * 31, "crew x", "crew\n", "crêw"])
def test_bad_names(tx: Transaction, customer: Actor, name: str) -> None:
    with pytest.raises(InvalidParams, match="3 to 30 lowercase"):
        create_team(tx, customer, name)


def test_names_are_given_once(tx: Transaction, customer: Actor, friend: Actor, team: Team) -> None:
    with pytest.raises(InvalidParams, match="already taken"):
        create_team(tx, friend, "crew")
    other = create_team(tx, friend, "other")
    with pytest.raises(InvalidParams, match="already taken"):
        rename_team(tx, friend, other, "crew")


def test_a_renamed_team_renames_the_owner_of_its_apps(tx: Transaction, customer: Actor, team: Team) -> None:
    renamed = rename_team(tx, customer, team, "gang")
    assert (renamed.id, renamed.name) == (team.id, "gang")
    assert tx.get(Account, team.id).email == "gang@herokumanager.com"
    assert rename_team(tx, customer, renamed, "gang") == renamed
    assert create_team(tx, customer, "crew").id != team.id, "its old name is free"


def test_partners_make_no_teams(tx: Transaction, customer: Actor, friend: Actor) -> None:
    new_service(tx)
    partner = partner_of_addon(tx, new_addon(tx, customer, new_app(tx, customer)))
    with pytest.raises(Forbidden):
        create_team(tx, partner, "crew")


def test_a_partner_sees_the_team_that_owns_an_attached_app(tx: Transaction, customer: Actor, team: Team) -> None:
    new_service(tx)
    addon = new_addon(tx, customer, new_app(tx, customer))
    partner = partner_of_addon(tx, addon)
    assert teams_of(tx, partner) == []
    attach(tx, create_team_app(tx, customer, team, name="crew-app"), addon, "SHARED")
    assert teams_of(tx, partner) == [team]


def test_a_team_that_owns_an_app_cannot_be_deleted(tx: Transaction, customer: Actor, team: Team) -> None:
    create_team_app(tx, customer, team, name="crew-app")
    with pytest.raises(InvalidParams, match="still owns crew-app"):
        delete_team(tx, customer, team)


def test_a_deleted_team_leaves_its_name_free(tx: Transaction, customer: Actor, friend: Actor, team: Team) -> None:
    invite(tx, customer, team, FRIEND, "member")
    delete_team(tx, customer, team)
    assert (tx.count(Team), tx.count(TeamMember), tx.find(Account, id=team.id)) == (0, 0, None)
    assert create_team(tx, friend, "crew").name == "crew"


def test_members_are_invited_changed_and_removed(tx: Transaction, customer: Actor, friend: Actor, team: Team) -> None:
    made = invite(tx, customer, team, "Friend@example.com", "member")
    assert (made.account_id, made.role) == (friend.account.id, "member")
    with pytest.raises(InvalidParams, match="is a member of crew already"):
        invite(tx, customer, team, FRIEND, "admin")
    changed = change_role(tx, customer, team, FRIEND, "admin")
    assert (changed.id, changed.role) == (made.id, "admin")
    assert change_role(tx, customer, team, FRIEND, "admin") == changed
    assert invite_or_change(tx, customer, team, FRIEND, "member").role == "member"
    assert remove(tx, customer, team, FRIEND).id == made.id
    assert role_in_team(tx, friend.account, team) is None
    assert invite_or_change(tx, customer, team, FRIEND, "member").id != made.id
    told = [(e.action, e.data["email"], e.data["role"]) for e in tx.all(Event, kind="team-member")]
    assert told == [
        ("create", "user@example.com", "admin"),
        ("create", FRIEND, "member"),
        ("update", FRIEND, "admin"),
        ("update", FRIEND, "member"),
        ("destroy", FRIEND, "member"),
        ("create", FRIEND, "member"),
    ]


@pytest.mark.parametrize("role", ["owner", "collaborator", "viewer", "", "ADMIN"])
def test_other_roles_cannot_be_given(tx: Transaction, customer: Actor, friend: Actor, team: Team, role: str) -> None:
    with pytest.raises(InvalidParams, match="admin or member"):
        invite(tx, customer, team, FRIEND, role)
    invite(tx, customer, team, FRIEND, "member")
    with pytest.raises(InvalidParams, match="admin or member"):
        change_role(tx, customer, team, FRIEND, role)


def test_who_is_not_in_it_is_not_found(tx: Transaction, customer: Actor, friend: Actor, team: Team) -> None:
    for act in (
        lambda: change_role(tx, customer, team, FRIEND, "admin"),
        lambda: remove(tx, customer, team, FRIEND),
        lambda: remove(tx, customer, team, "00000000-0000-4000-8000-000000000000"),
        lambda: invite(tx, customer, team, "nobody@example.com", "member"),
    ):
        with pytest.raises(NotFound):
            act()


def test_the_last_admin_stays_one(tx: Transaction, customer: Actor, friend: Actor, team: Team) -> None:
    invite(tx, customer, team, FRIEND, "member")
    for act in (
        lambda: change_role(tx, customer, team, "user@example.com", "member"),
        lambda: remove(tx, customer, team, "user@example.com"),
    ):
        with pytest.raises(InvalidParams, match="one admin only"):
            act()
    change_role(tx, customer, team, FRIEND, "admin")
    remove(tx, customer, team, "user@example.com")
    assert [each.role for each in members_of(tx, team)] == ["admin"]


ADMINS_ONLY: list[Callable[[Transaction, Actor, Team], object]] = [
    lambda tx, actor, team: invite(tx, actor, team, "third@example.com", "member"),
    lambda tx, actor, team: change_role(tx, actor, team, "user@example.com", "member"),
    lambda tx, actor, team: remove(tx, actor, team, "user@example.com"),
    lambda tx, actor, team: rename_team(tx, actor, team, "gang"),
    lambda tx, actor, team: delete_team(tx, actor, team),
]


@pytest.mark.parametrize("act", ADMINS_ONLY)
def test_only_admins_change_a_team(
    tx: Transaction,
    customer: Actor,
    friend: Actor,
    team: Team,
    act: Callable[[Transaction, Actor, Team], object],
) -> None:
    new_customer(tx, "third@example.com")
    with pytest.raises(Forbidden):
        act(tx, friend, team)
    invite(tx, customer, team, FRIEND, "member")
    with pytest.raises(Forbidden, match="takes admin, you are member"):
        act(tx, friend, team)
    check_role(tx, friend, team, "member", "admin")


def test_everybody_may_leave_and_is_on_no_app_of_the_team_then(
    tx: Transaction, customer: Actor, friend: Actor, team: Team
) -> None:
    invite(tx, customer, team, FRIEND, "member")
    create_team_app(tx, friend, team, name="crew-app")
    own = new_app(tx, customer, "own")
    add_collaborator(tx, customer, own, FRIEND)
    remove(tx, friend, team, FRIEND)
    assert [each.app_id for each in tx.all(Collaborator, account_id=friend.account.id)] == [own.id]


def test_a_team_has_25_members_at_most(tx: Transaction, customer: Actor, team: Team) -> None:
    for number in range(MOST_MEMBERS - 1):
        create_account(tx, f"m{number}@example.com")
        invite(tx, customer, team, f"m{number}@example.com", "member")
    create_account(tx, FRIEND)
    with pytest.raises(InvalidParams, match="25 members"):
        invite(tx, customer, team, FRIEND, "member")
