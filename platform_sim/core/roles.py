"""Which part an account has in an app or a team. Rows in, a word out; what a part may do, `access.py` says."""

from platform_sim.core.model.accounts import TEAMS, Account
from platform_sim.core.model.apps import App
from platform_sim.core.model.teams import BY_ROLE, PERMISSIONS, AppRole, Collaborator, Team, TeamMember, TeamRole
from platform_sim.core.store import Snapshot


def role_in_app(rows: Snapshot, account: Account, app: App) -> AppRole | None:
    """The strongest part: owner, then what the account is in the owning team, then collaborator."""
    if app.owner_id == account.id:
        return "owner"
    member = rows.find(TeamMember, team_id=app.owner_id, account_id=account.id)
    if member is not None:
        return member.role
    shared = rows.find(Collaborator, app_id=app.id, account_id=account.id)
    return "collaborator" if shared else None


def permissions_in_app(rows: Snapshot, account: Account, app: App) -> tuple[str, ...]:
    """What an account may do with an app: what its role brings, or what was given to it one by one.

    Of a locked app members of its team who have not joined it have `view` alone.
    """
    role = role_in_app(rows, account, app)
    if role is None or role in ("owner", "admin"):
        return BY_ROLE[role] if role else ()
    joined = rows.find(Collaborator, app_id=app.id, account_id=account.id)
    if joined is None:
        return ("view",) if app.locked else BY_ROLE[role]
    return permissions_given(role, joined)


def permissions_given(role: AppRole, joined: Collaborator) -> tuple[str, ...]:
    """What somebody with this part may do who has joined an app."""
    if role in ("owner", "admin") or not joined.permissions:
        return BY_ROLE[role]
    return tuple(name for name in PERMISSIONS if name in joined.permissions)


def apps_of(rows: Snapshot, account: Account) -> list[App]:
    """Every app in which the account has a part, by name."""
    teams = [each.team_id for each in rows.all(TeamMember, account_id=account.id)]
    found = {each.id: each for each in rows.all(App, owner_id=[account.id, *teams])}
    return _by_name(found | _shared(rows, account))


def app_ids_of(rows: Snapshot, account: Account) -> set[str]:
    """The ids of the same apps, for questions about what they have."""
    teams = [team for (team,) in rows.values(TeamMember, "team_id", account_id=account.id)]
    owned = rows.values(App, "id", owner_id=[account.id, *teams])
    return {app for (app,) in [*owned, *rows.values(Collaborator, "app_id", account_id=account.id)]}


def joined_apps(rows: Snapshot, account: Account) -> list[App]:
    """What it owns or collaborates on: without those that it sees as a member of a team only."""
    owned = {each.id: each for each in rows.all(App, owner_id=account.id)}
    return _by_name(owned | _shared(rows, account))


def _shared(rows: Snapshot, account: Account) -> dict[str, App]:
    ids = [each.app_id for each in rows.all(Collaborator, account_id=account.id)]
    return {each.id: each for each in rows.all(App, id=ids)} if ids else {}


def _by_name(apps: dict[str, App]) -> list[App]:
    return sorted(apps.values(), key=lambda app: app.name)


def team_of(rows: Snapshot, app: App) -> Team | None:
    """The team that owns an app; None for a personal one."""
    return rows.find(Team, id=app.owner_id)


def team_name(owner: Account) -> str | None:
    """The name of the team whose account this is; None for a person's."""
    name, _, domain = owner.email.rpartition("@")
    return name if domain == TEAMS else None


def members_of(rows: Snapshot, team: Team) -> list[TeamMember]:
    """The members, then who may use some app of the team without being one, as `collaborator`."""
    members = rows.all(TeamMember, team_id=team.id)
    known = {each.account_id for each in members}
    apps = [app.id for app in rows.all(App, owner_id=team.id)]
    for each in rows.all(Collaborator, app_id=apps):
        if each.account_id not in known:
            known.add(each.account_id)
            members.append(
                TeamMember(each.id, team.id, each.account_id, "collaborator", each.created_at, each.updated_at)
            )
    return members


def role_in_team(rows: Snapshot, account: Account, team: Team) -> TeamRole | None:
    """What an account is in a team, None if nothing."""
    for each in members_of(rows, team):
        if each.account_id == account.id:
            return each.role
    return None
