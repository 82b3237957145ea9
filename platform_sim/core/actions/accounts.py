"""Accounts and their tokens."""

import hmac

from platform_sim.core.access import Actor
from platform_sim.core.errors import InvalidParams, Unauthorized
from platform_sim.core.model.accounts import AccessToken, Account, Authorization
from platform_sim.core.model.addons import Addon, AddonService
from platform_sim.core.store import Snapshot, Transaction


def create_account(tx: Transaction, email: str, name: str | None = None) -> Account:
    """A new user; InvalidParams if the e-mail is taken."""
    if tx.find(Account, email=email) is not None:
        raise InvalidParams(f"There is an account for {email[:254]} already: use it, or choose another e-mail.")
    now = tx.now()
    account = tx.insert(Account(tx.uuid("account", email), email, name, now, now))
    tx.record("account", "create", account.id, account, {"email": email})
    return account


def partner_account(tx: Transaction, service_name: str) -> Account:
    """The account `<service>@addons.heroku.com` that stands for a partner in releases (partner-api §2.9)."""
    email = f"{service_name}@addons.heroku.com"
    return tx.find(Account, email=email) or create_account(tx, email, service_name)


def issue_token(tx: Transaction, account: Account, description: str, token: str | None = None) -> AccessToken:
    """A token that never expires and may do everything the account may (`HRKU-` + uuid, platform-api §4.1)."""
    now = tx.now()
    authorization = tx.insert(
        Authorization(
            id=tx.uuid("authorization", account.id),
            account_id=account.id,
            addon_id=None,
            description=description,
            scope=["global"],
            grant_code=None,
            grant_expires_at=None,
            grant_used_at=None,
            refresh_token=None,
            revoked_at=None,
            created_at=now,
            updated_at=now,
        )
    )
    value = token or "HRKU-" + tx.uuid("token", account.id)
    return tx.insert(AccessToken(tx.uuid("access-token", account.id), authorization.id, value, None, now))


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
        account = rows.find(Account, email=f"{service.name}@addons.heroku.com")
        assert account is not None, "a partner account is made with its service"
        return Actor(account, authorization.id, addon.id)
    assert authorization.account_id is not None, "an authorization belongs to an account or an add-on"
    return Actor(rows.get(Account, authorization.account_id), authorization.id)


def service_for_password(rows: Snapshot, name: str, password: str) -> AddonService:
    """The service that id and password of a manifest stand for (partner-api §0); Unauthorized if they are wrong."""
    service = rows.find(AddonService, name=name)
    known = str(service.manifest["api"].get("password") or "") if service else ""
    if service is None or not known or not hmac.compare_digest(known.encode(), password.encode()):
        raise Unauthorized("Invalid credentials provided. Use id and password of the add-on's manifest as Basic auth.")
    return service
