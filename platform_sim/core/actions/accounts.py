"""Accounts and their tokens."""

import hmac
from datetime import timedelta
from typing import Any

from platform_sim.core.access import Actor
from platform_sim.core.errors import InvalidParams, NotFound, Unauthorized
from platform_sim.core.model.accounts import EMAIL, NOBODYS, PARTNERS, AccessToken, Account, Authorization
from platform_sim.core.model.addons import Addon, AddonService
from platform_sim.core.model.logins import OauthSession, PreAuthorization
from platform_sim.core.model.scopes import GLOBAL
from platform_sim.core.model.values import is_uuid
from platform_sim.core.store import Snapshot, Transaction

LONGEST_NAME = 256


def create_customer(tx: Transaction, email: str, name: str | None = None) -> Account:
    """A person's account; InvalidParams if the e-mail cannot be one, is kept for partners and teams, or is taken."""
    email = email.lower()
    if EMAIL.fullmatch(email) is None:
        raise InvalidParams(f"{email[:64]!r} is no e-mail address that can be used here: write it as name@example.com.")
    if email.rpartition("@")[2] in NOBODYS:
        raise InvalidParams(f"Addresses such as {email} stand for partners and teams, or nobody: choose another one.")
    return create_account(tx, email, _checked_name(name))


def _checked_name(name: str | None) -> str | None:
    if name is not None and len(name) > LONGEST_NAME:
        raise InvalidParams(f"name is too long (maximum is {LONGEST_NAME} characters)")
    return name


def customer_named(rows: Snapshot, identity: str) -> Account:
    """A person's account by e-mail or id; NotFound for all others."""
    found = rows.find(Account, id=identity) if is_uuid(identity) else rows.find(Account, email=identity.lower())
    if found is None or not found.is_customer:
        raise NotFound(
            "user", f"Couldn't find the user {identity[:254]}. An operator makes one: platform-sim users create."
        )
    return found


def update_account(tx: Transaction, account: Account, **changes: Any) -> Account:
    """Change what its owner may: `name`, `allow_tracking`, `beta`."""
    _checked_name(changes.get("name"))
    changes = {field: value for field, value in changes.items() if getattr(account, field) != value}
    if not changes:
        return account
    before = {field: getattr(account, field) for field in changes}
    account = tx.update(account, **changes)
    tx.record("account", "update", account.id, account, changes, previous=before)
    return account


def set_standing(
    tx: Transaction,
    operator: Account,
    account: Account,
    *,
    suspended: bool | None = None,
    delinquent: bool | None = None,
) -> Account:
    """An operator suspends an account, or says that it has not paid, or lifts that; None leaves it as it is."""
    wanted = {"suspended_at": suspended, "delinquent_at": delinquent}
    changes = {
        field: tx.now() if wish else None
        for field, wish in wanted.items()
        if wish is not None and wish != (getattr(account, field) is not None)
    }
    if changes:
        account = tx.update(account, **changes)
        told = {field: value is not None for field, value in changes.items()}
        tx.record("account", "update", account.id, operator, told)
    return account


def create_account(tx: Transaction, email: str, name: str | None = None) -> Account:
    """A new account of whatever kind; InvalidParams if the e-mail is taken."""
    if tx.find(Account, email=email) is not None:
        raise InvalidParams(f"There is an account for {email[:254]} already: use it, or choose another e-mail.")
    now = tx.now()
    account = tx.insert(Account(tx.uuid("account", email), email, name, now, now))
    tx.record("account", "create", account.id, account, {"email": email})
    return account


def partner_account(tx: Transaction, service_name: str) -> Account:
    """The account `<service>@addons.heroku.com` that stands for a partner in releases (partner-api §2.9)."""
    email = f"{service_name}@{PARTNERS}"
    return tx.find(Account, email=email) or create_account(tx, email, service_name)


def issue_token(tx: Transaction, account: Account, description: str, token: str | None = None) -> AccessToken:
    """A token that never expires and may do everything the account may (`HRKU-` + uuid, platform-api §4.1)."""
    return add_token(tx, authorize(tx, account, description, [GLOBAL]), token=token)


def lasting_token(rows: Snapshot, account: Account) -> AccessToken | None:
    """The oldest of the account's tokens that is as `issue_token` makes it: no login's, for everything, for ever."""
    for authorization in rows.all(Authorization, account_id=account.id, revoked_at=None, client_id=None):
        token = rows.find(AccessToken, authorization_id=authorization.id, expires_at=None)
        if token is None or authorization.scope != [GLOBAL]:
            continue
        if rows.find(OauthSession, authorization_id=authorization.id) is None:
            return token
    return None


def authorize(
    tx: Transaction, account: Account, description: str, scope: list[str], client_id: str | None = None
) -> Authorization:
    """A customer's authorization, without a token yet."""
    now = tx.now()
    return tx.insert(
        Authorization(
            id=tx.uuid("authorization", account.id),
            account_id=account.id,
            addon_id=None,
            description=description,
            scope=scope,
            grant_code=None,
            grant_expires_at=None,
            grant_used_at=None,
            refresh_token=None,
            revoked_at=None,
            created_at=now,
            updated_at=now,
            client_id=client_id,
        )
    )


def add_token(
    tx: Transaction, authorization: Authorization, *, life: float | None = None, token: str | None = None
) -> AccessToken:
    """An access token of an authorization that works for `life` seconds; None: for ever."""
    of = authorization.account_id or authorization.id
    value = token or "HRKU-" + tx.uuid("token", of)
    now = tx.now()
    end = None if life is None else now + timedelta(seconds=life)
    return tx.insert(AccessToken(tx.uuid("access-token", of), authorization.id, value, end, now))


def revoke(tx: Transaction, authorization: Authorization) -> Authorization:
    """End an authorization: its grant, access and refresh tokens are worth nothing any more, its session is over."""
    for noun in (AccessToken, OauthSession, PreAuthorization):
        tx.delete_where(noun, authorization_id=authorization.id)
    return tx.update(authorization, revoked_at=tx.now(), grant_code=None, refresh_token=None)


def actor_for_token(rows: Snapshot, token: str) -> Actor:
    """Who a bearer token stands for; Unauthorized if it is unknown, expired or revoked."""
    found = rows.find(AccessToken, token=token)
    if found is None or (found.expires_at is not None and found.expires_at <= rows.now()):
        raise Unauthorized("Invalid credentials provided.")
    authorization = rows.get(Authorization, found.authorization_id)
    if authorization.revoked_at is not None:
        raise Unauthorized("Invalid credentials provided.")
    if authorization.addon_id is not None:
        addon = rows.get(Addon, authorization.addon_id)
        service = rows.get(AddonService, addon.service_id)
        account = rows.find(Account, email=f"{service.name}@{PARTNERS}")
        assert account is not None, "a partner account is made with its service"
        return Actor(account, authorization.id, addon.id, abilities=tuple(service.abilities))
    assert authorization.account_id is not None, "an authorization belongs to an account or an add-on"
    return Actor(rows.get(Account, authorization.account_id), authorization.id, scope=tuple(authorization.scope))


def service_for_password(rows: Snapshot, name: str, password: str) -> AddonService:
    """The service that id and password of a manifest stand for (partner-api §0); Unauthorized if they are wrong."""
    service = rows.find(AddonService, name=name)
    known = str(service.manifest["api"].get("password") or "") if service else ""
    if service is None or not known or not hmac.compare_digest(known.encode(), password.encode()):
        raise Unauthorized("Invalid credentials provided. Use id and password of the add-on's manifest as Basic auth.")
    return service
