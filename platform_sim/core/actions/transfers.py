"""An app gets another owner. It keeps everything: add-ons belong to the app, not to a person (partner-api §5.5)."""

from typing import Literal

from platform_sim.core.access import Actor, app_named, check_manages, customers_only
from platform_sim.core.actions.accounts import customer_named
from platform_sim.core.actions.collaborators import join, leave
from platform_sim.core.errors import Forbidden, InvalidParams, NotFound
from platform_sim.core.model.accounts import Account
from platform_sim.core.model.apps import App
from platform_sim.core.model.teams import AppTransfer, Collaborator
from platform_sim.core.model.values import is_uuid
from platform_sim.core.store import Snapshot, Transaction


def transfers_of(rows: Snapshot, account: Account) -> list[AppTransfer]:
    """Those that an account has offered or been offered, oldest first."""
    found = {each.id: each for each in rows.all(AppTransfer, owner_id=account.id)}
    found |= {each.id: each for each in rows.all(AppTransfer, recipient_id=account.id)}
    return sorted(found.values(), key=lambda each: (each.created_at, each.id))


def transfer_named(rows: Snapshot, account: Account, identity: str) -> AppTransfer:
    """One of the account's by id or by the app's name, the newest of that; NotFound for all others."""
    app = None if is_uuid(identity) else rows.find(App, name=identity)
    for each in reversed(transfers_of(rows, account)):
        if each.id == identity or (app is not None and each.app_id == app.id):
            return each
    raise NotFound("app_transfer", "Couldn't find that app transfer.")


def offer(tx: Transaction, actor: Actor, app_identity: str, recipient: str) -> AppTransfer:
    """Ask another customer to take an app; nothing changes before that has accepted."""
    customers_only(actor, "transfer an app")
    app = app_named(tx, actor, app_identity)
    check_manages(tx, actor, app, "transfer this app")
    account = customer_named(tx, recipient)
    if account.id == app.owner_id:
        raise InvalidParams(f"{account.email} owns {app.name} already.")
    if tx.find(AppTransfer, app_id=app.id, state="pending") is not None:
        raise InvalidParams(f"{app.name} is being transferred already: delete that transfer first.")
    now = tx.now()
    transfer_id = tx.uuid("app-transfer", app.id)
    made = tx.insert(AppTransfer(transfer_id, app.id, actor.account.id, account.id, "pending", now, now))
    _tell(tx, "create", made, actor.account)
    return made


def answer(tx: Transaction, actor: Actor, transfer: AppTransfer, state: str) -> AppTransfer:
    """The recipient accepts, and the app is its own; or declines, and nothing changes."""
    if state not in ("accepted", "declined"):
        raise InvalidParams(f"state must be accepted or declined, not {state[:64]!r}.")
    if actor.account.id != transfer.recipient_id:
        raise Forbidden("Only the recipient of a transfer can accept or decline it. Its owner can delete it.")
    if transfer.state != "pending":
        raise InvalidParams(f"This transfer has been {transfer.state} already.")
    transfer = tx.update(transfer, state=state)
    _tell(tx, "update", transfer, actor.account)
    if state == "accepted":
        hand_over(tx, actor.account, tx.get(App, transfer.app_id), actor.account)
    return transfer


def withdraw(tx: Transaction, actor: Actor, transfer: AppTransfer) -> None:
    """Who has offered the app, or was offered it, ends the transfer; one that was accepted stays so."""
    _tell(tx, "destroy", transfer, actor.account)
    tx.delete(transfer)


def _tell(tx: Transaction, action: Literal["create", "update", "destroy"], transfer: AppTransfer, by: Account) -> None:
    told = {"recipient": tx.get(Account, transfer.recipient_id).email, "state": transfer.state}
    tx.record("app-transfer", action, transfer.id, by, told, app_id=transfer.app_id)


def hand_over(tx: Transaction, actor: Account, app: App, owner: Account) -> App:
    """Write the new owner, for who has checked that it may be so. Offers of the former one are worth nothing."""
    before = tx.get(Account, app.owner_id)
    tx.delete_where(Collaborator, app_id=app.id, account_id=owner.id)
    if owner.is_customer and not before.is_customer:
        # The CLI says so before it asks: "All collaborators will be removed from this app".
        for each in tx.all(Collaborator, app_id=app.id):
            leave(tx, actor, app, each)
    app = tx.update(app, owner_id=owner.id, locked=False)
    told, previous = {"name": app.name, "owner": owner.email}, {"owner_id": before.id, "owner": before.email}
    tx.record("app", "update", app.id, actor, told, app_id=app.id, previous=previous)
    tx.delete_where(AppTransfer, app_id=app.id, state="pending")
    if before.is_customer and tx.rules.former_owner_stays:
        join(tx, actor, app, before)
    return app
