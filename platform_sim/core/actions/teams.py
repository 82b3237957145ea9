"""Teams: people who own apps together. Admins manage, members use every app of the team (platform-api §2, P2).

A team's apps are owned by an account with the team's id, `<team>@herokumanager.com`.
"""

from platform_sim.core.access import Actor, customers_only, visible_apps
from platform_sim.core.actions.accounts import create_account
from platform_sim.core.errors import Forbidden, InvalidParams, NotFound
from platform_sim.core.model.accounts import TEAMS, Account
from platform_sim.core.model.apps import App
from platform_sim.core.model.pipelines import Pipeline
from platform_sim.core.model.teams import TEAM_NAME, Team, TeamInvitation, TeamMember, TeamRole
from platform_sim.core.roles import role_in_team, team_of
from platform_sim.core.store import Snapshot, Transaction


def teams_of(rows: Snapshot, actor: Actor) -> list[Team]:
    """Those that the actor is in, or of which it may see an app, by name."""
    found = {team.id: team for app in visible_apps(rows, actor) if (team := team_of(rows, app))}
    member = [each.team_id for each in rows.all(TeamMember, account_id=actor.account.id)]
    found |= {team.id: team for team in rows.all(Team, id=member)}
    return sorted(found.values(), key=lambda team: team.name)


def team_named(rows: Snapshot, actor: Actor, identity: str) -> Team:
    """One of them by name or id; NotFound for all others."""
    for team in teams_of(rows, actor):
        if identity in (team.id, team.name):
            return team
    raise NotFound("team")


def check_role(rows: Snapshot, actor: Actor, team: Team, *allowed: TeamRole) -> None:
    """Forbidden unless the actor is one of these in the team."""
    role = role_in_team(rows, actor.account, team)
    if role not in allowed:
        raise Forbidden(f"You cannot do this: in the team {team.name} it takes {' or '.join(allowed)}, you are {role}.")


def create_team(tx: Transaction, actor: Actor, name: str) -> Team:
    """A new team, whose admin is the actor; InvalidParams for a bad or taken name."""
    customers_only(actor, "create a team")
    _check_name(tx, name)
    now = tx.now()
    account = create_account(tx, _email(name), name)
    team = tx.insert(Team(account.id, name, now, now))
    tx.record("team", "create", team.id, actor.account, {"name": name})
    add_member(tx, actor.account, team, actor.account, "admin")
    return team


def _check_name(tx: Transaction, name: str) -> None:
    if TEAM_NAME.fullmatch(name) is None:
        raise InvalidParams(
            "Name must be 3 to 30 lowercase letters, digits and dashes, begin with a letter and end with no dash."
        )
    if tx.find(Team, name=name) is not None:
        raise InvalidParams("Name is already taken")


def _email(name: str) -> str:
    return f"{name}@{TEAMS}"


def rename_team(tx: Transaction, actor: Actor, team: Team, name: str) -> Team:
    """Another name, for admins; the e-mail of its apps' owner follows."""
    check_role(tx, actor, team, "admin")
    if name == team.name:
        return team
    _check_name(tx, name)
    tx.update(tx.get(Account, team.id), email=_email(name), name=name)
    before, team = team.name, tx.update(team, name=name)
    tx.record("team", "update", team.id, actor.account, {"name": name}, previous={"name": before})
    return team


def delete_team(tx: Transaction, actor: Actor, team: Team) -> None:
    """End a team that owns no app and no pipeline any more, for admins."""
    check_role(tx, actor, team, "admin")
    owned = [app.name for app in tx.all(App, owner_id=team.id, order_by="name")]
    owned += [f"the pipeline {each.name}" for each in tx.all(Pipeline, owner_id=team.id, order_by="name")]
    if owned:
        raise InvalidParams(f"{team.name} still owns {', '.join(owned)[:500]}: delete or transfer that first.")
    tx.record("team", "destroy", team.id, actor.account, {"name": team.name})
    tx.delete_where(TeamInvitation, team_id=team.id)
    tx.delete_where(TeamMember, team_id=team.id)
    tx.delete_where(Account, id=team.id)
    tx.delete(team)


def add_member(tx: Transaction, actor: Account, team: Team, account: Account, role: TeamRole) -> TeamMember:
    """Write that an account is in a team, and that somebody has said so."""
    now = tx.now()
    tx.delete_where(TeamInvitation, team_id=team.id, account_id=account.id)
    made = tx.insert(TeamMember(tx.uuid("team-member", team.id), team.id, account.id, role, now, now))
    told = {"team": team.name, "email": account.email, "role": role}
    tx.record("team-member", "create", made.id, actor, told)
    return made
