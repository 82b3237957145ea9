"""Collaborators: who may use an app beside its owner (partner-api §5.5, §12)."""

from collections.abc import Sequence
from typing import Literal

from platform_sim.core.access import Actor, check_shares, customers_only
from platform_sim.core.actions.accounts import customer_named
from platform_sim.core.errors import InvalidParams, NotFound
from platform_sim.core.model.accounts import Account
from platform_sim.core.model.apps import App
from platform_sim.core.model.teams import Collaborator
from platform_sim.core.store import Snapshot, Transaction


def collaborators_of(rows: Snapshot, app: App) -> list[Collaborator]:
    """Everybody with access to the app itself, its owner first. Admins and members of a team are not listed here."""
    return [_owner(app), *rows.all(Collaborator, app_id=app.id)]


def _owner(app: App) -> Collaborator:
    """The owner in the form of a collaborator; there is no row of it, since `App.owner_id` says all."""
    return Collaborator(app.owner_id, app.id, app.owner_id, app.created_at, app.created_at)


def collaborator_named(rows: Snapshot, app: App, identity: str) -> Collaborator:
    """One of them by id, e-mail or the account's id; NotFound for all others."""
    for each in collaborators_of(rows, app):
        if identity.lower() in (each.id, each.account_id, rows.get(Account, each.account_id).email):
            return each
    raise NotFound("collaborator")


def add_collaborator(tx: Transaction, actor: Actor, app: App, user: str) -> Collaborator:
    """Give a customer access; InvalidParams if it has, NotFound if there is no such customer."""
    customers_only(actor, "share an app")
    check_shares(tx, actor, app)
    account = customer_named(tx, user)
    if account.id == app.owner_id or tx.find(Collaborator, app_id=app.id, account_id=account.id) is not None:
        raise InvalidParams(f"User is already a collaborator on {app.name}.")
    return join(tx, actor.account, app, account)


def remove_collaborator(tx: Transaction, actor: Actor, app: App, identity: str) -> Collaborator:
    """Take a customer's access away; everybody may leave. InvalidParams for the owner."""
    customers_only(actor, "change who may use an app")
    found = collaborator_named(tx, app, identity)
    if found.account_id == app.owner_id:
        raise InvalidParams(f"The owner of {app.name} cannot be removed: transfer the app to somebody else.")
    if found.account_id != actor.account.id:
        check_shares(tx, actor, app)
    leave(tx, actor.account, app, found)
    return found


def join(tx: Transaction, actor: Account, app: App, account: Account, permissions: Sequence[str] = ()) -> Collaborator:
    """Write that an account may use the app, and that somebody has said so."""
    now = tx.now()
    made = tx.insert(Collaborator(tx.uuid("collaborator", app.id), app.id, account.id, now, now, [*permissions]))
    _tell(tx, "create", made, account, actor)
    return made


def leave(tx: Transaction, actor: Account, app: App, collaborator: Collaborator) -> None:
    """Write that it may not any more."""
    _tell(tx, "destroy", collaborator, tx.get(Account, collaborator.account_id), actor)
    tx.delete(collaborator)


def _tell(
    tx: Transaction, action: Literal["create", "destroy"], collaborator: Collaborator, account: Account, actor: Account
) -> None:
    told = {"email": account.email}
    tx.record("collaborator", action, collaborator.id, actor, told, app_id=collaborator.app_id)
