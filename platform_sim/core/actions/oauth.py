"""Tokens for partners and OAuth clients: a grant is exchanged once, access tokens are refreshed (partner-api §3)."""

import hmac
from dataclasses import dataclass
from datetime import timedelta
from typing import NoReturn

from platform_sim.core.access import LIVE, check_standing
from platform_sim.core.actions.accounts import add_token
from platform_sim.core.actions.addons_outcome import partner_of
from platform_sim.core.errors import Forbidden, InvalidParams, NotFound, Unauthorized
from platform_sim.core.model.accounts import AccessToken, Account, Authorization, OauthClient
from platform_sim.core.model.addons import Addon, AddonService
from platform_sim.core.store import Snapshot, Transaction


@dataclass(frozen=True)
class Tokens:
    """What an exchange or refresh gives. `expires_in` in seconds."""

    authorization: Authorization
    access: AccessToken
    refresh_token: str
    expires_in: int
    account: Account


def refuse() -> NoReturn:
    """Unauthorized, in the words for whatever is wrong with a grant or a refresh token (partner-api §3.1)."""
    raise Unauthorized("OAuth authorization invalid.")


def is_open(rows: Snapshot, authorization: Authorization) -> bool:
    """Whether its grant can still be exchanged: neither used, nor expired, nor revoked."""
    expires_at = authorization.grant_expires_at
    unused = authorization.grant_used_at is None and authorization.revoked_at is None
    return unused and expires_at is not None and expires_at > rows.now()


def spend(tx: Transaction, authorization: Authorization, *, used: bool) -> Authorization:
    """Its grant is worth nothing any more, although no partner has it: used by nobody knows whom, or expired."""
    if used:
        return tx.update(authorization, grant_used_at=tx.now())
    return tx.update(authorization, grant_expires_at=tx.now())


def exchange_grant(tx: Transaction, code: str, client_secret: str) -> Tokens:
    """Tokens for a grant code: once, before it expires, with the secret of the service or client it was made for."""
    authorization = tx.find(Authorization, grant_code=code) if code else None
    if authorization is None or authorization.revoked_at is not None or authorization.grant_used_at is not None:
        refuse()
    account = holder(tx, authorization, client_secret)
    if not is_open(tx, authorization):
        refuse()
    refresh_token = "HRKU-" + tx.uuid("refresh-token", authorization.id)
    authorization = tx.update(authorization, grant_used_at=tx.now(), refresh_token=refresh_token)
    return _tokens(tx, authorization, account)


def refresh(tx: Transaction, refresh_token: str, client_secret: str) -> Tokens:
    """A new access token; the refresh token stays unless the strict setting rotates it (partner-api §3.2)."""
    authorization = tx.find(Authorization, refresh_token=refresh_token) if refresh_token else None
    if authorization is None or authorization.revoked_at is not None:
        refuse()
    account = holder(tx, authorization, client_secret)
    if tx.rules.refresh_token_rotates:
        rotated = "HRKU-" + tx.uuid("refresh-token", authorization.id)
        authorization = tx.update(authorization, refresh_token=rotated)
    return _tokens(tx, authorization, account)


def fresh_grant(tx: Transaction, service: AddonService, addon_id: str) -> Authorization:
    """A new grant code for an instance of this service; an older one that was not used is worth nothing any more.

    An older refresh token works until the new code is exchanged. Forbidden unless the service may (`fresh_grants`),
    NotFound for what is not an instance of it, is gone, or has not been answered for yet: a repeat of the
    provisioning request has to carry the first code.
    """
    if "fresh_grants" not in service.abilities:
        raise Forbidden(
            f"{service.human_name} may not fetch grants: that is enabled on request only. "
            "The grant of the provisioning request has to be exchanged in time."
        )
    addon = tx.find(Addon, id=addon_id, service_id=service.id, state=LIVE)
    authorization = tx.find(Authorization, addon_id=addon_id, revoked_at=None)
    if addon is None or addon.acknowledged_at is None or authorization is None:
        raise NotFound("resource", "Couldn't find that resource, or its provisioning has not been answered yet.")
    expires_at = tx.now() + timedelta(seconds=tx.rules.grant_life)
    code = tx.uuid("grant", addon.id)
    return tx.update(authorization, grant_code=code, grant_expires_at=expires_at, grant_used_at=None)


def revoke_access_tokens(tx: Transaction, authorization: Authorization) -> int:
    """Access tokens that were handed out are worth nothing any more; a refresh gives a new one. Returns how many."""
    return tx.delete_where(AccessToken, authorization_id=authorization.id)


def holder(rows: Snapshot, authorization: Authorization, given: str) -> Account:
    """In whose name the tokens act; Unauthorized unless the secret is that of the partner's service or the client."""
    if authorization.addon_id is not None:
        service = rows.get(AddonService, rows.get(Addon, authorization.addon_id).service_id)
        secret, account = service.client_secret, partner_of(rows, service)
    elif authorization.client_id is not None and authorization.account_id is not None:
        secret = rows.get(OauthClient, authorization.client_id).secret
        account = rows.get(Account, authorization.account_id)
    else:
        refuse()
    if not given:
        raise InvalidParams("client_secret is missing: send it as a parameter or as the Basic auth password.")
    if not hmac.compare_digest(secret.encode(), given.encode()):
        raise Unauthorized("Invalid client secret. Use that of the add-on service, or OAuth client, of this code.")
    check_standing(account)
    return account


def _tokens(tx: Transaction, authorization: Authorization, account: Account) -> Tokens:
    life = tx.rules.access_token_life
    access = add_token(tx, authorization, life=life)
    assert authorization.refresh_token is not None, "set by the exchange"
    return Tokens(authorization, access, authorization.refresh_token, life, account)
