"""What a customer lets act in its name: authorizations and their tokens (heroku-cli: authorizations)."""

from datetime import timedelta

from platform_sim.core.access import Actor, customers_only
from platform_sim.core.actions.accounts import add_token, authorize, lasting_token, revoke
from platform_sim.core.actions.clients import client_by_id, has_secret
from platform_sim.core.errors import InvalidParams, NotFound, Unauthorized
from platform_sim.core.model.accounts import AccessToken, Authorization
from platform_sim.core.model.scopes import GLOBAL, SCOPES
from platform_sim.core.store import Snapshot, Transaction

DEFAULT = "~"
"""The authorization behind the key that a customer keeps: logging out does not end it (heroku-cli §3)."""
UNNAMED = "Long-lived user authorization"
LONGEST_LIFE = 10 * 365 * 86_400
LONGEST_TEXT = 1000


def authorizations_of(rows: Snapshot, actor: Actor) -> list[Authorization]:
    """A customer's own that were not revoked, oldest first."""
    return rows.all(Authorization, account_id=actor.account.id, revoked_at=None)


def authorization_named(rows: Snapshot, actor: Actor, identity: str) -> Authorization:
    """One of them by id, or `~`: the one of the customer's lasting token; NotFound for all others."""
    if identity == DEFAULT:
        token = lasting_token(rows, actor.account)
        identity = token.authorization_id if token else ""
    found = rows.find(Authorization, id=identity, account_id=actor.account.id, revoked_at=None)
    if found is None:
        raise NotFound("authorization", "Couldn't find that authorization.")
    return found


def token_of(rows: Snapshot, authorization: Authorization) -> AccessToken | None:
    """Its newest access token, which may have expired."""
    return rows.find(AccessToken, authorization_id=authorization.id, desc=True)


def create_authorization(
    tx: Transaction,
    actor: Actor,
    *,
    description: str | None = None,
    scope: list[str] | None = None,
    expires_in: int | None = None,
    client: str | None = None,
) -> Authorization:
    """For the customer itself a token, which lives `expires_in` seconds or for ever; for an OAuth client a grant code,
    which that exchanges for tokens. InvalidParams for a scope or a time that there is not."""
    customers_only(actor, "make authorizations")
    wanted = list(dict.fromkeys(scope or [GLOBAL]))
    unknown = [each for each in wanted if each not in SCOPES]
    if unknown:
        raise InvalidParams(f"{unknown[0][:64]!r} is no scope: use {', '.join(SCOPES)}.")
    if expires_in is not None and not 0 < expires_in <= LONGEST_LIFE:
        raise InvalidParams(f"expires_in must be from 1 to {LONGEST_LIFE} seconds.")
    known = client_by_id(tx, client) if client is not None else None
    text = _checked(description or (known.name if known else UNNAMED))
    made = authorize(tx, actor.account, text, wanted, known.id if known else None)
    if known is None:
        add_token(tx, made, life=expires_in)
    else:
        ends = tx.now() + timedelta(seconds=tx.rules.grant_life)
        made = tx.update(made, grant_code=tx.uuid("grant", made.id), grant_expires_at=ends)
    told = {"description": text, "scope": wanted}
    tx.record("oauth-authorization", "create", made.id, actor.account, told)
    return made


def _checked(description: str) -> str:
    if len(description) > LONGEST_TEXT:
        raise InvalidParams(f"description is too long (maximum is {LONGEST_TEXT} characters)")
    return description


def update_authorization(
    tx: Transaction,
    authorization: Authorization,
    *,
    description: str | None = None,
    client: tuple[str, str] | None = None,
) -> Authorization:
    """Another description; `client`, an OAuth client's id and secret, says for whom it is from now on."""
    if description is not None:
        authorization = tx.update(authorization, description=_checked(description))
    if client is not None:
        known = client_by_id(tx, client[0])
        if not has_secret(known, client[1]):
            raise Unauthorized("Invalid client secret. `heroku clients:info` shows it to who has made the client.")
        authorization = tx.update(authorization, client_id=known.id)
    return authorization


def regenerate(tx: Transaction, authorization: Authorization) -> Authorization:
    """New tokens, which live as long as the old ones did; those are worth nothing at once."""
    old = token_of(tx, authorization)
    if old is None:
        raise InvalidParams("This authorization has no token yet: its OAuth client has to exchange the grant first.")
    tx.delete_where(AccessToken, authorization_id=authorization.id)
    add_token(tx, authorization, life=(old.expires_at - old.created_at).total_seconds() if old.expires_at else None)
    if authorization.refresh_token is not None:
        fresh = "HRKU-" + tx.uuid("refresh-token", authorization.id)
        return tx.update(authorization, refresh_token=fresh)
    return tx.update(authorization)


def revoke_authorization(tx: Transaction, actor: Actor, authorization: Authorization) -> None:
    """End one of the customer's own, with all its tokens."""
    told = {"description": authorization.description, "scope": authorization.scope}
    tx.record("oauth-authorization", "destroy", authorization.id, actor.account, told)
    revoke(tx, authorization)


def delete_token(tx: Transaction, actor: Actor, identity: str) -> tuple[Authorization, AccessToken]:
    """End one access token of the customer's own, by its id; the authorization stays."""
    token = tx.find(AccessToken, id=identity)
    owner = tx.get(Authorization, token.authorization_id) if token else None
    if token is None or owner is None or owner.account_id != actor.account.id:
        raise NotFound("token", "Couldn't find that token.")
    tx.delete(token)
    return owner, token
