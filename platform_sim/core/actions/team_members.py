"""Who is in a team, and as what. Only admins change it; everybody may leave."""

from platform_sim.core.access import Actor
from platform_sim.core.actions.accounts import customer_named
from platform_sim.core.actions.collaborators import leave
from platform_sim.core.actions.teams import add_member, check_role
from platform_sim.core.errors import InvalidParams, NotFound
from platform_sim.core.model.accounts import Account
from platform_sim.core.model.apps import App
from platform_sim.core.model.teams import (
    GIVEN_ROLES,
    MOST_MEMBERS,
    Collaborator,
    Team,
    TeamInvitation,
    TeamMember,
    TeamRole,
)
from platform_sim.core.store import Snapshot, Transaction


def invite(tx: Transaction, actor: Actor, team: Team, email: str, role: str) -> TeamMember:
    """Make a customer a member; InvalidParams if it is one, if the role cannot be given, or if the team is full."""
    check_role(tx, actor, team, "admin")
    given, account = given_role(role), customer_named(tx, email)
    refuse_member(tx, team, account)
    check_room(tx, team, besides=account)
    return add_member(tx, actor.account, team, account, given)


def change_role(tx: Transaction, actor: Actor, team: Team, email: str, role: str) -> TeamMember:
    """Another role for a member; NotFound for who is none, InvalidParams for the last admin."""
    check_role(tx, actor, team, "admin")
    given, member = given_role(role), _member(tx, team, customer_named(tx, email))
    if member is None:
        raise _not_in(team)
    if member.role == given:
        return member
    _check_not_last(tx, team, member)
    before, member = member.role, tx.update(member, role=given)
    told = {"team": team.name, "email": email, "role": given}
    tx.record("team-member", "update", member.id, actor.account, told, previous={"role": before})
    return member


def invite_or_change(tx: Transaction, actor: Actor, team: Team, email: str, role: str) -> TeamMember:
    """Whatever of the two is needed, so that the customer is in the team with this role."""
    known = _member(tx, team, customer_named(tx, email))
    return (change_role if known else invite)(tx, actor, team, email, role)


def remove(tx: Transaction, actor: Actor, team: Team, identity: str) -> TeamMember:
    """A member, by id or e-mail, is in the team no more, and on none of its apps; InvalidParams for the last admin."""
    member = member_named(tx, team, identity)
    if member.account_id != actor.account.id:
        check_role(tx, actor, team, "admin")
    _check_not_last(tx, team, member)
    account = tx.get(Account, member.account_id)
    for app in tx.all(App, owner_id=team.id):
        for each in tx.all(Collaborator, app_id=app.id, account_id=account.id):
            leave(tx, actor.account, app, each)
    told = {"team": team.name, "email": account.email, "role": member.role}
    tx.record("team-member", "destroy", member.id, actor.account, told)
    tx.delete(member)
    return member


def refuse_member(tx: Transaction, team: Team, account: Account) -> None:
    """InvalidParams for who is in the team."""
    if _member(tx, team, account) is not None:
        raise InvalidParams(f"{account.email} is a member of {team.name} already.")


def check_room(tx: Transaction, team: Team, besides: Account | None = None) -> None:
    """InvalidParams if the team is full: of members, and of others than `besides` who are invited."""
    invited = [each for each in tx.all(TeamInvitation, team_id=team.id) if not besides or each.account_id != besides.id]
    if tx.count(TeamMember, team_id=team.id) + len(invited) >= MOST_MEMBERS:
        raise InvalidParams(f"{team.name} has {MOST_MEMBERS} members and invitations, which is the most.")


def given_role(role: str) -> TeamRole:
    """A role that a member can have; InvalidParams for all others."""
    for known in GIVEN_ROLES:
        if role == known:
            return known
    raise InvalidParams(f"role must be {' or '.join(GIVEN_ROLES)}, not {role[:64]!r}.")


def member_named(rows: Snapshot, team: Team, identity: str) -> TeamMember:
    """One by id, e-mail or the account's id; NotFound for who is no member."""
    member = rows.find(TeamMember, team_id=team.id, id=identity)
    if member is None:
        member = _member(rows, team, customer_named(rows, identity))
    if member is None:
        raise _not_in(team)
    return member


def _member(rows: Snapshot, team: Team, account: Account) -> TeamMember | None:
    return rows.find(TeamMember, team_id=team.id, account_id=account.id)


def _not_in(team: Team) -> NotFound:
    return NotFound("team_member", f"Couldn't find that member of the team {team.name}.")


def _check_not_last(tx: Transaction, team: Team, member: TeamMember) -> None:
    if member.role == "admin" and tx.count(TeamMember, team_id=team.id, role="admin") == 1:
        raise InvalidParams(f"{team.name} has one admin only: make somebody else one first.")
