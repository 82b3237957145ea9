"""Who may do what with an app that a team owns: joining it, locking it, permissions one by one (heroku-cli §15)."""

from collections.abc import Sequence

from platform_sim.core.access import Actor, check_manages, customers_only
from platform_sim.core.actions.accounts import customer_named
from platform_sim.core.actions.collaborators import collaborator_named, join
from platform_sim.core.errors import InvalidParams
from platform_sim.core.model.apps import App
from platform_sim.core.model.teams import PERMISSIONS, Collaborator
from platform_sim.core.roles import role_in_app, team_of
from platform_sim.core.store import Transaction


def add_to_team_app(tx: Transaction, actor: Actor, app: App, user: str, permissions: Sequence[str]) -> Collaborator:
    """Who manages the app lets somebody use it; a member of the team joins it by itself, unless it is locked."""
    customers_only(actor, "share an app")
    _check_of_team(tx, app)
    given, account = _checked(permissions), customer_named(tx, user)
    joins = account.id == actor.account.id and role_in_app(tx, account, app) in ("admin", "member")
    if not joins:
        check_manages(tx, actor, app, "change who may use this app")
    elif app.locked or given:
        check_manages(tx, actor, app, "join this app while it is locked" if app.locked else "give yourself permissions")
    if tx.find(Collaborator, app_id=app.id, account_id=account.id) is not None:
        raise InvalidParams(f"User is already a collaborator on {app.name}.")
    return join(tx, actor.account, app, account, given)


def give_permissions(
    tx: Transaction, actor: Actor, app: App, identity: str, permissions: Sequence[str]
) -> Collaborator:
    """Exactly these, and `view`, for somebody who is on the app; InvalidParams for its owner and the team's admins."""
    customers_only(actor, "change who may use an app")
    _check_of_team(tx, app)
    check_manages(tx, actor, app, "change who may use this app")
    found, given = collaborator_named(tx, app, identity), _checked(permissions)
    account = customer_named(tx, found.account_id) if found.account_id != app.owner_id else None
    if account is None or role_in_app(tx, account, app) == "admin":
        raise InvalidParams(f"The owner of {app.name} and admins of the team have every permission.")
    if not given:
        raise InvalidParams(f"permissions is empty: name at least one of {', '.join(PERMISSIONS)}.")
    if given == found.permissions:
        return found
    before = {"permissions": found.permissions}
    changed = tx.update(found, permissions=given)
    told = {"email": account.email, "permissions": given}
    tx.record("collaborator", "update", changed.id, actor.account, told, app_id=app.id, previous=before)
    return changed


def set_lock(tx: Transaction, actor: Actor, app: App, locked: bool) -> App:
    """Lock an app of a team, or unlock it: members who have not joined a locked one can only look at it."""
    customers_only(actor, "lock an app")
    _check_of_team(tx, app)
    check_manages(tx, actor, app, "lock or unlock this app")
    if app.locked == locked:
        return app
    app = tx.update(app, locked=locked)
    told, before = {"name": app.name, "locked": locked}, {"locked": not locked}
    tx.record("app", "update", app.id, actor.account, told, app_id=app.id, previous=before)
    return app


def _check_of_team(tx: Transaction, app: App) -> None:
    if team_of(tx, app) is None:
        raise InvalidParams(f"{app.name} is a personal app: this is for apps that a team owns.")


def _checked(permissions: Sequence[str]) -> list[str]:
    """In the order of `PERMISSIONS`, with `view`, which everybody has; none stay none."""
    unknown = sorted(set(permissions) - set(PERMISSIONS))
    if unknown:
        raise InvalidParams(f"permissions: {unknown[0][:64]!r} is none of {', '.join(PERMISSIONS)}.")
    return [name for name in PERMISSIONS if name in {"view", *permissions}] if permissions else []
