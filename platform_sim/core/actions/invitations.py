"""Invitations to a team: an admin invites, the invited accepts and is a member (platform-api §2, P2).

Heroku sends the link by mail. No mail is sent here: the token is in the notification of who is invited.
"""

from typing import Literal

from platform_sim.core.access import Actor, customers_only
from platform_sim.core.actions.accounts import customer_named
from platform_sim.core.actions.team_members import check_room, given_role, refuse_member
from platform_sim.core.actions.teams import add_member, check_role
from platform_sim.core.errors import Forbidden, NotFound
from platform_sim.core.model.accounts import Account
from platform_sim.core.model.teams import Team, TeamInvitation, TeamMember
from platform_sim.core.store import Snapshot, Transaction


def invitations_of(rows: Snapshot, actor: Actor, team: Team) -> list[TeamInvitation]:
    """Those that nobody has accepted yet, for the team's members."""
    check_role(rows, actor, team, "admin", "member")
    return rows.all(TeamInvitation, team_id=team.id)


def invite(tx: Transaction, actor: Actor, team: Team, email: str, role: str) -> TeamInvitation:
    """Ask a customer into a team; whom it was asked before, with this role from now on."""
    customers_only(actor, "invite somebody")
    check_role(tx, actor, team, "admin")
    given, account = given_role(role), customer_named(tx, email)
    refuse_member(tx, team, account)
    found = tx.find(TeamInvitation, team_id=team.id, account_id=account.id)
    if found is not None:
        if found.role == given:
            return found
        before, found = found.role, tx.update(found, role=given)
        _tell(tx, "update", found, team, actor.account, previous={"role": before})
        return found
    check_room(tx, team)
    now, row_id = tx.now(), tx.uuid("team-invitation", team.id)
    token = tx.secret("team-invitation", team.id)
    made = tx.insert(TeamInvitation(row_id, team.id, account.id, given, actor.account.id, token, now, now))
    _tell(tx, "create", made, team, actor.account)
    return made


def revoke(tx: Transaction, actor: Actor, team: Team, identity: str) -> TeamInvitation:
    """Take an invitation back, named by its id or by the e-mail of who is invited, as the CLI does."""
    check_role(tx, actor, team, "admin")
    for each in tx.all(TeamInvitation, team_id=team.id):
        if identity.lower() in (each.id, each.account_id, tx.get(Account, each.account_id).email):
            _tell(tx, "destroy", each, team, actor.account)
            tx.delete(each)
            return each
    raise _not_found()


def invitation_named(rows: Snapshot, actor: Actor, token: str) -> TeamInvitation:
    """By its token, for whoever has that."""
    customers_only(actor, "see an invitation")
    found = rows.find(TeamInvitation, token=token)
    if found is None:
        raise _not_found()
    return found


def accept(tx: Transaction, actor: Actor, token: str) -> TeamMember:
    """Who is invited becomes a member; Forbidden for everybody else."""
    found = invitation_named(tx, actor, token)
    if found.account_id != actor.account.id:
        raise Forbidden(
            f"This invitation is for {tx.get(Account, found.account_id).email}, and nobody else accepts it."
        )
    team = tx.get(Team, found.team_id)
    # The row goes with it: who becomes a member by any other way is not invited any more either.
    return add_member(tx, actor.account, team, actor.account, found.role)


def _tell(
    tx: Transaction,
    action: Literal["create", "update", "destroy"],
    invitation: TeamInvitation,
    team: Team,
    by: Account,
    previous: dict[str, object] | None = None,
) -> None:
    told = {"team": team.name, "email": tx.get(Account, invitation.account_id).email, "role": invitation.role}
    tx.record("team-invitation", action, invitation.id, by, told, previous=previous)


def _not_found() -> NotFound:
    return NotFound("team_invitation", "Couldn't find that team invitation.")
