"""Who shares an app: collaborators, teams and their members, transfers from one owner to another."""

import re
from dataclasses import dataclass, field
from datetime import datetime
from typing import Annotated, Literal

from platform_sim.core.model.secrecy import HEX

AppRole = Literal["owner", "admin", "member", "collaborator"]
"""`owner` of a personal app; `admin` and `member` of the team that owns it; `collaborator` on this app alone."""

TeamRole = Literal["admin", "member", "collaborator"]
"""`collaborator`: in no team, but with access to some of its apps; shown, never given to a member."""

GIVEN_ROLES: tuple[TeamRole, ...] = ("admin", "member")
MOST_MEMBERS = 25
"""Of a team that is no enterprise's (Dev Center, Heroku Teams)."""

TransferState = Literal["pending", "accepted", "declined"]

TEAM_NAME = re.compile(r"[a-z][a-z0-9-]{1,28}[a-z0-9]")

PERMISSIONS = {
    "view": "See the app, its dynos and who may use it",
    "deploy": "Deploy code, change config vars and free add-ons",
    "operate": "Scale and restart, change paid add-ons, read logs",
    "manage": "Rename, transfer or delete the app, and say who may use it",
}
"""Of an app that a team owns, with what each allows. A role brings them, unless they are given one by one."""

BY_ROLE: dict[AppRole, tuple[str, ...]] = {
    "owner": tuple(PERMISSIONS),
    "admin": tuple(PERMISSIONS),
    "member": ("view", "deploy", "operate"),
    "collaborator": ("view", "deploy", "operate"),
}


@dataclass(frozen=True)
class Collaborator:
    """An account's access to an app that it does not own."""

    id: str
    app_id: str
    account_id: str
    created_at: datetime
    updated_at: datetime
    permissions: list[str] = field(default_factory=list)
    """Of an app that a team owns, what was given one by one; empty: what the role brings."""


@dataclass(frozen=True)
class Team:
    """People who own apps together. An account with the same id, `<name>@herokumanager.com`, is the apps' owner."""

    id: str
    name: str
    created_at: datetime
    updated_at: datetime


@dataclass(frozen=True)
class TeamMember:
    """An account in a team."""

    id: str
    team_id: str
    account_id: str
    role: TeamRole
    created_at: datetime
    updated_at: datetime


@dataclass(frozen=True)
class TeamInvitation:
    """An admin wants somebody in a team; it becomes a member when it accepts. Then, or when revoked, the row goes."""

    id: str
    team_id: str
    account_id: str
    role: TeamRole
    invited_by_id: str
    token: Annotated[str, HEX] = field(repr=False)
    created_at: datetime
    updated_at: datetime


@dataclass(frozen=True)
class AppTransfer:
    """An offer of an app to another customer, who accepts or declines it."""

    id: str
    app_id: str
    owner_id: str
    recipient_id: str
    state: TransferState
    created_at: datetime
    updated_at: datetime
