"""Who shares an app, in public: collaborators, transfers, teams, their members and apps."""

from collections.abc import Iterable

from platform_sim.core.model.accounts import Account
from platform_sim.core.model.addresses import Addresses
from platform_sim.core.model.apps import App
from platform_sim.core.model.teams import (
    MOST_MEMBERS,
    PERMISSIONS,
    AppTransfer,
    Collaborator,
    Team,
    TeamInvitation,
    TeamMember,
    TeamRole,
)
from platform_sim.core.model.values import iso
from platform_sim.core.public import apps
from platform_sim.core.roles import permissions_given, permissions_in_app, role_in_app, team_of
from platform_sim.core.store import Snapshot

Json = dict[str, object]

NOT_OF_TEAM_APPS = frozenset({"acm", "generation", "organization"})
"""What `App` shows and `Team App` does not."""


def collaborator(rows: Snapshot, row: Collaborator, app: App) -> Json:
    """`Collaborator`; permissions are those of an app that a team owns."""
    account = rows.get(Account, row.account_id)
    role = role_in_app(rows, account, app) or "collaborator"
    names = permissions_given(role, row) if team_of(rows, app) else ()
    return {
        "app": {"id": app.id, "name": app.name},
        "created_at": iso(row.created_at),
        "id": row.id,
        "permissions": [permission(name) for name in names],
        "role": role,
        "updated_at": iso(row.updated_at),
        "user": {"email": account.email, "federated": False, "id": account.id},
    }


def permission(name: str) -> Json:
    """`Team App Permission`."""
    return {"description": PERMISSIONS[name], "name": name}


def transfer(rows: Snapshot, row: AppTransfer) -> Json:
    """`App Transfer`."""
    app, owner, recipient = (
        rows.get(App, row.app_id),
        rows.get(Account, row.owner_id),
        rows.get(Account, row.recipient_id),
    )
    return {
        "app": {"id": app.id, "name": app.name},
        "created_at": iso(row.created_at),
        "id": row.id,
        "owner": {"email": owner.email, "id": owner.id},
        "recipient": {"email": recipient.email, "id": recipient.id},
        "state": row.state,
        "updated_at": iso(row.updated_at),
    }


def team(row: Team, role: TeamRole | None) -> Json:
    """`Team`, for somebody with this role in it."""
    return {
        "created_at": iso(row.created_at),
        "credit_card_collections": False,
        "default": False,
        "enterprise_account": None,
        "id": row.id,
        "identity_provider": None,
        "membership_limit": MOST_MEMBERS,
        "name": row.name,
        "provisioned_licenses": False,
        "role": role,
        "type": "team",
        "updated_at": iso(row.updated_at),
    }


def member(rows: Snapshot, row: TeamMember) -> Json:
    """`Team Member`."""
    account = rows.get(Account, row.account_id)
    return {
        "created_at": iso(row.created_at),
        "email": account.email,
        "federated": False,
        "id": row.id,
        "identity_provider": None,
        "role": row.role,
        "two_factor_authentication": False,
        "updated_at": iso(row.updated_at),
        "user": {"email": account.email, "id": account.id, "name": account.name},
    }


def invitation(rows: Snapshot, row: TeamInvitation) -> Json:
    """`Team Invitation`: without its token, which is for who is invited alone."""
    team_row = rows.get(Team, row.team_id)
    return {
        "created_at": iso(row.created_at),
        "id": row.id,
        "invited_by": _person(rows.get(Account, row.invited_by_id)),
        "role": row.role,
        "team": {"id": team_row.id, "name": team_row.name},
        "updated_at": iso(row.updated_at),
        "user": _person(rows.get(Account, row.account_id)),
    }


def _person(account: Account) -> Json:
    return {"email": account.email, "id": account.id, "name": account.name}


def permission_entity(rows: Snapshot, app: App, users: Iterable[Account]) -> Json:
    """`Permission Entity`: who may do what with an app of a team."""
    return {
        "id": app.id,
        "name": app.name,
        "team_id": app.owner_id,
        "type": "app",
        "users": [
            {"email": each.email, "id": each.id, "permissions": list(permissions_in_app(rows, each, app))}
            for each in users
        ],
    }


def team_app(rows: Snapshot, row: App, at: Addresses, *, joined: bool) -> Json:
    """`Team App`, also of an app that no team owns; `joined`: whether the asking person is on it."""
    shown = {name: value for name, value in apps.app(rows, row, at).items() if name not in NOT_OF_TEAM_APPS}
    return shown | {"joined": joined, "locked": row.locked}
