"""Invitations to a team: made, changed, taken back, accepted."""

import pytest

from platform_sim.core.access import Actor
from platform_sim.core.actions import team_members
from platform_sim.core.actions.invitations import accept, invitation_named, invitations_of, invite, revoke
from platform_sim.core.actions.teams import create_team, delete_team
from platform_sim.core.errors import Forbidden, InvalidParams, NotFound
from platform_sim.core.model.records import Event
from platform_sim.core.model.teams import MOST_MEMBERS, Team, TeamInvitation, TeamMember
from platform_sim.core.roles import role_in_team
from platform_sim.core.store import Transaction

from ...support import new_customer

GUEST = "guest@example.com"


@pytest.fixture
def team(tx: Transaction, customer: Actor) -> Team:
    return create_team(tx, customer, "crew")


@pytest.fixture
def guest(tx: Transaction) -> Actor:
    return new_customer(tx, GUEST)


def test_who_accepts_is_a_member(tx: Transaction, customer: Actor, team: Team, guest: Actor) -> None:
    made = invite(tx, customer, team, "Guest@Example.com", "admin")
    assert role_in_team(tx, guest.account, team) is None
    assert invitations_of(tx, customer, team) == [made]
    member = accept(tx, guest, made.token)
    assert (member.team_id, member.account_id, member.role) == (team.id, guest.account.id, "admin")
    assert invitations_of(tx, guest, team) == []
    with pytest.raises(NotFound):
        accept(tx, guest, made.token)
    assert all(made.token not in str(each) for each in tx.all(Event)), "a token is no fact to tell"
    assert made.token not in repr(made)


def test_only_who_is_invited_accepts(tx: Transaction, customer: Actor, team: Team, guest: Actor) -> None:
    made = invite(tx, customer, team, GUEST, "member")
    for other in (customer, new_customer(tx, "other@example.com")):
        assert invitation_named(tx, other, made.token) == made
        with pytest.raises(Forbidden, match="for guest@example.com"):
            accept(tx, other, made.token)
    with pytest.raises(NotFound):
        accept(tx, guest, made.id)


def test_only_admins_invite_and_revoke_members_look(tx: Transaction, customer: Actor, team: Team, guest: Actor) -> None:
    made = invite(tx, customer, team, GUEST, "member")
    member = new_customer(tx, "member@example.com")
    team_members.invite(tx, customer, team, "member@example.com", "member")
    assert invitations_of(tx, member, team) == [made]
    for act in (lambda: invite(tx, member, team, GUEST, "admin"), lambda: revoke(tx, member, team, GUEST)):
        with pytest.raises(Forbidden):
            act()
    with pytest.raises(Forbidden):
        invitations_of(tx, guest, team)


def test_again_is_another_role(tx: Transaction, customer: Actor, team: Team, guest: Actor) -> None:
    made = invite(tx, customer, team, GUEST, "member")
    assert invite(tx, customer, team, GUEST, "member") == made
    changed = invite(tx, customer, team, GUEST, "admin")
    assert (changed.id, changed.token, changed.role) == (made.id, made.token, "admin")
    told = [(each.action, each.data["role"], each.previous) for each in tx.all(Event, kind="team-invitation")]
    assert told == [("create", "member", {}), ("update", "admin", {"role": "member"})]


@pytest.mark.parametrize("by", ["id", "email", "account"])
def test_taken_back_it_is_worth_nothing(tx: Transaction, customer: Actor, team: Team, guest: Actor, by: str) -> None:
    made = invite(tx, customer, team, GUEST, "member")
    names = {"id": made.id, "email": "Guest@example.com", "account": guest.account.id}
    assert revoke(tx, customer, team, names[by]) == made
    with pytest.raises(NotFound):
        accept(tx, guest, made.token)
    with pytest.raises(NotFound):
        revoke(tx, customer, team, names[by])


def test_members_strangers_and_odd_roles_are_not_invited(
    tx: Transaction, customer: Actor, team: Team, guest: Actor
) -> None:
    with pytest.raises(InvalidParams, match="a member of crew already"):
        invite(tx, customer, team, customer.account.email, "member")
    with pytest.raises(NotFound):
        invite(tx, customer, team, "nobody@example.com", "member")
    with pytest.raises(InvalidParams, match="role must be"):
        invite(tx, customer, team, GUEST, "collaborator")


def test_invitations_take_room(tx: Transaction, customer: Actor, team: Team, guest: Actor) -> None:
    for number in range(MOST_MEMBERS - 1):
        new_customer(tx, f"{number}@example.com")
        invite(tx, customer, team, f"{number}@example.com", "member")
    with pytest.raises(InvalidParams, match="25 members and invitations"):
        invite(tx, customer, team, GUEST, "member")
    with pytest.raises(InvalidParams, match="25 members and invitations"):
        team_members.invite(tx, customer, team, GUEST, "member")
    assert team_members.invite(tx, customer, team, "3@example.com", "member"), "who is invited has its place"


def test_who_is_added_is_not_invited_any_more(tx: Transaction, customer: Actor, team: Team, guest: Actor) -> None:
    invite(tx, customer, team, GUEST, "member")
    team_members.invite(tx, customer, team, GUEST, "admin")
    assert tx.count(TeamInvitation) == 0


def test_they_go_with_the_team(tx: Transaction, customer: Actor, team: Team, guest: Actor) -> None:
    invite(tx, customer, team, GUEST, "member")
    delete_team(tx, customer, team)
    assert tx.count(TeamInvitation) == tx.count(TeamMember) == 0
