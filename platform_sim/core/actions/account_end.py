"""A customer deletes its account. What it owns has to go to somebody else, or away, before."""

from platform_sim.core.access import Actor, customers_only
from platform_sim.core.actions import browser_logins, clients, keys, logins, team_members, transfers
from platform_sim.core.actions.accounts import revoke
from platform_sim.core.actions.collaborators import leave
from platform_sim.core.errors import InvalidParams, Unauthorized
from platform_sim.core.model.accounts import DELETED, Account, Authorization, BrowserSession, OauthClient
from platform_sim.core.model.addons import AddonService
from platform_sim.core.model.apps import App, FeatureSwitch
from platform_sim.core.model.logins import BrowserLogin, Credentials
from platform_sim.core.model.notices import Favorite, Notification
from platform_sim.core.model.pipelines import Pipeline
from platform_sim.core.model.teams import Collaborator, Team, TeamInvitation, TeamMember
from platform_sim.core.store import Snapshot, Transaction

OWN = (BrowserSession, Favorite, Notification, TeamInvitation)
"""Rows that are about nobody else, and of which nobody else has to be told."""


def delete_account(tx: Transaction, actor: Actor, password: str | None) -> None:
    """End an account. Unauthorized without its password, InvalidParams while it owns something that would be nobody's.

    The row stays without its e-mail, which is free again: releases and builds of other people's apps name it.
    """
    customers_only(actor, "delete an account")
    account = actor.account
    if password is None or not logins.is_proven(tx, account, password):
        raise Unauthorized(
            "Deleting an account takes its password, in the header Heroku-Password (or Heroku-Password-Base64)."
        )
    owned = _owned(tx, account)
    if owned:
        raise InvalidParams(
            f"You cannot delete your account while you own {', '.join(owned)[:500]}: "
            "delete or transfer them first, and try again."
        )
    _leave_everything(tx, actor)
    tx.record("account", "destroy", account.id, account, {"email": account.email})
    for client in tx.all(OauthClient, account_id=account.id):
        clients.delete_client(tx, actor, client)
    for key in keys.keys_of(tx, actor):
        keys.remove_key(tx, actor, key)
    for authorization in tx.all(Authorization, account_id=account.id, revoked_at=None):
        revoke(tx, authorization)
    for noun in OWN:
        tx.delete_where(noun, account_id=account.id)
    tx.delete_where(FeatureSwitch, owner_id=account.id)
    tx.delete_where(Credentials, id=account.id)
    tx.update(account, email=f"{account.id}@{DELETED}", name=None, two_factor=False)


def _owned(rows: Snapshot, account: Account) -> list[str]:
    """What would be without an owner, in words."""
    apps = rows.all(App, owner_id=account.id, order_by="name")
    pipelines = rows.all(Pipeline, owner_id=account.id, order_by="name")
    services = rows.all(AddonService, owner_id=account.id, order_by="name")
    return [
        *(f"the app {each.name}" for each in apps),
        *(f"the pipeline {each.name}" for each in pipelines),
        *(f"the add-on service {each.name}" for each in services),
    ]


def _leave_everything(tx: Transaction, actor: Actor) -> None:
    """InvalidParams for the last admin of a team."""
    account = actor.account
    for member in tx.all(TeamMember, account_id=account.id):
        team_members.remove(tx, actor, tx.get(Team, member.team_id), member.id)
    for each in tx.all(Collaborator, account_id=account.id):
        leave(tx, account, tx.get(App, each.app_id), each)
    for transfer in transfers.transfers_of(tx, account):
        if transfer.state == "pending":
            transfers.withdraw(tx, actor, transfer)
    for login in tx.all(BrowserLogin, account_id=account.id, state="accepted"):
        browser_logins.decline_login(tx, login)
